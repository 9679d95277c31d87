"""Both stories of the SOP, and its side roads, by clicking alone from the portal's front page."""

import csv
import io
import re

from playwright.sync_api import expect
from satudata.stories import HANDED_OVER, LISTING, NARRATIVE

from tests.browser.people import FORM, Officer, Pemohon, People

EMPTY_PURPOSE = "Tujuan pemanfaatan data wajib diisi."
LISTED = {
    "Judul data": LISTING["title"],
    "Konsep": LISTING["concept"],
    "Definisi": LISTING["definition"],
    "Klasifikasi": LISTING["classification"],
    "Ukuran": LISTING["measure"],
    "Satuan": LISTING["unit"],
}


def test_the_granted_story_by_clicking_alone(people: People) -> None:
    siti = people.pemohon()

    siti.find_restricted_data()
    _forget_the_purpose_first(siti)
    siti.send_form()
    _receipt_tells_number_and_code(siti)
    ppid, koperasi, walidata = (people.officer(n) for n in ("ppid", "koperasi", "walidata"))
    _to_step_8(ppid, siti)
    koperasi.open(siti.register_number)
    koperasi.do("Langkah 8: berikan seluruh data", "Berikan seluruhnya")
    _hand_over(koperasi)
    _mask(ppid, siti)
    _from_step_11_to_delivery(ppid, walidata, siti)
    siti.follow()
    letter = siti.until_letter("Surat Penyampaian Data kepada Pemohon")
    filename, data = siti.download()
    siti.press("Data sudah saya terima")
    siti.sees("Terima kasih. Permohonan Anda selesai.")

    assert letter.startswith(b"%PDF-")
    assert filename.endswith(".csv")
    _nobody_can_be_found_in(data)
    _no_form_is_left(siti, "Nyatakan data sudah diterima")


def test_the_refused_story_by_clicking_alone(people: People) -> None:
    siti = people.pemohon()
    siti.find_restricted_data()
    siti.fill_form()
    siti.send_form()
    ppid, koperasi = people.officer("ppid"), people.officer("koperasi")
    _to_step_8(ppid, siti)
    koperasi.open(siti.register_number)
    form = koperasi.act("Tolak permohonan")
    koperasi.field("Alasan penolakan", form).select_option(value="pasal_17_b")
    koperasi.field("Uji konsekuensi", form).select_option(index=1)
    koperasi.type("Penjelasan untuk Pemohon", NARRATIVE, form)
    koperasi.press("Tolak permohonan", form)
    koperasi.do(
        "Langkah 14: terbitkan Surat Penolakan kepada PPID", "Terbitkan Surat Penolakan kepada PPID"
    )
    to_ppid = koperasi.until_letter("Surat Penolakan Permohonan Data kepada PPID")
    ppid.open(siti.register_number)
    ppid.do(
        "Langkah 15: terbitkan Surat Penolakan kepada Pemohon",
        "Terbitkan Surat Penolakan kepada Pemohon",
    )

    siti.follow()
    letter = siti.until_letter("Surat Penolakan Permohonan Data kepada Pemohon")

    assert to_ppid.startswith(b"%PDF-")
    assert letter.startswith(b"%PDF-")
    siti.sees("ditolak")
    siti.sees("Ajukan keberatan")


def test_a_part_is_given_and_the_page_says_which_article_keeps_the_rest(people: People) -> None:
    siti = people.pemohon()
    siti.apply()
    ppid, koperasi, walidata = (people.officer(n) for n in ("ppid", "koperasi", "walidata"))
    _to_step_8(ppid, siti)
    koperasi.open(siti.register_number)
    form = koperasi.act("Langkah 8: berikan sebagian data")
    koperasi.type("Bagian data yang tidak diberikan", "Kolom omzet per bulan.", form)
    koperasi.field("Alasan penolakan", form).select_option(value="pasal_17_b")
    koperasi.field("Uji konsekuensi", form).select_option(index=1)
    koperasi.type("Penjelasan untuk Pemohon", NARRATIVE, form)
    koperasi.press("Berikan sebagian", form)
    koperasi.sees("Pemberian sebagian sudah dicatat.")
    _hand_over(koperasi)
    _mask(ppid, siti)
    _from_step_11_to_delivery(ppid, walidata, siti)

    siti.follow()
    siti.until_letter("Surat Penyampaian Data kepada Pemohon")

    siti.sees("Sebagian data tidak diberikan (Pasal 17 huruf b")
    _, data = siti.download()
    _nobody_can_be_found_in(data)


def test_a_request_is_returned_completed_and_goes_on(people: People) -> None:
    siti = people.pemohon()
    siti.apply()
    ppid = people.officer("ppid")
    ppid.open(siti.register_number)
    form = ppid.act("Kembalikan untuk dilengkapi")
    form.get_by_role("checkbox").first.check()
    ppid.type("Penjelasan untuk Pemohon", "Sebutkan tahun data yang Anda perlukan.", form)
    ppid.press("Kembalikan kepada Pemohon", form)
    ppid.sees("Permohonan dikembalikan.")

    siti.follow()
    siti.sees("Sebutkan tahun data yang Anda perlukan.")
    form = siti.act("Lengkapi permohonan")
    assert (
        siti.field("Tujuan pemanfaatan data", form).input_value() == FORM["Tujuan pemanfaatan data"]
    )
    siti.type("Jawaban Anda", "Tahun yang saya perlukan ialah 2024 dan 2025.", form)
    siti.press("Kirim kelengkapan", form)
    siti.sees("Kelengkapan sudah dikirim.")

    ppid.page.reload()
    ppid.sees("Tahun yang saya perlukan ialah 2024 dan 2025.")
    _to_step_8(ppid, siti)


def test_data_of_the_dip_is_chosen_on_its_page_and_given_by_the_ppid(people: People) -> None:
    siti = people.pemohon()
    siti.apply()
    ppid, walidata = people.officer("ppid"), people.officer("walidata")
    ppid.open(siti.register_number)
    ppid.act("Langkah 6: catat hasil pemeriksaan ketersediaan")
    ppid.go("Cari dan pilih butirnya dalam Daftar Informasi Publik")
    ppid.page.get_by_role("searchbox", name="Cari ringkasan isi, unit, atau nomor").fill("UMKM")
    ppid.press("Cari")
    ppid.page.get_by_role(
        "button", name=re.compile("^Pilih .* untuk permohonan ini$")
    ).first.click()
    ppid.sees("Hasil pemeriksaan ketersediaan sudah dicatat.")
    _hand_over(ppid)
    _mask(ppid, siti)
    _from_step_11_to_delivery(ppid, walidata, siti)

    siti.follow()
    siti.until_letter("Surat Penyampaian Data kepada Pemohon")

    _, data = siti.download()
    _nobody_can_be_found_in(data)


def test_the_granted_story_needs_no_javascript(people: People) -> None:
    siti = people.pemohon(javascript=False)
    siti.find_restricted_data()
    siti.fill_form()
    siti.send_form()
    ppid, koperasi, walidata = (
        people.officer(name, javascript=False) for name in ("ppid", "koperasi", "walidata")
    )
    _to_step_8(ppid, siti)
    koperasi.open(siti.register_number)
    koperasi.do("Langkah 8: berikan seluruh data", "Berikan seluruhnya")
    _hand_over(koperasi)
    _mask(ppid, siti)
    _from_step_11_to_delivery(ppid, walidata, siti)

    siti.follow()
    siti.until_letter("Surat Penyampaian Data kepada Pemohon")
    _, data = siti.download()
    siti.press("Data sudah saya terima")

    siti.sees("Terima kasih. Permohonan Anda selesai.")
    _nobody_can_be_found_in(data)


def _forget_the_purpose_first(siti: Pemohon) -> None:
    """The sentence stands at the field, and what was typed is still there."""
    siti.fill_form(Tujuan_pemanfaatan_data="   ")
    siti.press("Kirim permohonan")
    siti.sees("Periksa lagi isian berikut")
    purpose = siti.field("Tujuan pemanfaatan data")
    expect(purpose).to_have_accessible_description(re.compile(re.escape(EMPTY_PURPOSE)))
    expect(purpose).to_have_attribute("aria-invalid", "true")
    for label, text in FORM.items():
        if label != "Tujuan pemanfaatan data":
            expect(siti.field(label)).to_have_value(text)
    for statement in siti.page.get_by_role("checkbox").all():
        if statement.get_attribute("id") != "simpan-draf":
            expect(statement).to_be_checked()
    siti.go(EMPTY_PURPOSE)
    expect(purpose).to_be_focused()
    siti.type("Tujuan pemanfaatan data", FORM["Tujuan pemanfaatan data"])


def _receipt_tells_number_and_code(siti: Pemohon) -> None:
    assert re.fullmatch(r"2026-\d{4,}", siti.register_number)
    assert re.fullmatch(r"[A-Z0-9]{10}", siti.tracking_code.replace("-", "").replace(" ", ""))


def _to_step_8(ppid: Officer, siti: Pemohon) -> None:
    ppid.open(siti.register_number)
    form = ppid.act("Langkah 6: catat hasil pemeriksaan ketersediaan")
    form.get_by_label("Dipegang perangkat daerah").check()
    ppid.field("Perangkat daerah", form).select_option(value="diskopindag")
    ppid.press("Simpan hasil pemeriksaan", form)
    ppid.sees("Hasil pemeriksaan ketersediaan sudah dicatat.")
    ppid.do(
        "Langkah 7: hubungi PPID Pembantu",
        "Kirim Surat Permohonan Data",
        Pesan_kepada_PPID_Pembantu="Mohon data tahun 2025 per kelurahan.",
    )


def _hand_over(officer: Officer) -> None:
    form = officer.act("Unggah data yang dimohon")
    form.get_by_label("Berkas data").set_input_files(HANDED_OVER)
    officer.press("Unggah berkas", form)
    form = officer.act("Serahkan data yang sudah diunggah")
    expect(form).to_contain_text("Berkas sudah tersimpan. Periksa sekali lagi, lalu serahkan.")
    officer.press("Serahkan kepada PPID", form)
    officer.sees("Data sudah diserahkan untuk diperiksa.")


def _mask(ppid: Officer, siti: Pemohon) -> None:
    ppid.open(siti.register_number)
    ppid.go("Buka pemeriksaan")
    ppid.until_button("Samarkan dan nyatakan aman")
    ppid.press("Lihat hasilnya dulu")
    ppid.sees("Belum disimpan. Beginilah data akan diterima Pemohon.")
    ppid.press("Samarkan dan nyatakan aman")
    ppid.until(
        lambda: ppid.page.get_by_role("heading", name="Sudah disamarkan dan diperiksa ulang"),
        "the file is masked",
    )
    ppid.go("Lanjutkan di Meja Kerja")
    ppid.until_button("Berikan kepada Walidata")


def _from_step_11_to_delivery(ppid: Officer, walidata: Officer, siti: Pemohon) -> None:
    ppid.do("Langkah 11: berikan data kepada Walidata", "Berikan kepada Walidata")
    walidata.open(siti.register_number)
    form = walidata.act("Langkah 12: masukkan ke dalam Daftar Data")
    for label, text in LISTED.items():
        walidata.type(label, text, form)
    if not walidata.field("Produsen Data", form).input_value():
        walidata.type("Produsen Data", "PPID", form)
    walidata.press("Masukkan ke dalam Daftar Data", form)
    walidata.sees("Data sudah masuk Daftar Data.")
    walidata.do(
        "Langkah 13: susun konsep Surat Penyampaian Data",
        "Simpan konsep",
        Catatan_pengantar_dalam_surat="Data disampaikan dalam format CSV.",
    )
    ppid.open(siti.register_number)
    ppid.do("Langkah 13: terbitkan Surat Penyampaian Data", "Terbitkan dan sampaikan data")


def _nobody_can_be_found_in(data: str) -> None:
    """No name, NIK or telephone number of the original stands anywhere in what was given."""
    original = list(csv.DictReader(io.StringIO(HANDED_OVER.read_text(encoding="utf-8"))))
    given = list(csv.DictReader(io.StringIO(data)))

    assert len(original) == len(given)
    for column in ("nama", "nik", "no_hp"):
        assert [row[column] for row in original if row[column] and row[column] in data] == []
    assert [row["kelurahan"] for row in original] == [row["kelurahan"] for row in given]


def _no_form_is_left(siti: Pemohon, label: str) -> None:
    expect(siti.page.locator("summary", has_text=label)).to_have_count(0)
