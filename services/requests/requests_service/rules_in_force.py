"""What acts are judged by, told in the log whenever it is no longer what it was.

The code holds the SOP's table, files hold the decrees and the city's settings: none of them is a
fact. So the log says which of them were in force from when on, by name and digest.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from chassis import log
from chassis.actor import Actor
from chassis.postgres import Pool
from chassis.settings import Settings

from requests_service.domain import sop

STREAM = uuid5(NAMESPACE_URL, "satudata:rules-in-force")
TYPE = "SettingsChanged"
_HERE = Path(__file__).parent
_BY = Actor("requests", "service")


def rules_in_force(settings: Settings) -> dict[str, str]:
    """By name: the SOP's number, the version of the software, and SHA-256 digests in hex.

    `sop.table` is of the file domain/sop.py, `program` of all files of code, `calendar.*` of the
    decrees' files, `city.*` of each part of CITY_FILE as JSON. No secret stands in any of them.
    """
    files: dict[str, Iterable[Path]] = {
        f"calendar.{each.stem}": [each] for each in _HERE.glob("calendar/*.toml")
    }
    files["sop.table"] = [_HERE / "domain" / "sop.py"]
    files["program"] = _HERE.rglob("*.py")
    return {
        "sop.edition": sop.EDITION,
        "version": version("satudata-requests"),
        **{name: _digest_of_files(each) for name, each in files.items()},
        **{f"city.{name}": _digest(_json(part)) for name, part in settings.city.items()},
    }


def note_rules(pool: Pool, now: Mapping[str, str]) -> list[str]:
    """Append a fact when these are not the rules that the log told last; what changed.

    Whoever else asks at the same moment waits, and then finds them told.
    """
    with pool.transaction() as cur:
        cur.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", (log.LOG_LOCK, str(STREAM)))
        cur.execute(
            "SELECT state FROM facts WHERE stream = %s ORDER BY version DESC LIMIT 1", (STREAM,)
        )
        told = cur.fetchone()
        before = json.loads(bytes(told[0]))["in_force"] if told else {}
        changed = sorted(name for name in {*before, *now} if before.get(name) != now.get(name))
        if changed:
            data = {"changed": changed, "in_force": dict(sorted(now.items()))}
            log.record(cur, STREAM, TYPE, data, actor=_BY)
    return changed


def telling_rules(
    settings: Settings, pool: Pool, step: Callable[[Any], bool]
) -> Callable[[Any], bool]:
    """A follower's step, before whose first time the rules are told."""
    told = False

    def tell_then_step(cur: Any) -> bool:
        nonlocal told
        if not told:
            note_rules(pool, rules_in_force(settings))
            told = True
        return step(cur)

    return tell_then_step


def _digest_of_files(paths: Iterable[Path]) -> str:
    lines = sorted(f"{each.relative_to(_HERE)} {_digest(each.read_bytes())}\n" for each in paths)
    return _digest("".join(lines).encode())


def _digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def _json(part: Any) -> bytes:
    return json.dumps(part, ensure_ascii=False, sort_keys=True, default=str).encode()
