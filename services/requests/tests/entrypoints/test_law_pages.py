"""/laporan: the report and the registers in every format, and who opens identities."""

import csv
import hashlib
import io
import json
import zipfile
from dataclasses import asdict, replace

import openpyxl
import outloud
import pikepdf
import pypdf
import pytest
from requests_service.domain.register import Objection
from requests_service.law import papers
from requests_service.law.files import xlsx_of
from requests_service.law.table import Table
from requests_service.law.tally import ALL, tally
from requests_service.projections import register
from requests_service.projections.register import REGISTER

from services.requests.tests import builders as b
from services.requests.tests.application.test_requests import submit
from services.requests.tests.audit.test_projections import bring_up
from services.requests.tests.conftest import settings_for
from services.requests.tests.entrypoints.test_pages import Browser, sign_in

pytestmark = pytest.mark.servers
__all__ = ["sign_in"]
PERMOHONAN = ("register-permohonan", 2026)
REQUESTS = "/laporan/2026/register-permohonan"
BUNDLE = "/laporan/2026/bukti-e-monev.zip"
PERSONAL = (b.IDENTITY.name, b.IDENTITY.address, b.IDENTITY.email, b.FORM.purpose)


@pytest.fixture(autouse=True)
def _the_clock(clock_at):
    """Friday, ten in the morning in Malang."""


@pytest.fixture
def registered(app):
    """One request in the register."""
    request_id, _ = submit(app)
    bring_up(app.pool, REGISTER)
    return request_id


def written(answer) -> str:
    """The text of a file, of whichever format."""
    if answer.headers["content-type"].startswith("text/csv"):
        return answer.text
    if answer.headers["content-type"] == "application/pdf":
        return pdf_text(answer.content)
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    return " ".join(str(c.value) for sheet in book for row in sheet for c in row if c.value)


def pdf_text(content: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def reads(pool) -> int:
    return pool.execute("SELECT count(*) FROM facts WHERE type = 'PersonalDataRead'")[0][0]


def test_everybody_may_have_report_and_registers_in_every_format_and_nobody_is_in_them(
    app, client, registered
):
    pages = ("/laporan/2026", REQUESTS, "/laporan/2026/register-keberatan")
    files = [
        f"/laporan/2026/{name}.{format_}"
        for name in ("laporan", "register-permohonan", "register-keberatan")
        for format_ in ("csv", "xlsx", "pdf")
    ]

    answers = [client.get(path) for path in (*pages, *files)]

    assert {200} == {answer.status_code for answer in answers}
    told = [*(answer.text for answer in answers[:3]), *(written(each) for each in answers[3:])]
    assert "2026-0001" in told[1]
    assert "2026-0001" in told[3 + 3]
    assert [] == [word for word in PERSONAL if word in " ".join(told)]
    assert 0 == reads(app.pool)


def test_an_entry_is_read_just_as_it_was_written(app, registered):
    ((_, entry),) = register.requests_of(app.pool, 2026)
    lodged = Objection("2026-0001/K1", "2026-11-20", "tidak_dipenuhi", "2027-01-04", "c2VhbGVk")
    entry = replace(entry, objections=[lodged], pauses=[["2026-11-20", None]], score=4)
    app.pool.execute("UPDATE register SET objected_in = %s, entry = %s",
                     (entry.objected_in, json.dumps(asdict(entry))))  # fmt: skip

    assert [(str(registered), entry)] == register.objected_in(app.pool, 2026)


def test_a_long_register_is_sent_in_pieces_that_are_the_same_file(app, registered):
    submit(app)
    submit(app)
    bring_up(app.pool, REGISTER)
    whole = papers.register_of(app, settings_for("requests", app.pool).city, *PERMOHONAN)

    by_two, by_three, at_once = (
        list(papers.csv_of_requests(app, 2026, rows_at_once=n)) for n in (2, 3, 2000)
    )

    assert (2, 2, 1) == (len(by_two), len(by_three), len(at_once))
    assert [whole.written("csv")] * 3 == [b"".join(each) for each in (by_two, by_three, at_once)]
    assert 4 == whole.written("csv").count(b"\r\n")


def test_the_ppid_opens_identities_and_each_person_opened_is_a_fact(app, sign_in, registered):
    ppid = sign_in("ppid")

    ppid.get(REQUESTS).send(f"{REQUESTS}/lengkap", format="halaman")

    assert all(word in ppid.text for word in PERSONAL)
    exports = app.pool.query(
        "SELECT convert_from(state, 'UTF8')::jsonb AS state FROM facts"
        " WHERE type = 'RegisterExported'"
    )
    assert [{"register": "permohonan", "year": 2026, "requests": 1}] == [
        e["state"] for e in exports
    ]
    (read,) = app.pool.query(
        "SELECT role, convert_from(state, 'UTF8')::jsonb AS state FROM facts"
        " WHERE type = 'PersonalDataRead'"
    )
    assert ("ppid", str(registered)) == (read["role"], read["state"]["request_id"])
    assert {"name", "address", "email"} <= set(read["state"]["fields"])


@pytest.mark.parametrize("role", ["walidata", "auditor"])
def test_nobody_but_the_ppid_opens_identities(app, sign_in, registered, role):
    officer = sign_in(role)

    officer.get(REQUESTS)
    assert "lengkap" not in officer.html
    officer.post(f"{REQUESTS}/lengkap", {"format": "csv"})

    assert 403 == officer.status
    assert 0 == reads(app.pool)


def test_who_was_erased_stands_in_the_register_without_a_name(app, sign_in, registered):
    with app.pool.transaction() as cur:
        cur.execute("DELETE FROM people")
        cur.execute("DELETE FROM keys")
    ppid = sign_in("ppid")

    ppid.get(REQUESTS).send(f"{REQUESTS}/lengkap", format="halaman")

    assert "2026-0001" in ppid.text
    assert "(dihapus)" in ppid.text
    assert 0 == reads(app.pool)


def test_the_evidence_bundle_has_an_index_that_fits_its_files_and_names_nobody(
    app, client, sign_in, registered
):
    assert Browser(client).get(BUNDLE).location.startswith("/masuk")
    auditor = sign_in("auditor")
    answer = auditor._send("GET", BUNDLE)

    bundle = zipfile.ZipFile(io.BytesIO(answer.content))
    index = list(csv.DictReader(io.TextIOWrapper(bundle.open("INDEKS.csv"), "utf-8")))
    given = {row["Berkas"]: row["SHA-256"] for row in index if row["SHA-256"]}
    rest = {"INDEKS.csv", "INDEKS.pdf"}

    assert set(bundle.namelist()) - rest == set(given)
    assert [] == [
        name
        for name, digest in given.items()
        if hashlib.sha256(bundle.read(name)).hexdigest() != digest
    ]
    assert "2026-0001" in pdf_text(bundle.read("03-register-permohonan.pdf"))
    told = " ".join(pdf_text(bundle.read(name)) for name in given if name.endswith("pdf"))
    assert [] == [word for word in PERSONAL if word in told]
    assert "(lampirkan sendiri)" in [row["Berkas"] for row in index]


@pytest.mark.parametrize("name", ["laporan", "register-permohonan"])
def test_a_pdf_is_an_archive_file_that_can_be_read_aloud(app, client, registered, tmp_path, name):
    # A table of one row below three of headings is no table to the checker.
    submit(app)
    bring_up(app.pool, REGISTER)
    path = tmp_path / "laporan.pdf"
    path.write_bytes(client.get(f"/laporan/2026/{name}.pdf").content)

    with pikepdf.open(path) as pdf:
        meta = pdf.open_metadata()
        assert ("2", "A") == (meta["pdfaid:part"], meta["pdfaid:conformance"])
        assert str(pdf.Root.Lang).startswith("id")
    errors = {each.rule for each in outloud.check(str(path)).findings if each.severity == "error"}
    # The checker lets a row end at its own last cell, and so finds a head of three storeys
    # irregular; that it is not, test_every_storey_of_a_head_closes_the_grid says.
    assert set() == errors - {"TBL-004"}


def test_what_looks_like_a_formula_is_text_in_every_spreadsheet(client):
    table = Table("Judul: a/b", (("Satu",),), [("=1+1",), ("naïf\x0b",)])

    sheet = openpyxl.load_workbook(io.BytesIO(xlsx_of([table]))).worksheets[0]

    cells = [cell for row in sheet for cell in row if cell.value]
    assert "=1+1" in [cell.value for cell in cells]
    assert {"s"} == {cell.data_type for cell in cells}


def test_the_csv_says_what_the_page_says(client, registered):
    rows = list(csv.DictReader(io.StringIO(client.get(f"{REQUESTS}.csv").text)))

    assert [("2026-0001", "2026-11-20", "Dalam proses")] == [
        (row["No."], row["Tanggal"], row["Keputusan"]) for row in rows
    ]


def test_the_same_stands_in_json_a_few_rows_at_a_time_and_nobody_is_named(app, client, registered):
    submit(app)
    bring_up(app.pool, REGISTER)
    api = "/api/requests/reports/2026"

    report = client.get(api)
    first = client.get(f"{api}/register-permohonan", params={"limit": 1})
    rest = client.get(f"{api}/register-permohonan", params={"skip": first.json()["next_skip"]})

    assert {"value": "2", "counts": "permohonan diterima"} in report.json()["figures"]
    rows = [row for each in (first, rest) for row in each.json()["table"]["rows"]]
    assert [("2026-0001", "2026-11-20"), ("2026-0002", "2026-11-20")] == [
        tuple(row[:2]) for row in rows
    ]
    assert rest.json()["next_skip"] is None
    assert [] == client.get(f"{api}/register-keberatan").json()["table"]["rows"]
    assert 422 == client.get(f"{api}/register-lain").status_code
    told = report.text + first.text + rest.text
    assert [] == [word for word in PERSONAL if word in told]


def test_the_database_counts_a_year_as_it_is_counted_entry_by_entry(app, registered):
    submit(app)
    bring_up(app.pool, REGISTER)
    app.pool.execute(
        """UPDATE register SET entry = entry || '{"extended": true, "score": 3,
        "pauses": [["2026-11-23", null]], "decision": "refused", "decided_on": "2026-11-24"}'
        WHERE number = 2"""
    )

    counted = register.tally_of(app.pool, 2026, ALL)

    assert tally([entry for _, entry in register.requests_of(app.pool, 2026)]) == counted


def test_a_year_in_which_nothing_was_asked_has_an_empty_report(client):
    browser = Browser(client)

    browser.get("/laporan/2030")

    assert 200 == browser.status
    assert 404 == browser.get("/laporan/2030/register-lain").status
    assert 422 == browser.get("/laporan/1066").status


def test_a_sign_that_the_papers_font_has_not_keeps_no_register_from_paper(app, sign_in):
    app.submit(
        b.IDENTITY, replace(b.FORM, data_wanted="Sebaran UMKM \U0001f600 per kecamatan 2025")
    )
    bring_up(app.pool, REGISTER)
    ppid = sign_in("ppid").get(REQUESTS)

    answer = ppid._send("POST", f"{REQUESTS}/lengkap", data={"format": "pdf"})

    assert 200 == answer.status_code
    assert "[U+1F600]" in pdf_text(answer.content)
