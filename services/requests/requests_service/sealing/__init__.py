"""Proof that the log of facts was not changed: an RFC 6962 tree over it, in C2SP's formats."""
