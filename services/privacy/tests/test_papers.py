"""The Pemohon's own papers: what is taken, who opens them, and that they go with the person."""

from uuid import UUID, uuid4

import pytest
from chassis.actor import Actor
from chassis.keyring import Forgotten
from chassis.log import stream
from privacy_service.domain import errors
from privacy_service.domain.papers import BYTES_MAX, PAPERS_MAX, PaperFormat, format_of
from privacy_world import PEMBANTU, PPID, World

NIK = b"3573010101900001"
PDF, JPEG = b"%PDF-1.7 " + NIK, b"\xff\xd8\xff\xe0 a picture"


@pytest.fixture
def world(database, tmp_path):
    return World(database("privacy"), tmp_path)


def a_ticket(world: World, by: Actor | None = None, *, seconds: int = 600, **more: str) -> str:
    """Of the Pemohon, unless it is an officer's; with `paper_id` one that opens that paper."""
    person = str(uuid4())
    by = by or Actor(person, "pemohon")
    claims = {"request_id": str(world.request_id), "register_number": "2026-0042"}
    claims |= {"person_id": person, "by": by.id, "role": by.role, "agency": by.agency}
    purpose = "paper-read" if "paper_id" in more else "paper"
    return world.requests.sign(claims | more, purpose=purpose, seconds=seconds)


def send(world: World, ticket: str, *, kind: str = "ktp", data: bytes = PDF):
    """As the page's form does."""
    sent = {"tiket": ticket, "kind": kind}
    return world.web.post("/privasi/berkas", data=sent, files={"file": ("siti aminah.pdf", data)})


@pytest.mark.parametrize(
    ("data", "found"),
    [(PDF, "pdf"), (JPEG, "jpeg"), (b"\x89PNG\r\n\x1a\n", "png")],
)
def test_a_paper_is_known_by_its_content(data, found):
    assert PaperFormat(found) is format_of("ktp", data)


@pytest.mark.parametrize(
    ("kind", "data", "field", "said"),
    [
        ("paspor", PDF, "kind", "Pilih jenis"),
        ("ktp", b"", "file", "kosong"),
        ("ktp", b"<html>%PDF-", "file", "bukan PDF, JPEG, atau PNG"),
        ("ktp", PDF.ljust(BYTES_MAX + 1), "file", "lebih besar dari 5 MB"),
    ],
)
def test_what_is_no_paper_is_refused_with_a_sentence(kind, data, field, said):
    with pytest.raises(errors.PaperUnfit, match=said) as refused:
        format_of(kind, data)

    assert field == refused.value.field


@pytest.mark.servers
def test_the_citizen_sends_papers_on_one_page_and_each_is_kept_once_and_sealed(world):
    ticket = a_ticket(world)

    for _ in range(2):
        answer = send(world, ticket)
    page = world.web.get(answer.headers["location"])
    refused = send(world, ticket, kind="akta", data=b"MZ")

    assert 303 == answer.status_code
    assert "no-store" == page.headers["cache-control"]
    assert "Berkas sudah diterima" in page.text and "/permohonan/2026-0042" in page.text
    assert 1 == page.text.count('<span class="hint">PDF')
    assert 422 == refused.status_code
    assert "bukan PDF, JPEG, atau PNG" in refused.text and ticket in refused.text
    (fact,) = world.facts("PaperReceived")
    assert {"paper_id", "kind", "digest", "size", "format"} == set(fact.data)
    stored = b"".join(path.read_bytes() for path in world.folder.rglob("*") if path.is_file())
    assert stored and NIK not in stored
    assert "siti" not in str(world.pool.execute("SELECT row_to_json(papers) FROM papers"))


@pytest.mark.servers
def test_an_eleventh_paper_is_refused_and_leaves_nothing_but_one_sent_before_is_no_other(world):
    ticket = world.app.papers.ticket(a_ticket(world))
    for n in range(PAPERS_MAX):
        world.app.papers.receive(ticket, kind="lainnya", data=PDF + bytes([n]))
    files = len(list(world.folder.rglob("*")))

    with pytest.raises(errors.PaperUnfit, match="Sudah ada 10"):
        world.app.papers.receive(ticket, kind="lainnya", data=JPEG)
    world.app.papers.receive(ticket, kind="lainnya", data=PDF + bytes([0]))

    assert files == len(list(world.folder.rglob("*")))
    assert PAPERS_MAX == len(world.facts("PaperReceived"))


@pytest.mark.servers
def test_each_opening_by_the_officer_of_the_ticket_is_a_fact_and_the_paper_is_no_page(world):
    send(world, a_ticket(world))
    paper_id = world.facts("PaperReceived")[0].data["paper_id"]
    ticket = a_ticket(world, PPID, paper_id=paper_id)
    world.sign_in(PPID)

    opened = world.web.get(f"/privasi/berkas/buka?tiket={ticket}")

    assert PDF == opened.content
    kept_apart = ("content-disposition", "cache-control", "x-content-type-options")
    assert ['attachment; filename="ktp-2026-0042.pdf"', "no-store", "nosniff"] == [
        opened.headers[name] for name in kept_apart
    ]
    (fact,) = world.facts("PaperRead")
    assert (PPID, {"paper_id", "kind", "digest"}) == (fact.actor, set(fact.data))


@pytest.mark.servers
def test_a_paper_is_not_opened_by_anybody_else_or_with_another_ticket(world):
    send(world, a_ticket(world))
    paper_id = world.facts("PaperReceived")[0].data["paper_id"]
    good = a_ticket(world, PPID, paper_id=paper_id)
    tries = [
        (None, good, 303),
        (PEMBANTU, good, 403),
        (PPID, a_ticket(world, PPID), 403),
        (PPID, a_ticket(world, PPID, paper_id=paper_id, seconds=-1), 410),
        (PPID, a_ticket(world, PPID, paper_id=str(uuid4())), 404),
    ]

    for who, ticket, status in tries:
        world.sign_in(who)
        assert status == world.web.get(f"/privasi/berkas/buka?tiket={ticket}").status_code

    assert not world.facts("PaperRead")


@pytest.mark.servers
def test_the_ppid_sends_papers_that_came_by_letter_with_a_ticket_of_their_own_alone(world):
    ticket = a_ticket(world, PPID)

    world.sign_in(PEMBANTU)
    others = send(world, ticket)
    world.sign_in(PPID)
    own = send(world, ticket)

    assert (403, 303) == (others.status_code, own.status_code)
    assert [PPID] == [fact.actor for fact in world.facts("PaperReceived")]


@pytest.mark.servers
def test_papers_go_with_the_person_also_where_another_request_keeps_the_data(world):
    told, first = world.a_masked_file(), world.request_id
    ticket = a_ticket(world)
    send(world, ticket)
    received = world.facts("PaperReceived")[0].data
    opening = a_ticket(world, PPID, paper_id=received["paper_id"])
    person = world.requests.verify(ticket, purpose="paper")["person_id"]
    world.request_id = later = uuid4()
    world.hear("EarlierClearanceCited", step=11, cites="2026-0042", digest=told["digest"])

    erased = world.message("PersonErased", person_id=person, request_id=str(first))
    for _ in range(2):
        world.app.forget(erased)

    (answer,) = stream(world.pool, UUID(person))
    assert (1, 1, "cited") == tuple(
        answer.data[name] for name in ("destroyed", "kept", "kept_because")
    )
    assert world.app.download(world.link(told["digest"], request_id=later)).data
    with pytest.raises(Forgotten):
        world.app.papers.open(opening, signed_in=PPID.id)
    refused = send(world, ticket, kind="akta")
    assert 410 == refused.status_code and "sudah dihapus" in refused.text
