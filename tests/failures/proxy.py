"""A TCP proxy that can stop carrying, as a network can."""

import socket
import threading
from contextlib import suppress


class Proxy:
    """Listens on loopback and carries bytes to a server, until it is told not to."""

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        self._target = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._clients_may_speak = _open()
        self._carrying: list[tuple[threading.Event, socket.socket, socket.socket]] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def mute(self) -> None:
        """From now on the server hears nothing; it can still speak."""
        self._clients_may_speak.clear()

    def black_hole(self) -> None:
        """Whoever is connected now hears and says nothing more; who connects anew, does."""
        for may_pass, *_ in self._carrying:
            may_pass.clear()

    def heal(self) -> None:
        """End what was swallowed."""
        left, self._carrying = self._carrying, []
        for each in left:
            if each[0].is_set():
                self._carrying.append(each)
            else:
                _end(*each)

    def close(self) -> None:
        """End everything; what is held back is lost."""
        with suppress(OSError):
            self._listener.close()
        for each in self._carrying:
            _end(*each)
        self._clients_may_speak.set()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                try:
                    server = socket.create_connection(self._target, 2)
                except OSError:
                    client.close()
                    continue
                server.settimeout(None)
                may_pass = _open()
                self._carrying.append((may_pass, client, server))
                for source, sink, gates in (
                    (client, server, (self._clients_may_speak, may_pass)),
                    (server, client, (may_pass,)),
                ):
                    threading.Thread(target=_carry, args=(source, sink, gates), daemon=True).start()


def _carry(source: socket.socket, sink: socket.socket, gates: tuple[threading.Event, ...]) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            for gate in gates:
                gate.wait()
            sink.sendall(data)
    for gate in gates:
        gate.wait()
    for each in (source, sink):
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)


def _open() -> threading.Event:
    gate = threading.Event()
    gate.set()
    return gate


def _end(may_pass: threading.Event, *sockets: socket.socket) -> None:
    for each in sockets:
        with suppress(OSError):
            each.close()
    may_pass.set()
