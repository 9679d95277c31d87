"""What lies outside: the typesetter, the applicant's directory, the broker, PDF files."""
