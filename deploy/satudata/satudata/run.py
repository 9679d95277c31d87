"""`satudata run`: everything on this machine with nothing installed but Python.

PostgreSQL from its wheel, messages in memory, five services in three processes. What is kept lies
under `var/`. Killed in any way and started again, it goes on where it was.
"""

import fcntl
import os
import shutil
import signal
import socket
import sys
import threading
import time
import urllib.request
from pathlib import Path
from typing import IO

from satudata import databases, demo_city, secrets
from satudata.places import CITY_FILE, SERVICES, var
from satudata.postgres import EmbeddedPostgres
from satudata.processes import NotStarted, Process, ending_with_us, serve, stop_all

_FIRST_PAGE_SECONDS = 60


def run(*, port: int, empty: bool = False) -> int:
    """Run until Ctrl-C or SIGTERM; the exit status."""
    stopping: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.append(1))
    if os.environ.get("LAUNCHER_PIPE"):
        threading.Thread(target=_wait_for_launcher, args=(stopping,), daemon=True).start()
    folder = var()
    folder.mkdir(parents=True, exist_ok=True)
    if is_taken(port):
        return 69
    lock = _only_one(folder / "lock", port)
    if lock is None:
        return 69
    postgres = EmbeddedPostgres(folder / "pg")
    say("Starting PostgreSQL ...")
    try:
        postgres.start()
    except NotStarted as error:
        print(f"satudata: {error}", file=sys.stderr)
        return 69
    marker = folder / "running"
    processes: list[Process] = []
    try:
        environment = embedded_environment(folder, postgres, port)
        databases.prepare(environment)
        if not empty:
            demo_city.fill(environment)
        processes = _processes(environment, folder / "log", unclean=marker.exists())
        marker.touch()
        for process in processes:
            process.start()
        if not _first_page(port, processes, stopping):
            for process in [each for each in processes if each.has_died()] or processes:
                print(f"satudata: {process.last_words()}", file=sys.stderr)
            return 70
        _welcome(port, empty=empty)
        _watch(processes, postgres, stopping)
    finally:
        say("Stopping ...")
        stop_all(processes)
        postgres.stop()
    marker.unlink(missing_ok=True)
    lock.close()
    say("Stopped. Everything is kept in " + str(folder))
    return 0


def embedded_environment(folder: Path, postgres: EmbeddedPostgres, port: int) -> dict[str, str]:
    """The settings of all services; what the caller's environment sets wins."""
    ours = {
        "ADMIN_DATABASE_URL": postgres.dsn("postgres"),
        "AMQP_URL": "memory://",
        "FILES_URL": f"file://{folder / 'files'}",
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "REQUESTS_URL": f"http://127.0.0.1:{port}",
        "PORT": str(port),
        "CITY_FILE": str(CITY_FILE),
        **secrets.environment(folder / "keys"),
        **{f"{s.upper()}_DATABASE_URL": postgres.dsn(s, f"satudata_{s}") for s in SERVICES},
    }
    if "SMTP_URL" not in os.environ:
        ours["SMTP_URL"] = f"smtp://127.0.0.1:{free_port()}"
        ours["MAIL_FOLDER"] = str(folder / "mails")
    chosen = ("FILES_URL", "PUBLIC_URL", "CITY_FILE", "SMTP_URL", "LOG_LEVEL")
    return ours | {name: os.environ[name] for name in chosen if name in os.environ}


def mail_sink(environment: dict[str, str], log: Path) -> Process:
    """The local mail server of a demonstration."""
    command = [
        sys.executable,
        "-m",
        "notify_service.adapters.mail_sink",
        "--port",
        environment["SMTP_URL"].rpartition(":")[2],
        "--folder",
        environment["MAIL_FOLDER"],
    ]
    return Process("mail-sink", ending_with_us(command), environment, log / "mail-sink.log")


def say(text: str) -> None:
    """A line for the person at the terminal."""
    print(text, flush=True)


def tell_accounts(port: int) -> None:
    """Who there is in a demonstration, and the password."""
    say(f"  Staff sign in at http://127.0.0.1:{port}/masuk with the password")
    say(f"  {demo_city.PASSWORD!r} and one of these names:")
    for account in demo_city.STAFF:
        say(f"    {account.username:<14} {account.what}")


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_taken(port: int) -> bool:
    """Whether another program listens there; then it is said at the terminal."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            return False
        except OSError:
            told = f"satudata: port {port} is in use; choose another one with PORT=..."
            print(told, file=sys.stderr)
            return True


def _processes(environment: dict[str, str], log: Path, *, unclean: bool) -> list[Process]:
    suspicion = {"AFTER_UNCLEAN_END": "1"}
    worker = serve("worker", list(SERVICES), environment | (suspicion if unclean else {}), log)
    worker.on_restart = suspicion
    processes = [
        worker,
        serve("jobs", list(SERVICES), environment, log),
        serve("web", list(SERVICES), environment, log),
    ]
    if "MAIL_FOLDER" in environment:
        processes.insert(0, mail_sink(environment, log))
    return processes


def _only_one(path: Path, port: int) -> IO[str] | None:
    """A lock that ends with this process; None when another one runs in this folder."""
    lock = path.open("a+", encoding="utf-8")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        print(f"satudata: already running at {lock.read().strip()}", file=sys.stderr)
        lock.close()
        return None
    lock.truncate(0)
    lock.write(f"http://127.0.0.1:{port}\n")
    lock.flush()
    return lock


def _wait_for_launcher(stopping: list[int]) -> None:
    os.read(0, 1)
    stopping.append(1)


def _watch(processes: list[Process], postgres: EmbeddedPostgres, stopping: list[int]) -> None:
    while not stopping:
        for process in processes:
            if process.has_died() and not stopping:
                say(f"{process.last_words()}\nStarting {process.name} again.")
                process.start_again()
        if postgres.has_died() and not stopping:
            say("PostgreSQL ended; starting it again.")
            postgres.stop()
            postgres.start()
        time.sleep(0.1)


def _first_page(port: int, processes: list[Process], stopping: list[int]) -> bool:
    deadline = time.monotonic() + _FIRST_PAGE_SECONDS
    while time.monotonic() < deadline and not stopping:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=2).read()
            return not any(process.has_died() for process in processes)
        except OSError:
            if any(process.has_died() for process in processes):
                return False
            time.sleep(0.05)
    return bool(stopping)


def _welcome(port: int, *, empty: bool) -> None:
    width = min(shutil.get_terminal_size().columns, 78)
    say("-" * width)
    say(f"  Open http://127.0.0.1:{port}")
    if not empty:
        say("")
        tell_accounts(port)
        say("")
        say(f"  Mails that the services send: http://127.0.0.1:{port}/kotak-surat")
    say("  Stop with Ctrl-C; nothing is lost, also when it is killed.")
    say("-" * width)
