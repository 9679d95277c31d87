"""Connections to RabbitMQ that notice within seconds that the other side is silent."""

import socket
from typing import Any

from kombu import Connection

_HEARTBEAT_SECONDS = 3
"""Two of them missed: the connection is dead. RabbitMQ sends one every half of it."""
_CONNECT_SECONDS = 2
_SILENCE_SECONDS = 8
"""Longest wait for one answer, or for room to send."""
_RECEIVE_BYTES = 16384
_SOCKET = {
    socket.TCP_USER_TIMEOUT: 6000,  # milliseconds
    socket.TCP_KEEPIDLE: 3,
    socket.TCP_KEEPINTVL: 1,
    socket.TCP_KEEPCNT: 3,
}


def connection(url: str, *, first: int = 0) -> Any:
    """A kombu connection, not opened yet. `url`: one for each host, with `;` between.

    `first`: which of the hosts is tried first; the others follow.
    """
    urls = url.split(";")
    first %= len(urls)
    if url.startswith("memory:"):
        return Connection(url)
    return Connection(
        ";".join(urls[first:] + urls[:first]),
        heartbeat=_HEARTBEAT_SECONDS,
        connect_timeout=_CONNECT_SECONDS,
        transport_options={"socket_settings": _SOCKET},
    )


def open_(conn: Any) -> Any:
    """Try each host once; raises what the last said. Gives the same connection back."""
    conn.ensure_connection(
        max_retries=len(conn.alt) - 1 if conn.alt else 0,
        interval_start=0,
        interval_step=0,
        reraise_as_library_errors=False,
    )
    transport = getattr(conn.connection, "transport", None)
    if transport is not None:
        transport.sock.settimeout(_SILENCE_SECONDS)
        receive = transport._quick_recv
        # py-amqp asks for the seven bytes of a frame's head, then for its body, then for its end;
        # what comes beyond that it keeps.
        transport._quick_recv = lambda wanted: receive(max(wanted, _RECEIVE_BYTES))
    return conn
