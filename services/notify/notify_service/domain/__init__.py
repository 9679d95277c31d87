"""What is said to whom: pure, no clock, no file, no network."""
