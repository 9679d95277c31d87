"""The Indonesian words for the codes that facts carry."""

# ruff: noqa: E501

from collections.abc import Mapping
from typing import Any

_UU = "Undang-Undang Nomor 14 Tahun 2008"

REFUSAL_REASONS: Mapping[str, str] = {
    "pasal_17_a": "dapat menghambat proses penegakan hukum",
    "pasal_17_b": "dapat mengganggu kepentingan perlindungan hak atas kekayaan intelektual dan perlindungan"
    " dari persaingan usaha tidak sehat",
    "pasal_17_c": "dapat membahayakan pertahanan dan keamanan negara",
    "pasal_17_d": "dapat mengungkapkan kekayaan alam Indonesia",
    "pasal_17_e": "dapat merugikan ketahanan ekonomi nasional",
    "pasal_17_f": "dapat merugikan kepentingan hubungan luar negeri",
    "pasal_17_g": "dapat mengungkapkan isi akta autentik yang bersifat pribadi dan kemauan terakhir"
    " ataupun wasiat seseorang",
    "pasal_17_h": "dapat mengungkap rahasia pribadi",
    "pasal_17_i": "merupakan memorandum atau surat antarbadan publik atau intrabadan publik yang menurut"
    " sifatnya dirahasiakan",
    "pasal_17_j": "tidak boleh diungkapkan berdasarkan undang-undang lain",
    "tidak_dikuasai": "data yang diminta belum dikuasai atau didokumentasikan",
    "bukan_informasi_publik": "data yang diminta bukan Informasi Publik",
    "tidak_dapat_disamarkan": "data pribadi di dalamnya tidak dapat disamarkan tanpa menghilangkan"
    " kegunaan data",
}
EXTENSION_REASONS: Mapping[str, str] = {
    "belum_dikuasai": "data yang diminta belum dikuasai atau didokumentasikan",
    "belum_diputus": "belum dapat diputuskan apakah data yang diminta termasuk informasi yang dikecualikan",
}
MISSING: Mapping[str, str] = {
    "tujuan": "Tujuan pemanfaatan data belum jelas",
    "rincian_data": "Rincian data yang dimohon belum jelas",
    "identitas": "Identitas Pemohon belum lengkap atau belum sesuai",
    "badan_hukum": "Dokumen pengesahan badan hukum belum disebutkan",
    "surat_kuasa": "Surat kuasa belum disertakan",
    "lainnya": "Kekurangan lain sebagaimana dijelaskan di bawah ini",
}
ACTING: Mapping[str, str] = {"plh": "Plh.", "plt": "Plt."}
"""Before the title of an office, for who holds it for a while; a substitute signs as the office."""
DECISIONS: Mapping[str, str] = {
    "dikabulkan": "mengabulkan keberatan seluruhnya",
    "dikabulkan_sebagian": "mengabulkan keberatan sebagian",
    "ditolak": "menolak keberatan dan menguatkan putusan PPID",
}
REOPENED_BECAUSE: Mapping[str, str] = {
    "keberatan": "keberatan Saudara dikabulkan Atasan PPID",
    "komisi_informasi": "sengketa informasi di Komisi Informasi telah diputus atau disepakati",
    "keputusan_ppid": "PPID meninjau kembali jawaban yang telah diberikan",
}
REOPENED_AT: Mapping[int, str] = {
    6: "pemeriksaan ketersediaan data oleh PPID",
    8: "keputusan pemberian data oleh PPID Pembantu",
    10: "pemeriksaan pelindungan data pribadi oleh PPID",
}
GROUNDS: Mapping[str, str] = {
    "penolakan": "penolakan permintaan berdasarkan alasan pengecualian (Pasal 35 ayat (1) huruf a)",
    "informasi_berkala": "tidak disediakannya informasi berkala (Pasal 35 ayat (1) huruf b)",
    "tidak_ditanggapi": "tidak ditanggapinya permintaan (Pasal 35 ayat (1) huruf c)",
    "tidak_sesuai": "permintaan ditanggapi tidak sebagaimana yang diminta (Pasal 35 ayat (1) huruf d)",
    "tidak_dipenuhi": "tidak dipenuhinya permintaan (Pasal 35 ayat (1) huruf e)",
    "biaya": "pengenaan biaya yang tidak wajar (Pasal 35 ayat (1) huruf f)",
    "melebihi_waktu": "penyampaian informasi melebihi waktu yang diatur (Pasal 35 ayat (1) huruf g)",
}
CHANNELS: Mapping[str, str] = {
    "laman": "Laman permohonan data",
    "api": "Aplikasi lain",
    "loket": "Loket PPID",
    "surat": "Surat",
    "telepon": "Telepon",
    "surel": "Surel",
}
FORMATS: Mapping[str, str] = {
    "text/csv": "CSV (teks berpemisah)",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "XLSX (lembar kerja)",
    "application/json": "JSON",
    "application/geo+json": "GeoJSON",
    "application/pdf": "PDF",
}
PERSONAL_KINDS: Mapping[str, str] = {
    "nik": "NIK",
    "kk": "nomor KK",
    "npwp": "NPWP",
    "nip": "NIP",
    "telepon": "nomor telepon",
    "surel": "alamat surel",
    "nama": "nama orang",
    "alamat": "alamat",
    "tanggal_lahir": "tanggal lahir",
    "rekening": "nomor rekening",
    "kartu": "nomor kartu atau dokumen",
    "spesifik": "data pribadi spesifik",
    "teks": "teks bebas berisi data pribadi",
    "tersembunyi": "bagian tersembunyi berkas",
    "rumus": "sel berbentuk rumus",
    "lainnya": "ditandai petugas",
}
PERSONAL_BASES: Mapping[str, str] = {
    "spesifik": "Pasal 4 ayat (2) UU 27/2022",
    "rumus": "keamanan penerima berkas",
}
"""Why such a column is masked, where it is not for the reason of all others."""
PERSONAL_BASIS = "Pasal 4 ayat (3) UU 27/2022"
MASKING_METHODS: Mapping[str, str] = {
    "hapus_kolom": "kolom dihapus",
    "samarkan_penuh": "disamarkan penuh",
    "pseudonim": "diganti kode (pseudonim)",
    "sebagian": "disamarkan sebagian",
    "tahun": "tersisa tahunnya",
    "lima_tahun": "kelompok lima tahun",
    "kecamatan": "tersisa kecamatannya, bila disebut",
    "dalam_teks": "disamarkan di dalam teks",
    "netralkan": "dijadikan teks",
}


def reason_of(told: Mapping[str, Any]) -> str:
    """Why it was refused, as the fact says it; older facts say only the code."""
    return str(told.get("reason_text") or said(REFUSAL_REASONS, told["reason_code"]))


def said(words: Mapping[str, str], code: str) -> str:
    """The words for a code; a code that came later than this table still says something."""
    return words.get(code, code.replace("_", " "))


def format_of(media_type: str) -> str:
    """A media type as a citizen knows it."""
    bare = media_type.partition(";")[0].strip()
    return FORMATS.get(bare, bare)


def article_in_full(article: str) -> str:
    """Letters spell the law out: UU becomes Undang-Undang."""
    return article.replace("UU Nomor 14 Tahun 2008", _UU).replace("UU 14/2008", _UU)
