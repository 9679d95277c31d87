"""The world outside: the mail server, the requests service, the wire."""
