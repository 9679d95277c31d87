"""How a service runs: its log, its messages, its jobs, its web. Not what it is about."""
