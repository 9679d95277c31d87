"""The closed lists that officers and Pemohon choose from, with their Indonesian words."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from requests_service.domain.errors import ChoiceUnknown

KINDS: Mapping[str, str] = MappingProxyType(
    {
        "masyarakat_umum": "Masyarakat Umum",
        "instansi_non_pemerintah": "Instansi Non Pemerintah",
    }
)
CHANNELS: Mapping[str, str] = MappingProxyType(
    {
        "laman": "Laman",
        "api": "Aplikasi lain",
        "loket": "Loket PPID",
        "surat": "Surat",
        "telepon": "Telepon",
        "surel": "Surel",
    }
)
FORMATS: Mapping[str, str] = MappingProxyType(
    {
        "bebas": "Apa pun yang tersedia",
        "csv": "CSV",
        "xlsx": "XLSX (lembar kerja)",
        "json": "JSON",
        "geojson": "GeoJSON",
        "pdf": "PDF",
    }
)
WAYS_TO_OBTAIN: Mapping[str, str] = MappingProxyType(
    {
        "melihat": "Melihat, membaca, mendengarkan, atau mencatat",
        "salinan_elektronik": "Salinan elektronik (softcopy)",
        "salinan_cetak": "Salinan cetak (hardcopy)",
    }
)
WAYS_TO_SEND: Mapping[str, str] = MappingProxyType(
    {
        "laman": "Diunduh lewat laman ini",
        "surel": "Surel",
        "ambil_langsung": "Diambil langsung di PPID",
        "pos": "Pos atau kurir",
    }
)
MISSING: Mapping[str, str] = MappingProxyType(
    {
        "tujuan": "Tujuan pemanfaatan data belum jelas",
        "rincian_data": "Rincian data yang dimohon belum jelas",
        "identitas": "Identitas Pemohon belum lengkap atau belum sesuai",
        "badan_hukum": "Dokumen pengesahan badan hukum belum disebutkan",
        "surat_kuasa": "Surat kuasa belum disertakan",
        "lainnya": "Kekurangan lain sebagaimana dijelaskan",
    }
)
PAPERS: Mapping[str, str] = MappingProxyType(
    {
        "ktp": "KTP",
        "akta": "Akta atau anggaran dasar badan hukum",
        "pengesahan": "Surat pengesahan badan hukum",
        "surat_kuasa": "Surat kuasa",
        "lainnya": "Berkas lain yang diminta PPID",
    }
)
"""The Pemohon's own papers, by the kinds that `privacy` has for them."""
EXTENSION_REASONS: Mapping[str, str] = MappingProxyType(
    {
        "belum_dikuasai": "Data yang diminta belum dikuasai atau didokumentasikan",
        "belum_diputus": "Belum diputuskan apakah data yang diminta termasuk yang dikecualikan",
    }
)
DECISIONS: Mapping[str, str] = MappingProxyType(
    {
        "dikabulkan": "Keberatan dikabulkan seluruhnya",
        "dikabulkan_sebagian": "Keberatan dikabulkan sebagian",
        "ditolak": "Keberatan ditolak; putusan PPID dikuatkan",
    }
)


@dataclass(frozen=True)
class Ground:
    """UU 14/2008 Pasal 35 ayat (1)."""

    letter: str
    text: str
    while_open: bool
    """May arise before the request is finished: when the law's deadline has passed in silence."""


GROUNDS: Mapping[str, Ground] = MappingProxyType(
    {
        "penolakan": Ground(
            "a", "Permintaan ditolak berdasarkan alasan pengecualian (Pasal 17)", False
        ),
        "informasi_berkala": Ground("b", "Informasi berkala tidak disediakan", True),
        "tidak_ditanggapi": Ground("c", "Permintaan tidak ditanggapi", True),
        "tidak_sesuai": Ground("d", "Permintaan ditanggapi tidak sebagaimana yang diminta", False),
        "tidak_dipenuhi": Ground("e", "Permintaan tidak dipenuhi", True),
        "biaya": Ground("f", "Pengenaan biaya yang tidak wajar", True),
        "melebihi_waktu": Ground("g", "Informasi disampaikan melebihi waktu yang diatur", True),
    }
)
TOLD_BY_THE_NOTICE = ("penolakan", "tidak_sesuai", "tidak_dipenuhi")
"""Grounds against a refusal, of all or of a part."""
NOTICES = ("pemberitahuan_tertulis", "surat_penyampaian_pemohon", "surat_penolakan_pemohon")
"""Letters that answer as UU 14/2008 Pasal 22 ayat (7) asks; the first to go out is the notice. A
request that is reopened at step 10 has no other than the last two."""


def must_be_one_of(choices: Mapping[str, object], code: str, *, what: str) -> None:
    if not code:
        raise ChoiceUnknown(f"Pilih {what[0].lower()}{what[1:]}.")
    if code not in choices:
        raise ChoiceUnknown(
            f'{what} "{code}" tidak dikenal. Pilihan yang ada: {", ".join(choices)}.'
        )
