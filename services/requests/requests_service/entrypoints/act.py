"""One thing that a person can do on a request's page."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from chassis.actor import Actor

from requests_service.application import Answer, How, Requests
from requests_service.entrypoints.typed import Fields

Run = Callable[[Requests, UUID, Actor, Fields, How], Answer]


@dataclass(frozen=True)
class Act:
    command: str
    """Its name in the API, by which the SOP's table says whether it is open; empty for what every
    officer may do at any time."""
    label: str
    button: str
    done: str
    run: Run
    hint: str = ""
    kind: str = ""
    main: bool = True
    """Carries the request forward; its form stands open when it is the only one."""
    group: str = "Tindakan lain"
    """The heading under which the page shows it with others, when it is not main."""
    bulk: bool = False
    """May be done to many requests at once: nothing is to be filled in, and nothing is decided
    about what the Pemohon gets."""
