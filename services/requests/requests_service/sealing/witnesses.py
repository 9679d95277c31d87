"""Witnesses (c2sp.org/tlog-witness): another office signs that the log only ever grew."""

import json
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

from requests_service.sealing import checkpoints, proofs
from requests_service.sealing.checkpoints import Checkpoint
from requests_service.sealing.notes import VerifierKey, is_signed, key_of, signatures

_ANSWER_SECONDS = 5.0
_BODY_BYTES_MAX = 64 * 1024


class WitnessRefused(Exception):
    """The witness did not sign; what it answered says why."""


class WitnessKnowsMore(WitnessRefused):
    """The witness has signed a longer log than this: an old backup was restored, or it forked."""


@dataclass(frozen=True)
class Witness:
    """Where a witness takes checkpoints, and the key that it signs with."""

    url: str
    key: VerifierKey


def witnesses_of(setting: str) -> list[Witness]:
    """The setting WITNESSES: a JSON list of {url, key}. Raises ValueError."""
    try:
        return [_witness(**each) for each in json.loads(setting)]
    except TypeError as error:
        raise ValueError("it is a JSON list of {url, key}") from error


def _witness(url: str, key: str) -> Witness:
    if not url.startswith(("http://", "https://")):
        raise ValueError(f"{url!r} begins with neither http:// nor https://")
    return Witness(url.rstrip("/"), key_of(key))


class Cosigning:
    """Asks one witness after each checkpoint; a follower of its own, so sealing never waits."""

    def __init__(self, witness: Witness, *, pause_seconds: float = 1.0) -> None:
        """`pause_seconds`: between two looks, however many facts wake it."""
        self.name = f"witness {witness.key.name}"
        self._witness = witness
        self._pause_seconds = pause_seconds
        self._looked_at = 0.0

    def step(self, cur: Any) -> bool:
        """Have the newest checkpoint signed, unless it is. Raises when the witness is away."""
        time.sleep(max(0.0, self._looked_at + self._pause_seconds - time.monotonic()))
        self._looked_at = time.monotonic()
        cur.execute("INSERT INTO progress (name) VALUES (%s) ON CONFLICT DO NOTHING", (self.name,))
        checkpoint = checkpoints.latest(cur)
        old = self._signed_before(cur)
        if checkpoint is None or checkpoint.size == old:
            return False
        status, answer = self._post(cur, old, checkpoint)
        if status == 409:
            known = _size_in(answer)
            if known > checkpoint.size:
                raise WitnessKnowsMore(f"{self.name} has signed size {known}")
            status, answer = self._post(cur, known, checkpoint)
        if status != 200:
            raise WitnessRefused(f"{status} {answer[:200]}")
        self._keep(cur, checkpoint, answer)
        return False

    def _signed_before(self, cur: Any) -> int:
        cur.execute(
            "SELECT coalesce(max(size), 0) FROM cosignatures WHERE witness = %s",
            (self._witness.key.name,),
        )
        return int(cur.fetchone()[0])

    def _post(self, cur: Any, old: int, checkpoint: Checkpoint) -> tuple[int, str]:
        hashes = proofs.consistency(cur, old, checkpoint.size)
        lines = "".join(f"{proofs.written(each)}\n" for each in hashes)
        asked = urllib.request.Request(  # noqa: S310 - http or https, see `witnesses_of`
            f"{self._witness.url}/add-checkpoint",
            data=f"old {old}\n{lines}\n{checkpoint.note}".encode(),
            headers={"Content-Type": "text/plain; charset=utf-8"},
        )
        try:
            with urllib.request.urlopen(asked, timeout=_ANSWER_SECONDS) as answer:  # noqa: S310
                return answer.status, _text(answer)
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code, _text(refusal)

    def _keep(self, cur: Any, checkpoint: Checkpoint, answer: str) -> None:
        text, _ = signatures(checkpoint.note)
        good = [line for line in answer.splitlines() if is_signed(text, line, self._witness.key)]
        if not good:
            raise WitnessRefused("no signature of the key that WITNESSES names")
        cur.execute(
            "INSERT INTO cosignatures (size, witness, line) VALUES (%s, %s, %s)"
            " ON CONFLICT DO NOTHING",
            (checkpoint.size, self._witness.key.name, f"{good[0]}\n"),
        )


def _text(answer: Any) -> str:
    return str(answer.read(_BODY_BYTES_MAX).decode("utf-8", "replace"))


def _size_in(answer: str) -> int:
    text = answer.strip()
    if not (text.isascii() and text.isdecimal()):
        raise WitnessRefused("409 without the size that the witness knows")
    return int(text)
