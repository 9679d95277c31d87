"""What the worker hears is what the table of mails speaks of."""

import json
from pathlib import Path

from chassis.nameko import heard_by
from jsonschema import Draft202012Validator
from notify_service.adapters.published import PUBLISHED
from notify_service.domain.mails import HEARD, MAILS
from notify_service.entrypoints.worker import Worker

CONTRACTS = Path(__file__).parents[1] / "contracts"


def test_the_worker_hears_what_the_table_needs_and_who_is_erased_and_nothing_else():
    assert sorted({*HEARD, ("requests", "PersonErased")}) == heard_by(Worker)


def test_the_example_and_every_mail_of_the_table_fit_the_schema():
    schema = json.loads((CONTRACTS / "MailSent.v1.schema.json").read_text())
    example = json.loads((CONTRACTS / "MailSent.v1.example.json").read_text())
    Draft202012Validator.check_schema(schema)
    fits = Draft202012Validator(schema)

    fits.validate(example)
    for mail in MAILS:
        fits.validate(PUBLISHED["MailSent"]({"mail": mail.key, "audience": mail.audience}))
    assert {mail.key for mail in MAILS} == set(schema["properties"]["mail"]["enum"])
