"""What the service shows to, and reads from, the world outside it."""
