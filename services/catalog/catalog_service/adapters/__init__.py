"""What connects the catalogue to files and to the wire."""
