"""The doors of the service: HTTP, pages, messages."""
