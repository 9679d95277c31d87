"""Who may see which letter, and what anybody may check."""

import hashlib
import io
import re
from dataclasses import replace

import pikepdf
import pytest
from letters_world import NAME, SITI, Story, a_world

pytestmark = pytest.mark.servers


@pytest.fixture
def world(database, tmp_path):
    with a_world(database("letters"), tmp_path / "files") as world:
        yield world


@pytest.fixture
def letters(world):
    """By kind: a receipt (no agency yet), a letter to diskopindag, a notice of its refusal."""
    story = Story()
    issued = world.issue(story.submitted(), story.forwarded(), story.refused())
    return {letter["kind"]: letter for letter in issued}


def read_as(world, letter, role, agency=None):
    return world.browser(role, agency).get(f"/surat/{letter['letter_id']}")


@pytest.mark.parametrize("role", ["ppid", "walidata", "atasan_ppid"])
def test_the_city_wide_offices_open_every_letter(world, letters, role):
    for letter in letters.values():
        answer = read_as(world, letter, role)
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.headers["cache-control"] == "no-store"
        assert hashlib.sha256(answer.content).hexdigest() == letter["digest"]


def test_the_agency_opens_the_letters_of_its_request_alone(world, letters):
    own = letters["surat_permohonan_data"]

    assert read_as(world, own, "ppid_pembantu", "diskopindag").status_code == 200
    assert read_as(world, own, "ppid_pembantu", "dinkes").status_code == 403
    assert read_as(world, letters["tanda_bukti_penerimaan"], "ppid_pembantu", "diskopindag"
                   ).status_code == 403  # fmt: skip
    assert read_as(world, letters["pemberitahuan_tertulis"], "ppid_pembantu", "dinkes"
                   ).status_code == 403  # fmt: skip


@pytest.mark.parametrize("role", ["auditor", "operator", "integrator", "pemohon"])
def test_other_roles_open_no_letter(world, letters, role):
    assert read_as(world, letters["surat_permohonan_data"], role).status_code == 403


def test_who_is_not_signed_in_is_sent_to_sign_in(world, letters):
    answer = read_as(world, letters["surat_permohonan_data"], None)

    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/masuk?kembali=%2Fsurat%2F")


@pytest.mark.parametrize(
    ("fact", "ended", "own"), [("StaffDisabled", "u-ppid", 303), ("ActingEnded", "a-1", 200)]
)
def test_a_session_ends_at_once_with_its_account_or_appointment(world, fact, ended, own):
    acting = world.browser("ppid", appointment="a-1")
    assert acting.get("/surat").status_code == 200
    message = replace(Story().fact(fact, staff_id="u-ppid"), subject=ended)

    world.app.revoke(message)
    world.app.revoke(message)

    assert acting.get("/surat").headers["location"] == "/masuk?kembali=%2Fsurat"
    assert acting.get("/api/letters").status_code == 401
    assert world.browser("ppid").get("/surat").status_code == own
    assert world.browser("walidata").get("/surat").status_code == 200


def test_an_agency_does_not_learn_which_letters_exist(world):
    browser = world.browser("ppid_pembantu", "dinkes")

    assert browser.get("/surat/00000000-0000-4000-8000-000000000000").status_code == 403
    assert world.browser("ppid").get("/surat/00000000-0000-4000-8000-000000000000"
                                     ).status_code == 404  # fmt: skip
    assert world.browser("ppid").get("/surat/bukan-surat").status_code == 404


def test_every_reading_is_a_fact_in_the_log(world, letters):
    letter = letters["tanda_bukti_penerimaan"]

    read_as(world, letter, "ppid")
    read_as(world, letter, "auditor")

    rows = world.pool.execute("SELECT actor, role FROM facts WHERE type = 'LetterRead'")
    assert rows == [("u-ppid", "ppid")]


def test_the_pemohon_opens_a_letter_with_a_ticket(world, letters):
    letter = letters["tanda_bukti_penerimaan"]

    answer = world.browser().get(
        f"/surat/{letter['letter_id']}", params={"tiket": world.ticket(letter)}
    )

    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF-1.7")


def test_a_ticket_opens_no_other_letter_and_none_between_offices(world, letters):
    receipt, inner = letters["tanda_bukti_penerimaan"], letters["surat_permohonan_data"]
    browser = world.browser()
    tokens = world.tokens_of("notify")
    claims = {"request_id": str(receipt["request_id"]), "letter_id": str(receipt["letter_id"])}

    for letter, ticket in (
        (letters["pemberitahuan_tertulis"], world.ticket(receipt)),
        (inner, world.ticket(inner)),
        (receipt, world.ticket(receipt, request_id="x")),
        (receipt, world.ticket(receipt) + "x"),
        (receipt, tokens.sign(claims, purpose="letter", seconds=60)),
        (receipt, world.tokens_of("requests").sign(claims, purpose="download", seconds=60)),
        (receipt, world.tokens_of("requests").sign(claims, purpose="letter", seconds=-1)),
    ):
        answer = browser.get(f"/surat/{letter['letter_id']}", params={"tiket": ticket})
        assert answer.status_code == 403
        assert "Tautan surat ini sudah tidak berlaku" in answer.text


def test_an_erased_letter_says_so(world, letters):
    story = Story()
    world.app.forget(
        story.fact("PersonErased", person_id=str(SITI), request_id=str(story.request_id))
    )

    answer = read_as(world, letters["tanda_bukti_penerimaan"], "ppid")

    assert answer.status_code == 410
    assert "sudah dihapus" in answer.text


def test_the_register_lists_the_newest_first_and_filters(world, letters):
    world.issue(Story("2026-0099").submitted())
    browser = world.browser("ppid")

    everything = browser.get("/surat").text
    one = browser.get("/surat", params={"nomor": "0099"}).text
    kind = browser.get("/surat", params={"jenis": "surat_permohonan_data"}).text

    assert everything.count("Buka PDF") == 4
    assert everything.index("2026-0099") < everything.index("2026-0042")
    assert one.count("Buka PDF") == 1
    assert kind.count("Buka PDF") == 1
    assert NAME not in everything


def test_the_register_of_an_agency_holds_its_own_letters(world, letters):
    own = world.browser("ppid_pembantu", "diskopindag").get("/surat").text
    other = world.browser("ppid_pembantu", "dinkes").get("/surat").text
    nobodys = world.browser("ppid_pembantu").get("/surat").text

    assert own.count("Buka PDF") == 2
    assert "Tidak ada surat" in other
    assert "Tidak ada surat" in nobodys


def test_the_auditor_sees_the_register_but_opens_nothing(world, letters):
    page = world.browser("auditor").get("/surat").text

    assert letters["tanda_bukti_penerimaan"]["number"] in page
    assert "Buka PDF" not in page


def test_long_registers_are_read_page_by_page(world):
    world.issue(*(Story(f"2026-{n:04}").submitted() for n in range(7)))
    browser = world.browser("ppid")

    seen, cursor = [], None
    for _ in range(4):
        page = browser.get(
            "/api/letters", params={"limit": 2, **({"cursor": cursor} if cursor else {})}
        ).json()
        seen += [item["number"] for item in page["items"]]
        cursor = page["next_cursor"]

    assert len(seen) == len(set(seen)) == 7
    assert cursor is None


def test_the_ppid_sees_what_still_waits(world):
    world.requests.status = 503
    world.issue(Story().submitted())

    page = world.browser("ppid").get("/surat").text

    assert "Menunggu terbit: 1 surat" in page
    assert "2026-0042" in page


def test_the_api_lists_and_gives_letters(world, letters):
    letter = letters["pemberitahuan_tertulis"]
    browser = world.browser("walidata")

    listed = browser.get("/api/letters", params={"request_id": str(letter["request_id"])}).json()
    pdf = browser.get(f"/api/letters/{letter['letter_id']}")
    refused = world.browser("operator").get("/api/letters")

    assert {item["letter"] for item in listed["items"]} == set(letters)
    assert {"letter_id", "letter", "number", "issued_on", "digest"} <= set(listed["items"][0])
    assert pdf.headers["content-type"] == "application/pdf"
    assert refused.status_code == 403
    assert refused.headers["content-type"] == "application/problem+json"
    assert world.browser().get("/api/letters").status_code == 401
    assert "/api/letters/{letter_id}" in browser.get("/api/letters/openapi.json").json()["paths"]


def test_anybody_checks_a_letter_by_its_qr_code_and_learns_of_no_person(world, letters):
    letter = letters["tanda_bukti_penerimaan"]

    answer = world.browser().get(f"/surat/periksa/{letter['token']}")

    assert answer.status_code == 200
    assert answer.headers["x-robots-tag"] == "noindex"
    for part in (letter["number"], "Tanda Bukti Penerimaan", letter["digest"], "Berlaku"):
        assert part in answer.text
    for proof in ("tlog-proof", "entry"):
        assert f'href="/api/requests/letters/{letter["letter_id"]}/{proof}"' in answer.text
    assert "Pejabat Pengelola Informasi dan Dokumentasi Kota Malang" in answer.text
    for secret in (NAME, "2026-0042", str(letter["request_id"]), str(SITI), "diskopindag"):
        assert secret not in answer.text


def test_an_unknown_code_is_a_friendly_page(world):
    answer = world.browser().get("/surat/periksa/7QX4M2ZK9TB3HJ5NWD8CRVFPAEYG")

    assert answer.status_code == 404
    assert "Kode periksa tidak dikenal" in answer.text


def test_number_and_code_may_be_typed_as_people_type(world, letters):
    letter = letters["tanda_bukti_penerimaan"]
    typed = "-".join(re.findall("....", letter["token"])).lower().replace("0", "o")

    answer = world.browser().post(
        "/surat/periksa", data={"nomor": f" {letter['number']} ", "kode": typed}
    )

    assert answer.status_code == 303
    assert answer.headers["location"] == f"/surat/periksa/{letter['token']}"


def test_a_code_with_the_number_of_another_letter_does_not_pass(world, letters):
    one, other = letters["tanda_bukti_penerimaan"], letters["pemberitahuan_tertulis"]

    answer = world.browser().post(
        "/surat/periksa", data={"nomor": other["number"], "kode": one["token"]}
    )

    assert answer.status_code == 404
    assert "tidak cocok" in answer.text


def test_a_form_that_is_not_filled_in_says_what_is_missing(world):
    answer = world.browser().post("/surat/periksa", data={"nomor": "", "kode": "abc"})

    assert answer.status_code == 422
    assert "Tulis nomor surat" in answer.text
    assert "28 huruf dan angka" in answer.text


def check_file(world, data, name="surat.pdf"):
    return world.browser().post(
        "/surat/periksa/berkas", files={"berkas": (name, data, "application/pdf")}
    )


def test_a_file_is_identical_changed_or_not_ours(world, letters):
    pdf = read_as(world, letters["tanda_bukti_penerimaan"], "ppid").content
    with pikepdf.open(io.BytesIO(pdf)) as document:
        changed = io.BytesIO()
        document.pages[0].rotate(90, relative=True)
        document.save(changed)
    stranger = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(stranger)

    same = check_file(world, pdf)
    altered = check_file(world, changed.getvalue())
    foreign = check_file(world, stranger.getvalue())

    assert "identik dengan surat yang kami terbitkan" in same.text
    assert letters["tanda_bukti_penerimaan"]["number"] in same.text
    assert "isinya sudah diubah" in altered.text
    assert letters["tanda_bukti_penerimaan"]["number"] in altered.text
    assert "bukan surat yang kami terbitkan" in foreign.text
    for answer in (same, altered, foreign):
        assert answer.status_code == 200
        assert NAME not in answer.text


@pytest.mark.parametrize(
    ("data", "name", "sentence"),
    [
        (b"", "surat.pdf", "kosong"),
        (b"halo", "surat.pdf", "surat.pdf|isinya|PDF"),
        (b"nama,nik\nA,1\n", "surat.csv", "hanya berkas PDF"),
        (b"%PDF-1.7\n" + b"x" * 100, "surat.pdf", "tidak dapat dibaca"),
        (b"%PDF-1.7\n" + b"x" * (10 * 1024 * 1024), "surat.pdf", "lebih besar dari 10 MB"),
    ],
)
def test_a_file_that_is_no_letter_is_refused_with_a_sentence(world, data, name, sentence):
    answer = check_file(world, data, name)

    assert answer.status_code == 422
    assert re.search(sentence, answer.text)


def test_a_program_asks_by_digest(world, letters):
    letter = letters["surat_permohonan_data"]
    browser = world.browser()

    known = browser.get(f"/api/letters/checks/{letter['digest']}").json()
    unknown = browser.get(f"/api/letters/checks/{'0' * 64}").json()

    assert known["verdict"] == "identik"
    assert known["number"] == letter["number"]
    assert unknown["verdict"] == "bukan_terbitan_kami"
    assert unknown["number"] is None
