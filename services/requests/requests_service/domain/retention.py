"""How long each kind of record is kept, by which rule, and who ends it: one table."""
# ruff: noqa: E501 (tables may be wider)

from dataclasses import dataclass

ANSWERS_DAYS = 30


@dataclass(frozen=True)
class Kind:
    what: str
    where: str
    term: str
    counted_from: str
    then: str
    source: str
    by: str
    """Who ends it: a service, by itself every day; or a person."""
    confirm: bool = False
    """A number or a source of ours, which a city must confirm against its own schedule."""


_UU_PDP = "UU 27/2022"

# fmt: off
RETENTION: tuple[Kind, ...] = (
    #    Jenis  |  Disimpan oleh  |  Masa simpan  |  Dihitung sejak  |  Sesudah itu  |  Dasar  |  Dijalankan oleh
    Kind("Identitas Pemohon, tulisannya, kode lacak, dan surat yang menyebut Pemohon",
         "requests, letters", "`person_years` tahun (city.toml)", "permohonan selesai",
         "kunci Pemohon dimusnahkan; tidak terbaca lagi oleh siapa pun",
         f"{_UU_PDP} Pasal 42 ayat (1) huruf a dan Pasal 44 ayat (1) huruf a; jadwal retensi arsip kota", "requests", confirm=True),
    Kind("Surat dan berkas permohonan sebagai arsip",
         "letters, privacy", "sedikitnya `letters_years` tahun (city.toml)", "permohonan selesai",
         "boleh dihapus atas permintaan Pemohon",
         "UU 43/2009; jadwal retensi arsip kota", "requests", confirm=True),
    Kind("Berkas data yang diunggah, asli dan yang sudah disamarkan",
         "privacy", "selama data Pemohonnya", "permohonan selesai",
         "kunci berkas dimusnahkan, kecuali selama dipakai permohonan lain",
         f"{_UU_PDP} Pasal 42 ayat (1) huruf b", "privacy"),
    Kind("Berkas persyaratan Pemohon: KTP, akta, surat pengesahan, surat kuasa",
         "privacy", "selama data Pemohonnya", "permohonan selesai",
         "kunci Pemohon di privacy dimusnahkan, juga bila berkas datanya masih dipakai permohonan lain",
         f"{_UU_PDP} Pasal 42 ayat (1) huruf a; jadwal retensi arsip kota", "privacy", confirm=True),
    Kind("Buku tamu pengunduh data terbuka",
         "catalog", "1 tahun", "kunjungan terakhir", "kunci tamu dimusnahkan",
         f"{_UU_PDP} Pasal 42 ayat (1) huruf a; persetujuan yang diberikan tamu", "catalog", confirm=True),
    Kind("Jawaban atas pengiriman berulang (Idempotency-Key), dengan sidik isiannya",
         "requests", f"{ANSWERS_DAYS} hari", "jawaban", "dihapus", "ketentuan sistem ini", "requests"),
    Kind("Surel pemberitahuan",
         "penerimanya", "tidak disimpan di sini", "-", "alamat ditanyakan saat mengirim, tidak dicatat",
         f"{_UU_PDP} Pasal 16 ayat (2) huruf a", "-"),
    Kind("Pesan webhook, pengirimannya, dan jawaban penerimanya (paling banyak 200 huruf)",
         "notify", "30 hari", "pesan diterima", "dihapus", "ketentuan sistem ini", "notify"),
    Kind("Catatan peristiwa, nomor pendaftaran, buku register surat: tanpa nama Pemohon",
         "semua layanan", "seterusnya", "-", "-", "SOP, Pencatatan dan Pendataan; UU 43/2009", "-"),
    Kind("Akun petugas, juga yang dinonaktifkan",
         "requests", "selama catatan peristiwa", "-", "-",
         "pertanggungjawaban atas putusan; UU 43/2009", "-", confirm=True),
    Kind("Cadangan basis data, termasuk WAL yang diarsipkan",
         "operator", "30 hari", "cadangan dibuat", "dimusnahkan; baru sesudah itu penghapusan lengkap",
         f"{_UU_PDP} Pasal 44 ayat (1)", "operator", confirm=True),
)
# fmt: on
