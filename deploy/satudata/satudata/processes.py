"""Processes started together, started again when they die, and stopped together."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

_QUICK_DEATH_SECONDS = 5
_LAST_LINES = 12
_LAST_BYTES = 8_000


class NotStarted(RuntimeError):
    """A server did not start; the sentence says why."""


@dataclass
class Process:
    """One child. It holds the other end of a pipe of ours, and ends when we do, however."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    log: Path
    on_restart: Mapping[str, str] = field(default_factory=dict)
    """What is added to its environment when it is started again after it died."""
    child: subprocess.Popen[bytes] | None = None
    _started_at: float = 0.0
    _quick_deaths: int = 0
    _log_before: int = 0
    """The size of its log, in bytes, when it was started."""

    def start(self) -> None:
        """Start it."""
        self._started_at = time.monotonic()
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._log_before = log.tell()
            self.child = subprocess.Popen(
                self.command,
                env={**os.environ, **self.environment, "LAUNCHER_PIPE": "1"},
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def has_died(self) -> bool:
        """Whether it ended by itself."""
        return self.child is not None and self.child.poll() is not None

    def last_words(self) -> str:
        """How it ended, if it did, and the end of what it wrote since it was started."""
        status = self.child.poll() if self.child else None
        if status is None:
            how = "has not ended"
        else:
            how = f"ended with status {status}" if status >= 0 else f"ended by signal {-status}"
        return f"{self.name} {how}; {end_of(self.log, after=self._log_before)}"

    def start_again(self) -> None:
        """Start it after it died; ever slower while it dies at once."""
        quick = time.monotonic() - self._started_at < _QUICK_DEATH_SECONDS
        self._quick_deaths = self._quick_deaths + 1 if quick else 0
        time.sleep(min(self._quick_deaths, 10) * 0.3)
        self.environment = {**self.environment, **self.on_restart}
        self.start()

    def ask_to_stop(self) -> None:
        """SIGTERM."""
        if self.child is not None and self.child.poll() is None:
            self.child.send_signal(signal.SIGTERM)

    def wait(self, seconds: float) -> None:
        """Wait for its end; kill it when it takes too long."""
        if self.child is None:
            return
        try:
            self.child.wait(seconds)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
        self.child = None


def end_of(log: Path, *, after: int = 0) -> str:
    """The last lines of a log, to show at the terminal; only what comes after a byte."""
    with log.open("rb") as file:
        file.seek(max(after, file.seek(0, os.SEEK_END) - _LAST_BYTES))
        lines = file.read().decode(errors="replace").splitlines()[-_LAST_LINES:]
    return "\n".join([f"the end of {log}:", *(f"  {line}" for line in lines or ["(nothing)"])])


def serve(kind: str, services: list[str], environment: Mapping[str, str], log: Path) -> Process:
    """A process of one kind (web, worker, jobs) for one or several services."""
    name = f"{kind}-{services[0]}" if len(services) == 1 else kind
    command = [sys.executable, "-W", "ignore", "-m", "chassis.serve", kind, *services]
    return Process(name, command, environment, log / f"{name}.log")


def ending_with_us(command: list[str]) -> list[str]:
    """For a program that does not look after its launcher: SIGTERM when that is gone."""
    watch = 'exec 3<&0 </dev/null; (read _ <&3; kill -TERM $$) & exec "$@" 3<&-'
    return ["sh", "-c", watch, "sh", *command]


def stop_all(processes: list[Process], seconds: float = 15) -> None:
    """Ask all at once, then wait for each."""
    for process in processes:
        process.ask_to_stop()
    for process in processes:
        process.wait(seconds)
