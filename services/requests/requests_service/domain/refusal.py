"""The reasons for which a request may be refused, and a refusal that is fit to be sent."""

# ruff: noqa: E501 (sentences may be wider)

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

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
STEPS = (6, 8, 10)
"""Where a refusal may be decided."""

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
    steps: tuple[int, ...] = STEPS
    needs_other_law: bool = False

    @property
    def exception(self) -> str | None:
        """The letter of Pasal 17 that it stands on: what needs a consequence test."""
        found = re.search(r"Pasal 17 huruf ([a-j])", self.article)
        return found[1] if found else None


@dataclass(frozen=True)
class Reasons:
    """A version of the table."""

    version: int
    rows: tuple[RefusalReason, ...]

    def find(self, code: str) -> RefusalReason | None:
        return next((each for each in self.rows if each.code == code), None)

    def at_step(self, step: int | None) -> list[RefusalReason]:
        return [each for each in self.rows if step in each.steps]


def read_reasons(told: Mapping[str, Any], *, version: int) -> Reasons:
    """From plain data with a list `reason`. Raises ValueError with a sentence for the operator."""
    given = told.get("reason")
    if not isinstance(given, list) or not given or told.keys() != {"reason"}:
        raise ValueError("the file holds [[reason]] parts, at least one, and nothing else")
    rows = tuple(_read_reason(each) for each in given)
    if len({each.code for each in rows}) != len(rows):
        raise ValueError("a code stands twice")
    return Reasons(version, rows)


def _read_reason(told: Any) -> RefusalReason:
    known = set(RefusalReason.__dataclass_fields__)
    if not isinstance(told, dict) or not {"code", "article", "text"} <= told.keys() <= known:
        raise ValueError(
            f"a reason has code, article and text, and knows {', '.join(sorted(known))}"
        )
    code, article, text = told["code"], told["article"], told["text"]
    if not isinstance(code, str) or not re.fullmatch("[a-z0-9_]{1,60}", code):
        raise ValueError(f"a code is of a-z, 0-9 and _, not {code!r}")
    if not isinstance(article, str) or not re.search(r"\b(Pasal|Undang-Undang|UU)\b", article):
        raise ValueError(f"{code} names no article of a law")
    if not isinstance(text, str) or not is_meaningful(text, words=2):
        raise ValueError(f"{code} has no words")
    steps, other_law = told.get("steps", [*STEPS]), told.get("needs_other_law", False)
    if not isinstance(steps, list) or not steps or not set(steps) <= set(STEPS):
        raise ValueError(f"the steps of {code} are of {', '.join(map(str, STEPS))}")
    if not isinstance(other_law, bool):
        raise ValueError(f"needs_other_law of {code} is true or false")
    return RefusalReason(code, article.strip(), text.strip(), tuple(steps), other_law)


# fmt: off
FIRST = Reasons(1, (
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
))
# fmt: on
"""Of the software: in force until a city brings its own, and what facts without words meant."""


def words_of(told: Mapping[str, Any]) -> str:
    """The words of a refusal: as its fact has them, or as they were before facts had them."""
    if told.get("reason_text"):
        return str(told["reason_text"])
    known = FIRST.find(told["reason_code"])
    return known.text if known else str(told["reason_code"])


def differences(before: Reasons, after: Reasons) -> list[str]:
    """A line for each code: + new, - gone, ~ otherwise."""
    lines = [f"- {each.code}" for each in before.rows if not after.find(each.code)]
    for each in after.rows:
        old = before.find(each.code)
        if old != each:
            lines.append(f"{'~' if old else '+'} {each.code}: {each.text} ({each.article})")
    return lines


def warnings(before: Reasons, after: Reasons, in_use: Collection[str]) -> list[str]:
    """What to look at before a table is approved; `in_use`: codes of requests that are open."""
    found = []
    for old in before.rows:
        new = after.find(old.code)
        if new is None:
            used = ", and open requests were refused by it" if old.code in in_use else ""
            found.append(f"{old.code} is gone{used}.")
        elif new.article != old.article:
            found.append(f"{old.code} stood on {old.article}, and shall stand on {new.article}.")
    return found


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
    reasons: Reasons = FIRST
    """The version of the table by which it is judged."""

    def __post_init__(self) -> None:
        if not self.reasons.find(self.code):
            raise ReasonUnknown(
                f'Alasan penolakan "{self.code}" tidak ada dalam daftar. Pilih salah satu alasan.'
            )
        if self.reason.needs_other_law and not is_meaningful(self.other_law or "", words=2):
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
    def reason(self) -> RefusalReason:
        found = self.reasons.find(self.code)
        assert found, self.code
        return found

    @property
    def article(self) -> str:
        article = self.reason.article
        if not self.reason.needs_other_law:
            return article
        return f"{article} juncto {(self.other_law or '').strip()}"

    def must_stand(self, step: int | None, day: date, agency: str | None) -> None:
        """Its reason is one of this step's; by Pasal 17, a test in force supports it."""
        self._must_fit(step)
        if (exception := self.reason.exception) is None:
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
        needed = self.reason.exception and self.consequence_test
        return self.consequence_test.cited() if needed and self.consequence_test else None

    @property
    def remembered(self) -> dict[str, Any]:
        """What every fact of a refusal says of its reason."""
        return {
            "reason_code": self.code,
            "reason_text": self.reason.text,
            "reasons_version": self.reasons.version,
        }

    def must_be_of(self, reasons: Reasons) -> None:
        """What two officers decide is proposed by one table and confirmed by the same."""
        if reasons.find(self.code) != self.reason:
            raise ReasonUnknown(
                "Alasan ini sudah diganti dalam daftar alasan sejak penolakan diusulkan."
                " Kembalikan usulan itu, lalu usulkan lagi dengan alasan yang berlaku."
            )

    def _must_fit(self, step: int | None) -> None:
        if step is not None and step not in self.reason.steps:
            steps = " atau ".join(str(no) for no in self.reason.steps)
            raise ReasonUnknown(
                f'Alasan "{self.reason.text}" hanya dapat dipakai pada langkah {steps}.'
            )
