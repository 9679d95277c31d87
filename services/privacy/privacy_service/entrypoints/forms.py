"""What a form or a JSON body says about columns, as the domain's choices."""

from collections.abc import Mapping, Sequence
from typing import Any

from privacy_service.domain.errors import ChoiceInvalid
from privacy_service.domain.masking import Choice
from privacy_service.domain.methods import Method
from privacy_service.domain.verdicts import Verdict


def choices_of_form(form: Mapping[str, Any], verdicts: Sequence[Verdict]) -> dict[str, Choice]:
    """`cara-3` and `alasan-3` speak of the fourth column: its title could be anything."""
    return {
        verdict.key: Choice(_method(str(method)), str(form.get(f"alasan-{number}", "")).strip())
        for number, verdict in enumerate(verdicts)
        if (method := form.get(f"cara-{number}"))
    }


def choices_of_json(columns: Mapping[str, Any]) -> dict[str, Choice]:
    """`{"nik": {"method": "pseudonim", "reason": "…"}}`"""
    return {
        name: Choice(_method(str(told.method)), (told.reason or "").strip())
        for name, told in columns.items()
    }


def _method(text: str) -> Method:
    try:
        return Method(text)
    except ValueError:
        raise ChoiceInvalid("Cara penyamaran itu tidak dikenal.") from None
