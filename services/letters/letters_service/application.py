"""What a message, a job, an officer or a citizen may ask of letters: one method each."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID, uuid4

import structlog
from chassis import clock, revoked
from chassis.actor import Actor
from chassis.files import Files
from chassis.jobs import Job, Later, enqueue, finish
from chassis.keyring import Forgotten, Keyring
from chassis.log import handled, record
from chassis.message import Message
from chassis.postgres import Pool

from letters_service.domain import letters, tokens, verdict
from letters_service.domain.errors import (
    LetterErased,
    LetterNotFound,
    LetterNotYours,
    PemohonForgotten,
    TicketInvalid,
)
from letters_service.domain.letters import BY_KEY, LetterKind
from letters_service.domain.numbers import Register
from letters_service.domain.offices import City
from letters_service.domain.paper import Cited, Content, Occasion, Stamp, received_on, written
from letters_service.domain.pemohon import Acting, Pemohon

_log = structlog.get_logger()
ISSUE_LETTER = "issue_letter"
LETTERS = Actor("letters", "service")

WHOLE_CITY = ("ppid", "walidata", "atasan_ppid")
"""Offices that a letter of any agency may concern."""
PPID_PEMBANTU = "ppid_pembantu"

Row = dict[str, Any]


class Directory(Protocol):
    """Who the Pemohon is and what people wrote, asked at the moment of use."""

    def ask(
        self,
        request_id: UUID,
        *,
        fields: Sequence[str],
        because_of: str,
        signing: Mapping[str, str],
    ) -> Pemohon:
        """`signing`: for which office somebody else may sign. Raises PemohonForgotten or Later."""


class Press(Protocol):
    """Makes a PDF of a letter's content."""

    edition: str

    def pdf(self, kind: str, content: Mapping[str, Any], *, issued_at: datetime) -> bytes:
        """Raises LetterNotRendered."""


class LettersApplication:
    """Letters wait in a job each until they are issued; then they stand in the table `letters`."""

    def __init__(
        self,
        pool: Pool,
        *,
        city: City,
        public_url: str,
        files: Files,
        keyring: Keyring,
        directory: Directory,
        press: Callable[[], Press],
        qr_svg: Callable[[str], str],
        has_glyph: Callable[[str], bool],
        words_of: Callable[[bytes], str],
        by_token: Callable[[str], Row | None],
        by_digest: Callable[[str], Row | None],
    ) -> None:
        self._pool = pool
        self._city = city
        self._check_page = f"{public_url}/surat/periksa"
        self._public_url = public_url
        self._files = files
        self._keyring = keyring
        self._directory = directory
        self._press = press
        self._qr_svg = qr_svg
        self._has_glyph = has_glyph
        self._words_of = words_of
        self._by_token = by_token
        self._by_digest = by_digest

    # Messages

    def queue_letter(self, message: Message) -> None:
        """Keep what the fact tells of its request, and queue the letters that it asks for."""
        request_id = UUID(message.subject)
        with self._pool.transaction() as cur:
            if not handled(cur, message):
                return
            if message.source == "requests":
                _know(cur, request_id, message)
            for kind in letters.letters_for(message.source, message.type, message.data):
                enqueue(
                    cur,
                    ISSUE_LETTER,
                    f"{request_id} {message.id} {kind.key}",
                    {
                        "request_id": str(request_id),
                        "kind": kind.key,
                        "because_of": message.id,
                        "fact": message.type,
                        "happened_at": message.time.isoformat(),
                        "by": message.actor.id,
                        "by_role": message.actor.role,
                        "capacity": message.actor.capacity,
                        "data": message.data,
                    },
                )

    def forget(self, message: Message) -> None:
        """Destroy the key of a person: their letters can be read by nobody any more.

        The register keeps its rows, and letters between offices that speak of nobody.
        """
        person_id = UUID(message.data["person_id"])
        with self._pool.transaction() as cur:
            if not handled(cur, message):
                return
            self._keyring.destroy(cur, person_id)
            cur.execute(
                "SELECT count(*) FILTER (WHERE owner = %s), count(*) FILTER (WHERE owner <> %s)"
                " FROM letters WHERE request_id = %s",
                (person_id, person_id, message.data["request_id"]),
            )
            destroyed, kept = cur.fetchone()
            record(
                cur,
                person_id,
                "PersonForgotten",
                {
                    "person_id": str(person_id),
                    "destroyed": destroyed,
                    "kept": kept,
                    "kept_because": "names_nobody" if kept else None,
                },
                actor=LETTERS,
                because_of=message.id,
            )

    def revoke(self, message: Message) -> None:
        """An account was disabled, or an appointment ended early."""
        with self._pool.transaction() as cur:
            if handled(cur, message):
                revoked.remember(cur, message)

    # Jobs

    def issue(self, job: Job) -> None:
        """Write one letter: number, PDF, row and fact in one transaction, or none of them."""
        kind = BY_KEY[job.args["kind"]]
        request_id = UUID(job.args["request_id"])
        occasion = self._occasion(kind, request_id, job)
        try:
            told = self._directory.ask(
                request_id,
                fields=kind.fields,
                because_of=job.args["because_of"],
                signing=_signing(kind, occasion, job),
            )
            owner = told.person_id if kind.names_pemohon else request_id
            occasion = replace(
                occasion,
                fields=told.fields,
                texts=told.texts,
                acting=told.acting or occasion.acting,
            )
            self._write(job, kind, request_id, owner, occasion)
        except (PemohonForgotten, Forgotten):
            if kind.names_pemohon:
                self._drop(job, kind, request_id)
            else:
                self._write(job, kind, request_id, request_id, occasion)

    def _occasion(self, kind: LetterKind, request_id: UUID, job: Job) -> Occasion:
        known = self._pool.query(
            "SELECT * FROM known_requests WHERE request_id = %s", (request_id,)
        )
        if not known:
            raise Later("the request's own facts have not been heard yet")
        data = job.args["data"]
        # As the fact has it: the request may have gone on since. Those of others do not say.
        agency = data["agency"] if "agency" in data else known[0]["agency"]
        cited = self._cited(kind, request_id, agency)
        if cited is None and letters.must_wait_for_cited(kind, data, attempts=job.attempts):
            raise Later(f"{kind.cites} of this request is not issued yet")
        due = data.get("statutory_due")
        return Occasion(
            data=data,
            fact=job.args["fact"],
            happened_at=datetime.fromisoformat(job.args["happened_at"]),
            acting=_decided_as(kind, job),
            register_number=known[0]["register_number"],
            submitted_on=known[0]["submitted_on"],
            agency=agency,
            statutory_due=date.fromisoformat(due) if due else known[0]["statutory_due"],
            cited=cited,
        )

    def _cited(self, kind: LetterKind, request_id: UUID, agency: str | None) -> Cited | None:
        if kind.cites is None:
            return None
        rows = self._pool.query(
            "SELECT sender, number, issued_on FROM letters"
            " WHERE request_id = %s AND kind = %s AND (agency = %s OR kind <> %s)"
            " ORDER BY issued_at DESC LIMIT 1",
            # The one to this agency: others were asked before and declined.
            (request_id, kind.cites, agency, "surat_permohonan_data"),
        )
        if not rows:
            return None
        return Cited(
            BY_KEY[kind.cites].title, rows[0]["sender"], rows[0]["number"], rows[0]["issued_on"]
        )

    def _write(
        self, job: Job, kind: LetterKind, request_id: UUID, owner: UUID, occasion: Occasion
    ) -> None:
        because_of, press = job.args["because_of"], self._press()
        with self._pool.transaction() as cur:
            if _is_issued(cur, request_id, because_of, kind):
                finish(cur, job)
                return
            issued_at = clock.now().replace(microsecond=0)
            register, running = self._next_number(cur, kind, occasion.agency, clock.today())
            stamp = self._stamp(kind, register, running, clock.today())
            pdf = press.pdf(kind.key, self._content(kind, occasion, stamp), issued_at=issued_at)
            stored = self._files.put(pdf, self._keyring.key_of(cur, owner))
            letter_id = uuid4()
            _insert(
                cur,
                letter_id=letter_id,
                request_id=request_id,
                because_of=because_of,
                kind=kind.key,
                register_number=occasion.register_number,
                agency=occasion.agency,
                unit=register.unit,
                naskah=register.naskah,
                year=register.year,
                running=running,
                number=stamp.number,
                sender=self._city.sender(kind, occasion.agency).name,
                addressed_to=kind.addressee.value,
                issued_on=stamp.issued_on,
                issued_at=issued_at,
                owner=owner,
                token=stamp.token,
                digest=stored.digest,
                size=stored.size,
                address=stored.address,
                edition=press.edition,
            )
            finish(cur, job)
            record(
                cur,
                request_id,
                "LetterIssued",
                {
                    "letter": kind.key,
                    "letter_id": str(letter_id),
                    "number": stamp.number,
                    "issued_on": stamp.issued_on.isoformat(),
                    "digest": stored.digest,
                    "addressed_to": kind.addressee.value,
                },
                actor=LETTERS,
                because_of=because_of,
            )
        _log.info("letter_issued", letter=kind.key, number=stamp.number, request=str(request_id))

    def _next_number(
        self, cur: Any, kind: LetterKind, agency: str | None, today: date
    ) -> tuple[Register, int]:
        """Locks the register until the end of the transaction: that is what leaves no gap."""
        register = Register(self._city.sender(kind, agency).unit, kind.naskah, today.year)
        cur.execute(
            "INSERT INTO registers AS r (unit, naskah, year, last) VALUES (%s, %s, %s, 1)"
            " ON CONFLICT (unit, naskah, year) DO UPDATE SET last = r.last + 1 RETURNING last",
            (register.unit, register.naskah, register.year),
        )
        return register, cur.fetchone()[0]

    def _stamp(self, kind: LetterKind, register: Register, running: int, today: date) -> Stamp:
        token = "".join(secrets.choice(tokens.ALPHABET) for _ in range(tokens.LENGTH))
        url = f"{self._check_page}/{token}"
        return Stamp(
            number=self._city.pattern.number(
                running,
                register=register,
                classification=self._city.classification[kind.key],
                on=today,
            ),
            issued_on=today,
            token=token,
            code=tokens.grouped(token),
            check_page=self._check_page,
            check_url=url,
            qr_svg=self._qr_svg(url),
        )

    def _content(self, kind: LetterKind, occasion: Occasion, stamp: Stamp) -> Content:
        return written(
            kind,
            occasion,
            city=self._city,
            stamp=stamp,
            public_url=self._public_url,
            has_glyph=self._has_glyph,
        )

    def _drop(self, job: Job, kind: LetterKind, request_id: UUID) -> None:
        with self._pool.transaction() as cur:
            finish(cur, job)
            record(
                cur,
                request_id,
                "LetterNotIssued",
                {"letter": kind.key, "reason": "pemohon_forgotten"},
                actor=LETTERS,
                because_of=job.args["because_of"],
            )
        _log.info("letter_not_issued", letter=kind.key, request=str(request_id))

    # Officers and the Pemohon

    def open_letter(self, letter_id: UUID, by: Actor) -> tuple[Row, bytes]:
        """The PDF for an officer whom it concerns. Raises a LettersError."""
        letter = self._letter(letter_id)
        _must_concern(letter, by)
        if letter is None:
            raise LetterNotFound
        return letter, self._opened(letter, by)

    def open_by_ticket(self, letter_id: UUID, claims: Mapping[str, Any]) -> tuple[Row, bytes]:
        """The PDF for the Pemohon, who holds a ticket for this letter."""
        letter = self._letter(letter_id)
        if (
            letter is None
            or claims.get("letter_id") != str(letter_id)
            or claims.get("request_id") != str(letter["request_id"])
            or letter["addressed_to"] != letters.Office.PEMOHON
        ):
            raise TicketInvalid
        return letter, self._opened(letter, Actor(str(letter["owner"]), "pemohon"))

    def _letter(self, letter_id: UUID) -> Row | None:
        rows: list[Row] = self._pool.query(
            "SELECT * FROM letters WHERE letter_id = %s", (letter_id,)
        )
        return rows[0] if rows else None

    def _opened(self, letter: Row, by: Actor) -> bytes:
        """Reading personal data is a fact of its own; what cannot be recorded is not read."""
        try:
            key = self._keyring.known_key_of(letter["owner"])
        except Forgotten as error:
            raise LetterErased from error
        with self._pool.transaction() as cur:
            record(
                cur,
                letter["request_id"],
                "LetterRead",
                {"letter": letter["kind"], "letter_id": str(letter["letter_id"])},
                actor=by,
            )
        pdf: bytes = self._files.get(letter["address"], key)
        return pdf

    # Anybody

    def check(self, token: str, *, number: str | None = None) -> Row | None:
        """What the public may know of the letter with this check code, and this number if given."""
        found = self._by_token(tokens.typed(token))
        if found is None or (number is not None and _same(number) != _same(found["number"])):
            return None
        return found

    def check_digest(self, digest: str) -> Row | None:
        """The same, for the SHA-256 of a file."""
        return self._by_digest(digest.lower())

    def verify(self, pdf: bytes) -> verdict.Finding[Row]:
        """Whether a file is a letter of ours. Raises Refused when it is no readable PDF."""
        return verdict.verify(
            pdf,
            by_digest=self._by_digest,
            by_token=self._by_token,
            words_of=self._words_of,
        )


def _know(cur: Any, request_id: UUID, message: Message) -> None:
    """Newer wins, in whatever order the facts come; the day of receipt stays once it is known."""
    data = message.data
    cur.execute(
        "INSERT INTO known_requests AS k"
        " (request_id, register_number, submitted_on, agency, statutory_due, sequence)"
        " VALUES (%s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (request_id) DO UPDATE SET"
        "   submitted_on = coalesce(k.submitted_on, excluded.submitted_on),"
        "   agency = CASE WHEN excluded.sequence > k.sequence"
        "     THEN coalesce(excluded.agency, k.agency)"
        "     ELSE coalesce(k.agency, excluded.agency) END,"
        "   statutory_due = CASE WHEN excluded.sequence > k.sequence"
        "     THEN coalesce(excluded.statutory_due, k.statutory_due)"
        "     ELSE coalesce(k.statutory_due, excluded.statutory_due) END,"
        "   sequence = greatest(k.sequence, excluded.sequence)",
        (
            request_id,
            data["register_number"],
            received_on(data),
            data.get("agency"),
            data.get("statutory_due"),
            message.sequence,
        ),
    )


def _decided_as(kind: LetterKind, job: Job) -> Acting | None:
    """How whoever decided this holds the sender's office; None for its head and other offices."""
    capacity = job.args.get("capacity")
    return Acting(capacity) if capacity and job.args["by_role"] == kind.sender else None


def _signing(kind: LetterKind, occasion: Occasion, job: Job) -> dict[str, str]:
    """What to ask about who signs: nothing where the head of the office decided it.

    What nobody of the office decided, as a receipt, is signed by who stands in on that day.
    """
    own = job.args.get("by_role") == kind.sender
    if own and occasion.acting is None:
        return {}
    asked = {"office": kind.sender.value}
    if kind.sender == letters.Office.PPID_PEMBANTU and occasion.agency:
        asked["agency"] = occasion.agency
    return asked | {"officer": job.args["by"]} if own else asked


def _is_issued(cur: Any, request_id: UUID, because_of: str, kind: LetterKind) -> bool:
    cur.execute(
        "SELECT 1 FROM letters WHERE request_id = %s AND because_of = %s AND kind = %s",
        (request_id, because_of, kind.key),
    )
    return cur.fetchone() is not None


def _insert(cur: Any, **row: Any) -> None:
    names = ", ".join(row)
    values = ", ".join(f"%({name})s" for name in row)
    cur.execute(f"INSERT INTO letters ({names}) VALUES ({values})", row)


def _must_concern(letter: Row | None, by: Actor) -> None:
    """The role first, then the agency; and an agency does not learn which letters exist."""
    if by.role in WHOLE_CITY:
        return
    if by.role != PPID_PEMBANTU or letter is None or letter["agency"] != by.agency:
        raise LetterNotYours


def _same(number: str) -> str:
    return "".join(number.split()).casefold()
