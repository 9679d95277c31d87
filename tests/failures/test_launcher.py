"""What a launcher started ends with it, however it ended."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from satudata import secrets
from satudata.places import CITY_FILE
from satudata.postgres import EmbeddedPostgres
from satudata.processes import Process, serve
from satudata.run import free_port

_LAUNCHER = """
import sys, time
from pathlib import Path
from satudata.processes import Process, ending_with_us
process = Process("it", ending_with_us(["sleep", "600"]), {}, Path(sys.argv[1]))
process.start()
print(process.child.pid, flush=True)
if sys.argv[2:] == ["stop"]:
    process.ask_to_stop()
    process.wait(30)
    print("stopped", flush=True)
time.sleep(600)
"""


def _launcher(log: Path, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", _LAUNCHER, str(log), *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_a_program_that_looks_after_nobody_ends_with_its_killed_launcher(tmp_path: Path) -> None:
    launcher = _launcher(tmp_path / "log")
    assert launcher.stdout is not None
    pid = int(launcher.stdout.readline())
    assert _runs(pid)

    os.kill(launcher.pid, signal.SIGKILL)
    launcher.wait()

    for _ in range(600):
        if not _runs(pid):
            return
        time.sleep(0.05)
    pytest.fail(f"process {pid} is still there")


def test_it_ends_when_it_is_asked_to(tmp_path: Path) -> None:
    launcher = _launcher(tmp_path / "log", "stop")
    try:
        assert launcher.stdout is not None
        pid = int(launcher.stdout.readline())

        assert launcher.stdout.readline() == "stopped\n"
        assert not _runs(pid)
    finally:
        launcher.kill()
        launcher.wait()


def test_what_ended_is_told_with_the_end_of_its_own_log(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("of an earlier start\n")
    lines = "".join(f"line {n}\\n" for n in range(40))
    process = Process("it", ["sh", "-c", f"printf '{lines}last line'; exit 3"], {}, log)
    empty = Process("empty", ["sh", "-c", "kill -9 $$"], {}, log)

    process.start()
    _until_it_ended(process)
    # Its log is the same one: nothing else may be written there meanwhile.
    empty.start()
    _until_it_ended(empty)

    assert process.last_words().startswith(f"it ended with status 3; the end of {log}:\n  line ")
    assert process.last_words().endswith("\n  line 39\n  last line")
    assert "line 20" not in process.last_words()
    assert f"empty ended by signal 9; the end of {log}:\n  (nothing)" == empty.last_words()


def test_a_service_that_cannot_start_says_why_in_its_last_words(tmp_path: Path) -> None:
    city = tmp_path / "city.toml"
    city.write_text(CITY_FILE.read_text().replace("[offices.ppid]", "[offices.nobody]"))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        settings = {
            "AMQP_URL": "memory://",
            "DATABASE_URL": "postgresql://127.0.0.1:1/nowhere",
            "FILES_URL": f"file://{tmp_path}",
            "PUBLIC_URL": f"http://127.0.0.1:{port}",
            "PORT": str(port),
            "CITY_FILE": str(CITY_FILE),
            **secrets.environment(tmp_path / "keys"),
        }
        web = serve("web", ["notify"], settings, tmp_path)
        jobs = serve("jobs", ["letters"], settings | {"CITY_FILE": str(city)}, tmp_path)

        for each in (web, jobs):
            each.start()
        for each in (web, jobs):
            _until_it_ended(each)

    assert web.last_words().startswith("web-notify ended with status 78;")
    assert f"satudata: HOST, PORT: 127.0.0.1:{port} cannot be had" in web.last_words()
    assert jobs.last_words().startswith("jobs-letters ended with status 78;")
    assert "satudata: CITY_FILE: Data kota belum memuat ppid" in jobs.last_words()


@pytest.mark.parametrize("command", ["run", "up"])
def test_a_port_that_is_taken_is_said_before_anything_is_started(
    command: str, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])

        told = subprocess.run(
            [sys.executable, "-m", "satudata.cli", command],
            env={**os.environ, "PORT": port, "VAR_DIR": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    assert 69 == told.returncode
    assert f"satudata: port {port} is in use" in told.stderr
    assert [] == list(tmp_path.glob("**/pg"))


@pytest.mark.parametrize("command", ["run", "up"])
def test_a_database_that_does_not_start_is_told_with_the_end_of_its_own_log(
    command: str, tmp_path: Path
) -> None:
    for kept in ("pg", "up/pg"):
        (tmp_path / kept / "data").mkdir(parents=True)
        (tmp_path / kept / "data" / "PG_VERSION").write_text("9.0\n")

    told = subprocess.run(
        [sys.executable, "-m", "satudata.cli", command],
        env={**os.environ, "PORT": str(free_port()), "VAR_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert 69 == told.returncode
    assert "satudata: PostgreSQL did not start; the end of" in told.stderr
    assert "could not access the server configuration file" in told.stderr


@pytest.mark.servers
def test_a_killed_database_starts_again_though_its_process_number_is_somebody_elses(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    database = EmbeddedPostgres(tmp_path_factory.mktemp("p"))
    database.start()
    database.stop()
    # As a kill -9 leaves it; by now the number is this process's own.
    lock = f"{os.getpid()}\n{database.folder / 'data'}\n"
    (database.folder / "data" / "postmaster.pid").write_text(lock)
    (database.folder / "socket" / ".s.PGSQL.5432.lock").write_text(lock)

    database.start()

    assert not database.has_died()
    database.stop()


def _until_it_ended(process: Process) -> None:
    for _ in range(1200):
        if process.has_died():
            return
        time.sleep(0.05)
    pytest.fail(process.last_words())


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").split()[2] != "Z"
    except FileNotFoundError:
        return False
