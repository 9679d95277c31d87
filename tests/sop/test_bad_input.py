"""What people send by mistake or in bad faith: refused in a sentence, and nothing is lost."""

import csv
import io
import struct
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from uuid import uuid4

import httpx
import lxml.html
import pytest
from satudata import stories
from satudata.demo_city import PASSWORD
from satudata.places import SERVICES
from satudata.stories import APPLICANT, LISTING, NARRATIVE, WANTED, Caller, City

from tests.installations import START, Embedded, nothing_under_way, wait_until

pytestmark = pytest.mark.servers

OFFICERS = ("ppid", "koperasi", "sosial", "walidata", "atasan", "auditor", "operator")
SESSION_IS_OVER = "2026-11-20T18:00:00+07:00"
CODE_IS_FORGOTTEN = "2026-11-20T09:45:00+07:00"
REFUSAL = {
    "reason_code": "pasal_17_b",
    "narrative": NARRATIVE,
    "consequence_test": "UK-2026-001",
}
STATEMENTS = {"truth": "ya", "consent": "ya"}
EVIDENCE = (
    *("LetterIssued", "LetterRead", "MailSent", "DaftarDataUpdated", "OriginalRead"),
    *("PaperReceived", "PaperRead", "ReportCameLate"),
)
"""What other services report by themselves; it comes when it comes."""
CHANGED_MEANWHILE = "Permohonan ini sudah berubah sejak halaman Anda dibuka."
NOT_FOLLOWED = "Nomor pendaftaran atau kode lacak tidak cocok."


@pytest.fixture
def city(embedded: Embedded) -> City:
    embedded.clock.set(START)
    return City(embedded.url)


@pytest.fixture(scope="module")
def before_handing_over(embedded: Embedded) -> str:
    """Id of a request that waits for its file, and goes on waiting."""
    embedded.clock.set(START)
    return to_step_9(City(embedded.url))


class Browsing:
    """Somebody at the pages, as a browser is: cookies kept, forms sent as they stand."""

    def __init__(self, url: str) -> None:
        self.http = httpx.Client(base_url=url, timeout=60, follow_redirects=False)

    def sign_in(self, username: str) -> "Browsing":
        typed = {"username": username, "password": PASSWORD, "kembali": ""}
        assert self.http.post("/masuk", data=typed).status_code == 303
        return self

    def follow(self, answer: dict[str, Any]) -> "Browsing":
        told = {name: answer[name] for name in ("register_number", "tracking_code")}
        assert self.http.post("/permohonan/lacak", data=told).status_code == 303
        return self

    def form(self, page: str, action: str) -> dict[str, Any]:
        """What the form with this action holds, hidden fields too."""
        return form_in(self.http.get(page).text, action)

    def send(self, action: str, typed: dict[str, Any], **more: Any) -> httpx.Response:
        return self.http.post(action, data=typed, **more)


def form_in(page: str, action: str) -> dict[str, Any]:
    forms = [f for f in lxml.html.fromstring(page).forms if f.action == action]
    assert len(forms) == 1, f"{len(forms)} forms with action {action}"
    # As a browser reads them: the first line end of a <textarea> is no part of its text.
    return {name: value.removeprefix("\n") for name, value in forms[0].form_values()}


def text_of(page: str) -> str:
    """What the reader sees, as one line."""
    return " ".join(lxml.html.fromstring(page).find(".//main").text_content().split())


def granted_so_far(city: City, steps: int) -> str:
    """Id of a request that has gone so many steps of its story."""
    told = list(islice(stories.granted(city), steps))
    return str(told[0].request["id"])


def to_step_9(city: City) -> str:
    return granted_so_far(city, 4)


def said(answer: httpx.Response) -> str:
    """The sentence of a refusal, of a page or of the API."""
    if answer.headers["content-type"].startswith("application/problem+json"):
        return str(answer.json()["title"])
    return text_of(answer.text)


def submitted(embedded: Embedded) -> int:
    ((count,),) = query(
        embedded, "requests", "SELECT count(*) FROM facts WHERE type = 'RequestSubmitted'"
    )
    return count


def query(embedded: Embedded, service: str, sql: str, args: tuple[Any, ...] = ()) -> list[Any]:
    pool = embedded.database(service)
    try:
        return pool.execute(sql, args)
    finally:
        pool.close()


def everything_logged(embedded: Embedded, request_id: str) -> dict[str, list[str]]:
    """Every fact about a request in every service, once all is at rest."""
    wait_until(lambda: nothing_under_way(embedded), 120, "rest")
    return {
        service: [
            type_
            for (type_,) in query(
                embedded,
                service,
                "SELECT type FROM facts WHERE stream::text = %s OR correlation::text = %s"
                " ORDER BY position",
                (request_id, request_id),
            )
        ]
        for service in SERVICES
    }


def command(
    caller: Caller, request_id: str, name: str, told: Any = None, **headers: str
) -> httpx.Response:
    """What is answered to a command, whatever it is."""
    return caller._send(
        "POST",
        f"/api/requests/{request_id}/{name}",
        json=told or {},
        headers={header.replace("_", "-"): value for header, value in headers.items()},
    )


def done_so_far(city: City, request_id: str) -> list[str]:
    """The facts that people stated, in order."""
    events = city.officer("ppid").get(f"/api/requests/{request_id}/events")["events"]
    return [e["fact"] for e in events if e["fact"] not in EVIDENCE]


# Step 5's form


WRONG_FORMS = {
    "an empty purpose": ({"purpose": ""}, "Tujuan pemanfaatan data wajib diisi."),
    "a blank purpose": ({"purpose": " \n "}, "Tujuan pemanfaatan data wajib diisi."),
    "letters for a purpose": (
        {"purpose": "asdf qwer zxcv jkl"},
        "Tujuan pemanfaatan data belum jelas.",
    ),
    "a purpose of one word": ({"purpose": "penelitian"}, "Tujuan pemanfaatan data belum jelas."),
    "one word over and over": (
        {"purpose": "data data data data data"},
        "Tujuan pemanfaatan data belum jelas.",
    ),
    "data nobody can look for": ({"data_wanted": "tes"}, "Rincian data yang dimohon belum jelas."),
    "a NIK of no district": (
        {"nik": "9999994506950001"},
        "Enam angka pertama NIK bukan kode kecamatan yang ada.",
    ),
    "a NIK of no day": (
        {"nik": "3573053202950001"},
        "Angka ke-7 sampai ke-12 NIK bukan tanggal lahir.",
    ),
    "a NIK of 30 February": (
        {"nik": "3573057002950001"},
        "Angka ke-7 sampai ke-12 NIK bukan tanggal lahir.",
    ),
    "a NIK of the thirteenth month": (
        {"nik": "3573050113950001"},
        "Angka ke-7 sampai ke-12 NIK bukan tanggal lahir.",
    ),
    "a NIK too short": ({"nik": "357305450695000"}, "NIK terdiri atas tepat 16 angka."),
    "a NIK of letters": ({"nik": "357305450695000A"}, "NIK terdiri atas tepat 16 angka."),
}


@pytest.mark.parametrize("case", WRONG_FORMS)
def test_a_form_that_cannot_be_is_sent_back_with_all_that_was_typed(
    city: City, embedded: Embedded, case: str
) -> None:
    changed, sentence = WRONG_FORMS[case]
    before = submitted(embedded)
    anybody = Browsing(city.url)
    form = anybody.form("/permohonan/formulir", "/permohonan/formulir")
    typed = form | APPLICANT | WANTED | STATEMENTS | changed

    page = anybody.send("/permohonan/formulir", typed)
    api = httpx.post(f"{city.url}/api/requests", json=APPLICANT | WANTED | changed)

    assert (422, 422) == (page.status_code, api.status_code)
    assert sentence in said(api)
    assert sentence in field_errors(page.text)[next(iter(changed))]
    kept = form_in(page.text, "/permohonan/formulir")
    assert {n: norm(v) for n, v in typed.items()} == {n: norm(kept.get(n, "")) for n in typed}
    assert before == submitted(embedded)


def norm(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def field_errors(page: str) -> dict[str, str]:
    """Field name: the sentence that stands at it."""
    tree = lxml.html.fromstring(page)
    return {
        box.name: tree.get_element_by_id(f"{box.get('id')}-error").text_content()
        for box in tree.xpath("//main//form//*[@aria-invalid='true']")
    }


def test_all_mistakes_of_a_form_are_told_at_once(city: City, embedded: Embedded) -> None:
    anybody = Browsing(city.url)
    form = anybody.form("/permohonan/formulir", "/permohonan/formulir")

    page = anybody.send("/permohonan/formulir", form)

    assert 422 == page.status_code
    told = field_errors(page.text)
    assert {"data_wanted", "purpose", "name", "nik", "address", "email"} <= set(told)


def test_the_same_form_sent_twice_is_one_request(city: City, embedded: Embedded) -> None:
    anybody = Browsing(city.url)
    typed = anybody.form("/permohonan/formulir", "/permohonan/formulir")
    typed |= APPLICANT | WANTED | STATEMENTS
    key = {"Idempotency-Key": uuid4().hex}
    before = submitted(embedded)

    pages = [anybody.send("/permohonan/formulir", typed) for _ in range(2)]
    answers = [
        httpx.post(f"{city.url}/api/requests", json=APPLICANT | WANTED, headers=key)
        for _ in range(2)
    ]

    assert [201] * 4 == [a.status_code for a in pages + answers]
    assert heading_of(pages[0]) == heading_of(pages[1])
    assert answers[0].json() == answers[1].json()
    assert before + 2 == submitted(embedded)


def test_many_presses_of_the_button_at_once_are_one_request(city: City, embedded: Embedded) -> None:
    anybody = Browsing(city.url)
    typed = anybody.form("/permohonan/formulir", "/permohonan/formulir")
    typed |= APPLICANT | WANTED | STATEMENTS
    before = submitted(embedded)

    pages = at_once(lambda: Browsing(city.url).send("/permohonan/formulir", typed), 4)

    assert [201] * 4 == [page.status_code for page in pages]
    assert 1 == len({heading_of(page) for page in pages})
    assert before + 1 == submitted(embedded)


def test_a_used_key_with_another_form_is_refused_and_the_form_kept(
    city: City, embedded: Embedded
) -> None:
    anybody = Browsing(city.url)
    typed = anybody.form("/permohonan/formulir", "/permohonan/formulir")
    typed |= APPLICANT | WANTED | STATEMENTS
    assert anybody.send("/permohonan/formulir", typed).status_code == 201
    before = submitted(embedded)

    page = anybody.send("/permohonan/formulir", typed | {"name": "Orang Lain Contoh"})

    assert 409 == page.status_code
    assert "Formulir ini sudah pernah dikirim dengan isian lain." in said(page)
    kept = form_in(page.text, "/permohonan/formulir")
    assert "Orang Lain Contoh" == kept["name"]
    assert before == submitted(embedded)


def heading_of(page: httpx.Response) -> str:
    return str(lxml.html.fromstring(page.text).find(".//h1").text_content()).strip()


def at_once(do: Any, times: int) -> list[httpx.Response]:
    """The same thing done by as many threads, started together."""
    ready, answers = threading.Barrier(times), []

    def run() -> None:
        ready.wait()
        answers.append(do())

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


# Files


def a_png() -> bytes:
    return b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\0" * 200


def a_page() -> bytes:
    return b"<!doctype html><html><body><table><tr><td>1</td></tr></table></body></html>"


def a_zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("data.csv", "a,b\n1,2\n")
    return buffer.getvalue()


def a_bomb(unpacked_mb: int = 512) -> bytes:
    """A workbook whose sheet is all blanks: small on disk, huge when read."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(b"<worksheet><sheetData>")
            for _ in range(unpacked_mb):
                sheet.write(b" " * 1024 * 1024)
            sheet.write(b"</sheetData></worksheet>")
    return buffer.getvalue()


def a_bomb_that_lies() -> bytes:
    """The same, and its directory says that it is small."""
    data = bytearray(a_bomb(64))
    for signature, at in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        start = data.find(signature)
        while start >= 0:
            (size,) = struct.unpack_from("<I", data, start + at)
            if size > 1024 * 1024:
                struct.pack_into("<I", data, start + at, 5000)
            start = data.find(signature, start + 4)
    return bytes(data)


def _mb(count: int) -> bytes:
    return b"kecamatan,tahun,jumlah\n" + b"Klojen,2025,100\n" * (count * 1024 * 1024 // 16)


BAD_FILES = {
    "a picture named .csv": (
        lambda: ("data.csv", a_png()),
        422,
        "Nama berkas berakhiran .csv; isinya gambar PNG.",
    ),
    "a web page named .xls": (
        lambda: ("data.xls", a_page()),
        422,
        "Nama berkas berakhiran .xls; isinya halaman",
    ),
    "a ZIP named .csv": (
        lambda: ("data.csv", a_zip()),
        422,
        "Nama berkas berakhiran .csv; isinya arsip ZIP.",
    ),
    "a bomb": (
        lambda: ("data.xlsx", a_bomb()),
        422,
        "mengembang menjadi 512 MB dan ditolak demi keamanan",
    ),
    "a bomb that lies about its size": (
        lambda: ("data.xlsx", a_bomb_that_lies()),
        422,
        "Berkas XLSX ini rusak",
    ),
    "nothing": (lambda: ("data.csv", b""), 422, "Berkas ini kosong."),
    "52 MB": (lambda: ("data.csv", _mb(52)), 422, "lebih besar dari batas 50 MB."),
    "60 MB": (lambda: ("data.csv", _mb(60)), 413, "Kiriman lebih besar dari 50 MB."),
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_a_file_that_cannot_be_taken_is_refused_and_not_kept(
    city: City, embedded: Embedded, before_handing_over: str, case: str
) -> None:
    make, status, sentence = BAD_FILES[case]
    filename, content = make()
    koperasi = city.officer("koperasi")
    path = f"/api/requests/{before_handing_over}/upload-ticket"
    browsing = Browsing(city.url).sign_in("koperasi")

    api = httpx.post(
        f"{city.url}/api/privacy/uploads",
        data={"ticket": koperasi.post(path)["ticket"]},
        files={"file": (filename, content)},
        timeout=120,
    )
    page = browsing.send(
        "/privasi/unggah",
        {"ticket": koperasi.post(path)["ticket"]},
        files={"file": (filename, content)},
    )

    assert (status, status) == (api.status_code, page.status_code)
    assert sentence in said(api)
    assert sentence in said(page)
    assert [] == query(
        embedded,
        "privacy",
        "SELECT digest FROM files WHERE request_id::text = %s",
        (before_handing_over,),
    )
    assert 9 == city.officer("ppid").request(before_handing_over)["step"]


def test_a_bomb_is_small_on_disk() -> None:
    assert len(a_bomb()) < 1024 * 1024
    assert len(a_bomb_that_lies()) < 1024 * 1024


OLD_EXCEL = (
    "nama;nik;no_hp;kelurahan;usaha;catatan\r\n"
    "Budi Santoso Contoh;3573050101900001;0812-0000-0101;Merjosari;Kafé “Ijen”;"
    '"=HYPERLINK(""http://contoh.example"";""klik"")"\r\n'
    "Siti Aminah Contoh;3573054203850002;0812-0000-0102;Tasikmadu;Toko Rénjani;+1-2*3\r\n"
    "Rina Wati Contoh;3573054506950003;0812-0000-0103;Dinoyo;Warung – Sate;@SUM(A1:A2)\r\n"
    "Agus Salim Contoh;3573051708880004;0812-0000-0104;Merjosari;Bengkel Émas;-1+1\r\n"
)


def test_an_old_windows_file_is_read_right_and_given_as_utf_8_without_formulas(city: City) -> None:
    ppid, koperasi = city.officer("ppid"), city.officer("koperasi")
    request_id = to_step_9(city)
    hand_over(city, koperasi, request_id, "pelaku.csv", OLD_EXCEL.encode("windows-1252"))
    place = f"/api/privacy/requests/{request_id}"
    found = city.wait(
        "the findings", lambda: ppid.get(f"{place}/findings"), lambda f: f["state"] == "scanned"
    )
    stories.mask(city, ppid, request_id)

    masked = ppid.fetch(f"{place}/masked").content

    assert 4 == found["rows"]
    assert ["nama", "nik", "no_hp", "kelurahan", "usaha", "catatan"] == [
        column["name"] for column in found["columns"] if not column["name"].startswith("(")
    ]
    assert {"nama", "nik", "no_hp"} <= {c["name"] for c in found["columns"] if c["kind"]}
    text = masked.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    usaha = ["Kafé “Ijen”", "Toko Rénjani", "Warung – Sate", "Bengkel Émas"]
    assert usaha == [row["usaha"] for row in rows]
    assert [] == [cell for row in rows for cell in row.values() if cell and cell[0] in "=+-@"]
    assert ["'=HYPERLINK", "'+1-2*3", "'@SUM(A1:A2", "'-1+1"] == [
        row["catatan"][:11] if row["catatan"][1] in "=@" else row["catatan"] for row in rows
    ]
    for secret in ("Budi Santoso", "Siti Aminah", "3573050101900001", "0812-0000-0101"):
        assert secret not in text


def hand_over(city: City, by: Caller, request_id: str, filename: str, content: bytes) -> None:
    ticket = by.post(f"/api/requests/{request_id}/upload-ticket")["ticket"]
    answer = httpx.post(
        f"{city.url}/api/privacy/uploads",
        data={"ticket": ticket},
        files={"file": (filename, content)},
        timeout=60,
    )
    assert answer.status_code == 201, answer.text
    by.command(request_id, "hand-over", receipt=answer.json()["receipt"])


# Two at once, and pages that stood open too long


def test_a_page_that_stood_open_too_long_is_refused_and_keeps_what_was_typed(city: City) -> None:
    _, answer = city.submit()
    page, action = f"/meja/{answer['id']}", f"/meja/{answer['id']}/refuse"
    ppid = Browsing(city.url).sign_in("ppid")
    typed = ppid.form(page, action) | REFUSAL
    city.officer("ppid").command(answer["id"], "check-availability", agency="diskopindag")
    before = done_so_far(city, answer["id"])

    refused = ppid.send(action, typed)
    api = httpx.post(
        f"{city.url}/api/requests/{answer['id']}/forward",
        json={},
        headers=bearer(city, "ppid") | {"If-Match": '"1"'},
    )

    assert (409, 409) == (refused.status_code, api.status_code)
    assert CHANGED_MEANWHILE in said(api)
    assert CHANGED_MEANWHILE in said(refused)
    assert NARRATIVE in said(refused)
    assert before == done_so_far(city, answer["id"])


def test_letters_and_mails_do_not_make_an_officers_page_stale(
    city: City, embedded: Embedded
) -> None:
    _, answer = city.submit()
    action = f"/meja/{answer['id']}/check-availability"
    ppid = Browsing(city.url).sign_in("ppid")
    typed = ppid.form(f"/meja/{answer['id']}", action)
    city.until_letter(answer["id"], "tanda_bukti_penerimaan")
    wait_until(lambda: nothing_under_way(embedded), 120, "rest")

    done = ppid.send(action, typed | {"outcome": "agency", "agency": "diskopindag"})

    assert 303 == done.status_code
    assert 7 == city.officer("ppid").request(answer["id"])["step"]


def test_of_two_officers_who_act_at_once_one_is_told_to_look_again(city: City) -> None:
    _, answer = city.submit()
    ppid = city.officer("ppid")
    ppid.command(answer["id"], "check-availability", agency="diskopindag")
    headers = bearer(city, "ppid") | {"If-Match": f'"{ppid.request(answer["id"])["version"]}"'}

    def forward() -> httpx.Response:
        return httpx.post(
            f"{city.url}/api/requests/{answer['id']}/forward",
            json={"message": "Mohon data tahun 2025."},
            headers=headers,
            timeout=60,
        )

    answers = at_once(forward, 2)

    assert [200, 409] == sorted(a.status_code for a in answers)
    assert said(next(a for a in answers if a.status_code == 409))
    assert 1 == done_so_far(city, answer["id"]).count("ForwardedToPembantu")


def bearer(city: City, username: str) -> dict[str, str]:
    answer = httpx.post(
        f"{city.url}/api/requests/sign-in",
        json={"username": username, "password": PASSWORD},
    )
    return {"Authorization": f"Bearer {answer.json()['token']}"}


# Who may not


def test_a_wrong_code_and_an_unknown_number_get_the_same_answer(city: City) -> None:
    _, answer = city.submit()
    _, other = city.submit()

    def asked(number: str, code: str) -> tuple[int, str]:
        page = Browsing(city.url).send(
            "/permohonan/lacak", {"register_number": number, "tracking_code": code}
        )
        return page.status_code, page.text.replace(number, "NUMBER")

    def asked_api(request_id: str, code: str) -> tuple[int, str]:
        told = httpx.get(f"{city.url}/api/requests/{request_id}", headers={"X-Tracking-Code": code})
        return told.status_code, told.text

    wrong_code = asked(answer["register_number"], "ABCDEFGHJK")

    assert 403 == wrong_code[0]
    assert NOT_FOLLOWED in text_of(wrong_code[1])
    assert wrong_code == asked("2026-9999", "ABCDEFGHJK")
    assert wrong_code == asked(answer["register_number"], other["tracking_code"])
    assert wrong_code == asked("bukan nomor", "ABCDEFGHJK")
    assert asked_api(answer["id"], "ABCDEFGHJK") == asked_api(str(uuid4()), "ABCDEFGHJK")
    assert 403 == asked_api(answer["id"], "ABCDEFGHJK")[0]
    assert NOT_FOLLOWED in asked_api(answer["id"], "ABCDEFGHJK")[1]


def test_an_officer_of_another_agency_gets_no_page_no_letter_and_no_file(
    city: City, embedded: Embedded, before_handing_over: str
) -> None:
    request_id = granted_so_far(city, 5)
    letter = city.until_letter(request_id, "surat_permohonan_data")["letters"]
    letter_id = next(e["letter_id"] for e in letter if e["letter"] == "surat_permohonan_data")
    city.wait(
        "the findings",
        lambda: city.officer("ppid").get(f"/api/privacy/requests/{request_id}/findings"),
        lambda f: f["state"] == "scanned",
    )
    sosial, page = city.officer("sosial"), Browsing(city.url).sign_in("sosial")
    before = everything_logged(embedded, request_id)

    answers = {
        "the page": page.http.get(f"/meja/{request_id}"),
        "the request": sosial.fetch(f"/api/requests/{request_id}"),
        "its log": sosial.fetch(f"/api/requests/{request_id}/events"),
        "the identity": page.send(f"/meja/{request_id}/identitas", {}),
        "a command": command(sosial, request_id, "refuse", REFUSAL),
        "a command by form": page.send(f"/meja/{request_id}/refuse", REFUSAL),
        "an upload": command(sosial, before_handing_over, "upload-ticket"),
        "a letter": sosial.fetch(f"/api/letters/{letter_id}"),
        "a letter's page": page.http.get(f"/surat/{letter_id}"),
        "the findings": sosial.fetch(f"/api/privacy/requests/{request_id}/findings"),
        "the review": page.http.get(f"/privasi/{request_id}"),
        "the original": page.send(f"/privasi/{request_id}/asli", {}),
        "the masking": page.send(f"/privasi/{request_id}/samarkan", {}),
        "the clearing": page.send(f"/privasi/{request_id}/bersih", {}),
        "the file": sosial.fetch(f"/api/privacy/requests/{request_id}/masked"),
    }

    statuses = {what: answer.status_code for what, answer in answers.items()}
    after = everything_logged(embedded, request_id)
    assert {} == {what: status for what, status in statuses.items() if status != 403}
    assert [] == [what for what, answer in answers.items() if "." not in said(answer)]
    assert before == {
        service: [type_ for type_ in types if type_ != "ActNotAllowed"]
        for service, types in after.items()
    }
    assert 2 == after["requests"].count("ActNotAllowed")
    assert request_id not in page.http.get("/meja?saring=open").text


def test_a_ticket_is_of_no_use_to_another_officer(city: City, before_handing_over: str) -> None:
    ticket = city.officer("koperasi").post(f"/api/requests/{before_handing_over}/upload-ticket")
    sosial = Browsing(city.url).sign_in("sosial")

    answer = sosial.send(
        "/privasi/unggah", {"ticket": ticket["ticket"]}, files={"file": ("a.csv", b"a,b\n1,2\n")}
    )

    assert 403 == answer.status_code
    assert "Tiket unggah ini milik petugas lain" in said(answer)


# Sessions that end in the middle


def test_a_session_that_ends_in_a_long_form_loses_nothing(city: City, embedded: Embedded) -> None:
    request_id = granted_so_far(city, 7)
    action = f"/meja/{request_id}/list-in-daftar-data"
    walidata = Browsing(city.url).sign_in("walidata")
    typed = walidata.form(f"/meja/{request_id}", action) | {"year": "2027"} | LISTING
    before = done_so_far(city, request_id)

    with later(embedded, SESSION_IS_OVER):
        refused = walidata.send(action, typed)
        assert before == done_so_far(city, request_id)
        shown, kept = said(refused), form_in(refused.text, action)
        walidata.sign_in("walidata")
        done = walidata.send(action, kept)

    assert 401 == refused.status_code
    assert "Isian Anda masih ada di bawah." in shown
    assert [] == [text for text in LISTING.values() if text not in shown]
    assert typed == kept
    assert 303 == done.status_code
    assert "ListedInDaftarData" == done_so_far(city, request_id)[-1]


def test_a_pemohon_whose_time_is_over_reads_the_text_again_and_sends_it(
    city: City, embedded: Embedded
) -> None:
    _, answer = city.submit()
    city.officer("ppid").command(
        answer["id"], "return", missing=["tujuan"], explanation="Sebutkan tujuan pemakaian data."
    )
    number = answer["register_number"]
    action = f"/permohonan/{number}/complete"
    browsing = Browsing(city.url).follow(answer)
    typed = browsing.form(f"/permohonan/{number}", action)
    typed |= {"answer": "Data dipakai untuk bahan skripsi tentang usaha mikro."}
    before = done_so_far(city, answer["id"])

    with later(embedded, CODE_IS_FORGOTTEN):
        refused = browsing.send(action, typed)
        assert before == done_so_far(city, answer["id"])
        browsing.follow(answer)
        done = browsing.send(action, typed)

    assert 401 == refused.status_code
    assert "Waktu membuka permohonan sudah habis." in said(refused)
    for name in ("answer", "data_wanted", "purpose"):
        assert typed[name] in said(refused)
    assert 303 == done.status_code
    assert "RequestCompleted" == done_so_far(city, answer["id"])[-1]


@contextmanager
def later(embedded: Embedded, instant: str) -> Iterator[None]:
    """For a while it is later."""
    embedded.clock.set(instant)
    try:
        yield
    finally:
        embedded.clock.set(START)


# Every command, by everybody who may not, and once more by who may


@dataclass(frozen=True)
class Move:
    """A command, whose it is, and what it says. A field's text in braces is filled in."""

    command: str
    by: str
    told: dict[str, Any] = field(default_factory=dict)


_CHECK = Move("check-availability", "ppid", {"agency": "diskopindag"})
_FORWARD = Move("forward", "ppid", {"message": "Mohon data tahun 2025."})
_MASK = Move("mask", "ppid")
NOT_HERE = {
    *("confirm-refusal", "send-back-refusal"),
    *("state-fee", "record-payment", "waive-fee"),
    "close",
}
"""By choice of the city of these tests, or after weeks alone; services/requests/tests has them."""

WALKS = {
    "given": (
        Move(
            "return", "ppid", {"missing": ["tujuan"], "explanation": "Sebutkan tujuan pemakaian."}
        ),
        Move("complete", "pemohon", {"answer": "Untuk bahan skripsi tentang usaha mikro."}),
        _CHECK,
        Move(
            "extend",
            "ppid",
            {
                "days": 3,
                "reason_code": "belum_dikuasai",
                "reason": "Data masih dikumpulkan dari beberapa kelurahan oleh dinas.",
            },
        ),
        _FORWARD,
        Move("grant", "koperasi"),
        Move("take-back", "ppid", {"reason": "Perangkat daerah ini tidak menjawab sama sekali."}),
        Move("forward", "ppid", {"agency": "diskopindag", "message": "Mohon sekali lagi."}),
        Move("grant", "koperasi"),
        Move("decide-again", "koperasi", {"reason": "Sebagian berkasnya belum ditemukan kembali."}),
        Move("grant", "koperasi"),
        Move("hand-over", "koperasi", {"receipt": "{receipt}"}),
        Move("ask-another-file", "ppid", {"reason": "Data kelurahan belum ada di dalamnya."}),
        Move("hand-over", "koperasi", {"receipt": "{receipt}"}),
        _MASK,
        Move("withdraw-clearance", "ppid", {"reason": "Kolom alamat masih terbaca jelas."}),
        _MASK,
        Move("hand-to-walidata", "ppid"),
        Move("list-in-daftar-data", "walidata", {"year": 2027} | LISTING),
        Move("draft-delivery", "walidata", {"cover_note": "Data disampaikan sebagai CSV."}),
        Move("deliver", "ppid"),
        Move("receive", "pemohon"),
        Move("rate", "pemohon", {"score": 5, "remark": "Cepat dan jelas."}),
    ),
    "refused": (
        _CHECK,
        Move("check-again", "ppid", {"reason": "Datanya mungkin ada di dinas yang lain."}),
        _CHECK,
        _FORWARD,
        Move("decline", "koperasi", {"reason": "Data ini bukan bidang dinas kami sama sekali."}),
        Move(
            "forward",
            "ppid",
            {"agency": "diskopindag", "message": "Data UMKM dicatat oleh bidang usaha mikro."},
        ),
        Move("refuse", "koperasi", REFUSAL),
        Move("send-refusal", "koperasi"),
        Move("notify-refusal", "ppid"),
        Move(
            "object",
            "pemohon",
            {"ground": "penolakan", "case": "Data itu tidak memuat rahasia usaha siapa pun."},
        ),
        Move(
            "decide-objection",
            "atasan",
            {"decision": "ditolak", "reason": "Putusan PPID sudah sesuai dengan undang-undang."},
        ),
        Move("record-dispute", "ppid", {"number": "012/XI/2026", "filed_on": "2026-11-20"}),
        Move(
            "record-dispute-decision",
            "ppid",
            {"outcome": "dikabulkan", "decision": "7/2026", "decided_on": "2026-11-20"},
        ),
        Move(
            "reopen",
            "ppid",
            {
                "to_step": 6,
                "basis": "komisi_informasi",
                "reason": "Putusan Komisi Informasi meminta data itu diberikan.",
            },
        ),
    ),
    "given again": (
        Move("check-availability", "ppid", {"dip_entry": "DIP-2026-001"}),
        Move("clear-personal-data", "ppid", {"cites": "{given}"}),
        Move("withdraw-clearance", "ppid", {"reason": "Kolom alamat masih terbaca jelas."}),
        Move("clear-personal-data", "ppid", {"cites": "{given}"}),
    ),
    "withdrawn": (
        Move("withdraw", "pemohon", {"reason": "Data sudah saya temukan sendiri."}),
        Move("request-erasure", "pemohon", {"reason": "Data saya tidak diperlukan lagi."}),
        Move(
            "decide-erasure",
            "ppid",
            {
                "decision": "ditolak",
                "reason_code": "perkara",
                "reason": "Permohonan ini berkaitan dengan perkara yang sedang berjalan.",
            },
        ),
    ),
}
PEMOHONS = ("complete", "receive", "object", "withdraw", "request-erasure", "rate")
OFTEN = {"write", "split-off"}
"""May be done again and again; whose they are, their own tests tell."""


class Walk:
    """One request, led through a walk; before each move somebody may try something."""

    def __init__(self, city: City, name: str) -> None:
        self.city = city
        self.moves = WALKS[name]
        self.siti, self.answer = city.submit()
        self.id: str = self.answer["id"]
        self._known: dict[str, str] = {}
        if name == "given again":
            given = list(stories.granted(city))
            self._known["given"] = given[0].request["register_number"]

    def callers(self) -> dict[str, Caller]:
        return {name: self.city.officer(name) for name in OFFICERS} | {"pemohon": self.siti}

    def prepared(self) -> Iterator[tuple[Move, dict[str, Any]]]:
        """Each move with all it needs, masking apart; who asks for the next has done this one."""
        for move in self.moves:
            if move is _MASK:
                stories.mask(self.city, self.city.officer("ppid"), self.id)
                continue
            if move.command == "hand-over":
                self._until_privacy_has_no_file()
                self._known["receipt"] = self._upload()
            if move.command == "receive":
                self.city.until_letter(self.id, "surat_penyampaian_pemohon")
            yield move, {name: self._filled_in(value) for name, value in move.told.items()}

    def send(
        self, caller: Caller, move: Move, told: dict[str, Any], **headers: str
    ) -> httpx.Response:
        return command(caller, self.id, move.command, told, **headers)

    def done(self) -> list[str]:
        return done_so_far(self.city, self.id)

    def _filled_in(self, value: Any) -> Any:
        return value.format(**self._known) if isinstance(value, str) else value

    def _until_privacy_has_no_file(self) -> None:
        """It has heard that another one was asked for."""
        ppid = self.city.officer("ppid")
        self.city.wait(
            "privacy waits for a file",
            lambda: ppid._send("GET", f"/api/privacy/requests/{self.id}/findings").status_code,
            lambda status: status == 404,
        )

    def _upload(self) -> str:
        ticket = self.city.officer("koperasi").post(f"/api/requests/{self.id}/upload-ticket")
        with stories.HANDED_OVER.open("rb") as file:
            answer = httpx.post(
                f"{self.city.url}/api/privacy/uploads",
                data={"ticket": ticket["ticket"]},
                files={"file": (stories.HANDED_OVER.name, file)},
                timeout=60,
            )
        return str(answer.json()["receipt"])


def test_the_walks_know_every_command() -> None:
    from requests_service.domain.commands import COMMANDS

    known = set(COMMANDS) - OFTEN - NOT_HERE
    assert known == {m.command for w in WALKS.values() for m in w if m is not _MASK}


@pytest.mark.parametrize("name", WALKS)
def test_nobody_else_may_give_a_command(city: City, name: str) -> None:
    walk = Walk(city, name)
    callers = walk.callers()
    desks = {username: Browsing(city.url).sign_in(username) for username in OFFICERS}

    for move, told in walk.prepared():
        before = walk.done()
        outcome = {"outcome": "dip" if "dip_entry" in told else "agency"}
        for username in callers.keys() - {move.by}:
            if move.command == "refuse" and username == "ppid":
                continue
            api = walk.send(callers[username], move, told)
            assert (403, True) == (api.status_code, "." in said(api)), (move, username, api.text)
        for username in desks.keys() - {move.by}:
            if move.command in PEMOHONS or (move.command == "refuse" and username == "ppid"):
                continue
            page = desks[username].send(f"/meja/{walk.id}/{move.command}", outcome | told)
            assert (403, True) == (page.status_code, "." in said(page)), (move, username)
        anybody = httpx.post(f"{city.url}/api/requests/{walk.id}/{move.command}", json=told)
        assert 401 == anybody.status_code
        assert before == walk.done(), move

        assert 200 == walk.send(callers[move.by], move, told).status_code, move


@pytest.mark.parametrize("name", WALKS)
def test_a_command_given_again_is_done_once(city: City, name: str) -> None:
    """With its key it is answered as before; without, refused in a sentence."""
    walk = Walk(city, name)
    callers = walk.callers()

    for move, told in walk.prepared():
        key = uuid4().hex
        first = walk.send(callers[move.by], move, told, Idempotency_Key=key)
        assert 200 == first.status_code, (move, first.text)
        after = walk.done()

        again = walk.send(callers[move.by], move, told, Idempotency_Key=key)
        without = walk.send(callers[move.by], move, told)

        assert 200 == again.status_code, (move, again.text)
        assert first.json()["step"] == again.json()["step"], move
        # Step 10 has a file handed over too, by the PPID; whoever declined sees it no more.
        refused = 403 if move.command in ("hand-over", "decline") else 409
        assert (refused, True) == (without.status_code, "." in said(without)), (move, without.text)
        assert after == walk.done(), move
