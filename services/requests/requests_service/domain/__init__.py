"""The rules of the SOP: no clock, no file, no network."""
