"""The officers' forms about which agency holds the data, and about ways back."""

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


def _way_back(way: str, label: str, button: str, done: str, hint: str) -> Act:
    return Act(
        way,
        label,
        button,
        done,
        lambda app, id_, by, typed, how: app.handing_on.go_back(
            id_, by, way=way, reason=typed.text("reason"), **how
        ),
        hint=hint,
        main=False,
        group="Kembali ke langkah sebelumnya",
    )


WAYS_BACK: Mapping[str, Act] = MappingProxyType(
    {
        "check-again": _way_back(
            "check-again",
            "Kembali ke langkah 6: periksa ketersediaan lagi",
            "Kembali ke langkah 6",
            "Permohonan kembali ke langkah 6.",
            "Bila ternyata tidak ada perangkat daerah yang menguasainya, atau datanya sudah"
            " tercantum dalam Daftar Informasi Publik.",
        ),
        "take-back": _way_back(
            "take-back",
            "Kembali ke langkah 7: tarik dari perangkat daerah ini",
            "Tarik permohonan",
            "Permohonan kembali ke langkah 7; teruskan kepada perangkat daerah yang membidanginya.",
            "Bila perangkat daerah ini tidak menindaklanjutinya juga, atau sudah dilebur."
            " Putusannya, bila ada, tidak berlaku lagi. Langkah 7 mulai lagi; tenggat"
            " undang-undangnya tetap berjalan.",
        ),
        "decide-again": _way_back(
            "decide-again",
            "Kembali ke langkah 8: data tidak dapat diserahkan",
            "Kembali ke langkah 8",
            "Permohonan kembali ke langkah 8; putuskan lagi.",
            "Bila data yang sudah dikabulkan ternyata tidak dapat diserahkan. Pemohon menerima"
            " Pemberitahuan Tertulis lagi atas keputusan yang baru.",
        ),
        "ask-another-file": _way_back(
            "ask-another-file",
            "Kembali ke langkah 9: minta berkas lain",
            "Minta berkas lain",
            "Permohonan kembali ke langkah 9. PPID Pembantu diberi tahu.",
            "Bila berkasnya tidak terbaca, bukan data yang dimohon, atau kurang lengkap.",
        ),
        "withdraw-clearance": _way_back(
            "withdraw-clearance",
            "Kembali ke langkah 10: tarik berkas untuk diperiksa lagi",
            "Tarik berkas",
            "Permohonan kembali ke langkah 10, dan berkasnya tidak dapat diunduh lagi.",
            "Bila ternyata masih ada data pribadi di dalamnya, atau bukan data yang dimohon."
            " Unduhan berhenti seketika.",
        ),
    }
)
