"""The reasons for which a request may be refused, and a refusal that is fit to be sent."""
# ruff: noqa: E501 (tables may be wider)

import re
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING

from requests_service.domain.errors import (
    ConsequenceTestMissing,
    HolderUnfit,
    ReasonMissing,
    ReasonUnknown,
)
from requests_service.domain.texts import is_meaningful

if TYPE_CHECKING:
    from requests_service.domain.consequence_tests import ConsequenceTest

NARRATIVE_CHARS_MIN = 40
HOLDER_CHARS_MAX = 200
NOT_HELD = "tidak_dikuasai"
_UU = "UU Nomor 14 Tahun 2008"

NOTICE_OF_OBJECTION = (
    "Apabila Saudara berkeberatan atas penolakan ini, Saudara dapat mengajukan keberatan secara tertulis"
    " kepada Atasan PPID paling lambat 30 (tiga puluh) hari kerja sejak surat ini diterima, sesuai dengan"
    " Pasal 35 dan Pasal 36 Undang-Undang Nomor 14 Tahun 2008 tentang Keterbukaan Informasi Publik."
    " Atasan PPID memberikan tanggapan paling lambat 30 (tiga puluh) hari kerja sejak keberatan diterima."
)


@dataclass(frozen=True)
class RefusalReason:
    code: str
    article: str
    text: str
    steps: tuple[int, ...] = (6, 8, 10)
    needs_other_law: bool = False

    @property
    def exception(self) -> str | None:
        """The letter of Pasal 17 that it stands on: what needs a consequence test."""
        found = re.search(r"Pasal 17 huruf ([a-j])", self.article)
        return found[1] if found else None


# fmt: off
REASONS: tuple[RefusalReason, ...] = (
    RefusalReason("pasal_17_a", f"Pasal 17 huruf a {_UU}", "dapat menghambat proses penegakan hukum"),
    RefusalReason("pasal_17_b", f"Pasal 17 huruf b {_UU}", "dapat mengganggu kepentingan perlindungan hak atas kekayaan intelektual dan perlindungan dari persaingan usaha tidak sehat"),
    RefusalReason("pasal_17_c", f"Pasal 17 huruf c {_UU}", "dapat membahayakan pertahanan dan keamanan negara"),
    RefusalReason("pasal_17_d", f"Pasal 17 huruf d {_UU}", "dapat mengungkapkan kekayaan alam Indonesia"),
    RefusalReason("pasal_17_e", f"Pasal 17 huruf e {_UU}", "dapat merugikan ketahanan ekonomi nasional"),
    RefusalReason("pasal_17_f", f"Pasal 17 huruf f {_UU}", "dapat merugikan kepentingan hubungan luar negeri"),
    RefusalReason("pasal_17_g", f"Pasal 17 huruf g {_UU}", "dapat mengungkapkan isi akta autentik yang bersifat pribadi dan kemauan terakhir ataupun wasiat seseorang"),
    RefusalReason("pasal_17_h", f"Pasal 17 huruf h {_UU}", "dapat mengungkap rahasia pribadi"),
    RefusalReason("pasal_17_i", f"Pasal 17 huruf i {_UU}", "merupakan memorandum atau surat antar-badan publik atau intra-badan publik yang menurut sifatnya dirahasiakan"),
    RefusalReason("pasal_17_j", f"Pasal 17 huruf j {_UU}", "tidak boleh diungkapkan berdasarkan undang-undang lain", needs_other_law=True),
    RefusalReason("tidak_dikuasai", f"Pasal 6 ayat (3) huruf e {_UU}", "data yang diminta belum dikuasai atau didokumentasikan", (6, 8)),
    RefusalReason("bukan_informasi_publik", f"Pasal 1 angka 2 {_UU}", "data yang diminta bukan Informasi Publik", (6, 8)),
    RefusalReason("tidak_dapat_disamarkan", f"Pasal 6 ayat (3) huruf c dan Pasal 17 huruf h {_UU}", "data pribadi di dalamnya tidak dapat disamarkan tanpa kehilangan guna data", (8, 10)),
)
# fmt: on

BY_CODE = MappingProxyType({reason.code: reason for reason in REASONS})


@dataclass(frozen=True)
class Refusal:
    """Penolakan harus disertai alasan yang jelas: a code of the table, its article, and a narrative."""

    code: str
    narrative: str
    other_law: str | None = None
    """For Pasal 17 huruf j: article and name of the law that forbids it."""
    consequence_test: "ConsequenceTest | None" = None
    """For Pasal 17: the test on which it stands."""
    held_by: str | None = None
    """For what is not held: the public body that holds it, where that is known. Public."""

    def __post_init__(self) -> None:
        if self.code not in BY_CODE:
            raise ReasonUnknown(
                f'Alasan penolakan "{self.code}" tidak ada dalam daftar. Pilih salah satu alasan.'
            )
        if BY_CODE[self.code].needs_other_law and not is_meaningful(self.other_law or "", words=2):
            raise ReasonMissing("Sebutkan pasal dan undang-undang lain yang melarang pengungkapan.")
        if len(self.narrative.strip()) < NARRATIVE_CHARS_MIN or not is_meaningful(
            self.narrative, words=5
        ):
            raise ReasonMissing(
                "Penolakan harus disertai alasan yang jelas: tulis penjelasan sedikitnya"
                f" {NARRATIVE_CHARS_MIN} huruf yang dapat dipahami Pemohon."
            )
        if self.held_by is not None:
            self._must_name_a_holder(self.held_by)

    def _must_name_a_holder(self, held_by: str) -> None:
        """UU 14/2008 Pasal 22 ayat (7) huruf b."""
        if self.code != NOT_HELD:
            raise HolderUnfit(
                "Badan publik yang menguasai data hanya disebut bila alasannya: data belum dikuasai."
            )
        if not is_meaningful(held_by, words=2) or len(held_by) > HOLDER_CHARS_MAX:
            raise HolderUnfit(
                "Tulis nama badan publik yang menguasai data itu, misalnya"
                ' "Badan Pusat Statistik Kota Malang", atau kosongkan bila tidak diketahui.'
            )

    @property
    def article(self) -> str:
        article = BY_CODE[self.code].article
        if not BY_CODE[self.code].needs_other_law:
            return article
        return f"{article} juncto {(self.other_law or '').strip()}"

    def must_stand(self, step: int | None, day: date, agency: str | None) -> None:
        """Its reason is one of this step's; by Pasal 17, a test in force supports it."""
        self._must_fit(step)
        if (exception := BY_CODE[self.code].exception) is None:
            return
        if self.consequence_test is None:
            raise ConsequenceTestMissing(
                f"Penolakan berdasarkan Pasal 17 huruf {exception} harus menyebut uji konsekuensi"
                " yang berlaku (UU 14/2008 Pasal 19). Bila belum ada, PPID mencatatnya lebih dahulu"
                " pada halaman Uji Konsekuensi."
            )
        self.consequence_test.must_support(exception, day, agency)

    @property
    def tested(self) -> dict[str, str] | None:
        """What its fact remembers of the test."""
        needed = BY_CODE[self.code].exception and self.consequence_test
        return self.consequence_test.cited() if needed and self.consequence_test else None

    def _must_fit(self, step: int | None) -> None:
        if step is not None and step not in BY_CODE[self.code].steps:
            steps = " atau ".join(str(no) for no in BY_CODE[self.code].steps)
            raise ReasonUnknown(
                f'Alasan "{BY_CODE[self.code].text}" hanya dapat dipakai pada langkah {steps}.'
            )
