"""The rules, without files, clock or network."""
