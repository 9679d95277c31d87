"""The second officer's forms for a decision that waits."""

from collections.abc import Mapping
from types import MappingProxyType

from requests_service.entrypoints.act import Act

SECOND_OFFICER: Mapping[str, Act] = MappingProxyType(
    {
        "confirm-refusal": Act(
            "confirm-refusal",
            "Setujui usulan putusan",
            "Setujui usulan",
            "Usulan disetujui. Keputusan sudah dicatat.",
            lambda app, id_, by, typed, how: app.refusing.confirm(id_, by, **how),
            kind="danger",
        ),
        "send-back-refusal": Act(
            "send-back-refusal",
            "Kembalikan usulan putusan",
            "Kembalikan usulan",
            "Usulan dikembalikan. Permohonan ini dapat diputus lagi.",
            lambda app, id_, by, typed, how: app.refusing.send_back(
                id_, by, words=typed.text("words"), **how
            ),
            hint="Oleh petugas kedua, atau oleh pengusul yang menariknya kembali.",
            main=False,
            group="Menolak atau mengembalikan",
        ),
    }
)
