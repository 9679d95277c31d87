"""`satudata audit verify`: on the database, on a log at an address, on both."""

import argparse
import dataclasses
import json
from collections.abc import Callable, Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from chassis.postgres import Pool, connect
from requests_service.sealing import proofs, verify_log
from satudata import audit_commands

from services.requests.tests.conftest import settings_for
from services.requests.tests.sealing import sealed
from services.requests.tests.sealing.sealed import KEY, ORIGIN, SIGNER

pytestmark = pytest.mark.servers
Verify = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def verify(sealed_database: str, capsys: pytest.CaptureFixture[str]) -> Verify:
    """`verify("--live", ...)`: exit status and report."""
    settings = dataclasses.replace(
        settings_for("requests", Pool(sealed_database, 1)),
        sealing_key=b"k" * 32,
        city={"log_origin": ORIGIN.partition("/")[0]},
    )

    def run(*arguments: str) -> tuple[int, dict[str, Any]]:
        parser = argparse.ArgumentParser()
        audit_commands.register(parser.add_subparsers(), lambda _: settings)
        parsed = parser.parse_args(["audit", "verify", *arguments, "--json"])
        status = parsed.do(parsed)
        written = capsys.readouterr().out
        return status, json.loads(written) if written else {}

    return run


@pytest.fixture
def address(sealed_database: str) -> Iterator[str]:
    """A server of the log's two answers that the check asks for."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            with closing(connect(sealed_database)) as conn, conn.cursor() as cur:
                body = sealed.checkpoint_of(cur)
                if asked.path.endswith("/consistency"):
                    sizes = [int(parse_qs(asked.query)[name][0]) for name in ("from", "to")]
                    hashes = [proofs.written(each) for each in proofs.consistency(cur, *sizes)]
                    body = json.dumps({"hashes": hashes}).encode()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/api/requests/log"
    server.shutdown()
    server.server_close()


@pytest.fixture
def kept(sealed_database: str, tmp_path: Path) -> str:
    """A file with a checkpoint of earlier."""
    with closing(connect(sealed_database)) as conn, conn.cursor() as cur:
        (tmp_path / "kept").write_bytes(sealed.checkpoint_of(cur, 150))
    return str(tmp_path / "kept")


def forged(tmp_path: Path, root: bytes, size: int) -> str:
    """A checkpoint that the same key signed over another history."""
    text = f"{ORIGIN}\n{size}\n{proofs.written(root)}\n"
    (tmp_path / "forged").write_text(f"{text}\n{SIGNER.line(text)}")
    return str(tmp_path / "forged")


def test_every_fact_in_the_database_is_checked(verify: Verify, kept: str) -> None:
    status, report = verify("--live", "--since", kept)

    assert (0, True, sealed.FACTS) == (status, report["verified"], report["events"])
    assert "keys are those that this installation" in report["cautions"][0]


def test_the_database_may_have_forked_since_a_kept_checkpoint(
    verify: Verify, tmp_path: Path
) -> None:
    status, report = verify("--live", "--since", forged(tmp_path, b"x" * 32, 150))

    assert (1, ["forked"]) == (status, [each["kind"] for each in report["findings"]])


def test_a_log_at_an_address_continues_a_kept_checkpoint(
    verify: Verify, address: str, kept: str
) -> None:
    status, report = verify("--live", address, "--since", kept, "--key", str(KEY))

    assert (0, sealed.FACTS) == (status, report["size"])


def test_a_log_at_an_address_is_not_checked_without_a_key(
    verify: Verify, address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert 2 == verify_log.main(["--live", address])
    assert "--live with an address needs --key" in capsys.readouterr().err

    assert (2, {}) == verify("--live", address)


def test_an_export_that_is_older_than_a_kept_checkpoint_has_a_status_of_its_own(
    verify: Verify, address: str, tmp_path: Path, superuser: Any
) -> None:
    export = str(sealed.bundle(superuser, tmp_path / "export"))
    newer = forged(tmp_path, b"x" * 32, 301)

    status, report = verify(export, "--key", str(KEY), "--since", newer)
    live, of_log = verify(export, "--key", str(KEY), "--since", newer, "--live", address)

    assert (3, ["outdated"]) == (status, [each["kind"] for each in report["findings"]])
    assert (1, ["rolled-back"]) == (live, [each["kind"] for each in of_log["findings"]])


@pytest.mark.parametrize(("size", "kind"), [(150, "forked"), (300, "forked"), (301, "rolled-back")])
def test_a_log_at_an_address_that_does_not_continue_it_is_found(
    verify: Verify, address: str, tmp_path: Path, size: int, kind: str
) -> None:
    other = forged(tmp_path, b"x" * 32, size)

    status, report = verify("--live", address, "--since", other, "--key", str(KEY))

    assert (1, [kind]) == (status, [each["kind"] for each in report["findings"]])


def test_a_part_of_the_log_is_compared_with_an_older_checkpoint_through_its_address(
    verify: Verify, address: str, kept: str, tmp_path: Path, superuser: Any
) -> None:
    part = str(sealed.bundle(superuser, tmp_path / "part", only=range(20, 160, 7)))

    alone, _ = verify(part, "--key", str(KEY), "--since", kept)
    both, report = verify(part, "--key", str(KEY), "--since", kept, "--live", address)

    assert (2, 0) == (alone, both)
    assert address in report["what"]
