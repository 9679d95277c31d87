"""A TCP proxy that can stop carrying what the client says, as a network can."""

import socket
import threading
from contextlib import suppress


class Proxy:
    """Listens on loopback and carries bytes to a server; `mute` holds back the client's."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._may_speak = threading.Event()
        self._may_speak.set()
        self._sockets: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def mute(self) -> None:
        """From now on the server hears nothing; it can still speak."""
        self._may_speak.clear()

    def close(self) -> None:
        """End everything."""
        self._may_speak.set()
        for each in [self._listener, *self._sockets]:
            with suppress(OSError):
                each.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._target))
                self._sockets += [client, server]
                for source, sink, gate in (
                    (client, server, self._may_speak),
                    (server, client, None),
                ):
                    threading.Thread(
                        target=self._carry, args=(source, sink, gate), daemon=True
                    ).start()

    def _carry(self, source: socket.socket, sink: socket.socket, gate: object) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if isinstance(gate, threading.Event):
                    gate.wait()
                sink.sendall(data)
        for each in (source, sink):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
