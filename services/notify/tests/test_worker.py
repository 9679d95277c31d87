"""What the worker hears: what the table of mails speaks of, and for webhooks everything."""

import json
from pathlib import Path

import pytest
from chassis.message import Message
from chassis.nameko import heard_by
from jsonschema import Draft202012Validator
from notify_examples import a_fact
from notify_service.adapters.published import PUBLISHED
from notify_service.domain.mails import HEARD, MAILS
from notify_service.domain.passed_on import PASSED_ON, TYPES
from notify_service.entrypoints.worker import Worker
from notify_service.webhooks.deliveries import BODY_BYTES_MAX, body_of

CONTRACTS = Path(__file__).parents[1] / "contracts"
SERVICES = Path(__file__).parents[2]


def _published() -> dict[str, dict]:
    """Every published type of every service with its example, by the contracts that lie there."""
    return {
        f"{path.parents[1].name}.{path.name.split('.')[0]}": json.loads(path.read_text())
        for path in SERVICES.glob("*/contracts/*.example.json")
    }


def _handler(source: str, type_: str) -> str:
    [name] = [
        name
        for name, method in vars(Worker).items()
        for entrypoint in getattr(method, "nameko_entrypoints", ())
        if (getattr(entrypoint, "source", None), getattr(entrypoint, "type", None))
        == (source, type_)
    ]
    return name


def test_webhooks_pass_on_whatever_any_service_publishes():
    assert set(_published()) == TYPES
    assert TYPES == {f"{source}.{type_}" for source, type_ in heard_by(Worker)}


def test_the_table_of_mails_hears_what_it_needs_and_the_rest_is_passed_on():
    others = {("requests", type_) for type_ in ("PersonErased", "StaffDisabled", "ActingEnded")}
    assert others | HEARD == {
        (source, type_)
        for source, type_ in heard_by(Worker)
        if _handler(source, type_) in ("hear", "forget", "stop_webhooks", "revoke")
    }
    assert not set(PASSED_ON) - {"requests", "catalog", "privacy", "letters", "notify"}


@pytest.mark.parametrize("type_", sorted(TYPES))
def test_every_body_is_small_and_names_its_contract(type_):
    source, name = type_.split(".")
    fact = a_fact(name, source=source)
    message = Message(**{**fact.__dict__, "data": _published()[type_]})

    body = json.loads(body_of(message))

    assert BODY_BYTES_MAX / 4 > len(body_of(message))
    assert (type_, message.id, message.data) == (
        body["type"],
        body["data"]["id"],
        body["data"]["data"],
    )


def test_the_example_and_every_mail_of_the_table_fit_the_schema():
    schema = json.loads((CONTRACTS / "MailSent.v1.schema.json").read_text())
    example = json.loads((CONTRACTS / "MailSent.v1.example.json").read_text())
    Draft202012Validator.check_schema(schema)
    fits = Draft202012Validator(schema)

    fits.validate(example)
    for mail in MAILS:
        fits.validate(PUBLISHED["MailSent"]({"mail": mail.key, "audience": mail.audience}))
