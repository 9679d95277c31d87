"""The limited process: what comes back, what is refused, what it may not do."""

import json
import os
import time
from pathlib import Path

import pytest
from chassis.sandbox import Refused, SandboxFailed, TooMuch, limited

STRANGER = Path(__file__).stem


@pytest.fixture(autouse=True)
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parent))


def call(function: str, **rest):
    return limited(f"{STRANGER}:{function}", rest.pop("args", {}), **rest)


def size_of(path: str, times: int) -> int:
    return len(Path(path).read_bytes()) * times


def two_files(path: str) -> dict:
    return {"rows": 3, "masked": Path(path).read_bytes().upper(), "report": b"ok\n{}"}


def refuse() -> None:
    raise Refused("Berkas ini gambar PNG.")


def eat_memory() -> int:
    return len(bytearray(2 * 1024**3))


def think_for_ever() -> None:
    while True:
        pass


def sleep_for_ever() -> None:
    time.sleep(60)


def quote_a_cell() -> None:
    raise ValueError("3573010101900001")


def environment() -> dict:
    return dict(os.environ)


def write_a_file() -> int:
    file = Path(__file__).with_name("from-the-sandbox")
    try:
        file.write_bytes(b"x")
    finally:
        file.unlink(missing_ok=True)
    return 1


def chatter() -> str:
    print("not part of the answer")
    return "answer"


def test_a_function_gets_its_file_as_a_path_and_answers_with_json():
    assert call("size_of", args={"times": 3}, files={"path": b"12345"}) == 15


def test_a_file_of_many_megabytes_comes_through_whole():
    data = os.urandom(30 * 1024 * 1024)

    assert len(data) == call("size_of", args={"times": 1}, files={"path": data})


def test_bytes_come_back_as_bytes_beside_the_rest():
    answer = call("two_files", files={"path": b"nik,nama\n"})

    assert answer == {"rows": 3, "masked": b"NIK,NAMA\n", "report": b"ok\n{}"}


def test_a_refusal_keeps_its_sentence():
    with pytest.raises(Refused, match=r"^Berkas ini gambar PNG\.$"):
        call("refuse")


def test_more_memory_than_allowed_is_too_much():
    with pytest.raises(TooMuch, match="terlalu berat"):
        call("eat_memory", memory_mb=512)


@pytest.mark.parametrize("function", ["think_for_ever", "sleep_for_ever"])
def test_more_time_than_allowed_is_too_much(function):
    with pytest.raises(TooMuch):
        call(function, seconds=1)


def test_a_failure_tells_the_line_but_never_what_stood_in_the_file():
    with pytest.raises(SandboxFailed, match=r"ValueError at .*test_sandbox\.py:\d+") as failure:
        call("quote_a_cell")

    assert "3573010101900001" not in str(failure.value)


def test_the_limited_process_knows_no_secret(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "rahasia")

    known = call("environment")

    assert "SECRET_KEY" not in known
    assert "rahasia" not in json.dumps(known)


def test_the_limited_process_writes_no_file():
    with pytest.raises((SandboxFailed, TooMuch)):
        call("write_a_file")


def test_what_a_function_prints_is_no_part_of_its_answer():
    assert call("chatter") == "answer"
