"""`satudata demo`: both endings of the SOP over HTTP, with the results in a folder."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from textwrap import indent
from typing import Any

import httpx
from chassis.clock import JAKARTA
from requests_service.sealing import verify_log

from satudata import stories
from satudata.run import free_port, say
from satudata.stories import City, Done


def demo(*, into: Path, at: str | None) -> int:
    """Against the installation at an address, or one that is started for it; the exit status."""
    into.mkdir(parents=True, exist_ok=True)
    try:
        with _installation(at) as (url, clock):
            city = City(url)
            granted = _tell(city, "Granted", stories.granted, into / "granted")
            shutil.copy(stories.HANDED_OVER, into / "granted" / "original.csv")
            refused = _tell(city, "Refused", stories.refused, into / "refused", clock)
            _late_steps(city, [granted, refused])
            verified = _verified_log(city, refused, into / "log.zip")
    except (stories.NotDone, httpx.HTTPError) as error:
        print(f"satudata: {error}", file=sys.stderr)
        return 1
    say(f"\nThe letters, the original, the masked file and the log are in {into.resolve()}.")
    return 0 if verified else 1


def _tell(
    city: City,
    title: str,
    story: Callable[[City, stories.Turn], Iterator[Done]],
    folder: Path,
    clock: Path | None = None,
) -> dict[str, Any]:
    """The request as it ended. `clock`: with it the agency lets its deadline pass at step 8."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    say(f"\n{title}")
    say(f"  {'step':<6}{'command':<22}{'by':<16}{'next':<6}{'due':<12}statutory")
    done = None

    def turn(step: int) -> None:
        if clock and done and step == 8:
            day = date.fromisoformat(done.request["due"]) + timedelta(days=1)
            say(f"  the agency lets its deadline pass; on the demonstration's clock it is {day}")
            _set_clock(clock, day)

    for done in story(city, turn):
        request = done.request
        if code := request.get("tracking_code"):
            say(f"  number {request['register_number']}, tracking code {code}")
        say(
            f"  {done.step:<6}{done.command:<22}{done.role:<16}{request['step'] or 'end':<6}"
            f"{request['due'] or '':<12}{request['statutory_due']}"
        )
    assert done is not None
    last = "surat_penolakan_pemohon" if title == "Refused" else "surat_penyampaian_pemohon"
    request = city.until_letter(done.request["id"], last)
    _timeline(city, request["id"], folder)
    _letters(city, request["id"], folder)
    if title == "Granted":
        _masked_file(city, request["id"], folder)
    return request


def _late_steps(city: City, requests: Sequence[dict[str, Any]]) -> None:
    """What was late, and where officers and auditors see it."""
    say("\nLate steps")
    for request in requests:
        events = city.officer("ppid").get(f"/api/requests/{request['id']}/events")["events"]
        late = [f"{each['fact']} by {each['by_role']}" for each in events if each["late"]]
        say(f"  {request['register_number']}  {', '.join(late) or 'none'}")
    say(
        "  The account auditor sees them, and every other deviation, on /audit/kesesuaian and on\n"
        "  /audit/permohonan/NUMBER; an operator with `satudata audit conformance`."
    )


def _verified_log(city: City, last: dict[str, Any], into: Path) -> bool:
    """The whole log with its proof, as an auditor takes it away, checked as they would."""
    auditor = city.officer("auditor")
    letter = last["letters"][-1]["letter_id"]
    city.wait(
        "the seal of the last letter",
        lambda: auditor.fetch(f"/api/requests/letters/{letter}/tlog-proof"),
        lambda answer: answer.status_code == 200,
    )
    export = auditor.fetch("/api/requests/audit/exports", "POST", json={})
    export.raise_for_status()
    into.write_bytes(export.content)
    keys = auditor.fetch("/api/requests/log/keys").text.splitlines()
    report = verify_log.verify_bundle(into, verify_log.keys_of(keys, verify_log.LOG))
    say("\nLog\n" + indent(verify_log.text_of(report), "  "))
    return report.verified


def _timeline(city: City, request_id: str, folder: Path) -> None:
    events = city.officer("ppid").get(f"/api/requests/{request_id}/events")["events"]
    lines = [
        f"{e['version']:>3}  {e['at'][:19]}  {e['fact']:<24}{e['by_role']:<15}"
        f"{'late' if e['late'] else ''}"
        for e in events
    ]
    (folder / "timeline.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _letters(city: City, request_id: str, folder: Path) -> None:
    for letter in city.officer("ppid").request(request_id)["letters"]:
        pdf = city.officer("ppid").fetch(f"/api/letters/{letter['letter_id']}")
        pdf.raise_for_status()
        (folder / f"{letter['letter']}.pdf").write_bytes(pdf.content)
        say(f"  letter {letter['number']:<34}{letter['letter']}")


def _masked_file(city: City, request_id: str, folder: Path) -> None:
    file = city.officer("ppid").fetch(f"/api/privacy/requests/{request_id}/masked")
    file.raise_for_status()
    (folder / "masked.csv").write_bytes(file.content)


@contextmanager
def _installation(at: str | None) -> Iterator[tuple[str, Path | None]]:
    """Its address, and the file of its clock if it was started for this."""
    if at:
        yield at.rstrip("/"), None
        return
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="satudata-demo-") as folder:
        say("Starting an installation for the demonstration ...")
        clock = Path(folder) / "clock"
        _set_clock(clock, date.today())
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "satudata.cli", "run"],
            env={
                **os.environ,
                "PORT": str(port),
                "VAR_DIR": folder,
                "CLOCK": f"@{clock}",
                "SATUDATA_ENV": "demo",
            },
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_for(url, process)
            yield url, clock
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)


def _set_clock(file: Path, day: date) -> None:
    """To nine in the morning, in one piece: others read it at any moment."""
    beside = file.with_suffix(".new")
    beside.write_text(datetime.combine(day, time_of_day(9), JAKARTA).isoformat(), encoding="utf-8")
    beside.replace(file)


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 90
    while True:
        try:
            if httpx.get(f"{url}/readyz", timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        if process.poll() is not None or time.monotonic() > deadline:
            raise stories.NotDone("The installation did not start.")
        time.sleep(0.1)
