"""Runs one function on a stranger's file in a process of its own, with limits on memory and time.

The function gets keyword arguments and returns JSON; a dict it returns may also hold bytes. The
process knows no secret of ours: it has no environment, no standard error, and may write no file.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, BinaryIO

MEMORY_MB_MAX = 1024
SECONDS_MAX = 120

_RESULT, _REFUSED, _TOO_MUCH, _FAILED = "result", "refused", "too much", "failed"


class Refused(Exception):
    """The file cannot be taken; the sentence says why, to the person who sent it."""


class TooMuch(Refused):
    """Reading the file took more memory or time than any honest file needs."""

    def __init__(self) -> None:
        super().__init__(
            "Berkas ini terlalu berat untuk dibaca dengan aman; bagilah menjadi beberapa berkas."
        )


class SandboxFailed(Exception):
    """Our own code broke on the file. Says what and where, never what stood in the file."""


def limited(
    target: str,
    args: Mapping[str, Any],
    *,
    files: Mapping[str, bytes] | None = None,
    memory_mb: int = MEMORY_MB_MAX,
    seconds: int = SECONDS_MAX,
) -> Any:
    """Call `package.module:function` with `args`; each of `files` arrives as the path to its bytes.

    The bytes stand in memory, not on a disk, so the plain text of a sealed file leaves no trace.
    """
    with ExitStack() as stack:
        handles = {
            name: stack.enter_context(_as_path(data)) for name, data in (files or {}).items()
        }
        order = {
            "target": target,
            "args": dict(args) | {name: path for name, (path, _) in handles.items()},
            "memory_mb": memory_mb,
            "seconds": seconds,
        }
        process = subprocess.Popen(
            [sys.executable, "-c", "from chassis.sandbox import child; child()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "LANG": "C.UTF-8"},
            pass_fds=[handle for _, handle in handles.values() if handle is not None],
            start_new_session=True,
        )
        try:
            answer, _ = process.communicate(json.dumps(order).encode(), timeout=seconds)
        except subprocess.TimeoutExpired:
            raise TooMuch from None
        finally:
            _end(process)
    return _understood(answer, process.returncode)


def child() -> None:
    """What the limited process does; nothing else calls it."""
    out = sys.stdout.buffer
    # What the function prints must not stand in the middle of its answer.
    sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    order = json.loads(sys.stdin.buffer.read())
    _set_limits(order["memory_mb"], order["seconds"])
    try:
        module, _, function = order["target"].partition(":")
        result = getattr(importlib.import_module(module), function)(**order["args"])
        _answer(out, _RESULT, result)
    except Refused as refusal:
        kind = _TOO_MUCH if isinstance(refusal, TooMuch) else _REFUSED
        _answer(out, kind, str(refusal))
    except (MemoryError, RecursionError):
        _answer(out, _TOO_MUCH, None)
    except Exception as failure:
        # The text of an exception may quote a cell; its class and its line cannot.
        frame = traceback.extract_tb(failure.__traceback__)[-1]
        _answer(out, _FAILED, f"{type(failure).__name__} at {frame.filename}:{frame.lineno}")
    out.flush()


@contextmanager
def _as_path(data: bytes) -> Iterator[tuple[str, int | None]]:
    if hasattr(os, "memfd_create"):
        handle = os.memfd_create("upload")
        try:
            with open(handle, "wb", closefd=False) as memory:
                memory.write(data)
            yield f"/proc/self/fd/{handle}", handle
        finally:
            os.close(handle)
    else:
        with tempfile.TemporaryDirectory(prefix="upload-") as folder:
            path = Path(folder) / "upload"
            path.write_bytes(data)
            yield str(path), None


def _set_limits(memory_mb: int, seconds: int) -> None:
    memory = memory_mb * 1024 * 1024
    for limit, value in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(limit)
        lowest = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(limit, (lowest, lowest))


def _answer(out: BinaryIO, kind: str, value: Any) -> None:
    """One line of JSON, then the bytes it speaks of, in order."""
    attachments: dict[str, bytes] = {}
    if isinstance(value, dict):
        attachments = {key: item for key, item in value.items() if isinstance(item, bytes)}
        value = {key: item for key, item in value.items() if key not in attachments}
    sizes = {key: len(item) for key, item in attachments.items()}
    out.write(json.dumps({"kind": kind, "value": value, "bytes": sizes}).encode() + b"\n")
    out.writelines(attachments.values())


def _understood(answer: bytes, returncode: int | None) -> Any:
    head, newline, rest = answer.partition(b"\n")
    if not newline or returncode != 0:
        # The CPU limit, and memory that is not even there for an answer, end it by a signal.
        if returncode in (-signal.SIGKILL, -signal.SIGXCPU, -signal.SIGSEGV, -signal.SIGABRT):
            raise TooMuch
        raise SandboxFailed(f"the limited process ended with {returncode}")
    said = json.loads(head)
    match said["kind"]:
        case "result":
            value = said["value"]
            for key, size in said["bytes"].items():
                value[key], rest = rest[:size], rest[size:]
            return value
        case "refused":
            raise Refused(said["value"])
        case "too much":
            raise TooMuch
        case _:
            raise SandboxFailed(said["value"])


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            stream.close()
