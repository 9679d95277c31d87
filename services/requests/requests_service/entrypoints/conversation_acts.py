"""The forms with which the PPID and the Pemohon write to each other, and officers take notes."""

from uuid import UUID

from chassis.actor import Actor

from requests_service.application import Answer, How, Requests
from requests_service.entrypoints.act import Act
from requests_service.entrypoints.typed import Fields


def _write(app: Requests, id_: UUID, by: Actor, typed: Fields, how: How) -> Answer:
    return app.conversing.write(id_, by, text=typed.text("text"), **how)


TO_THE_PEMOHON = Act(
    "write",
    "Tulis kepada Pemohon",
    "Kirim pesan",
    "Pesan sudah dikirim. Pemohon diberi tahu lewat surel dan membacanya di halamannya.",
    _write,
    hint="Untuk bertanya atau memberi kabar. Kedua tenggat tetap berjalan.",
    main=False,
    group="Percakapan dan catatan",
)
TO_THE_PPID = Act(
    "write",
    "Tulis kepada PPID",
    "Kirim pesan",
    "Pesan Anda sudah dikirim kepada PPID. Jawabannya akan tampil di halaman ini.",
    _write,
    hint="Pertanyaan atau keterangan tambahan. Tenggat tidak berubah.",
    main=False,
    group="Percakapan dan catatan",
)
NOTE = Act(
    "",
    "Catatan internal",
    "Simpan catatan",
    "Catatan sudah disimpan. Pemohon tidak dapat membacanya.",
    lambda app, id_, by, typed, how: app.conversing.take_note(
        id_, by, text=typed.text("text"), **how
    ),
    hint="Hanya dibaca petugas, dan ikut terhapus bila data Pemohon dihapus.",
    main=False,
    group="Percakapan dan catatan",
)
