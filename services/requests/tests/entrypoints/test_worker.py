"""What the worker hears, it records; whatever else, it decides nothing."""

import json
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from chassis.actor import Actor
from chassis.message import Message
from chassis.nameko import heard_by
from requests_service.entrypoints.worker import Worker

from services.requests.tests import builders as b

SERVICES = Path(__file__).parents[3]
HEARD = {
    ("privacy", "DataMasked"): "record_masking",
    ("privacy", "DataFoundClean"): "record_clean",
    ("letters", "LetterIssued"): "record_letter",
    ("catalog", "DaftarDataUpdated"): "record_daftar_data",
    ("notify", "MailSent"): "record_mail",
    ("privacy", "OriginalRead"): "record_original_read",
    ("privacy", "PaperReceived"): "record_paper",
    ("privacy", "PaperRead"): "record_paper_read",
    ("letters", "LetterRead"): "record_letter_read",
}
ANSWERS = {
    (holder, "PersonForgotten"): "note_forgetting" for holder in ("letters", "notify", "privacy")
}


def test_the_worker_hears_the_specialists_and_nobody_else():
    assert set(HEARD | ANSWERS) == set(heard_by(Worker))


@pytest.mark.servers
@pytest.mark.parametrize(("source", "type_"), HEARD)
def test_every_publishers_example_is_recorded_once(app, clock_at, source, type_):
    example = SERVICES / source / "contracts" / f"{type_}.v1.example.json"
    if not example.exists():
        pytest.skip(f"{source} has published no example of {type_} yet")
    request_id = UUID(app.submit(b.IDENTITY, b.FORM)["id"])
    worker = Worker()
    worker.app = app
    message = Message(
        id=f"{source}-7",
        source=source,
        type=type_,
        subject=str(request_id),
        time=datetime(2026, 11, 20, 4, tzinfo=UTC),
        sequence=1,
        position=7,
        actor=Actor("ppid-1", "ppid"),
        data=json.loads(example.read_text(encoding="utf-8")),
        dataschema=f"{source}/{type_}.v1",
    )

    for _ in range(2):
        getattr(worker, HEARD[source, type_])(message)

    # Nothing waits for privacy's report here, so it came late.
    expected = "ReportCameLate" if type_ in ("DataMasked", "DataFoundClean") else type_
    entries = app.reading.timeline(request_id, Actor("auditor-1", "auditor"))
    assert ["RequestSubmitted", expected] == [entry.fact for entry in entries]
    assert message.time == entries[-1].at
