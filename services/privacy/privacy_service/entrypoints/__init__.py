"""The ways in: HTTP, pages, messages, jobs."""
