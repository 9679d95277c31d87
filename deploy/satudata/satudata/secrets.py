"""The secrets of a local installation: made once, kept in a folder that only we may read."""

import base64
import json
import os
from pathlib import Path

from chassis.sessions import public_key_of

from satudata.places import SERVICES


def environment(folder: Path) -> dict[str, str]:
    """The settings that hold secrets, for all services."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    made = {}
    public = {}
    for service in SERVICES:
        signing = _kept(folder / f"{service}.signing")
        made[f"{service.upper()}_SIGNING_KEY"] = _text(signing)
        made[f"{service.upper()}_SECRET_KEY"] = _text(_kept(folder / f"{service}.secret"))
        public[service] = _text(public_key_of(signing))
    made["REQUESTS_SEALING_KEY"] = _text(_kept(folder / "requests.sealing"))
    return made | {"SIGNING_PUBLIC_KEYS": json.dumps(public)}


def _kept(path: Path) -> bytes:
    if not path.exists():
        unfinished = path.with_suffix(".new")
        with os.fdopen(
            os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb"
        ) as f:
            f.write(os.urandom(32))
        unfinished.replace(path)
    return path.read_bytes()


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
