"""The PPID's forms for what the Pemohon of a request sent or said another way than the page."""

from collections.abc import Mapping
from types import MappingProxyType

from chassis.actor import Actor

from requests_service.domain.intake import Brought, Entry
from requests_service.entrypoints.act import Act
from requests_service.entrypoints.typed import Fields
from requests_service.visible import actor_of

_GROUP = "Pemohon menyampaikannya lewat surat atau loket"


def _brought(by: Actor, typed: Fields) -> Brought:
    entry = Entry(actor_of(by), typed.day("arrived_on"), typed.text("why_later"))
    return Brought(entry, typed.text("came_by"))


BROUGHT: Mapping[str, Act] = MappingProxyType(
    {
        "complete-brought": Act(
            "complete",
            "Catat kelengkapan dari Pemohon",
            "Catat kelengkapan",
            "Kelengkapan sudah dicatat. Tenggat berjalan lagi sejak hari kelengkapan itu diterima.",
            lambda app, id_, by, typed, how: app.legal_acts.complete(
                id_,
                by,
                answer=typed.text("answer"),
                data_wanted=typed.text_or_none("data_wanted"),
                purpose=typed.text_or_none("purpose"),
                brought=_brought(by, typed),
                **how,
            ),
            hint="Bila Pemohon melengkapinya lewat surat, loket, telepon, atau surel.",
            main=False,
            group=_GROUP,
        ),
        "object-brought": Act(
            "object",
            "Catat keberatan dari Pemohon",
            "Catat keberatan",
            "Keberatan sudah dicatat dan menunggu putusan Atasan PPID.",
            lambda app, id_, by, typed, how: app.legal_acts.lodge_objection(
                id_,
                by,
                ground=typed.text("ground"),
                case=typed.text("case"),
                brought=_brought(by, typed),
                **how,
            ),
            hint="Bila surat keberatan sampai di kantor. Tiga puluh hari kerja jawabannya dihitung"
            " sejak surat itu diterima.",
            main=False,
            group=_GROUP,
        ),
    }
)
