"""Questions that an auditor named to ask again: an address under /audit holds all of each."""

import re
from dataclasses import dataclass
from uuid import UUID, uuid4

from chassis.postgres import Pool

from requests_service.domain.errors import ChoiceUnknown, TextMissing

_NAME_CHARS_MAX = 120
_ADDRESS_CHARS_MAX = 2000
_ADDRESS = re.compile(
    r"/audit/(peristiwa|kesesuaian|permohonan/[\w-]+|pertanyaan/[a-z-]+)(\?[!-~]*)?"
)


@dataclass(frozen=True)
class SavedQuestion:
    """One of an auditor's own."""

    id: UUID
    name: str
    address: str


def saved_by(pool: Pool, auditor: str) -> list[SavedQuestion]:
    """By name."""
    rows = pool.execute(
        "SELECT id, name, address FROM saved_questions WHERE auditor = %s ORDER BY name", (auditor,)
    )
    return [SavedQuestion(*row) for row in rows]


def save(pool: Pool, auditor: str, *, name: str, address: str) -> SavedQuestion:
    """A name that was used before leads to the new address. Raises TextMissing, ChoiceUnknown."""
    name = name.strip()
    if not name or len(name) > _NAME_CHARS_MAX:
        raise TextMissing(f"Beri nama pertanyaan ini, paling panjang {_NAME_CHARS_MAX} huruf.")
    if len(address) > _ADDRESS_CHARS_MAX or not _ADDRESS.fullmatch(address):
        raise ChoiceUnknown("Yang dapat disimpan ialah alamat pertanyaan di bawah /audit.")
    rows = pool.execute(
        "INSERT INTO saved_questions (id, auditor, name, address) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT ON CONSTRAINT saved_questions_name"
        " DO UPDATE SET address = EXCLUDED.address, saved_at = now() RETURNING id, name, address",
        (uuid4(), auditor, name, address),
    )
    return SavedQuestion(*rows[0])


def remove(pool: Pool, auditor: str, saved_id: UUID) -> None:
    """Nothing happens to what is another's."""
    pool.execute(
        "DELETE FROM saved_questions WHERE auditor = %s AND id = %s RETURNING 1",
        (auditor, saved_id),
    )
