"""The officers' forms about which agency holds the data."""

from collections.abc import Mapping
from types import MappingProxyType

from requests_service.entrypoints.act import Act

AT_STEP_7: Mapping[str, Act] = MappingProxyType(
    {
        "split-off": Act(
            "split-off",
            "Pisahkan bagian untuk perangkat daerah lain",
            "Pisahkan bagian ini",
            "Bagian sudah dipisahkan menjadi permohonan tersendiri. Pemohon diberi tahu.",
            lambda app, id_, by, typed, how: app.parting.split_off(
                id_, by, data_wanted=typed.text("data_wanted"), kept=typed.text("kept"), **how
            ),
            hint="Bila data yang dimohon dikuasai beberapa perangkat daerah. Bagian itu mendapat"
            " nomor pendaftaran sendiri dan mulai dari langkah 6; tenggat undang-undangnya tetap"
            " dihitung sejak permohonan ini diterima.",
            main=False,
            group="Perangkat daerah",
        )
    }
)
AT_STEP_8: Mapping[str, Act] = MappingProxyType(
    {
        "decline": Act(
            "decline",
            "Langkah 8: data ini bukan bidang kami",
            "Kembalikan kepada PPID",
            "Permohonan dikembalikan kepada PPID untuk diteruskan kepada perangkat daerah lain.",
            lambda app, id_, by, typed, how: app.handing_on.decline(
                id_,
                by,
                reason=typed.text("reason"),
                suggested=typed.text_or_none("suggested"),
                **how,
            ),
            hint="Bukan penolakan: PPID mencari perangkat daerah yang membidanginya (langkah 7)."
            " Sesudah ini permohonan tidak tampil lagi pada meja Anda.",
            main=False,
            group="Perangkat daerah",
        )
    }
)
