"""A mail server that delivers nowhere: it keeps each mail as a file, for demonstrations.

Started as `python -m notify_service.adapters.mail_sink --port 2525 --folder var/mails`.
"""

import argparse
import asyncio
import os
import signal
import uuid
from datetime import UTC, datetime
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

_SIZE_MAX = 10 * 1024 * 1024


class MailSink:
    """Stores what it is given, then says 250."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        content = envelope.content
        store(self._folder, content if isinstance(content, bytes) else str(content).encode())
        return "250 Disimpan"


def store(folder: Path, content: bytes) -> Path:
    """One file per mail, there whole or not at all; names sort by time."""
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{uuid.uuid4().hex[:8]}"
    unfinished = folder / f".{name}"
    with open(unfinished, "xb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return unfinished.rename(folder / f"{name}.eml")


async def serve(host: str, port: int, folder: Path) -> None:
    """Until told to stop by SIGINT or SIGTERM."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    sink = MailSink(folder)
    server = await loop.create_server(
        lambda: SMTP(
            sink, hostname="localhost", enable_SMTPUTF8=True, data_size_limit=_SIZE_MAX, loop=loop
        ),
        host,
        port,
    )
    bound = server.sockets[0].getsockname()[1]
    print(f"mail sink on {host}:{bound}, keeping mails in {folder}", flush=True)
    async with server:
        await stop.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=2525)
    parser.add_argument("--folder", type=Path, required=True)
    options = parser.parse_args()
    asyncio.run(serve(options.host, options.port, options.folder))


if __name__ == "__main__":
    main()
