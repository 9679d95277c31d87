"""Sends a webhook over HTTP to an address that was looked at first, and to no other.

The name is resolved once; every address must be allowed; the connection goes to that very address
with the name in TLS and in `Host`. Nothing follows a redirect, no proxy is asked, and one deadline
is for all of it.
"""

import io
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPException, HTTPResponse

from chassis import clock

from notify_service.domain.addresses import (
    Address,
    CityNetwork,
    Target,
    as_address,
    may_be_sent_to,
    parse_url,
)
from notify_service.domain.errors import AddressRefused
from notify_service.webhooks.deliveries import Answer

_TOTAL_SECONDS = 15.0
_CONNECT_SECONDS = 5.0
_ANSWER_BYTES_MAX = 64 * 1024
_WORDS_MAX = 200
_REFUSED = (
    "Nothing is sent to this host. Write https://, port 443 or 8443, and a name that resolves to"
    " public addresses alone; for a server inside the city's network ask the operator, who lists"
    " networks in WEBHOOK_NETWORKS."
)
_PERSONAL = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+|\d[\d .-]{5,}\d")

Resolve = Callable[[str, int], Sequence[str]]
"""A name and a port to addresses; raises OSError."""


class _NotInTime(OSError):
    """The deadline has passed."""


class Outgoing:
    """HTTP from within to where strangers say."""

    def __init__(
        self,
        networks: Sequence[CityNetwork],
        *,
        resolve: Resolve | None = None,
        total_seconds: float = _TOTAL_SECONDS,
    ) -> None:
        self._networks = networks
        self._resolve = resolve or resolve_in_time
        self._total_seconds = total_seconds
        # Loads the city's own authority, too, where SSL_CERT_FILE names it.
        self._tls = ssl.create_default_context()

    def check(self, url: str) -> None:
        """Raises AddressRefused where nothing may be sent to at this moment."""
        self._addresses(parse_url(url))

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """One attempt. Whatever goes wrong is told in the answer."""
        began = time.monotonic()
        deadline = began + self._total_seconds
        try:
            target = parse_url(url)
            status, retry_after, words = self._exchange(target, headers, body, deadline)
        except AddressRefused as refusal:
            return Answer(None, time.monotonic() - began, str(refusal))
        except (OSError, HTTPException) as error:
            return Answer(None, time.monotonic() - began, _reason(error, self._total_seconds))
        seconds = time.monotonic() - began
        if 200 <= status < 300:
            return Answer(status, seconds)
        said = f"HTTP {status}"
        if 300 <= status < 400:
            said += " (a redirect is not followed)"
        return Answer(status, seconds, f"{said}: {words}" if words else said, retry_after)

    def _exchange(
        self, target: Target, headers: Mapping[str, str], body: bytes, deadline: float
    ) -> tuple[int, timedelta | None, str]:
        connection = self._connect(target, self._addresses(target), deadline)
        with connection:
            _settle_for(connection, deadline)
            connection.sendall(_request(target, headers, body))
            response = HTTPResponse(_Deadlined(connection, deadline), method="POST")  # type: ignore[arg-type]
            with response:
                response.begin()
                retry_after = _retry_after(response.getheader("Retry-After"))
                words = b""
                # What the status says holds, whatever comes of the rest.
                with suppress(OSError, HTTPException):
                    words = response.read(_ANSWER_BYTES_MAX)
                return response.status, retry_after, _sanitised(words)

    def _addresses(self, target: Target) -> list[Address]:
        """Resolved once, and all of them allowed."""
        try:
            found = [as_address(each) for each in self._resolve(target.host, target.port)]
        except (OSError, ValueError, UnicodeError) as error:
            # The same sentence: names that exist within are nobody's business outside.
            raise AddressRefused(_REFUSED) from error
        if not may_be_sent_to(
            found, scheme=target.scheme, port=target.port, networks=self._networks
        ):
            raise AddressRefused(_REFUSED)
        return found

    def _connect(
        self, target: Target, addresses: Sequence[Address], deadline: float
    ) -> socket.socket:
        failed: OSError = ConnectionError("no address answered")
        for address in addresses:
            left = _left(deadline)
            try:
                plain = socket.create_connection(
                    (str(address), target.port), min(left, _CONNECT_SECONDS)
                )
            except OSError as error:
                failed = error
                continue
            if target.scheme == "http":
                return plain
            try:
                _settle_for(plain, deadline)
                return self._tls.wrap_socket(plain, server_hostname=target.host)
            except BaseException:
                plain.close()
                raise
        raise failed


class _Deadlined(io.RawIOBase):
    """A connection as http.client reads it, with one deadline for all of its reads."""

    def __init__(self, connection: socket.socket, deadline: float) -> None:
        self._connection = connection
        self._deadline = deadline

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        _settle_for(self._connection, self._deadline)
        return self._connection.recv_into(buffer)


def resolve_in_time(host: str, port: int) -> list[str]:
    """The addresses of a name, each once; the resolver's own patience may be a minute."""
    found: list[str] = []
    failed: list[OSError | UnicodeError] = []

    def look_up() -> None:
        try:
            infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found.extend(dict.fromkeys(str(info[4][0]) for info in infos))
        except (OSError, UnicodeError) as error:
            failed.append(error)

    thread = threading.Thread(target=look_up, name="resolver", daemon=True)
    thread.start()
    thread.join(_CONNECT_SECONDS)
    if failed:
        raise failed[0]
    if thread.is_alive():
        raise _NotInTime
    return found


def _request(target: Target, headers: Mapping[str, str], body: bytes) -> bytes:
    lines = [f"POST {target.path} HTTP/1.1", f"Host: {target.host_header}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    lines += [
        "User-Agent: satudata-webhooks/1",
        "Accept-Encoding: identity",
        "Connection: close",
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join(lines).encode("ascii") + b"\r\n\r\n" + body


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise _NotInTime
    return left


def _settle_for(connection: socket.socket, deadline: float) -> None:
    connection.settimeout(_left(deadline))


def _retry_after(value: str | None) -> timedelta | None:
    """Seconds, or a date of HTTP; None for anything else."""
    if value is None:
        return None
    if value.strip().isdecimal() and len(value.strip()) < 10:
        return timedelta(seconds=int(value))
    try:
        return max(parsedate_to_datetime(value) - clock.now(), timedelta(0))
    except (ValueError, TypeError):
        return None


def _sanitised(words: bytes) -> str:
    """At most so many characters, without what may name a person."""
    text = words[: _WORDS_MAX * 4].decode("utf-8", "replace")
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return _PERSONAL.sub("(…)", plain)[:_WORDS_MAX]


def _reason(error: Exception, total_seconds: float) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"The certificate is not accepted: {error.verify_message}"
    if isinstance(error, TimeoutError | _NotInTime):
        return f"No answer within {total_seconds:g} seconds"
    if isinstance(error, ConnectionRefusedError):
        return "The connection was refused"
    if isinstance(error, HTTPException):
        return f"The answer is not HTTP: {type(error).__name__}"
    return f"The connection failed: {type(error).__name__}"
