"""Letters to look at: the city of the demonstration, and an occasion for every kind of letter."""

# ruff: noqa: E501

import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from letters_service.adapters.typesetter import Typesetter, has_glyph, qr_svg
from letters_service.domain.letters import BY_KEY
from letters_service.domain.numbers import Register
from letters_service.domain.offices import City, read_city
from letters_service.domain.paper import Cited, Content, Occasion, Stamp, written

CITY_FILE = Path(__file__).parents[3] / "deploy" / "city.toml"
CITY_DATA = tomllib.loads(CITY_FILE.read_text(encoding="utf-8"))
CITY: City = read_city(CITY_DATA)
PUBLIC_URL = "https://satudata.malangkota.example"
ISSUED_ON = date(2026, 11, 22)
ISSUED_AT = datetime(2026, 11, 22, 3, 15, tzinfo=UTC)
TOKEN = "7QX4M2ZK9TB3HJ5NWD8CRVFPAEYG"
DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

_FIELDS = {
    "name": "Siti Rahmawati",
    "address": "Jalan Kawi Nomor 12, RT 03 RW 05, Kelurahan Bareng, Kecamatan Klojen, Malang 65116",
}
_TEXTS = {
    "data_wanted": "Jumlah UMKM per kecamatan dan kelurahan menurut jenis usaha, tahun 2021 sampai"
    " dengan 2025.\nBila ada, disertai jumlah tenaga kerja.",
    "purpose": "Bahan skripsi tentang sebaran usaha mikro di Kota Malang pada Universitas Brawijaya.",
}
_NARRATIVE = (
    "Data memuat omzet dan utang tiap pelaku usaha. Bila dibuka, keadaan keuangan orang perseorangan"
    " dapat diketahui dan dapat dipakai untuk merugikan yang bersangkutan.\nKepentingan umum yang"
    " dilayani dengan menutupnya lebih besar daripada dengan membukanya."
)
_TEST = {
    "number": "UK-2026-001",
    "decree": "188.45/12/35.73.411/2026",
    "decree_on": "2026-01-15",
    "if_opened": "Keadaan keuangan tiap pelaku usaha dapat diketahui dan dipakai untuk merugikannya.",
}
_REFUSAL = {
    "reason_code": "pasal_17_h",
    "article": "Pasal 17 huruf h UU Nomor 14 Tahun 2008",
    "consequence_test": _TEST,
}
_COLUMNS = [
    {"column": "NIK Pemilik", "kind": "nik", "method": "pseudonim", "cells": 1842},
    {"column": "Nama Pemilik", "kind": "nama", "method": "samarkan_penuh", "cells": 1842},
    {"column": "No. HP", "kind": "telepon", "method": "hapus_kolom", "cells": 1790},
]
_FILE = {
    "digest": DIGEST,
    "filename": "umkm-kota-malang-2021-2025.csv",
    "media_type": "text/csv; charset=utf-8",
    "size": 1_403_221,
    "rows": 1842,
}
_ASKED = Cited(
    "Surat Permohonan Data kepada PPID Pembantu",
    "Pejabat Pengelola Informasi dan Dokumentasi Kota Malang",
    "500.12.5.2/7/35.73.411/2026",
    date(2026, 11, 10),
)
_REFUSED_BY_AGENCY = Cited(
    "Surat Penolakan Permohonan Data kepada PPID",
    "Dinas Koperasi, Perindustrian dan Perdagangan",
    "500.12.5.2/3/35.73.412/2026",
    date(2026, 11, 18),
)
_NOTICE = Cited(
    "Pemberitahuan Tertulis atas Permohonan Data",
    "Pejabat Pengelola Informasi dan Dokumentasi Kota Malang",
    "500.12.5.1/9/35.73.411/2026",
    date(2026, 11, 16),
)


def _occasion(fact: str, **data: object) -> Occasion:
    return Occasion(
        data=data,
        fact=fact,
        happened_at=datetime(2026, 11, 9, 2, 5, tzinfo=UTC),
        register_number="2026-0012",
        submitted_on=date(2026, 11, 9),
        agency="diskopindag",
        statutory_due=date(2026, 11, 23),
        fields=dict(_FIELDS),
        texts=dict(_TEXTS),
    )


def _with(occasion: Occasion, cited: Cited | None = None, **texts: str) -> Occasion:
    return replace(occasion, cited=cited, texts={**occasion.texts, **texts})


EXAMPLES: dict[str, tuple[str, Occasion]] = {
    "tanda_bukti_penerimaan": (
        "tanda_bukti_penerimaan",
        _occasion("RequestSubmitted", submitted_on="2026-11-09", channel="laman", dataset=None),
    ),
    "tanda_bukti_penerimaan_surat": (
        "tanda_bukti_penerimaan",
        _occasion(
            "RequestSubmitted",
            submitted_on="2026-11-09",
            channel="loket",
            came_by="surat",
            received_on="2026-11-06",
        ),
    ),
    "tanda_bukti_penerimaan_bagian": (
        "tanda_bukti_penerimaan",
        _occasion(
            "RequestSubmitted", submitted_on="2026-11-12", channel="laman", part_of="2026-0011"
        ),
    ),
    "pemberitahuan_kekurangan": (
        "pemberitahuan_kekurangan",
        _with(
            _occasion(
                "RequestReturned", missing=["tujuan", "surat_kuasa"], complete_by="2026-11-24"
            ),
            missing="Tujuan hanya berbunyi “untuk keperluan pribadi”. Mohon disebutkan untuk apa data"
            " dipakai, dan lampirkan surat kuasa karena permohonan diajukan atas nama CV Makmur.",
        ),
    ),
    "surat_permohonan_data": (
        "surat_permohonan_data",
        _with(
            _occasion("ForwardedToPembantu", due="2026-11-13"),
            message="Mohon didahulukan bila memungkinkan; data sejenis pernah diberikan tahun lalu.",
        ),
    ),
    "pemberitahuan_tertulis_dip": (
        "pemberitahuan_tertulis",
        replace(_occasion("DataFoundInDip", dip_entry="dip-17"), agency=None),
    ),
    "pemberitahuan_tertulis_diberikan": ("pemberitahuan_tertulis", _occasion("RequestGranted")),
    "pemberitahuan_tertulis_sebagian": (
        "pemberitahuan_tertulis",
        _with(
            _occasion("RequestGrantedInPart", **_REFUSAL),
            narrative=_NARRATIVE,
            refused_parts="Omzet dan utang tiap pelaku usaha.",
        ),
    ),
    "pemberitahuan_tertulis_sebagian_belum_dikuasai": (
        "pemberitahuan_tertulis",
        _with(
            _occasion(
                "RequestGrantedInPart",
                reason_code="tidak_dikuasai",
                article="Pasal 6 ayat (3) huruf e UU Nomor 14 Tahun 2008",
                held_by="Badan Pusat Statistik Kota Malang",
            ),
            narrative="Data tenaga kerja menurut kelurahan dihimpun oleh Badan Pusat Statistik.",
            refused_parts="Jumlah tenaga kerja menurut kelurahan.",
        ),
    ),
    "pemberitahuan_tertulis_ditolak": (
        "pemberitahuan_tertulis",
        _with(
            _occasion(
                "RequestRefused",
                at_step=6,
                reason_code="tidak_dikuasai",
                article="Pasal 6 ayat (3) huruf e UU Nomor 14 Tahun 2008",
                held_by="Badan Pusat Statistik Kota Malang",
            ),
            narrative="Data tenaga kerja menurut kelurahan tidak dihimpun oleh perangkat daerah mana"
            " pun di Kota Malang; yang dihimpun hanya sampai tingkat kecamatan.",
        ),
    ),
    "surat_penyampaian_ppid": (
        "surat_penyampaian_ppid",
        _with(
            _occasion("DataHandedOver", digest=DIGEST, size=1_403_221),
            _ASKED,
            filename="UMKM 2021-2025 (lengkap).xlsx",
        ),
    ),
    "pemberitahuan_tambahan_disamarkan": (
        "pemberitahuan_tambahan",
        _with(
            _occasion("DataMasked", original_digest=DIGEST, masked_columns=_COLUMNS, **_FILE),
            _NOTICE,
        ),
    ),
    "pemberitahuan_tambahan_ditolak": (
        "pemberitahuan_tambahan",
        _with(
            _occasion(
                "RequestRefused",
                at_step=10,
                reason_code="tidak_dapat_disamarkan",
                article="Pasal 6 ayat (3) huruf c dan Pasal 17 huruf h UU Nomor 14 Tahun 2008",
            ),
            _NOTICE,
            narrative=_NARRATIVE,
        ),
    ),
    "surat_penyampaian_pemohon": (
        "surat_penyampaian_pemohon",
        _occasion(
            "DataDelivered",
            masked=False,
            masked_columns=[],
            refused_part=None,
            access_until="2026-12-22",
            **_FILE,
        ),
    ),
    "surat_penyampaian_pemohon_sebagian": (
        "surat_penyampaian_pemohon",
        _with(
            _occasion(
                "DataDelivered",
                masked=True,
                masked_columns=_COLUMNS,
                refused_part=_REFUSAL,
                access_until="2026-12-22",
                **_FILE,
            ),
            narrative=_NARRATIVE,
            refused_parts="Omzet dan utang tiap pelaku usaha.",
            cover_note="Angka tahun 2025 masih bersifat sementara.",
        ),
    ),
    "surat_penolakan_ppid": (
        "surat_penolakan_ppid",
        _with(_occasion("RefusalSent", **_REFUSAL), _ASKED, narrative=_NARRATIVE),
    ),
    "surat_penolakan_pemohon": (
        "surat_penolakan_pemohon",
        _with(
            _occasion("RefusalNotified", at_step=8, cites_pembantu=True, **_REFUSAL),
            _REFUSED_BY_AGENCY,
            narrative=_NARRATIVE,
        ),
    ),
    "pemberitahuan_perpanjangan": (
        "pemberitahuan_perpanjangan",
        _with(
            _occasion(
                "DeadlineExtended", reason_code="belum_diputus", new_statutory_due="2026-12-02"
            ),
            reason="Uji konsekuensi atas data omzet pelaku usaha masih berlangsung dan dijadwalkan"
            " selesai pada 27 November 2026.",
        ),
    ),
    "tanggapan_keberatan": (
        "tanggapan_keberatan",
        _with(
            _occasion("ObjectionDecided", ground="penolakan", decision="dikabulkan_sebagian"),
            reason="Sebagian data yang ditolak dapat diberikan dalam bentuk jumlah per kecamatan,"
            " karena bentuk itu tidak mengungkap keadaan keuangan orang perseorangan.",
        ),
    ),
    "pemberitahuan_tambahan_biaya": (
        "pemberitahuan_tambahan",
        _with(
            _occasion(
                "FeeStated",
                sheets=1200,
                per_sheet=500,
                sending=15_000,
                amount=615_000,
                decree="Peraturan Wali Kota Malang Nomor 1 Tahun 2024 tentang Biaya Penggandaan",
                how_to_pay="Transfer ke rekening kas daerah 0011-22-3344 pada Bank Contoh, dengan"
                " nomor pendaftaran sebagai berita.\nTunjukkan buktinya di loket PPID.",
            ),
            _NOTICE,
        ),
    ),
    "pemberitahuan_tambahan_dibuka_kembali": (
        "pemberitahuan_tambahan",
        _with(
            replace(
                _occasion("RequestReopened", step=8, basis="keberatan", due="2026-12-17"),
                statutory_due=date(2026, 12, 30),
            ),
            _NOTICE,
            reason="Atasan PPID memutuskan bahwa jumlah per kecamatan dapat diberikan; PPID Pembantu"
            " diminta memutus lagi atas bentuk itu.",
        ),
    ),
}
"""Every kind of letter, in each of its forms."""

TYPESETTER = Typesetter()


def stamp(kind: str, *, running: int = 12, agency: str = "diskopindag") -> Stamp:
    """The stamp of a letter issued on that Sunday."""
    unit = CITY.sender(BY_KEY[kind], agency).unit
    register = Register(unit, "surat_dinas", ISSUED_ON.year)
    page = f"{PUBLIC_URL}/surat/periksa"
    return Stamp(
        number=CITY.pattern.number(
            running, register=register, classification=CITY.classification[kind], on=ISSUED_ON
        ),
        issued_on=ISSUED_ON,
        token=TOKEN,
        code="-".join(TOKEN[i : i + 4] for i in range(0, len(TOKEN), 4)),
        check_page=page,
        check_url=f"{page}/{TOKEN}",
        qr_svg=qr_svg(f"{page}/{TOKEN}"),
    )


def content_of(kind: str, occasion: Occasion, city: City = CITY) -> Content:
    """What the template of a kind prints for an occasion."""
    return written(
        BY_KEY[kind], occasion, city=city, stamp=stamp(kind), public_url=PUBLIC_URL,
        has_glyph=has_glyph,
    )  # fmt: skip


def city_that_signs_by_name() -> City:
    """The demonstration's, where the PPID has a name."""
    head = {"head_name": "Drs. Hadi, M.Si.", "head_rank": "Pembina", "head_nip": "197001"}
    ppid = CITY_DATA["offices"]["ppid"] | head
    return read_city(CITY_DATA | {"offices": CITY_DATA["offices"] | {"ppid": ppid}})


def pdf_of(kind: str, occasion: Occasion) -> bytes:
    """The letter itself."""
    return TYPESETTER.pdf(kind, content_of(kind, occasion), issued_at=ISSUED_AT)
