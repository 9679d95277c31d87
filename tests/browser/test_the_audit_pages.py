"""An auditor looks into a running installation, by clicking alone and without JavaScript."""

import re

from playwright.sync_api import expect
from satudata import stories
from satudata.stories import City

from tests.browser.people import People
from tests.installations import START, Embedded


def test_the_auditor_follows_one_request_asks_about_it_and_keeps_the_question(
    embedded: Embedded, people: People
) -> None:
    embedded.clock.set(START)
    told = list(stories.refused(City(embedded.url)))
    number = told[0].request["register_number"]
    auditor = people.officer("auditor", javascript=False)

    auditor.visit("/meja")
    auditor.page.get_by_role("link", name="Jejak Audit", exact=True).click()
    auditor.page.get_by_role("searchbox", name="Nomor pendaftaran").fill(number)
    auditor.press("Buka")
    auditor.until(lambda: auditor.page.get_by_text("semua segel utuh"), "every fact is sealed")
    auditor.sees("Permohonan ditolak")
    auditor.sees("PPID Pembantu Diskopindag (PPID Pembantu)")
    auditor.page.locator("summary", has_text=re.compile("^Posisi ")).first.click()
    with auditor.page.expect_download() as proof:
        auditor.go("Unduh bukti segel")
    assert proof.value.path().read_text().startswith("c2sp.org/tlog-proof@v1\n")

    auditor.go("Jejak Audit")
    auditor.go("Siapa membaca data pribadi?")
    auditor.page.locator("summary", has_text="Isian pertanyaan").click()
    auditor.type("Nomor pendaftaran", number)
    auditor.press("Tanyakan")
    auditor.until(
        lambda: auditor.page.get_by_text("Layanan persuratan"), "the trail has come so far"
    )
    auditor.page.locator("summary", has_text="Simpan pertanyaan ini").click()
    auditor.type("Nama", "Pembaca data permohonan yang ditolak")
    auditor.press("Simpan")
    auditor.go("Pembaca data permohonan yang ditolak")

    expect(auditor.page).to_have_url(
        f"{embedded.url}/audit/pertanyaan/pembaca-data-pribadi?request={number}"
    )
    auditor.sees("Layanan persuratan")
    auditor.visit("/audit/peristiwa?types=AuditQueried")
    auditor.until(
        lambda: auditor.page.get_by_role("cell", name="Pertanyaan auditor"), "what was asked"
    )
