"""What auditors ask of the log, and how it is answered."""
