"""Letters: numbers, writes and keeps every official letter of a data request."""
