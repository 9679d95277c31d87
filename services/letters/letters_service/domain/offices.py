"""The city's offices as letters need them, from the city's data file."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from letters_service.domain.errors import CityIncomplete, NumberingWrong
from letters_service.domain.letters import LETTERS, LetterKind, Office
from letters_service.domain.numbers import Pattern
from letters_service.domain.tanggal import ribuan


@dataclass(frozen=True)
class Signer:
    """Who signs for an office; without a name the letter says that it was issued electronically."""

    title: str
    name: str | None = None
    rank: str | None = None
    nip: str | None = None


@dataclass(frozen=True)
class OfficeData:
    """One office or agency."""

    name: str
    head_title: str
    email: str
    address: str
    unit: str
    letterhead: str
    """The line of the letterhead below the government's name."""
    phone: str
    signer: Signer


@dataclass(frozen=True)
class City:
    """All that a letter says of the city."""

    government: str
    """As the letterhead has it."""
    government_plain: str
    website: str
    place: str
    pattern: Pattern
    classification: Mapping[str, str]
    offices: Mapping[str, OfficeData]
    agencies: Mapping[str, OfficeData]
    tariff: Mapping[str, str] | None = None
    """What copies on paper cost: `per_lembar` and `dasar` in words; None: nothing."""

    def sender(self, kind: LetterKind, agency: str | None) -> OfficeData:
        """The office that writes a letter."""
        return self._office(kind.sender, agency)

    def addressee(self, kind: LetterKind, agency: str | None) -> OfficeData:
        """The office that a letter goes to, where it does not go to a Pemohon."""
        return self._office(kind.addressee, agency)

    def _office(self, office: Office, agency: str | None) -> OfficeData:
        if office != Office.PPID_PEMBANTU:
            return self.offices[office]
        if agency is None or agency not in self.agencies:
            raise CityIncomplete(
                f"Perangkat daerah {agency or 'yang menguasai data'} tidak ada dalam data kota."
            )
        return self.agencies[agency]


def _tariff(fees: Mapping[str, Any] | None) -> Mapping[str, str] | None:
    if fees is None:
        return None
    return {"per_lembar": f"Rp{ribuan(fees['per_sheet'])}", "dasar": fees["decree"]}


def read_city(data: Mapping[str, Any]) -> City:
    """Raises CityIncomplete or NumberingWrong, at start rather than at the first letter."""
    try:
        head, letters = data["letterhead"], data["letters"]
        city = City(
            government=head["government"],
            government_plain=data["government"],
            website=head["website"],
            place=head["place"],
            pattern=Pattern(letters["number_pattern"]),
            classification=dict(letters["classification"]),
            offices={
                key: _office(data["offices"][key], head, unit=letters["units"][key])
                for key in (Office.PPID, Office.ATASAN_PPID)
            },
            agencies={row["code"]: _agency(row, head) for row in data["agencies"]},
            tariff=_tariff(data.get("fees")),
        )
    except KeyError as error:
        raise CityIncomplete(
            f"Data kota belum memuat {error.args[0]} yang diperlukan surat."
        ) from error
    if missing := [kind.key for kind in LETTERS if kind.key not in city.classification]:
        raise NumberingWrong(
            f"[letters.classification] dalam data kota belum memuat {', '.join(missing)}."
        )
    return city


def _office(row: Mapping[str, Any], head: Mapping[str, Any], *, unit: str) -> OfficeData:
    return OfficeData(
        name=row["name"],
        head_title=row["head_title"],
        email=row["email"],
        address=row.get("address", head["address"]),
        unit=unit,
        letterhead=row.get("letterhead", head["office"]),
        phone=row.get("phone", head["phone"]),
        signer=_signer(row),
    )


def _agency(row: Mapping[str, Any], head: Mapping[str, Any]) -> OfficeData:
    return OfficeData(
        name=row["name"],
        head_title=row.get("head_title", f"PPID Pembantu {row['name']}"),
        email=row["email"],
        address=row["address"],
        unit=row["unit"],
        letterhead=row.get("letterhead", row["name"].upper()),
        phone=row.get("phone", head["phone"]),
        signer=_signer(row),
    )


def _signer(row: Mapping[str, Any]) -> Signer:
    return Signer(
        title=row.get("head_title", f"PPID Pembantu {row['name']}"),
        name=row.get("head_name"),
        rank=row.get("head_rank"),
        nip=row.get("head_nip"),
    )
