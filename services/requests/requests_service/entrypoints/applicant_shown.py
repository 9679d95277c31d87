"""What the Pemohon's page says of what comes next, and of objecting."""

from collections.abc import Mapping
from typing import Any

from requests_service.application import Requests
from requests_service.domain import choices
from requests_service.domain.sop import STEPS

_GIVEN: tuple[int, ...] = (7, 8, 9, 10, 11, 12, 13, 16)
_HELD_BY_AGENCY = {7, 8, 9}
_NEXT: Mapping[int, str] = {
    7: "PPID menghubungi perangkat daerah yang memegang data",
    8: "Perangkat daerah memutuskan: diberikan, sebagian, atau ditolak dengan alasan",
    9: "Perangkat daerah menyerahkan data kepada PPID",
    10: "PPID memeriksa dan menyamarkan data pribadi di dalamnya",
    11: "PPID memberikan data kepada Walidata",
    12: "Walidata mencatat data dalam Daftar Data",
    13: "Surat Penyampaian Data diterbitkan; data dapat Anda unduh",
    15: "Surat Penolakan beserta alasannya dikirim kepada Anda",
    16: "Anda mengunduh data dan menyatakan sudah menerimanya",
}
_SITUATIONS: Mapping[str, str] = {
    "penolakan": "Permohonan saya ditolak karena datanya dikecualikan",
    "informasi_berkala": "Informasi yang wajib diumumkan berkala tidak tersedia",
    "tidak_ditanggapi": "Tenggat sudah lewat dan saya belum dijawab",
    "tidak_sesuai": "Jawaban atau datanya bukan yang saya minta",
    "tidak_dipenuhi": "Permohonan dikabulkan, tetapi datanya tidak saya terima",
    "biaya": "Biaya yang diminta tidak wajar",
    "melebihi_waktu": "Jawaban datang sesudah tenggat undang-undang",
}


def ahead(app: Requests, it: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The steps after the open one, as entries of a timeline, each with its latest day.

    The days are those of the SOP when each step takes all it may; they promise no more than that.
    """
    if it["step"] is None or it["due"] is None:
        return []
    calendar, day = app.today().calendar, max(it["due"], app.today().day)
    coming = []
    for step in _path(it):
        day = calendar.add_working_days(day, STEPS[step].working_days)
        estimate = " (perkiraan)" if calendar.is_estimate(day) else ""
        coming.append({"title": _NEXT[step], "when": day, "note": estimate, "state": "next"})
    return coming


def _path(it: Mapping[str, Any]) -> list[int]:
    if it["decision"] == "refused":
        return [step for step in (15,) if step > it["step"]]
    skipped = _HELD_BY_AGENCY if it["found_in_dip"] else ()
    return [step for step in _GIVEN if step > it["step"] and step not in skipped]


def objection_of(app: Requests, it: Mapping[str, Any]) -> dict[str, Any]:
    """The grounds that may be chosen now, those that fit first, and the last day for all."""
    fits, until = _fitting(app, it), it["objection_until"]
    return {
        "grounds": [
            (code, _SITUATIONS[code], _law_words(code, code in fits))
            for code in sorted(until, key=lambda code: code not in fits)
        ],
        "objection_until": min(until.values(), default=None),
    }


def _fitting(app: Requests, it: Mapping[str, Any]) -> set[str]:
    notice, due, today = it["notice_issued_on"], it["statutory_due"], app.today().day
    fits = set()
    if it["decision"] == "refused" and (it["article"] or "").startswith("Pasal 17"):
        fits.add("penolakan")
    if it["decision"] in ("granted", "granted_in_part"):
        fits |= {"tidak_sesuai"} if it["step"] is None else {"tidak_dipenuhi"}
    if it["decision"] == "refused" and not fits:
        fits.add("tidak_dipenuhi")
    if it["fee"] and not it["fee"]["waived"]:
        fits.add("biaya")
    if due and not notice and today > due:
        fits.add("tidak_ditanggapi")
    if due and notice and notice > due:
        fits.add("melebihi_waktu")
    return fits


def _law_words(code: str, fits: bool) -> str:
    ground = choices.GROUNDS[code]
    law = f"{ground.text} (UU 14/2008 Pasal 35 ayat (1) huruf {ground.letter})."
    return f"Cocok dengan permohonan ini. {law}" if fits else law
