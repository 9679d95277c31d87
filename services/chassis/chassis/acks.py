"""Acknowledges what is done of a channel's deliveries, in few words.

What lies before everything undone is acknowledged at once; the rest one by one, so that a slow
message does not hold up the others.
"""

import socket
from contextlib import suppress
from typing import Any

import eventlet
from amqp.exceptions import AMQPError

_DELAY_SECONDS = 0.005
_AT_ONCE = 25


class Acks:
    """Of one channel, on which nobody else settles deliveries."""

    def __init__(self, channel: Any) -> None:
        self._channel = channel
        self._settled_up_to = 0
        self._done: set[int] = set()
        self._settled: set[int] = set()
        """Delivery tags beyond `_settled_up_to`."""
        self._timer: Any = None
        self._held_back = False

    def hold_back(self) -> None:
        """Until `flush`, so that the broker sends no more than fits into the window."""
        self._held_back = True

    def __len__(self) -> int:
        """How many are done and not yet acknowledged."""
        return len(self._done)

    def done(self, tag: int) -> None:
        """Acknowledge it, within milliseconds."""
        self._done.add(tag)
        if self._held_back:
            return
        if len(self._done) >= _AT_ONCE:
            self.flush()
        elif self._timer is None:
            self._timer = eventlet.spawn_after(_DELAY_SECONDS, self._on_time)

    def rejected(self, tag: int) -> None:
        """It was settled otherwise."""
        self._settled.add(tag)

    def flush(self) -> None:
        """Acknowledge now; what is broken off comes again, and the inbox knows it."""
        done, self._done = self._done, set()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        last = 0
        while (tag := self._settled_up_to + 1) in done or tag in self._settled:
            self._settled_up_to = tag
            self._settled.discard(tag)
            if tag in done:
                done.discard(tag)
                last = tag
        self._settled |= done
        try:
            if last:
                self._channel.basic_ack(last, multiple=True)
            for tag in sorted(done):
                self._channel.basic_ack(tag)
        except (OSError, AMQPError, AttributeError):
            self._break_off()

    def _on_time(self) -> None:
        self._timer = None
        if not self._held_back:
            self.flush()

    def _break_off(self) -> None:
        # Half a frame may have gone out; whoever reads from the connection learns that it is over.
        with suppress(OSError, AttributeError):
            self._channel.connection.transport.sock.shutdown(socket.SHUT_RDWR)
