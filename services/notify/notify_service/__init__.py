"""The notify service: tells people by mail what happened to a data request."""
