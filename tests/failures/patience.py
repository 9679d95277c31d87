"""People who try again: with the same key, so that what was done is not done again."""

import itertools
import time
from dataclasses import dataclass, field
from typing import Any

import httpx
from satudata.stories import City

_TRY_SECONDS = 3
_PATIENCE_SECONDS = 60
_PAUSE_SECONDS = 0.02
_numbers = itertools.count()


class Patient(httpx.BaseTransport):
    """Sends again while the answer is a fault of the machine, and keeps what was acknowledged."""

    def __init__(self) -> None:
        self._http = httpx.HTTPTransport()
        self.acknowledged: list[tuple[str, dict[str, Any]]] = []
        """The path and the answer of each command that was accepted."""
        self.tries = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Raises what came last when the patience is over."""
        body, headers = request.read(), request.headers
        if request.method == "POST" and "Idempotency-Key" not in headers:
            headers["Idempotency-Key"] = f"patient-{next(_numbers)}-{time.time_ns()}"
        deadline = time.monotonic() + _PATIENCE_SECONDS
        limits = {"timeout": httpx.Timeout(_TRY_SECONDS).as_dict()}
        while True:
            self.tries += 1
            one = httpx.Request(
                request.method, request.url, headers=headers, content=body, extensions=limits
            )
            try:
                answer = self._http.handle_request(one)
                answer.read()
                if answer.status_code < 500:
                    self._note(request, answer)
                    return answer
            except httpx.TransportError:
                if time.monotonic() > deadline:
                    raise
            if time.monotonic() > deadline:
                return answer
            time.sleep(_PAUSE_SECONDS)

    def _note(self, request: httpx.Request, answer: httpx.Response) -> None:
        path = request.url.path
        if request.method == "POST" and answer.is_success and path.startswith("/api/requests"):
            told = answer.json()
            if "register_number" in told:
                self.acknowledged.append((path, told))


@dataclass
class PatientCity(City):
    """A city of such people."""

    url: str
    transport: Patient = field(default_factory=Patient)

    def __post_init__(self) -> None:
        super().__init__(self.url, self.transport)
