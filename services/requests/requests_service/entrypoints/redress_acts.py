"""The PPID's forms for reopening a request and for disputes at the Komisi Informasi."""

from collections.abc import Mapping
from types import MappingProxyType

from requests_service.entrypoints.act import Act

AFTER_THE_ANSWER: Mapping[str, Act] = MappingProxyType(
    {
        "reopen": Act(
            "reopen",
            "Buka kembali permohonan",
            "Buka kembali",
            "Permohonan dibuka kembali. Pemberitahuan kepada Pemohon sedang diterbitkan.",
            lambda app, id_, by, typed, how: app.redress.reopen(
                id_,
                by,
                to_step=typed.number("to_step"),
                basis=typed.text("basis"),
                reason=typed.text("reason"),
                **how,
            ),
            hint="Permohonan dilanjutkan dari langkah yang dipilih; kedua tenggat mulai lagi.",
            main=False,
            group="Keberatan dan sengketa",
        ),
        "record-dispute": Act(
            "record-dispute",
            "Catat sengketa di Komisi Informasi",
            "Simpan sengketa",
            "Sengketa sudah dicatat.",
            lambda app, id_, by, typed, how: app.redress.record_dispute(
                id_, by, number=typed.text("number"), filed_on=typed.day("filed_on"), **how
            ),
            hint="Diajukan Pemohon paling lambat 14 hari kerja sesudah tanggapan keberatan.",
            main=False,
            group="Keberatan dan sengketa",
        ),
        "record-dispute-decision": Act(
            "record-dispute-decision",
            "Catat putusan Komisi Informasi",
            "Simpan putusan",
            "Putusan Komisi Informasi sudah dicatat.",
            lambda app, id_, by, typed, how: app.redress.record_dispute_decision(
                id_,
                by,
                outcome=typed.text("outcome"),
                decision=typed.text("decision"),
                decided_on=typed.day("decided_on"),
                **how,
            ),
            hint="Bila hasilnya meminta data diberikan, permohonan ini lalu dibuka kembali.",
            main=False,
            group="Keberatan dan sengketa",
        ),
    }
)
