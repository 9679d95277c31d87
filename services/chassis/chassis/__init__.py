"""How a service runs: its log, its messages, its jobs, its web. Knows nothing of what it is about."""
