"""The `satudata` command: what an operator types."""
