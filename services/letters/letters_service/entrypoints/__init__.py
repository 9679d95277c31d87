"""Where calls come in: HTTP, pages, messages, jobs."""
