"""What came with a form: its fields, its key and version, and what is wrong with it."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any
from uuid import uuid4

from chassis.pages import Form
from chassis.texts import without_unwritable
from fastapi import Depends, Request

from requests_service.application import How, Once
from requests_service.domain import errors
from requests_service.domain.errors import TextMissing

HIDDEN = ("idempotency_key", "version")
_FIELD_OF: Mapping[type[errors.RequestsError], str] = {
    errors.PurposeUnclear: "purpose",
    errors.DataWantedUnclear: "data_wanted",
    errors.ReasonUnknown: "reason_code",
    errors.HolderUnfit: "held_by",
    errors.ConsequenceTestMissing: "consequence_test",
    errors.ConsequenceTestUnfit: "consequence_test",
    errors.ConsequenceTestUnknown: "consequence_test",
    errors.NothingToCite: "cites",
    errors.DaftarDataYearWrong: "year",
    errors.ExtensionTooLong: "days",
}


class Fields(dict[str, Any]):
    """The text fields of a form; a name that came several times holds a list."""

    def text(self, name: str) -> str:
        value = self.get(name, "")
        # Browsers send line ends as CR LF.
        return value.replace("\r\n", "\n").strip() if isinstance(value, str) else ""

    def text_or_none(self, name: str) -> str | None:
        return self.text(name) or None

    def all(self, name: str) -> list[str]:
        value = self.get(name, [])
        return list(value) if isinstance(value, list) else [value]

    def number(self, name: str) -> int:
        """Zero when it is none: the rules refuse that with their own sentence."""
        text = self.text(name)
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0

    def day(self, name: str) -> date:
        try:
            return date.fromisoformat(self.text(name))
        except ValueError as error:
            raise TextMissing("Isi tanggal yang benar.") from error

    def how(self, sender: str) -> How:
        """The version that was seen, and the key that makes sending twice harmless."""
        told = How(expected_version=self.number("version") or None)
        if key := self.text("idempotency_key"):
            told["once"] = self.once(sender, key)
        return told

    def once(self, sender: str, key: str) -> Once:
        said = {name: value for name, value in self.items() if name not in HIDDEN}
        digest = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
        return Once(f"page:{sender}:{key[:64]}", digest)


async def _fields(request: Request) -> Fields:
    fields = Fields()
    form = await request.form()
    for name in form:
        texts = [without_unwritable(v) for v in form.getlist(name) if isinstance(v, str)]
        if texts:
            fields[name] = texts if len(texts) > 1 else texts[0]
    return fields


Typed = Annotated[Fields, Depends(_fields)]


def address_of(request: Request) -> str:
    """Where somebody guesses from."""
    return request.client.host if request.client else ""


def form_of(fields: Mapping[str, Any], wrong: Mapping[str, str], *, prefix: str = "f") -> Form:
    return Form(fields, wrong, prefix)


def new_key() -> str:
    return uuid4().hex


def field_of(error: errors.RequestsError, fields: Mapping[str, Any]) -> str:
    """The field that a refusal is about; empty when it is about the whole form."""
    if isinstance(error, errors.ReasonMissing):
        return _reason_field(fields)
    found = _FIELD_OF.get(type(error), "")
    return found if found in fields else ""


def _reason_field(fields: Mapping[str, Any]) -> str:
    if "narrative" not in fields:
        return "reason" if "reason" in fields else ""
    lacks_law = fields.get("reason_code") == "pasal_17_j" and not fields.get("other_law")
    return "other_law" if lacks_law else "narrative"
