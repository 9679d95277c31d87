"""One request told by the real application, and as many copies of it as a bench uses up."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from chassis.actor import Actor
from chassis.postgres import Pool
from requests_service.application import How, Requests
from requests_service.bootstrap import build_application

from services.requests.tests.builders import FORM, IDENTITY, a_letter
from services.requests.tests.conftest import settings_for
from tests.bench.appends import PEMBANTU

_PPID = Actor("1b9ad8a5-90f1-4f5b-b0b4-7c4a4e0f6b11", "ppid")
_MAILS = 4


@contextmanager
def application(dsn: str) -> Iterator[Requests]:
    """The service's application, as its processes have it."""
    pool = Pool(dsn)
    with build_application(settings_for("requests", pool), pool) as app:
        yield app
    pool.close()


def a_request_at_the_pembantu(app: Requests) -> UUID:
    """Waits at step 8 for `PEMBANTU`, with the letters and mails that came before: nine facts."""
    request_id = UUID(app.submit(IDENTITY, FORM)["id"])
    app.find_owner(request_id, _PPID, agency=PEMBANTU.agency or "")
    app.forward(request_id, _PPID)
    letters, notify = Actor("letters", "service"), Actor("notify", "service")
    for n, kind in enumerate(("tanda_bukti_penerimaan", "surat_permohonan_data")):
        of = f"letters-{request_id}-{n}"
        app.reports.record_letter(request_id, letters, letter=a_letter(kind), because_of=of)
    for n in range(_MAILS):
        how: How = {"because_of": f"notify-{request_id}-{n}"}
        app.reports.record_mail(request_id, notify, mail="permohonan_masuk", audience="ppid", **how)
    return request_id


def lengthen(owner: str, request_id: UUID, facts: int) -> None:
    """Report mails until it has so many facts. `owner`: the DSN of the database's owner."""
    pool = Pool(owner, 1)
    pool.execute(
        """
        INSERT INTO facts (stream, version, type, state, occurred_at, actor, role, correlation)
        SELECT stream, v, type, state, occurred_at, actor, role, correlation
        FROM facts
        CROSS JOIN generate_series((SELECT max(version) + 1 FROM facts WHERE stream = %(id)s),
                                   %(facts)s) AS v
        WHERE stream = %(id)s AND type = 'MailSent' AND version = 9
        ORDER BY v
        """,
        {"id": request_id, "facts": facts},
    )
    pool.execute("ANALYZE facts")
    pool.close()


def copies(owner: str, request_id: UUID, number: int) -> list[UUID]:
    """So many other requests with the same facts, but ids and register numbers of their own.

    `owner`: the DSN of the database's owner.
    """
    pool = Pool(owner, 1)
    made = pool.execute(
        """
        WITH new AS MATERIALIZED (
          SELECT n, gen_random_uuid() AS id
          FROM generate_series(1, %s) AS n
        ), copied AS (
          INSERT INTO facts (stream, version, type, state, occurred_at, actor, role, agency,
                             causation, correlation)
          SELECT new.id, f.version, f.type,
                 convert_to(replace(convert_from(f.state, 'UTF8'), register_number,
                                    register_number || '-' || n), 'UTF8'),
                 f.occurred_at, f.actor, f.role, f.agency, f.causation, new.id::text
          FROM board
          JOIN facts AS f ON f.stream = board.id
          CROSS JOIN new
          WHERE board.id = %s
          ORDER BY n, f.version
          RETURNING stream)
        SELECT DISTINCT stream FROM copied
        """,
        (number, request_id),
    )
    pool.execute("ANALYZE facts")
    pool.close()
    return [row[0] for row in made]
