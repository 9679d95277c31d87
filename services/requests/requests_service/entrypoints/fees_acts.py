"""The PPID's forms about what copies on paper cost."""

from collections.abc import Mapping
from types import MappingProxyType

from requests_service.entrypoints.act import Act
from requests_service.entrypoints.typed import Fields


def _rupiah(typed: Fields, name: str) -> int:
    """What is no amount is refused by the rules, as less than nothing."""
    return typed.number(name) if typed.text(name).isdigit() else -1


_GROUP = "Biaya salinan cetak"
FEES: Mapping[str, Act] = MappingProxyType(
    {
        "state-fee": Act(
            "state-fee",
            "Nyatakan biaya salinan cetak",
            "Nyatakan biaya",
            "Biaya sudah dinyatakan. Pemberitahuan Tambahan kepada Pemohon sedang diterbitkan.",
            lambda app, id_, by, typed, how: app.charging.state(
                id_, by, sheets=typed.number("sheets"), sending=_rupiah(typed, "sending"), **how
            ),
            hint="Penyampaian data menunggu sampai biaya dibayar atau dibebaskan.",
            main=False,
            group=_GROUP,
        ),
        "record-payment": Act(
            "record-payment",
            "Catat pembayaran biaya",
            "Simpan pembayaran",
            "Pembayaran sudah dicatat.",
            lambda app, id_, by, typed, how: app.charging.pay(
                id_, by, paid_on=typed.day("paid_on"), receipt=typed.text("receipt_number"), **how
            ),
            main=False,
            group=_GROUP,
        ),
        "waive-fee": Act(
            "waive-fee",
            "Bebaskan biaya",
            "Bebaskan biaya",
            "Biaya dibebaskan.",
            lambda app, id_, by, typed, how: app.charging.waive(
                id_, by, reason=typed.text("reason"), **how
            ),
            hint="Juga bila biayanya keliru: bebaskan, lalu nyatakan lagi.",
            main=False,
            group=_GROUP,
        ),
    }
)
