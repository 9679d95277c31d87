"""What a person, a message or a job may ask of privacy, one method each."""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from chassis import clock, revoked
from chassis.actor import Actor
from chassis.files import Files
from chassis.jobs import Job, enqueue, finish
from chassis.keyring import Keyring
from chassis.log import handled, record
from chassis.message import Message
from chassis.postgres import Pool
from chassis.sandbox import Refused, limited
from chassis.sessions import Tokens
from chassis.uploads import Format, sniff

from privacy_service.domain import errors, events
from privacy_service.domain.access import (
    PPID,
    may_decide,
    may_fetch_released,
    may_read_original,
    may_see,
    may_upload,
)
from privacy_service.domain.kinds import Kind
from privacy_service.domain.masking import Choice, Decision, decide
from privacy_service.domain.methods import Method
from privacy_service.domain.verdicts import Verdict
from privacy_service.papers import Papers

CHECKING_STEP = 10
_CLEARED = ("masked", "clean")
RECEIPT_SECONDS = 24 * 3600
LONG_SECONDS = 900
MEMORY_MB = 2048
"""A file of 50 MB, its masked copy, and both as texts."""
FIRST_ROWS = 50
PREVIEW_ROWS = 20
SCAN, RELEASE = "scan", "release"
_SANDBOX = "privacy_service.adapters.in_sandbox"


@dataclass(frozen=True)
class Receipt:
    """That a file is kept here; `requests` takes the token as the proof of handing over."""

    token: str
    request_id: UUID
    digest: str
    size: int
    format: Format


@dataclass(frozen=True)
class Download:
    data: bytes
    filename: str
    media_type: str


class PrivacyApplication:
    def __init__(
        self, pool: Pool, *, keyring: Keyring, files: Files, tokens: Tokens, by_two: bool = False
    ) -> None:
        """`by_two`: what one officer has masked or found clean is confirmed by another."""
        self._by_two = by_two
        self._pool = pool
        self._keyring = keyring
        self._files = files
        self._tokens = tokens
        self.papers = Papers(pool, keyring, files, tokens)

    def receive_upload(
        self, ticket: str, *, filename: str, data: bytes, signed_in: str | None = None
    ) -> Receipt:
        """Keep a file, sealed, for the holder of a ticket that `requests` issued.

        A ticket is one officer's: when somebody else is signed in, it is not theirs to use.
        """
        claims = self._tokens.verify(ticket, purpose="upload", issuer="requests")
        request_id = UUID(claims["request_id"])
        by = Actor(claims["by"], claims["role"], claims.get("agency"), claims.get("capacity"))
        if revoked.is_revoked(self._pool, by.id):
            raise errors.NotForYou("Akun petugas yang memegang tiket ini sudah dinonaktifkan.")
        if signed_in not in (None, by.id):
            raise errors.NotForYou("Tiket unggah ini milik petugas lain; mulai dari Meja Kerja.")
        case = self._case_if_any(request_id)
        may_upload(by, case["agency"] if case else by.agency)
        format = sniff(data, filename)
        self._limited("readable", data, {"format": str(format)})
        with self._pool.transaction() as cur:
            key = self._keyring.key_of(cur, request_id)
        stored = self._files.put(data, key)
        with self._pool.transaction() as cur:
            sealed = self._keyring.seal(cur, request_id, filename.encode(), "filename")
            cur.execute(
                "INSERT INTO files (request_id, digest, address, size, format, filename_sealed)"
                " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (request_id, digest) DO NOTHING",
                (request_id, stored.digest, stored.address, stored.size, str(format), sealed),
            )
            if cur.rowcount:
                told = {"digest": stored.digest, "size": stored.size, "format": str(format)}
                record(cur, request_id, events.ORIGINAL_RECEIVED, told, actor=by)
        token = self._tokens.sign(
            {
                "request_id": str(request_id),
                "digest": stored.digest,
                "filename": filename,
                "size": stored.size,
                "by": by.id,
            },
            purpose="receipt",
            seconds=RECEIPT_SECONDS,
        )
        return Receipt(token, request_id, stored.digest, stored.size, format)

    def ticket_is_for(self, ticket: str) -> UUID:
        """The request that an upload ticket belongs to. Raises BadToken or ExpiredToken."""
        claims = self._tokens.verify(ticket, purpose="upload", issuer="requests")
        return UUID(claims["request_id"])

    def review(self, request_id: UUID, by: Actor) -> dict[str, Any]:
        """All that was found in a request's file, without one value of it."""
        case = self._case(request_id)
        may_see(by, case["agency"])
        return case

    def preview(
        self, request_id: UUID, by: Actor, choices: Mapping[str, Choice]
    ) -> list[dict[str, Any]]:
        """The first rows as they would be given."""
        case = self._open_case(request_id, by)
        decisions = decide(verdicts_of(case), choices)
        data, key = self._original(case)
        tables: list[dict[str, Any]] = self._limited(
            "preview",
            data,
            {
                "format": case["format"],
                "key": _pseudonym_key(key).hex(),
                "decisions": _stored(decisions),
                "rows": PREVIEW_ROWS,
            },
        )
        return tables

    def mask(self, request_id: UUID, by: Actor, choices: Mapping[str, Choice]) -> None:
        """Step 10. The PPID approves how the data is masked; a job does it and checks it."""
        case = self._open_case(request_id, by)
        decisions = decide(verdicts_of(case), choices)
        if all(decision.method is Method.KEEP for decision in decisions):
            raise errors.ChoiceInvalid(
                "Tidak ada kolom yang disamarkan. Bila memang tidak ada data pribadi, "
                "pilih 'Tidak ada data pribadi'."
            )
        self._decide(case, by, decisions, choices)

    def declare_clean(
        self, request_id: UUID, by: Actor, choices: Mapping[str, Choice] | None = None
    ) -> None:
        """Step 10. The PPID finds no personal data; every finding must be answered by a reason."""
        case = self._open_case(request_id, by)
        verdicts = verdicts_of(case)
        decisions = decide(verdicts, choices or {})
        masked = next((d for d in decisions if d.method is not Method.KEEP), None)
        if masked is not None:
            raise errors.FindingsUnanswered(
                f"Kolom '{masked.title}' dipilih untuk disamarkan; tekan 'Samarkan dan nyatakan "
                "aman', atau tulis alasan mengapa kolom itu dibiarkan."
            )
        self._decide(case, by, decisions, choices or {})

    def original_rows(self, request_id: UUID, by: Actor) -> tuple[dict[str, Any], list[Any]]:
        """The first rows as they are, for two offices alone; each look is a fact."""
        case = self._case(request_id)
        may_read_original(by, case["agency"])
        data, _ = self._original(case)
        tables: list[Any] = self._limited(
            "first_rows", data, {"format": case["format"], "rows": FIRST_ROWS}
        )
        with self._pool.transaction() as cur:
            record(cur, request_id, events.ORIGINAL_READ, {"digest": case["digest"]}, actor=by)
        return case, tables

    def download(self, token: str) -> Download:
        """A file that may be given, for the holder of a link that `requests` issued."""
        claims = self._tokens.verify(token, purpose="download", issuer="requests")
        by = Actor(claims.get("by") or "pemohon", claims.get("role") or "pemohon")
        return self._given(UUID(claims["request_id"]), str(claims["digest"]), by)

    def released(self, request_id: UUID, by: Actor) -> Download:
        """The file that may be given, for the offices that give it."""
        may_fetch_released(by)
        case = self._case_if_any(request_id)
        if case is None:
            raise errors.CaseNotFound
        # The second officer looks at what would be given.
        states = (*_CLEARED, "proposed") if by.role == PPID else _CLEARED
        digest = case["released_digest"] or case["cited_digest"] or ""
        return self._given(request_id, digest, by, states)

    def _given(
        self, request_id: UUID, digest: str, by: Actor, states: tuple[str, ...] = _CLEARED
    ) -> Download:
        file = self._released(request_id, digest, states)
        key = self._keyring.known_key_of(file["request_id"])
        data = self._files.get(file["released_address"], key)
        with self._pool.transaction() as cur:
            record(cur, request_id, events.DATA_DOWNLOADED, {"digest": digest}, actor=by)
        media_type = Format(file["released_format"]).media_type
        return Download(data, file["released_filename"], media_type)

    def hear(self, message: Message) -> None:
        """What `requests` says of a data request; the newest word of each kind counts."""
        request_id, data = UUID(message.subject), message.data
        with self._pool.transaction() as cur:
            if not handled(cur, message):
                return
            cur.execute(
                """
INSERT INTO cases (request_id, register_number, agency, step, due, sequence)
VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (request_id) DO UPDATE SET
  agency = EXCLUDED.agency, step = EXCLUDED.step, due = EXCLUDED.due,
  sequence = EXCLUDED.sequence, updated_at = now()
WHERE cases.sequence < EXCLUDED.sequence""",
                (
                    *(request_id, data["register_number"], data.get("agency")),
                    *(data.get("step"), data.get("due"), message.sequence),
                ),
            )
            if message.type == "EarlierClearanceCited":
                cur.execute(
                    "UPDATE cases SET cited_digest = %s WHERE request_id = %s",
                    (data["digest"], request_id),
                )
            if message.type in ("DataHandedOver", "DataOnHandProvided"):
                self._take_over(cur, request_id, message)
            if message.type in ("AnotherFileAsked", "ClearanceWithdrawn", "RequestReopened"):
                self._look_again(cur, request_id)
            if message.type == "AnotherFileAsked":
                self._is_about(cur, request_id, None, message.sequence)
            if message.type == "ClearanceWithdrawn":
                self._stop_citing(cur, request_id)

    def _look_again(self, cur: Any, request_id: UUID) -> None:
        """What is being made of its files is dropped; what was released stays for those who cite
        it."""
        cur.execute(
            "UPDATE files SET state = 'scanned', proposed = NULL WHERE request_id = %s"
            " AND state IN ('masked', 'clean', 'proposed', 'releasing')",
            (request_id,),
        )

    def _stop_citing(self, cur: Any, request_id: UUID) -> None:
        cur.execute(_WAITED_FOR, (request_id,))
        waited_for = cur.fetchall()
        cur.execute("UPDATE cases SET cited_digest = NULL WHERE request_id = %s", (request_id,))
        for (earlier,) in waited_for:
            self._destroy_unless_cited(cur, earlier)

    def forget(self, message: Message) -> None:
        """The Pemohon was erased: destroy the key of the request's files, original and released.

        A file that another request gives again is kept until that one is forgotten too; the
        Pemohon's own papers are not.
        """
        request_id, person_id = UUID(message.data["request_id"]), message.data["person_id"]
        with self._pool.transaction() as cur:
            if not handled(cur, message):
                return
            cur.execute(
                "UPDATE cases SET forgotten_at = coalesce(forgotten_at, now())"
                " WHERE request_id = %s",
                (request_id,),
            )
            cur.execute("SELECT count(*) FROM files WHERE request_id = %s", (request_id,))
            files = cur.fetchone()[0]
            cur.execute(_WAITED_FOR, (request_id,))
            for (earlier,) in cur.fetchall():
                self._destroy_unless_cited(cur, earlier)
            gone = self._destroy_unless_cited(cur, request_id)
            papers = self.papers.forget(cur, UUID(person_id))
            told = {
                "person_id": person_id,
                "destroyed": papers + (files if gone else 0),
                "kept": 0 if gone else files,
                "kept_because": None if gone else "cited",
            }
            record(
                cur,
                UUID(person_id),
                events.PERSON_FORGOTTEN,
                told,
                actor=_PRIVACY,
                because_of=message.id,
            )

    def revoke(self, message: Message) -> None:
        """An account was disabled, or an appointment ended early."""
        with self._pool.transaction() as cur:
            if handled(cur, message):
                revoked.remember(cur, message)

    def _destroy_unless_cited(self, cur: Any, request_id: UUID) -> bool:
        cur.execute(_IS_CITED, (request_id,))
        if cur.fetchone():
            return False
        self._keyring.destroy(cur, request_id)
        return True

    def scan(self, job: Job) -> None:
        """Job: look into the file that was handed over."""
        request_id, digest = UUID(job.args["request_id"]), job.args["digest"]
        case = self._case_if_any(request_id)
        if not case or case["digest"] != digest or case["state"] not in ("received", "scanning"):
            self._drop(job)
            return
        data, _ = self._original(case)
        try:
            findings = self._limited("scan", data, {"format": case["format"]})
        except Refused as refusal:
            self._unreadable(job, case, str(refusal))
            return
        found = [c for c in findings["columns"] if c["kind"]]
        with self._pool.transaction() as cur:
            cur.execute(
                "UPDATE files SET state = 'scanned', findings = %s, problem = NULL"
                " WHERE id = %s AND state IN ('received', 'scanning')",
                (json.dumps(findings), case["file_id"]),
            )
            finish(cur, job)
            told = {
                "digest": digest,
                "columns": [{"column": c["title"], "kind": c["kind"]} for c in found],
            }
            record(
                cur,
                request_id,
                events.ORIGINAL_SCANNED,
                told,
                actor=_PRIVACY,
                because_of=job.args["because_of"],
            )

    def release(self, job: Job) -> None:
        """Job: carry out the PPID's decision, check the result, and say that it may be given."""
        request_id = UUID(job.args["request_id"])
        case = self._case_if_any(request_id)
        if not case or case["state"] != "releasing" or case["round"] != job.args["round"]:
            self._drop(job)
            return
        named = (job.args["by"], job.args["role"], job.args["agency"])
        by = Actor(*named, job.args.get("capacity"))
        data, key = self._original(case)
        if all(decision["method"] == Method.KEEP for decision in case["decisions"]):
            self._publish_clean(job, case, by)
            return
        try:
            made = self._limited(
                "mask",
                data,
                {
                    "format": case["format"],
                    "key": _pseudonym_key(key).hex(),
                    "decisions": case["decisions"],
                },
            )
        except Refused as refusal:
            self._back_to_review(job, case, by, str(refusal), left=0)
            return
        if made["left"]:
            said = "Hasil penyamaran belum aman dan tidak diberikan. Masih ada: "
            sentence = said + "; ".join(made["left"][:5]) + "."
            self._back_to_review(job, case, by, sentence, left=len(made["left"]))
            return
        self._publish_masked(job, case, by, key, made)

    def _publish_masked(
        self, job: Job, case: dict[str, Any], by: Actor, key: bytes, made: dict[str, Any]
    ) -> None:
        stored = self._files.put(made["data"], key)
        format = Format(made["format"])
        told = {
            "original_digest": case["digest"],
            "digest": stored.digest,
            "filename": _public_name(case["register_number"], "disamarkan", format),
            "media_type": format.media_type,
            "size": stored.size,
            "rows": made["rows"],
            "masked_columns": made["masked_columns"],
        }
        self._publish(job, case, by, events.DATA_MASKED, told, "masked", stored.address, format)

    def _publish_clean(self, job: Job, case: dict[str, Any], by: Actor) -> None:
        format = Format(case["format"])
        told = {
            "digest": case["digest"],
            "filename": _public_name(case["register_number"], "", format),
            "media_type": format.media_type,
            "size": case["size"],
            "rows": case["findings"]["rows"],
        }
        address = case["address"]
        self._publish(job, case, by, events.DATA_FOUND_CLEAN, told, "clean", address, format)

    def _publish(
        self,
        job: Job,
        case: dict[str, Any],
        by: Actor,
        fact: str,
        told: dict[str, Any],
        state: str,
        address: str,
        format: Format,
    ) -> None:
        made, proposed = told, None
        if self._by_two:
            proposed = json.dumps({"fact": fact, "told": told, "state": state})
            fact, state, told = (
                events.CLEARANCE_PROPOSED,
                "proposed",
                _waiting(case, told["digest"]),
            )
        with self._pool.transaction() as cur:
            cur.execute(
                """
UPDATE files SET
  state = %s, proposed = %s, problem = NULL, released_digest = %s, released_address = %s,
  released_filename = %s, released_format = %s, released_size = %s, released_rows = %s,
  masked_columns = %s
WHERE id = %s AND state = 'releasing' AND round = %s""",
                (
                    *(state, proposed, made["digest"], address, made["filename"], str(format)),
                    *(made["size"], made["rows"], json.dumps(made.get("masked_columns", []))),
                    *(case["file_id"], case["round"]),
                ),
            )
            done = cur.rowcount == 1
            finish(cur, job)
            if done:
                record(cur, case["request_id"], fact, told, actor=by)

    def confirm(self, request_id: UUID, by: Actor) -> None:
        """The second officer agrees: the file may be given."""
        case = self._waiting_for_second(request_id, by)
        if case["decided_by"] == by.id:
            raise errors.SamePerson
        fact, told, state = (case["proposed"][name] for name in ("fact", "told", "state"))
        self._end_waiting(case, by, fact, told, state=state, problem=None)

    def send_back(self, request_id: UUID, by: Actor) -> None:
        """The second officer, or the first, wants another look; the choices are made anew."""
        case = self._waiting_for_second(request_id, by)
        told = _waiting(case, case["digest"])
        fact = events.CLEARANCE_SENT_BACK
        self._end_waiting(case, by, fact, told, state="scanned", problem=_SENT_BACK)

    def _waiting_for_second(self, request_id: UUID, by: Actor) -> dict[str, Any]:
        may_decide(by)
        case = self._case(request_id)
        self._must_be_open(case)
        if case["state"] != "proposed":
            raise errors.NotReady(_NOTHING_WAITS)
        return case

    def _end_waiting(
        self,
        case: dict[str, Any],
        by: Actor,
        fact: str,
        told: dict[str, Any],
        *,
        state: str,
        problem: str | None,
    ) -> None:
        with self._pool.transaction() as cur:
            cur.execute(
                "UPDATE files SET state = %s, problem = %s, proposed = NULL"
                " WHERE id = %s AND state = 'proposed' AND round = %s",
                (state, problem, case["file_id"], case["round"]),
            )
            if not cur.rowcount:
                raise errors.NotReady(_NOTHING_WAITS)
            record(cur, case["request_id"], fact, told, actor=by)

    def _back_to_review(
        self, job: Job, case: dict[str, Any], by: Actor, sentence: str, *, left: int
    ) -> None:
        with self._pool.transaction() as cur:
            cur.execute(
                "UPDATE files SET state = 'scanned', problem = %s WHERE id = %s AND round = %s",
                (sentence, case["file_id"], case["round"]),
            )
            finish(cur, job)
            told = {"digest": case["digest"], "left": left}
            record(cur, case["request_id"], events.MASKING_REFUSED, told, actor=by)

    def _unreadable(self, job: Job, case: dict[str, Any], sentence: str) -> None:
        with self._pool.transaction() as cur:
            cur.execute(
                "UPDATE files SET state = 'unreadable', problem = %s WHERE id = %s",
                (sentence, case["file_id"]),
            )
            finish(cur, job)

    def _drop(self, job: Job) -> None:
        """Done before, or overtaken by another file."""
        with self._pool.transaction() as cur:
            finish(cur, job)

    def _take_over(self, cur: Any, request_id: UUID, message: Message) -> None:
        digest = message.data["digest"]
        self._is_about(cur, request_id, digest, message.sequence)
        cur.execute(
            "UPDATE files SET state = 'scanning'"
            " WHERE request_id = %s AND digest = %s AND state = 'received'",
            (request_id, digest),
        )
        args = {"request_id": str(request_id), "digest": digest, "because_of": message.id}
        enqueue(cur, SCAN, f"{request_id}:{digest}:{message.sequence}", args)

    def _is_about(self, cur: Any, request_id: UUID, digest: str | None, sequence: int) -> None:
        """Which of its files a case is about; None: another than those that were handed over."""
        cur.execute(
            "UPDATE cases SET data_digest = %s, data_sequence = %s"
            " WHERE request_id = %s AND data_sequence < %s",
            (digest, sequence, request_id, sequence),
        )

    def _decide(
        self,
        case: dict[str, Any],
        by: Actor,
        decisions: list[Decision],
        choices: Mapping[str, Choice],
    ) -> None:
        reasons = {key: choice.reason for key, choice in choices.items() if choice.reason}
        request_id = case["request_id"]
        with self._pool.transaction() as cur:
            sealed = self._keyring.seal(cur, request_id, json.dumps(reasons).encode(), "reasons")
            cur.execute(
                """
UPDATE files SET
  state = 'releasing', problem = NULL, decisions = %s, reasons_sealed = %s, round = round + 1,
  decided_by = %s, decided_role = %s, decided_at = %s
WHERE id = %s AND state = 'scanned'
RETURNING round""",
                (
                    *(json.dumps(_stored(decisions)), sealed, by.id, by.role, clock.now()),
                    case["file_id"],
                ),
            )
            row = cur.fetchone()
            if row is None:
                raise errors.NotReady(_BUSY)
            args = {
                "request_id": str(request_id),
                "round": row[0],
                "by": by.id,
                "role": by.role,
                "agency": by.agency,
                "capacity": by.capacity,
            }
            enqueue(cur, RELEASE, f"{case['file_id']}:{row[0]}", args)
            told = {
                "digest": case["digest"],
                "columns": [
                    {"column": d.title, "kind": str(d.kind), "method": str(d.method)}
                    for d in decisions
                ],
            }
            record(cur, request_id, events.MASKING_APPROVED, told, actor=by)

    def _case(self, request_id: UUID) -> dict[str, Any]:
        case = self._case_if_any(request_id)
        if case is None:
            raise errors.CaseNotFound
        if case["file_id"] is None:
            raise errors.NoFileYet
        return case

    def _case_if_any(self, request_id: UUID) -> dict[str, Any] | None:
        rows = self._pool.query(
            """
SELECT c.request_id, c.register_number, c.agency, c.step, c.cited_digest,
       f.id AS file_id, f.digest, f.address, f.size, f.format, f.state, f.findings, f.problem,
       f.decisions, f.round, f.decided_by, f.proposed, f.received_at, f.masked_columns,
       f.released_digest
FROM cases AS c
LEFT JOIN files AS f ON f.request_id = c.request_id AND f.digest = c.data_digest
WHERE c.request_id = %s""",
            (request_id,),
        )
        return rows[0] if rows else None

    def _released(self, request_id: UUID, digest: str, states: tuple[str, ...]) -> dict[str, Any]:
        """A file that may be given for this request: its own in these states, or the one that it
        cites."""
        rows = self._pool.query(
            """
SELECT f.request_id, f.released_address, f.released_filename, f.released_format
FROM files AS f
JOIN cases AS c ON c.request_id = %(request_id)s
WHERE f.released_digest = %(digest)s
  AND (f.request_id = c.request_id AND f.state = ANY(%(states)s)
       OR f.released_digest = c.cited_digest)
ORDER BY f.request_id = c.request_id DESC
LIMIT 1""",
            {"request_id": request_id, "digest": digest, "states": list(states)},
        )
        if not rows:
            raise errors.NotApproved
        return rows[0]

    def _open_case(self, request_id: UUID, by: Actor) -> dict[str, Any]:
        may_decide(by)
        case = self._case(request_id)
        self._must_be_open(case)
        if case["state"] == "unreadable":
            raise errors.FileUnreadable(case["problem"])
        if case["state"] != "scanned":
            raise errors.NotReady(_BUSY)
        return case

    def _must_be_open(self, case: dict[str, Any]) -> None:
        if case["step"] != CHECKING_STEP:
            raise errors.StepNotOpen(
                f"Permohonan {case['register_number']} tidak sedang berada di langkah 10."
            )

    def _original(self, case: dict[str, Any]) -> tuple[bytes, bytes]:
        key = self._keyring.known_key_of(case["request_id"])
        return self._files.get(case["address"], key), key

    def _limited(self, function: str, data: bytes, args: dict[str, Any]) -> Any:
        return limited(
            f"{_SANDBOX}:{function}",
            args,
            files={"path": data},
            memory_mb=MEMORY_MB,
            seconds=LONG_SECONDS,
        )


def verdicts_of(case: Mapping[str, Any]) -> list[Verdict]:
    """The stored findings of a file."""
    return [
        Verdict(**{**column, "kind": Kind(column["kind"]) if column["kind"] else None})
        for column in (case["findings"] or {"columns": []})["columns"]
    ]


_IS_CITED = """
SELECT 1
FROM files AS f
JOIN cases AS c ON c.cited_digest = f.released_digest AND c.request_id <> f.request_id
WHERE f.request_id = %s AND c.forgotten_at IS NULL
LIMIT 1"""
_WAITED_FOR = """
SELECT DISTINCT earlier.request_id
FROM cases AS c
JOIN files AS f ON f.released_digest = c.cited_digest AND f.request_id <> c.request_id
JOIN cases AS earlier ON earlier.request_id = f.request_id AND earlier.forgotten_at IS NOT NULL
WHERE c.request_id = %s"""
"""Requests that are forgotten already, but for a file that this one gives again."""
_PRIVACY = Actor("privacy", "service")
_NOTHING_WAITS = "Tidak ada hasil yang menunggu petugas kedua; muat ulang halaman ini."
_SENT_BACK = (
    "Hasil pemeriksaan ini dikembalikan atau ditarik kembali. Periksa lagi pilihan setiap kolom."
)
_BUSY = "Berkas ini sedang diproses atau sudah diputuskan; muat ulang halaman ini."


def _stored(decisions: list[Decision]) -> list[dict[str, str]]:
    return [
        {"key": d.key, "title": d.title, "kind": str(d.kind), "method": str(d.method)}
        for d in decisions
    ]


def _pseudonym_key(key: bytes) -> bytes:
    """Of the request's own, so that two files given away cannot be joined by their pseudonyms."""
    return hmac.digest(key, b"pseudonym", hashlib.sha256)


def _waiting(case: dict[str, Any], digest: str) -> dict[str, Any]:
    return {"register_number": case["register_number"], "digest": digest}


def _public_name(register_number: str, suffix: str, format: Format) -> str:
    """From the register number: what the agency called its file may name a person."""
    number = re.sub(r"[^A-Za-z0-9]+", "-", register_number).strip("-")
    return "-".join(filter(None, ("data", number, suffix))) + f".{format}"
