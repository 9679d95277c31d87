"""The rules of the catalogue; no clock, no file, no network."""
