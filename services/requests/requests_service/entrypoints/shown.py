"""A request in the words of its pages, for the Pemohon and for officers."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from chassis.actor import Actor
from chassis.clock import JAKARTA
from chassis.pages import ribuan, tanggal

from requests_service.application import Requests
from requests_service.domain import choices, closing, erasing, redress, refusal
from requests_service.domain.roles import CAPACITIES, LABELS, Role
from requests_service.domain.satisfaction import SCORES
from requests_service.domain.sop import STEPS
from requests_service.domain.words import LETTERS, STATES, TEXT_TITLES
from requests_service.domain.working_days import Today
from requests_service.entrypoints.deadlines_shown import DEADLINE_REPORTS
from requests_service.forgetting import Erasure
from requests_service.reading import TimelineEntry

_DATES = (
    *("due", "statutory_due", "submitted_on", "returned_on", "notice_issued_on"),
    *("delivery_letter_on", "access_until", "objection_due", "ended_on", "erasure_asked_on"),
)
_CLOCKS = ("due", "statutory_due", "objection_due")
_STATE_KINDS = {"open": "info", "returned": "warn", "received": "good", "refused": "bad"}
_DECISIONS = {
    "granted": "Diberikan seluruhnya",
    "granted_in_part": "Diberikan sebagian",
    "refused": "Ditolak",
}
_GRANTED_STAGES = ("Diterima", "Diperiksa PPID", "Diputuskan", "Data disiapkan", "Disampaikan")
_GRANTED_STAGE = {6: 2, 7: 2, 8: 3, 9: 4, 10: 4, 11: 4, 12: 4, 13: 4, 16: 5}
_REFUSED_STAGES = ("Diterima", "Diperiksa", "Diputuskan", "Surat Penolakan")
_WITHDRAWN_STAGES = ("Diterima", "Dicabut")
_CLOSED_STAGES = ("Diterima", "Ditutup")

_PLAIN_WORDS: Mapping[int | str | None, str] = {
    6: "PPID sedang memeriksa apakah data ini ada dalam Daftar Informasi Publik.",
    7: "PPID sedang menghubungi {agency}, yang membidangi data ini.",
    "declined": "PPID sedang mencari perangkat daerah lain yang membidangi data ini.",
    8: "{agency} sedang memutuskan apakah data dapat diberikan.",
    9: "Permohonan Anda dikabulkan. {agency} sedang menyerahkan data kepada PPID.",
    10: "PPID sedang memeriksa data, agar data pribadi orang lain tidak ikut terbuka.",
    11: "Data sudah diperiksa. PPID sedang memberikannya kepada Walidata.",
    12: "Walidata sedang memasukkan data ke dalam Daftar Data tahun berikutnya.",
    13: "Surat Penyampaian Data untuk Anda sedang disiapkan.",
    14: "{agency} menolak permohonan ini dan sedang menyurati PPID. Alasannya akan Anda terima.",
    15: "Permohonan ini ditolak. PPID sedang menyiapkan Surat Penolakan beserta alasannya.",
    16: "Data sudah dapat diunduh. Setelah itu, nyatakan bahwa Anda sudah menerimanya.",
    "returned": "Permohonan Anda perlu dilengkapi. Selama menunggu, {clocks} berhenti.",
    "received": "Selesai. Anda sudah menyatakan data diterima.",
    "refused": "Selesai dengan penolakan. Alasan dan cara mengajukan keberatan ada dalam surat.",
    "withdrawn": "Permohonan ini sudah Anda cabut.",
    "closed": "Permohonan ini ditutup, karena tidak dilengkapi sampai tanggal yang diminta.",
    "closed_delivered": "Selesai. Data sudah disampaikan, dan masa unduhnya berakhir.",
}
_WHY_CLOSED = {
    closing.NOT_COMPLETED: "Tidak dilengkapi sampai tanggal yang diminta.",
    closing.NOT_RECEIVED: "Masa unduh berakhir tanpa pernyataan penerimaan.",
}
_REPORTS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "LetterIssued": lambda d: (
        f"{LETTERS.get(d['letter'], d['letter'])} terbit, nomor {d['number']}"
    ),
    "DaftarDataUpdated": lambda d: f"Daftar Data tahun {d['year']} diperbarui",
    "MailSent": lambda d: f"Surel pemberitahuan terkirim kepada {LABELS.get(d['audience'], '?')}",
    "OriginalRead": lambda d: "Data asli dilihat sebelum disamarkan",
    "PaperReceived": lambda d: f"Berkas persyaratan diterima: {paper_label(d['kind'])}",
    "PaperRead": lambda d: f"Berkas persyaratan dibuka: {paper_label(d['kind'])}",
    "LetterRead": lambda d: f"{LETTERS.get(d['letter'], 'Surat')} dibuka",
    "ReportCameLate": lambda d: "Laporan pemeriksaan data pribadi datang terlambat",
    **DEADLINE_REPORTS,
}
"""Evidence that moves nothing: told in one line."""
_NOT_REPEATED = {"RequestSubmitted": {"data_wanted", "purpose"}}
"""Texts that the page shows in a place of their own."""


def paper_label(kind: str) -> str:
    return choices.PAPERS.get(kind, "Berkas lain")


def papers_of(app: Requests, request_id: UUID, by: Actor) -> dict[str, Any]:
    """The Pemohon's own papers, as their viewer may send and open them."""
    return {
        "kept": [
            {"id": each.paper_id, "label": paper_label(each.kind), "on": each.on}
            | {"format": each.format.upper(), "size": each.size}
            for each in app.papers.of(request_id, by)
        ],
        "may_send": app.papers.may_send(request_id, by),
        "may_open": app.papers.may_open(request_id, by),
    }


def _on_paper(step: int | None) -> str:
    """What the paper's other columns say of a step, for who has it beside the screen."""
    if step is None:
        return ""
    told = STEPS[step]
    columns = [f"Waktu {told.time}", f"Output: {told.output}", told.remark]
    return "; ".join(each for each in columns if each)


def shown(
    app: Requests, answer: Mapping[str, Any], timeline: Sequence[TimelineEntry]
) -> dict[str, Any]:
    """What both pages say of a request; `answer` and `timeline` as their viewer may see them."""
    it: dict[str, Any] = dict(answer)
    for name in _DATES:
        it[name] = date.fromisoformat(it[name]) if it[name] else None
    texts = {name: text for entry in timeline for name, text in entry.texts.items()}
    details = {entry.fact: entry.details for entry in timeline}
    agency = app.agencies.get(it["agency"] or "", "Perangkat daerah")
    begun = details["RequestSubmitted"]
    it |= {
        "activity": STEPS[it["step"]].activity if it["step"] else "",
        "on_paper": _on_paper(it["step"]),
        "state_label": STATES[it["state"]],
        "state_kind": _STATE_KINDS.get(it["state"], "plain"),
        "waiting_label": waiting_label(it["waiting_for"]),
        "decision_label": _DECISIONS.get(it["decision"] or ""),
        "refusal_label": _refusal_label(it),
        "plain_words": _plain_words(it, agency),
        "texts": texts,
        "forgotten": "data_wanted" not in texts,
        "format_label": choices.FORMATS[begun["format"]],
        # Facts from before these were asked have neither.
        "obtain_label": choices.WAYS_TO_OBTAIN.get(begun.get("way_to_obtain", "")),
        "send_label": choices.WAYS_TO_SEND.get(begun.get("way_to_send", "")),
        "by_proxy": begun.get("by_proxy", False),
        "kind_label": choices.KINDS[begun["kind"]],
        "channel_label": choices.CHANNELS[begun["channel"]],
        "file": _cleared_file(it, details),
        "missing": [],
        "missing_text": texts.get("missing"),
        "complete_by": None,
        "objection_label": _ground_label(it["objection_ground"]),
        "objection_case": texts.get("case", "dihapus"),
    }
    if it["state"] == "returned":
        returned = details["RequestReturned"]
        it["missing"] = [choices.MISSING[code] for code in returned["missing"]]
        it["complete_by"] = date.fromisoformat(returned["complete_by"])
    it["family"] = _family(app, UUID(it["id"]))
    today = app.today()
    it["working_days"] = {name: working_days_to(today, it[name]) for name in _CLOCKS}
    it["stages"], it["stage"] = _stages(it)
    it["timeline"] = [_entry(entry, app.agencies) for entry in timeline] + _open_step(it)
    return it


def _family(app: Requests, request_id: UUID) -> list[dict[str, Any]]:
    """The first request and its parts, when there are parts."""
    return [
        {
            "id": str(each.id),
            "number": each.register_number,
            "is_first": not each.parts.of,
            "is_this": each.id == request_id,
            "agency": app.agencies.get(each.agency or "", ""),
            "state": STATES[each.state],
            "step": each.step,
        }
        for each in app.parting.family(request_id)
    ]


def erasing_of(
    app: Requests, answer: Mapping[str, Any], timeline: Sequence[TimelineEntry]
) -> dict[str, Any]:
    """What both pages say of erasing: before it is asked, while it waits, and when it is done."""
    request_id = UUID(answer["id"])
    erasure = app.forgetting.erasure(request_id)
    return {
        "done": erasure,
        "reason": _erasure_reason(timeline, erasure),
        "holders": [] if erasure is None else _holders(erasure),
        "holds": [] if erasure else app.forgetting.holds(request_id),
        "erased": erasing.ERASED,
        "kept": erasing.KEPT,
        "decisions": list(erasing.DECISIONS.items()),
        "refusals": [
            (code, f"{each.text} ({each.article})") for code, each in erasing.REFUSALS.items()
        ],
    }


def _erasure_reason(timeline: Sequence[TimelineEntry], erasure: Erasure | None) -> str | None:
    """The law's reason once erased; before that, what the Pemohon wrote."""
    if erasure is None:
        asked = [entry for entry in timeline if entry.fact == "ErasureRequested"]
        return asked[-1].texts.get("reason") if asked else None
    told = erasing.REASONS.get(erasure.reason or "")
    return f"{told.text} ({told.article})" if told else None


def _holders(erasure: Erasure) -> list[tuple[str, str]]:
    answers = {answer.holder: answer for answer in erasure.answers}
    lines = []
    for holder, label in erasing.HOLDERS.items():
        if (answer := answers.get(holder)) is None:
            lines.append((label, "belum menjawab"))
            continue
        kept = f", {answer.kept} disimpan" if answer.kept else ""
        lines.append((label, f"{answer.destroyed} dihapus{kept}"))
    return lines


def waiting_label(role: str | None) -> str:
    return LABELS[Role(role)] if role else "tidak ada"


def working_days_to(today: Today, day: date | None) -> int | None:
    """Left until then; negative when it is over."""
    return today.calendar.working_days_between(today.day, day) if day else None


def letters_of(it: Mapping[str, Any], address: str, *, role: str) -> list[dict[str, Any]]:
    """The letters this reader may open; `address` has a place for the letter's id."""
    return [
        {
            **letter,
            "title": LETTERS.get(letter["letter"], letter["letter"]),
            "href": address.format(letter["letter_id"]) if role != Role.AUDITOR else None,
        }
        for letter in it["letters"]
        if role != Role.PEMOHON or letter["addressed_to"] == Role.PEMOHON
    ]


def _stages(it: Mapping[str, Any]) -> tuple[tuple[str, ...], int]:
    if it["state"] == "withdrawn":
        return _WITHDRAWN_STAGES, len(_WITHDRAWN_STAGES) + 1
    if it["state"] == "closed" and not it["decision"]:
        return _CLOSED_STAGES, len(_CLOSED_STAGES) + 1
    if it["decision"] == "refused":
        return _REFUSED_STAGES, 4 if it["step"] else len(_REFUSED_STAGES) + 1
    return _GRANTED_STAGES, _GRANTED_STAGE.get(it["step"], len(_GRANTED_STAGES) + 1)


def _plain_words(it: Mapping[str, Any], agency: str) -> str:
    words = _PLAIN_WORDS[it["step"] if it["state"] == "open" else it["state"]]
    if it["step"] == 7 and it["state"] == "open" and not it["agency"]:
        words = _PLAIN_WORDS["declined"]
    if it["state"] == "closed" and it["decision"]:
        words = _PLAIN_WORDS["closed_delivered"]
    if it["step"] == 16 and not it["delivery_letter_on"]:
        words = "Surat Penyampaian Data sedang diterbitkan; tunggu beberapa saat."
    clocks = "tenggat langkah" if it["statutory_due"] else "kedua tenggat"
    return words.format(agency=agency, clocks=clocks)


def _refusal_label(it: Mapping[str, Any]) -> str | None:
    told = it["refused_part"] or it
    if not told["reason_code"]:
        return None
    reason = f"{refusal.words_of(told)} ({told['article']})."
    return f"{reason}{_test(told)}{_held_by(told)}"


def _test(told: Mapping[str, Any]) -> str:
    """The consequence test on which a refusal by Pasal 17 stands; older ones name none."""
    if not (test := told.get("consequence_test")):
        return ""
    return f" Uji konsekuensi {test['number']}, {test['decree']}."


def _held_by(told: Mapping[str, Any]) -> str:
    """UU 14/2008 Pasal 22 ayat (7) huruf b."""
    return f" Dikuasai oleh {told['held_by']}." if told.get("held_by") else ""


def _ground_label(ground: str | None) -> str | None:
    return choices.GROUNDS[ground].text if ground else None


def _cleared_file(
    it: Mapping[str, Any], details: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any] | None:
    if not it["cleared_digest"]:
        return None
    for fact in ("DataDelivered", "DataMasked", "DataFoundClean", "EarlierClearanceCited"):
        if fact in details:
            return {"masked_columns": [], **details[fact], "digest": it["cleared_digest"]}
    return None


def _open_step(it: Mapping[str, Any]) -> list[dict[str, Any]]:
    if not it["step"]:
        return []
    note = "menunggu kelengkapan dari Pemohon" if it["state"] == "returned" else ""
    by_when = f"paling lambat {tanggal(it['due'])}" if it["due"] else ""
    return [
        {
            "title": f"Langkah {it['step']}: {it['activity']}",
            "when": by_when,
            "by": f"menunggu {it['waiting_label']}",
            "note": note,
            "state": "now",
        }
    ]


def _entry(entry: TimelineEntry, agencies: Mapping[str, str]) -> dict[str, Any]:
    if entry.fact in _REPORTS:
        return {"title": _REPORTS[entry.fact](entry.details), "when": entry.at, "state": "minor"}
    role = LABELS.get(entry.by_role, "Sistem")  # type: ignore[call-overload]
    if entry.capacity:
        role = f"{CAPACITIES[entry.capacity]} {role}"
    lines = [_to_whom(entry, agencies) or _note(entry)]
    for name, text in entry.texts.items():
        if name not in _NOT_REPEATED.get(entry.fact, ()):
            lines.append(f"{TEXT_TITLES[name]}: {text}")
    return {
        "title": entry.title,
        "when": entry.at,
        "by": f"{role} ({entry.by_name})" if entry.by_name else role,
        "note": "\n".join(line for line in lines if line),
        "state": "late" if entry.late else "done",
        "badge": _badge(entry),
    }


def _badge(entry: TimelineEntry) -> tuple[str, str] | None:
    if not entry.was_due or entry.next_step == entry.step:
        return None
    due = tanggal(entry.was_due)
    if entry.late:
        return f"terlambat, tenggat {due}", "bad"
    return f"tepat waktu, tenggat {due}", "good"


def _to_whom(entry: TimelineEntry, agencies: Mapping[str, str]) -> str:
    """Where a request went among the agencies."""

    def name(code: str | None) -> str:
        return agencies.get(code or "", code or "")

    match entry.fact:
        case "OwnerFound" | "ForwardedToPembantu":
            return f"{name(entry.agency)}."
        case "PartSplitOff":
            return f"Nomor pendaftaran {entry.details['part_number']}."
        case "RequestTakenBack":
            return f"{name(entry.details['taken_from'])}."
        case "OwnershipDeclined":
            suggested = entry.details["suggested"]
            other = f" Diusulkan: {name(suggested)}." if suggested else ""
            return f"{name(entry.details['declined_by'])}.{other}"
    return ""


def _arrived(channel: str, day: str | None, entry: TimelineEntry) -> str:
    received = tanggal(day or entry.at.astimezone(JAKARTA).date())
    return f"Lewat {choices.CHANNELS[channel]}, diterima {received}."


def _brought(entry: TimelineEntry) -> str:
    """What the PPID entered of what the Pemohon sent or said."""
    return _arrived(entry.details["came_by"], entry.details.get("arrived_on"), entry)


def _note(entry: TimelineEntry) -> str:
    d = entry.details
    match entry.fact:
        case "RequestSubmitted" if d.get("entered"):
            return _arrived(d["channel"], d.get("received_on"), entry)
        case "DataFoundInDip":
            return f"Butir {d['dip_entry']}."
        case "RequestGrantedInPart" | "RequestRefused" | "RefusalSent" | "RefusalNotified":
            reason = refusal.words_of(d).capitalize()
            return f"{reason} ({d['article']}).{_test(d)}{_held_by(d)}"
        case "FeeStated":
            each, sending, amount = (
                f"Rp{ribuan(d[name])}" for name in ("per_sheet", "sending", "amount")
            )
            return f"{d['sheets']} lembar x {each}, kirim {sending}: {amount} ({d['decree']})."
        case "FeePaid":
            return f"Tanggal {tanggal(d['paid_on'])}, bukti {d['receipt']}."
        case "DataMasked":
            return "Kolom: " + ", ".join(column["column"] for column in d["masked_columns"]) + "."
        case "EarlierClearanceCited":
            return f"Dari permohonan {d['cites']}."
        case "ListedInDaftarData":
            return f"{d['title']}, tahun {d['year']}."
        case "DataDelivered":
            return f"Berkas {d['filename']}, dapat diunduh sampai {tanggal(d['access_until'])}."
        case "RequestReturned":
            missing = "; ".join(choices.MISSING[code] for code in d["missing"])
            return f"{missing}. Dilengkapi paling lambat {tanggal(d['complete_by'])}."
        case "RequestClosed":
            return _WHY_CLOSED[d["why"]]
        case "DeadlineExtended":
            until = tanggal(d["new_statutory_due"])
            reason = choices.EXTENSION_REASONS[d["reason_code"]]
            return f"{d['days']} hari kerja, menjadi {until}. {reason}."
        case "RequestCompleted" if d.get("came_by"):
            return _brought(entry)
        case "ObjectionLodged":
            ground = choices.GROUNDS[d["ground"]].text
            said = f"{ground}. Dijawab paling lambat {tanggal(d['answer_due'])}."
            return f"{said} {_brought(entry)}" if d.get("came_by") else said
        case "ObjectionDecided":
            return f"{choices.DECISIONS[d['decision']]}."
        case "RequestReopened":
            return f"{redress.BASES[d['basis']]}. Dilanjutkan dari langkah {entry.next_step}."
        case "ServiceRated":
            return f"{SCORES[d['score']]} ({d['score']} dari 5)."
        case "DisputeFiled":
            return f"Nomor {d['number']}, diajukan {tanggal(d['filed_on'])}."
        case "DisputeDecided":
            words = redress.OUTCOMES[d["outcome"]]
            return f"{words}. Nomor {d['decision']}, {tanggal(d['decided_on'])}."
        case "ErasureDecided":
            table = erasing.REASONS if d["decision"] == erasing.GRANTED else erasing.REFUSALS
            return f"{d['decision'].capitalize()}. {table[d['reason_code']].text} ({d['article']})."
    return ""
