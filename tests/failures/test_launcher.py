"""What a launcher started ends with it, however it ended."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

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


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").split()[2] != "Z"
    except FileNotFoundError:
        return False
