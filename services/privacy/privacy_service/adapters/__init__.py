"""Files, the limited process, and what others may hear."""
