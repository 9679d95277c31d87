"""Protects people: finds personal data in what an agency hands over, and masks it."""
