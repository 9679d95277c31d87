"""The Pemohon's own papers: kept sealed, opened one at a time by whom they concern, forgotten."""

import hashlib
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from chassis import clock, revoked
from chassis.actor import Actor
from chassis.files import Files
from chassis.keyring import Forgotten, Keyring
from chassis.log import record
from chassis.postgres import Pool
from chassis.sessions import Tokens

from privacy_service.domain import errors, events
from privacy_service.domain.papers import PAPERS_MAX, PaperFormat, format_of

PEMOHON = "pemohon"
_NOT_YOURS = "Berkas ini dibuka dari meja kerja petugas lain; mulai dari Meja Kerja Anda."


@dataclass(frozen=True)
class PaperTicket:
    """What `requests` says of whoever may send papers for a request."""

    request_id: UUID
    register_number: str
    person_id: UUID
    by: Actor


@dataclass(frozen=True)
class OpenedPaper:
    data: bytes
    filename: str
    media_type: str


@dataclass(frozen=True)
class Papers:
    """Under the person's key, and not the request's: `forget` destroys it in any case."""

    pool: Pool
    keyring: Keyring
    files: Files
    tokens: Tokens

    def ticket(self, token: str, *, signed_in: str | None = None) -> PaperTicket:
        """Raises BadToken, ExpiredToken, and NotForYou for another officer than it was made for."""
        claims = self.tokens.verify(token, purpose="paper", issuer="requests")
        ticket = PaperTicket(
            UUID(claims["request_id"]),
            claims["register_number"],
            UUID(claims["person_id"]),
            _actor(claims),
        )
        if ticket.by.role != PEMOHON:
            self._must_be(ticket.by, signed_in)
        return ticket

    def receive(self, ticket: PaperTicket, *, kind: str, data: bytes) -> UUID:
        """Keep a paper; the same one of the same kind is kept once. Its id.

        `data`: of a longer one no more than the limit and a byte. Raises PaperUnfit, Forgotten.
        """
        format = format_of(kind, data)
        digest = hashlib.sha256(data).hexdigest()
        with self.pool.transaction() as cur:
            key = self.keyring.key_of(cur, ticket.person_id)
            if same := self._kept_or_room(cur, ticket.request_id, kind, digest):
                return same
        stored = self.files.put(data, key)
        told = {"kind": kind, "digest": digest, "size": stored.size, "format": str(format)}
        with self.pool.transaction() as cur:
            # One after the other, and none beside an erasure: its papers are counted and told.
            cur.execute(_LOCKED_KEY, (ticket.person_id,))
            if cur.fetchone() is None:
                raise Forgotten(str(ticket.person_id))
            if same := self._kept_or_room(cur, ticket.request_id, kind, digest):
                return same
            cur.execute(
                "INSERT INTO papers (request_id, person_id, kind, digest, address, size, format,"
                " by_role, received_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id",
                (
                    *(ticket.request_id, ticket.person_id, kind, digest, stored.address),
                    *(stored.size, str(format), ticket.by.role, clock.now()),
                ),
            )
            paper_id = UUID(str(cur.fetchone()[0]))
            about = {"paper_id": str(paper_id), **told}
            record(cur, ticket.request_id, events.PAPER_RECEIVED, about, actor=ticket.by)
        return paper_id

    def kept(self, request_id: UUID) -> list[dict[str, Any]]:
        """Kind, size and time of each, in order; nothing of what is in them."""
        return self.pool.query(
            "SELECT kind, size, format, received_at FROM papers WHERE request_id = %s"
            " ORDER BY received_at, id",
            (request_id,),
        )

    def open(self, token: str, *, signed_in: str | None) -> OpenedPaper:
        """One paper, for the officer to whom `requests` gave the ticket; each opening is a fact.

        Raises BadToken, ExpiredToken, NotForYou, PaperNotFound, Forgotten.
        """
        claims = self.tokens.verify(token, purpose="paper-read", issuer="requests")
        by, request_id = _actor(claims), UUID(claims["request_id"])
        self._must_be(by, signed_in)
        found = self.pool.query(
            "SELECT person_id, kind, digest, address, format FROM papers"
            " WHERE id = %s AND request_id = %s",
            (claims["paper_id"], request_id),
        )
        if not found:
            raise errors.PaperNotFound
        paper = found[0]
        data = self.files.get(paper["address"], self.keyring.known_key_of(paper["person_id"]))
        told = {name: paper[name] for name in ("kind", "digest")}
        with self.pool.transaction() as cur:
            about = {"paper_id": claims["paper_id"], **told}
            record(cur, request_id, events.PAPER_READ, about, actor=by)
        # From the register number: what the Pemohon called it may name them.
        filename = f"{paper['kind']}-{claims['register_number']}.{paper['format']}"
        return OpenedPaper(data, filename, PaperFormat(paper["format"]).media_type)

    def forget(self, cur: Any, person_id: UUID) -> int:
        """Destroy the person's key, in the caller's transaction. How many papers go with it."""
        self.keyring.destroy(cur, person_id)
        cur.execute("SELECT count(*) FROM papers WHERE person_id = %s", (person_id,))
        return int(cur.fetchone()[0])

    def _kept_or_room(self, cur: Any, request_id: UUID, kind: str, digest: str) -> UUID | None:
        """The id of the same paper; None when it is new and may come."""
        cur.execute(_SAME, (request_id, kind, digest))
        if same := cur.fetchone():
            return UUID(str(same[0]))
        cur.execute("SELECT count(*) FROM papers WHERE request_id = %s", (request_id,))
        if cur.fetchone()[0] >= PAPERS_MAX:
            raise errors.PaperUnfit(
                "file", f"Sudah ada {PAPERS_MAX} berkas; lebih banyak tidak dapat diterima."
            )
        return None

    def _must_be(self, by: Actor, signed_in: str | None) -> None:
        if revoked.is_revoked(self.pool, by.id):
            raise errors.NotForYou("Akun petugas yang memegang tautan ini sudah dinonaktifkan.")
        if signed_in != by.id:
            raise errors.NotForYou(_NOT_YOURS)


_LOCKED_KEY = "SELECT 1 FROM keys WHERE owner = %s AND wrapped IS NOT NULL FOR UPDATE"
_SAME = "SELECT id FROM papers WHERE request_id = %s AND kind = %s AND digest = %s"


def _actor(claims: dict[str, Any]) -> Actor:
    return Actor(claims["by"], claims["role"], claims.get("agency"), claims.get("capacity"))
