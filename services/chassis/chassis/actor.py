"""Who does something: an id and the role it is done in."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Actor:
    """A person (by id, never by name) or a service, in one role, perhaps for one agency."""

    id: str
    role: str
    agency: str | None = None
    capacity: str | None = None
    """In which somebody holds a role that is not their own."""
