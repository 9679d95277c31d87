"""The forms with which the PPID and the Pemohon write to each other, and officers take notes."""

from requests_service.entrypoints.act import Act

TO_THE_PEMOHON = Act(
    "write",
    "Tulis kepada Pemohon",
    "Kirim pesan",
    "Pesan sudah dikirim. Pemohon diberi tahu lewat surel dan membacanya di halamannya.",
    lambda app, id_, by, typed, how: app.conversing.write(id_, by, text=typed.text("text"), **how),
    hint="Untuk bertanya atau memberi kabar. Kedua tenggat tetap berjalan.",
    main=False,
    group="Percakapan dan catatan",
)
TO_THE_PPID = Act(
    "write",
    "Tulis kepada PPID",
    "Kirim pesan",
    "Pesan Anda sudah dikirim kepada PPID. Jawabannya akan tampil di halaman ini.",
    lambda app, id_, by, typed, how: app.conversing.write(id_, by, text=typed.text("text"), **how),
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
