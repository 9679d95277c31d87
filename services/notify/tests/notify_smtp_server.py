"""A real SMTP server for tests, which can be told how to misbehave."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


class SmtpServer:
    """What it was given, and what it answers: one answer per mail from `answers`, then 250."""

    def __init__(self, port: int = 0, **options: Any) -> None:
        self.port = port or _free_port()
        self.received: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.rcpt_answers: list[str] = []
        self.answers: list[str] = []
        self.drop_after_data = 0
        self.connections = 0
        self.on_received: Callable[[], None] = lambda: None
        self.arrived = threading.Semaphore(0)
        self._options = options
        self._controller: Controller | None = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def message_ids(self) -> list[str]:
        return [str(message["Message-ID"]) for message in self.received]

    def start(self) -> None:
        self._controller = Controller(
            self, hostname="127.0.0.1", port=self.port, enable_SMTPUTF8=True, **self._options
        )
        self._controller.start()

    def stop(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, server, session, envelope, hostname, responses
    ):
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server, session, envelope, address, rcpt_options
    ):
        if self.rcpt_answers:
            return self.rcpt_answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session, envelope
    ):
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer.startswith("250"):
            self.received.append(
                message_from_bytes(envelope.content, _class=EmailMessage, policy=default)
            )
            self.recipients.append(envelope.rcpt_tos)
            self.on_received()
            self.arrived.release()
        if self.drop_after_data:
            self.drop_after_data -= 1
            server.transport.close()
        return answer


@contextmanager
def smtp_server(**options: Any) -> Iterator[SmtpServer]:
    server = SmtpServer(**options)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def only(user: str, password: str) -> Callable[..., AuthResult]:
    """Lets one user in."""

    def authenticate(server, session, envelope, mechanism, data):
        good = data == LoginPassword(user.encode(), password.encode())
        return AuthResult(success=good, handled=False)

    return authenticate


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
