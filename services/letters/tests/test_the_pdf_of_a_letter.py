"""Each letter as the PDF that a person holds: its words, its form, its check code."""

import hashlib
import io
import json
from dataclasses import replace

import outloud
import pikepdf
import pypdfium2
import pytest
import zxingcpp
from fontTools.ttLib import TTFont
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from letters_examples import (
    CITY_DATA,
    EXAMPLES,
    ISSUED_AT,
    PUBLIC_URL,
    TOKEN,
    TYPESETTER,
    city_that_signs_by_name,
    content_of,
    pdf_of,
)
from letters_service.adapters.pdf_words import words_of
from letters_service.adapters.typesetter import FONTS, TEMPLATES, Typesetter, has_glyph
from letters_service.domain.errors import LetterNotRendered
from letters_service.domain.letters import BY_KEY, Office
from letters_service.domain.offices import read_city
from letters_service.domain.pemohon import Acting
from letters_service.domain.tokens import grouped, tokens_in
from pypdf import PdfReader

REFUSALS = [
    "surat_penolakan_pemohon",
    "pemberitahuan_tertulis_ditolak",
    "pemberitahuan_tertulis_sebagian",
    "pemberitahuan_tertulis_sebagian_belum_dikuasai",
    "pemberitahuan_tambahan_ditolak",
    "surat_penyampaian_pemohon_sebagian",
]
OBJECTION = (
    "Pasal 35 ayat (1)",
    "Pasal 36 ayat (1)",
    "Undang-Undang Nomor 14 Tahun 2008",
    "paling lambat 30 (tiga puluh) hari kerja",
    "Sekretaris Daerah selaku Atasan PPID",
    "atasan.ppid@malangkota.example",
)


@pytest.fixture(scope="module")
def pdfs():
    return {name: pdf_of(kind, occasion) for name, (kind, occasion) in EXAMPLES.items()}


def words(pdf: bytes) -> str:
    """Its text with every run of white space as one space."""
    pages = PdfReader(io.BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_letter_says_who_writes_to_whom_about_what(name, pdfs):
    kind, occasion = EXAMPLES[name]
    content = content_of(kind, occasion)
    text = words(pdfs[name])

    for part in (
        "PEMERINTAH KOTA MALANG",
        content["kop"]["perangkat_daerah"],
        content["nomor"],
        "22 November 2026",
        occasion.register_number,
        content["penanda_tangan"]["jabatan"],
        "Pindai untuk memeriksa keaslian surat",
        grouped(TOKEN),
        "Halaman 1 dari",
    ):
        assert part in text
    if BY_KEY[kind].addressee == Office.PEMOHON:
        assert "Siti Rahmawati" in text
    else:
        assert "Siti" not in text


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_says_what_why_by_which_article_and_how_to_object(name, pdfs):
    _, occasion = EXAMPLES[name]
    text = words(pdfs[name])

    for part in (*OBJECTION, *occasion.texts["narrative"].split("\n")):
        assert part in text
    part = occasion.data.get("refused_part") or occasion.data
    assert part["article"].replace("UU Nomor", "Undang-Undang Nomor") in text
    if test := part.get("consequence_test"):
        for told in (test["number"], test["decree"], "15 Januari 2026", test["if_opened"]):
            assert told in text


def test_the_receipt_gives_the_register_number_the_hour_and_both_terms(pdfs):
    text = words(pdfs["tanda_bukti_penerimaan"])

    for part in ("Senin, 9 November 2026, pukul 09.05 WIB", "23 November 2026", "7 (tujuh) hari"):
        assert part in text
    assert "Pasal 22 ayat (4)" in text


def test_the_receipt_of_a_proxy_names_whom_they_act_for(pdfs):
    kind, occasion = EXAMPLES["tanda_bukti_penerimaan"]
    proxy = replace(occasion, fields={**occasion.fields, "acts_for": "CV Makmur #1"})

    assert "Selaku kuasa dari : CV Makmur #1" in words(pdf_of(kind, proxy))
    assert "Selaku kuasa" not in words(pdfs["tanda_bukti_penerimaan"])


def test_the_written_notice_answers_all_that_the_law_asks(pdfs):
    text = words(pdfs["pemberitahuan_tertulis_sebagian"])

    for part in (
        "Pasal 22 ayat (7)",
        "Penguasaan data Dikuasai oleh Badan Publik, pada Dinas Koperasi",
        "Keputusan Dikabulkan sebagian",
        "Materi yang diberikan",
        "Penghitaman",
        "Bentuk dan cara penyampaian Salinan elektronik",
        "Biaya Nol rupiah",
        "Waktu penyediaan",
        "Omzet dan utang tiap pelaku usaha.",
    ):
        assert part in text


def test_the_receipt_of_a_part_names_the_request_from_which_the_term_is_counted(pdfs):
    said = words(pdfs["tanda_bukti_penerimaan_bagian"])

    assert "Bagian dari : permohonan nomor 2026-0011" in said
    assert "sejak permohonan nomor 2026-0011 diterima" in said


def test_what_is_not_held_is_said_with_who_holds_it(pdfs):
    """UU 14/2008 article 22 (7) b."""
    refused = words(pdfs["pemberitahuan_tertulis_ditolak"])
    in_part = words(pdfs["pemberitahuan_tertulis_sebagian_belum_dikuasai"])

    for said in (refused, in_part):
        assert "data tersebut dikuasai oleh Badan Pusat Statistik Kota Malang" in said
        assert "dan dikuasai oleh Badan Pusat Statistik Kota Malang." in said
    assert "Sebagian dikuasai oleh Badan Publik, pada Dinas Koperasi" in in_part
    assert "dikuasai oleh" not in words(pdfs["surat_penolakan_pemohon"])


def test_the_delivery_describes_the_file_down_to_its_digest(pdfs):
    _, occasion = EXAMPLES["surat_penyampaian_pemohon_sebagian"]
    text = words(pdfs["surat_penyampaian_pemohon_sebagian"])

    for part in (
        "umkm-kota-malang-2021-2025.csv",
        "CSV (teks berpemisah)",
        "1,4 MB (1.403.221 bita)",
        "1.842",
        occasion.data["digest"],
        "22 Desember 2026",
        "NIK Pemilik",
        "diganti kode (pseudonim)",
        "Pasal 4 ayat (3) UU 27/2022",
        "Omzet dan utang tiap pelaku usaha.",
        "Angka tahun 2025 masih bersifat sementara.",
        "Pasal 5 ayat (2)",
    ):
        assert part in text


def test_the_supplementary_notice_lists_each_masked_column_with_its_reason(pdfs):
    text = words(pdfs["pemberitahuan_tambahan_disamarkan"])

    for part in ("No. HP", "nomor telepon", "kolom dihapus", "1.790", "Pasal 22 ayat (7) huruf e"):
        assert part in text


def test_the_notice_of_reopening_says_why_from_where_and_by_when(pdfs):
    text = words(pdfs["pemberitahuan_tambahan_dibuka_kembali"])

    for part in (
        "dibuka kembali, karena keberatan Saudara dikabulkan Atasan PPID",
        "Atasan PPID memutuskan bahwa jumlah per kecamatan dapat diberikan",
        "keputusan pemberian data oleh PPID Pembantu",
        "paling lambat tanggal 30 Desember 2026",
    ):
        assert part in text


def test_the_notice_of_cost_says_how_much_by_what_and_how_it_is_paid(pdfs):
    text = words(pdfs["pemberitahuan_tambahan_biaya"])

    for part in (
        "1.200 lembar, masing-masing Rp500",
        "Rp600.000",
        "Rp15.000",
        "Rp615.000",
        "Nomor 1 Tahun 2024 tentang Biaya Penggandaan",
        "rekening kas daerah 0011-22-3344",
        "Pasal 22 ayat (7) huruf g",
    ):
        assert part in text


def test_where_the_city_charges_for_paper_the_written_notice_says_its_tariff_and_decree():
    city = read_city(CITY_DATA | {"fees": {"decree": "Perwal 1/2024", "per_sheet": 500}})
    kind, occasion = EXAMPLES["pemberitahuan_tertulis_diberikan"]

    content = content_of(kind, occasion, city)
    text = words(TYPESETTER.pdf(kind, content, issued_at=ISSUED_AT))

    assert "Salinan cetak: Rp500 per lembar ditambah biaya kirim (Perwal 1/2024)" in text


def test_the_refusal_cites_the_letter_of_the_agency(pdfs):
    text = words(pdfs["surat_penolakan_pemohon"])

    # The number may go on in the next line.
    assert "Nomor500.12.5.2/3/35.73.412/2026tanggal18November2026" in text.replace(" ", "")


PPID_TITLE = "Pejabat Pengelola Informasi dan Dokumentasi"


@pytest.mark.parametrize(
    ("signer", "title", "name", "rank", "nip"),
    [
        (None, PPID_TITLE, "Drs. Hadi, M.Si.", "Pembina", "197001"),
        (Acting("plh", "Rudi Hartono"), f"Plh. {PPID_TITLE}", "Rudi Hartono", None, None),
        (
            Acting("plt", "Rudi Hartono", "Penata (III/c)", "198001012005011001"),
            f"Plt. {PPID_TITLE}",
            "Rudi Hartono",
            "Penata (III/c)",
            "198001012005011001",
        ),
        (Acting("plh", None, "Penata (III/c)"), f"Plh. {PPID_TITLE}", None, None, None),
        (
            Acting("pengganti", "Rudi Hartono", nip="198001012005011001"),
            PPID_TITLE,
            "Drs. Hadi, M.Si.",
            "Pembina",
            "197001",
        ),
    ],
)
def test_who_holds_the_senders_office_for_another_signs_as_plh_or_plt(
    signer, title, name, rank, nip
):
    kind, occasion = EXAMPLES["pemberitahuan_tertulis_ditolak"]
    acting = replace(occasion, acting=signer)

    by_name = content_of(kind, acting, city_that_signs_by_name())["penanda_tangan"]
    by_office = content_of(kind, acting)["penanda_tangan"]

    fields = ("jabatan", "nama", "pangkat", "nip")
    assert (title, name, rank, nip) == tuple(by_name[each] for each in fields)
    assert (title, None, None, None) == tuple(by_office[each] for each in fields)


def test_the_agency_writes_under_its_own_letterhead(pdfs):
    text = words(pdfs["surat_penolakan_ppid"])

    assert "DINAS KOPERASI, PERINDUSTRIAN DAN PERDAGANGAN" in text
    assert "DINAS KOMUNIKASI" not in text


def test_the_answer_to_an_objection_shows_the_way_to_the_commission(pdfs):
    text = words(pdfs["tanggapan_keberatan"])

    assert "mengabulkan keberatan sebagian" in text
    assert "Komisi Informasi" in text
    assert "14 (empat belas) hari kerja" in text
    assert "Pasal 37" in text


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_letter_is_an_archive_file_that_can_be_read_aloud(name, pdfs):
    with pikepdf.open(io.BytesIO(pdfs[name])) as pdf:
        meta = pdf.open_metadata()
        xmp = bytes(pdf.Root.Metadata.read_bytes()).decode()
        assert meta["pdfaid:part"] == "2"
        assert meta["pdfaid:conformance"] == "A"
        assert "pdfuaid:part>1<" in xmp or 'pdfuaid:part="1"' in xmp
        assert str(pdf.Root.Lang).startswith("id")
        assert pdf.Root.MarkInfo.Marked
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        assert pdf.Root.OutputIntents
        assert meta["dc:title"].endswith(content_of(*EXAMPLES[name])["nomor"])
        assert "/Encrypt" not in pdf.trailer
        assert "/JavaScript" not in str(pdf.Root)
        tags = list(_tags(pdf.Root.StructTreeRoot.K))
        figures = [tag for tag in tags if tag.S == "/Figure"]
        assert [str(tag.S) for tag in tags].count("/H1") == 1
        assert ["Lambang" in str(figures[0].Alt), "Kode QR" in str(figures[1].Alt)] == [True, True]
        for page in pdf.pages:
            for font in page.Resources.get("/Font", {}).values():
                _is_embedded(font)
    assert pdfs[name].endswith(b"%%EOF\n")


@pytest.mark.parametrize("name", ["surat_penolakan_pemohon", "surat_penyampaian_pemohon_sebagian"])
def test_a_checker_for_pdf_ua_finds_no_error(name, pdfs, tmp_path):
    path = tmp_path / "surat.pdf"
    path.write_bytes(pdfs[name])

    result = outloud.check(str(path))

    assert [finding for finding in result.findings if finding.severity == "error"] == []


@pytest.mark.parametrize("name", ["tanda_bukti_penerimaan", "surat_penyampaian_pemohon_sebagian"])
def test_the_qr_code_leads_to_the_check_page(name, pdfs):
    document = pypdfium2.PdfDocument(pdfs[name])
    last = document[len(document) - 1].render(scale=150 / 72).to_pil()

    found = zxingcpp.read_barcodes(last)

    assert [code.text for code in found] == [f"{PUBLIC_URL}/surat/periksa/{TOKEN}"]


def test_the_check_code_can_be_read_out_of_the_file(pdfs):
    assert TOKEN in tokens_in(words_of(pdfs["surat_penolakan_ppid"]))


def test_the_same_letter_is_the_same_bytes(pdfs):
    kind, occasion = EXAMPLES["surat_penolakan_pemohon"]

    again = Typesetter().pdf(kind, content_of(kind, occasion), issued_at=ISSUED_AT)

    assert hashlib.sha256(again).digest() == (
        hashlib.sha256(pdfs["surat_penolakan_pemohon"]).digest()
    )


def test_long_names_addresses_and_reasons_go_on_on_further_pages():
    kind, occasion = EXAMPLES["surat_penolakan_pemohon"]
    name = " ".join(["Raden Mas Panji Prawirodirdjo Kusumanegara"] * 6)
    address = " ".join(["Perumahan Bukit Permata Hijau Blok AA Nomor 112"] * 8)
    narrative = "\n".join(
        f"Alasan ke-{n}. " + "Uji konsekuensi menyimpulkan. " * 7 for n in range(18)
    )
    long = replace(
        occasion,
        fields={"name": name, "address": address},
        texts={"data_wanted": narrative, "narrative": narrative},
    )

    assert len(narrative) > 3900
    pdf = pdf_of(kind, long)
    pages = PdfReader(io.BytesIO(pdf)).pages
    text = words(pdf)

    assert len(pages) >= 3
    assert name in text
    assert address in text
    assert text.count("Alasan ke-17.") == 2
    assert f"Halaman {len(pages)} dari {len(pages)}" in text
    # The signature never stands alone: the closing words are on its page.
    assert "Demikian surat penolakan ini" in pages[-1].extract_text().replace("\n", " ")


def test_the_ways_to_object_begin_on_the_page_that_announces_them():
    kind, occasion = EXAMPLES["surat_penolakan_pemohon"]

    for lines in (13, 14, 15, 16):
        narrative = "\n".join(["Baris penjelasan."] * lines)
        texts = {**occasion.texts, "narrative": narrative}
        pages = PdfReader(io.BytesIO(pdf_of(kind, replace(occasion, texts=texts)))).pages
        told = [" ".join(page.extract_text().split()) for page in pages]

        (announced,) = [page for page in told if "salah satu cara berikut:" in page]
        assert "melalui halaman permohonan Saudara" in announced


def test_who_gave_an_address_is_not_addressed_di_tempat():
    kind, occasion = EXAMPLES["surat_penyampaian_pemohon"]
    nowhere = replace(occasion, fields={"name": "Siti Rahmawati", "institution": "CV Makmur"})

    with_address, without = content_of(kind, occasion), content_of(kind, nowhere)

    assert ["Siti Rahmawati", occasion.fields["address"]] == with_address["tujuan"]
    assert ["Siti Rahmawati", "CV Makmur", "di tempat"] == without["tujuan"]


def test_one_endless_word_does_not_run_off_the_page():
    kind, occasion = EXAMPLES["surat_permohonan_data"]
    pdf = pdf_of(kind, replace(occasion, texts={"data_wanted": "kata" * 400}))
    page = pypdfium2.PdfDocument(pdf)[0]
    text = page.get_textpage()

    right = max(text.get_charbox(i)[2] for i in range(text.count_chars()))

    assert right <= page.get_width() - 40


def test_a_column_of_fifty_masked_fields_repeats_its_head_on_the_next_page():
    kind, occasion = EXAMPLES["pemberitahuan_tambahan_disamarkan"]
    columns = [
        {"column": f"Kolom {n}", "kind": "lainnya", "method": "samarkan_penuh", "cells": n}
        for n in range(60)
    ]
    pdf = pdf_of(kind, replace(occasion, data={**occasion.data, "masked_columns": columns}))
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]

    assert "Cara disamarkan" in pages[0]
    assert "Cara disamarkan" in pages[1]
    assert "Kolom 59" in " ".join(pages)


HOSTILE = [
    '#import "@preview/x:1.0.0": *',
    '#read("/etc/passwd") #panic("x")',
    "$ a^2 $ *tebal* _miring_ `kode` ```rust```",
    "\"kutip\" 'tunggal' \\ \\u{41} //komentar /* a */",
    "= Judul\n- butir\n+ nomor\n/ istilah: arti",
    "<label> @rujukan #{1+1} #sys.inputs ]) } ~ -- --- ...",
    '{"nomor": "palsu"} </svg><script>alert(1)</script> %PDF-1.7 )endobj',
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_person_wrote_stands_there_as_it_is_and_runs_nothing(text):
    kind, occasion = EXAMPLES["tanda_bukti_penerimaan"]

    pdf = pdf_of(kind, replace(occasion, fields={"name": text}, texts={"data_wanted": text}))

    assert words(pdf).count(" ".join(text.split())) >= (1 if "\n" in text else 2)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.text(
        st.sampled_from("#$`*_\"'\\[](){}<>@=-+/~^&|;:,.!?%0aZ é")
        | st.characters(max_codepoint=0x17F, exclude_categories=("Cc", "Cs", "Cf", "Zs", "Mn")),
        min_size=1,
        max_size=40,
    ).filter(str.strip)
)
def test_no_text_at_all_is_taken_for_markup(text):
    kind, occasion = EXAMPLES["surat_permohonan_data"]

    told = content_of(kind, replace(occasion, texts={"data_wanted": f"AWAL {text} AKHIR"}))
    pdf = TYPESETTER.pdf(kind, told, issued_at=ISSUED_AT)

    page = pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_range()
    squeezed = "".join(page.split()).replace("\ufffe", "-")
    # What no font of ours can write stands there as its code: see `tercetak`.
    assert "".join(told["isi"]["data_diminta"].split()) in squeezed


def test_an_emoji_in_what_a_citizen_wrote_does_not_keep_them_from_the_receipt():
    kind, occasion = EXAMPLES["tanda_bukti_penerimaan"]

    text = words(pdf_of(kind, replace(occasion, texts={"data_wanted": "Data banjir 😀\u202e"})))

    assert "Data banjir [U+1F600]" in text


def test_a_name_that_cannot_be_written_stops_the_letter():
    kind, occasion = EXAMPLES["tanda_bukti_penerimaan"]

    with pytest.raises(LetterNotRendered, match=r"U\+738B") as refused:
        pdf_of(kind, replace(occasion, fields={"name": "Wang 王 Xiao"}))

    assert "王" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_template_reads_nothing_outside_its_folder(tmp_path):
    for attempt in (
        '#read("/etc/passwd")',
        '#read("../../fonts/OFL.txt")',
        '#import "@local/x:1.0.0": *',
    ):
        with pytest.raises(Exception, match=r"not found|escape|access|failed"):
            TYPESETTER._compiler.compile(attempt.encode(), format="pdf")


def test_the_fonts_are_ours_and_their_licence_is_beside_them():
    assert "SIL OPEN FONT LICENSE" in (FONTS / "OFL.txt").read_text()
    for path in FONTS.glob("*.ttf"):
        assert "SIL Open Font License" in TTFont(path)["name"].getDebugName(13)


def test_the_list_of_covered_signs_is_that_of_the_fonts():
    cuts = [set(TTFont(path).getBestCmap()) for path in FONTS.glob("LiberationSans*.ttf")]
    covered = set.intersection(*cuts)

    assert all(has_glyph(chr(code)) == (code in covered) for code in range(0x20, 0x3000))
    assert not has_glyph("😀")


def test_templates_hold_words_and_no_escaping():
    for path in TEMPLATES.glob("*.typ"):
        assert "eval(" not in path.read_text(encoding="utf-8")
    assert json.dumps(content_of(*EXAMPLES["surat_permohonan_data"]))


def _tags(node):
    for child in node if isinstance(node, pikepdf.Array) else [node]:
        if isinstance(child, pikepdf.Dictionary) and "/S" in child:
            yield child
            if "/K" in child:
                yield from _tags(child.K)


def _is_embedded(font):
    for inner in font.get("/DescendantFonts", [font]):
        descriptor = inner.FontDescriptor
        assert "/FontFile2" in descriptor or "/FontFile3" in descriptor
