"""Which fact makes which mail to whom, and what the mail says: one table."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from notify_service.domain.dispute_mails import DISPUTES
from notify_service.domain.mail import (
    ATASAN_PPID,
    PEMOHON,
    PPID,
    PPID_PEMBANTU,
    WALIDATA,
    Data,
    Mail,
)
from notify_service.domain.two_officers_mails import TWO_OFFICERS


def _letter(kind: str, because: tuple[str, ...], *, audience: str = PEMOHON, **text: Any) -> Mail:
    return Mail(
        kind,
        "letters",
        "LetterIssued",
        audience,
        when=lambda data: data["letter"] == kind,
        because=because,
        **text,
    )


def _step(no: int, type_: str, audience: str, key: str, **text: Any) -> Mail:
    text["subject"] = f"[Langkah {no}] {text['subject']}"
    return Mail(
        key,
        "requests",
        type_,
        audience,
        until=("Selesaikan langkah ini paling lambat", "due"),
        button="Buka di meja kerja",
        **text,
    )


def _clock(
    type_: str, key: str, office: str, clock: str, *, subject: str, happened: str, todo: str
) -> Mail:
    """The step's clock is whoever's move it is; the superior is told whosever it is."""

    def concerns(data: Data) -> bool:
        own = clock != "step" or office == ATASAN_PPID or data.get("waiting_for") == office
        return bool(data["clock"] == clock and own)

    return Mail(
        key,
        "requests",
        type_,
        office,
        subject=subject,
        happened=(happened,),
        todo=(todo,),
        until=("Tenggatnya", "deadline"),
        when=concerns,
        button="Buka di meja kerja",
    )


def _waits_for(office: str, data: Data) -> bool:
    return bool(data.get("waiting_for") == office)


_CLOCKS = (
    ("step", (PPID, PPID_PEMBANTU, WALIDATA), "Tenggat langkah SOP yang sedang berjalan"),
    ("notice", (PPID,), "Tenggat Pemberitahuan Tertulis"),
    ("objection", (ATASAN_PPID,), "Tenggat jawaban atas keberatan"),
)
"""Of `requests`: which clock, whose it is, what it is called."""
_NOTHING_TO_DO = "Tidak ada yang perlu Anda lakukan sekarang."

MAILS: tuple[Mail, ...] = (
    # To the Pemohon: a mail follows each letter addressed to them.
    _letter(
        "tanda_bukti_penerimaan",
        ("RequestSubmitted",),
        subject="Permohonan data Anda telah kami terima ({register_number})",
        happened=(
            "Permohonan data Anda telah kami terima dan tercatat dengan nomor pendaftaran "
            "{register_number}.",
            "Tanda Bukti Penerimaan nomor {number} sudah terbit. Anda dapat membacanya di halaman "
            "permohonan Anda.",
        ),
        todo=(
            "Simpan nomor pendaftaran dan kode lacak yang ditampilkan ketika permohonan dikirim: "
            "dengan keduanya Anda dapat mengikuti permohonan ini kapan saja.",
            "Selebihnya cukup menunggu: kami mengirim surel setiap kali ada perkembangan.",
        ),
        until=("Pemberitahuan tertulis kami sampaikan paling lambat", "statutory_due"),
        button="Ikuti permohonan",
    ),
    _letter(
        "pemberitahuan_kekurangan",
        ("RequestReturned",),
        subject="Permohonan data {register_number} perlu Anda lengkapi",
        happened=(
            "PPID telah memeriksa permohonan Anda. Masih ada bagian yang kurang atau belum jelas, "
            "sehingga permohonan belum dapat ditindaklanjuti.",
            "Rinciannya tertulis dalam Pemberitahuan Kekurangan nomor {number}.",
        ),
        todo=(
            "Buka halaman permohonan Anda, baca bagian yang diminta, lalu lengkapi di halaman itu.",
        ),
        until=("Lengkapi paling lambat", "complete_by"),
        button="Lengkapi permohonan",
    ),
    _letter(
        "pemberitahuan_tertulis",
        ("DataFoundInDip",),
        subject="Data yang Anda mohon tersedia ({register_number})",
        happened=(
            "Data yang Anda mohon tercantum dalam Daftar Informasi Publik dan ada pada kami.",
            "Keputusan ini tertulis dalam Pemberitahuan Tertulis nomor {number}.",
        ),
        todo=(
            _NOTHING_TO_DO + " Kami memeriksa pelindungan data pribadi lebih dahulu, lalu "
            "menyampaikan data itu dengan Surat Penyampaian Data.",
        ),
    ),
    _letter(
        "pemberitahuan_tertulis",
        ("RequestGranted",),
        subject="Permohonan data {register_number} dikabulkan",
        happened=(
            "Permohonan data Anda dikabulkan.",
            "Keputusan ini tertulis dalam Pemberitahuan Tertulis nomor {number}.",
        ),
        todo=(
            _NOTHING_TO_DO + " Data sedang disiapkan dan diperiksa dari segi pelindungan data "
            "pribadi. Kami mengirim surel lagi begitu data siap.",
        ),
    ),
    _letter(
        "pemberitahuan_tertulis",
        ("RequestGrantedInPart",),
        subject="Permohonan data {register_number} dikabulkan sebagian",
        happened=(
            "Permohonan data Anda dikabulkan sebagian.",
            "Bagian yang tidak dapat diberikan, beserta alasan dan dasar hukumnya, tertulis dalam "
            "Pemberitahuan Tertulis nomor {number}.",
        ),
        todo=(
            "Baca Pemberitahuan Tertulis di halaman permohonan Anda. Bagian yang dikabulkan sedang "
            "disiapkan; kami mengirim surel lagi begitu data siap.",
        ),
    ),
    _letter(
        "pemberitahuan_tertulis",
        ("RequestRefused",),
        subject="Keputusan atas permohonan data {register_number}",
        happened=(
            "Permohonan data Anda tidak dapat dikabulkan.",
            "Alasan dan dasar hukumnya tertulis dalam Pemberitahuan Tertulis nomor {number}.",
        ),
        todo=(
            "Baca Pemberitahuan Tertulis di halaman permohonan Anda. Surat Penolakan akan "
            "menyusul, lengkap dengan cara mengajukan keberatan.",
        ),
    ),
    _letter(
        "pemberitahuan_tambahan",
        ("DataMasked",),
        subject="Sebagian isi data {register_number} disamarkan",
        happened=(
            "Data yang Anda mohon memuat data pribadi. Bagian itu telah disamarkan sebelum data "
            "diberikan kepada Anda.",
            "Bagian mana yang disamarkan dan mengapa tertulis dalam Pemberitahuan Tambahan nomor "
            "{number}.",
        ),
        todo=(_NOTHING_TO_DO + " Kami mengirim surel lagi begitu data siap diunduh.",),
    ),
    _letter(
        "pemberitahuan_tambahan",
        ("RequestRefused",),
        subject="Data {register_number} tidak dapat diberikan",
        happened=(
            "Setelah diperiksa, data yang Anda mohon ternyata tidak dapat diberikan tanpa membuka "
            "data pribadi.",
            "Penjelasannya tertulis dalam Pemberitahuan Tambahan nomor {number}.",
        ),
        todo=(
            "Baca Pemberitahuan Tambahan di halaman permohonan Anda. Surat Penolakan akan "
            "menyusul, lengkap dengan cara mengajukan keberatan.",
        ),
    ),
    _letter(
        "pemberitahuan_tambahan",
        ("FeeStated",),
        subject="Biaya salinan cetak {register_number}",
        happened=(
            "Biaya salinan cetak yang Anda minta sudah dihitung.",
            "Jumlah dan cara membayarnya tertulis dalam Pemberitahuan Tambahan nomor {number}.",
        ),
        todo=(
            "Bayarlah seperti tertulis dalam surat itu. Salinan disampaikan sesudah pembayaran "
            "diterima. Data elektronik tetap tanpa biaya.",
        ),
    ),
    _letter(
        "pemberitahuan_tambahan",
        ("RequestReopened",),
        subject="Permohonan data {register_number} dibuka kembali",
        happened=(
            "Permohonan data Anda dibuka kembali dan diproses lagi.",
            "Alasannya tertulis dalam Pemberitahuan Tambahan nomor {number}.",
        ),
        todo=(
            _NOTHING_TO_DO + " Anda tidak perlu mengajukan permohonan baru; kami mengirim surel "
            "lagi begitu ada keputusan.",
        ),
        until=("Pemberitahuan tertulis kami sampaikan paling lambat", "statutory_due"),
    ),
    _letter(
        "surat_penyampaian_pemohon",
        ("DataDelivered",),
        subject="Data yang Anda mohon siap diunduh ({register_number})",
        happened=(
            "Data yang Anda mohon sudah siap, disertai Surat Penyampaian Data nomor {number}.",
        ),
        todo=(
            "Unduh data dan Surat Penyampaian dari halaman permohonan Anda.",
            "Setelah data Anda terima dengan baik, nyatakan penerimaannya di halaman yang sama "
            "agar permohonan ini selesai.",
        ),
        until=("Data dapat diunduh sampai dengan", "access_until"),
        button="Unduh data",
    ),
    _letter(
        "surat_penolakan_pemohon",
        ("RefusalNotified",),
        subject="Surat Penolakan untuk permohonan data {register_number}",
        happened=(
            "Permohonan data Anda ditolak. Alasan dan dasar hukumnya tertulis dalam Surat "
            "Penolakan nomor {number}.",
        ),
        todo=(
            "Baca Surat Penolakan di halaman permohonan Anda.",
            "Jika Anda tidak menerima keputusan ini, Anda berhak mengajukan keberatan kepada "
            "atasan PPID paling lambat 30 hari kerja sejak surat itu Anda terima. Keberatan dapat "
            "diajukan di halaman yang sama, tanpa biaya.",
        ),
        button="Baca surat",
    ),
    _letter(
        "pemberitahuan_perpanjangan",
        ("DeadlineExtended",),
        subject="Waktu jawaban untuk permohonan data {register_number} diperpanjang",
        happened=(
            "Kami memerlukan waktu tambahan untuk menjawab permohonan Anda. Perpanjangan ini hanya "
            "dapat dilakukan satu kali, paling lama 7 hari kerja.",
            "Alasannya tertulis dalam Pemberitahuan Perpanjangan nomor {number}.",
        ),
        todo=(_NOTHING_TO_DO,),
        until=("Pemberitahuan tertulis kami sampaikan paling lambat", "new_statutory_due"),
    ),
    _letter(
        "tanggapan_keberatan",
        ("ObjectionDecided",),
        subject="Tanggapan atas keberatan Anda ({register_number})",
        happened=(
            "Atasan PPID telah memutus keberatan Anda. Putusannya tertulis dalam Tanggapan "
            "Keberatan nomor {number}.",
        ),
        todo=(
            "Baca Tanggapan Keberatan di halaman permohonan Anda.",
            "Jika Anda tidak puas dengan tanggapan itu, Anda dapat mengajukan sengketa kepada "
            "Komisi Informasi paling lambat 14 hari kerja sejak tanggapan Anda terima.",
        ),
        button="Baca tanggapan",
    ),
    Mail(
        "bagian_dipisahkan",
        "requests",
        "PartSplitOff",
        PEMOHON,
        subject="Permohonan data {register_number} dibagi menurut perangkat daerah",
        happened=(
            "Data yang Anda mohon dikuasai beberapa perangkat daerah. Sebagian data itu sekarang "
            "tercatat sebagai permohonan tersendiri; nomornya ada di halaman permohonan Anda.",
            "Tenggatnya tetap dihitung sejak permohonan {register_number} kami terima.",
        ),
        todo=(
            _NOTHING_TO_DO + " Kedua permohonan tampil di halaman yang sama, dan kode lacak yang "
            "sudah Anda miliki berlaku untuk keduanya.",
        ),
        button="Ikuti permohonan",
    ),
    Mail(
        "pesan_dari_ppid",
        "requests",
        "OfficerWrote",
        PEMOHON,
        subject="PPID menulis kepada Anda tentang permohonan data {register_number}",
        happened=(
            "PPID menulis kepada Anda tentang permohonan {register_number}. Isi pesannya hanya "
            "dapat dibaca di halaman permohonan Anda.",
        ),
        todo=("Baca pesan itu, dan jawab di halaman yang sama bila perlu.",),
        button="Baca pesan",
    ),
    Mail(
        "kode_lacak_diganti",
        "requests",
        "TrackingCodeRenewed",
        PEMOHON,
        subject="Kode lacak permohonan data {register_number} telah diganti",
        happened=(
            "PPID membuatkan kode lacak baru untuk permohonan {register_number}, atas permintaan "
            "Anda. Kode yang lama tidak berlaku lagi.",
        ),
        todo=(
            "Pakai kode baru yang Anda terima dari PPID. Kode itu tidak pernah kami kirim lewat "
            "surel.",
            "Jika Anda tidak meminta kode baru, segera balas surel ini.",
        ),
        button="Ikuti permohonan",
    ),
    Mail(
        "permohonan_ditutup",
        "requests",
        "RequestClosed",
        PEMOHON,
        when=lambda data: data["why"] == "tidak_dilengkapi",
        subject="Permohonan data {register_number} ditutup",
        happened=(
            "Permohonan data {register_number} ditutup, karena belum dilengkapi sampai tanggal "
            "yang kami sampaikan.",
        ),
        todo=(
            "Jika Anda masih memerlukan data itu, ajukan lagi: di halaman permohonan Anda, "
            "formulir baru dapat diisi seperti permohonan ini.",
        ),
        button="Buka permohonan",
    ),
    Mail(
        "permohonan_selesai",
        "requests",
        "RequestClosed",
        PEMOHON,
        when=lambda data: data["why"] == "tidak_dinyatakan_diterima",
        subject="Permohonan data {register_number} selesai",
        happened=(
            "Data untuk permohonan {register_number} sudah kami sampaikan, dan masa unduhnya telah "
            "berakhir. Permohonan ini kami catat selesai.",
        ),
        todo=(
            "Jika data itu belum Anda terima, tulislah kepada PPID di halaman permohonan Anda; di "
            "sana juga Anda dapat mengajukan keberatan.",
        ),
        button="Buka permohonan",
    ),
    Mail(
        "berkas_ditarik",
        "requests",
        "ClearanceWithdrawn",
        PEMOHON,
        when=lambda data: data["was_delivered"],
        subject="Data untuk permohonan {register_number} ditarik untuk diperiksa lagi",
        happened=(
            "Data yang kami sampaikan untuk permohonan {register_number} ditarik, karena "
            "pelindungan data pribadi di dalamnya harus diperiksa lagi. Untuk sementara data itu "
            "tidak dapat diunduh.",
        ),
        todo=(
            "Bila Anda sudah mengunduhnya, jangan memakai atau menyebarkannya, dan hapuslah.",
            "Kami mengirim surel lagi begitu data yang benar siap diunduh.",
        ),
        button="Ikuti permohonan",
    ),
    Mail(
        "permohonan_dicabut",
        "requests",
        "RequestWithdrawn",
        PEMOHON,
        subject="Permohonan data {register_number} telah dicabut",
        happened=("Permohonan data Anda telah dicabut, sesuai permintaan Anda.",),
        todo=(
            "Tidak ada lagi yang perlu Anda lakukan. Jika kelak Anda memerlukan data itu, ajukan "
            "permohonan baru.",
            "Jika Anda tidak merasa mencabut permohonan ini, segera balas surel ini.",
        ),
    ),
    # To the offices, in the order of the SOP.
    _step(
        6,
        "RequestSubmitted",
        PPID,
        "permohonan_masuk",
        subject="Permohonan data baru {register_number}",
        happened=("Permohonan data baru tercatat dengan nomor pendaftaran {register_number}.",),
        todo=(
            "Periksa apakah permohonan lengkap dan tujuannya jelas, lalu periksa ketersediaan data "
            "itu pada Daftar Informasi Publik.",
        ),
    ),
    _step(
        6,
        "RequestCompleted",
        PPID,
        "permohonan_dilengkapi",
        subject="Permohonan data {register_number} telah dilengkapi",
        happened=("Pemohon telah melengkapi permohonan {register_number}.",),
        todo=(
            "Periksa kelengkapannya, lalu periksa ketersediaan data itu pada Daftar Informasi "
            "Publik.",
        ),
    ),
    _letter(
        "surat_permohonan_data",
        ("ForwardedToPembantu",),
        audience=PPID_PEMBANTU,
        subject="[Langkah 8] Permohonan data {register_number} untuk ditindaklanjuti",
        happened=(
            "PPID meneruskan permohonan data {register_number} kepada perangkat daerah Anda dengan "
            "Surat Permohonan Data nomor {number}.",
        ),
        todo=(
            "Putuskan pemberian data itu: diberikan, diberikan sebagian, atau ditolak dengan "
            "alasan yang jelas.",
        ),
        until=("Selesaikan langkah ini paling lambat", "due"),
        button="Buka di meja kerja",
    ),
    Mail(
        "pesan_dari_pemohon",
        "requests",
        "PemohonWrote",
        PPID,
        subject="Pemohon menulis tentang permohonan data {register_number}",
        happened=("Pemohon menulis kepada PPID tentang permohonan {register_number}.",),
        todo=("Baca pesan itu di meja kerja, dan jawab di sana.",),
        button="Buka di meja kerja",
    ),
    _step(
        7,
        "OwnershipDeclined",
        PPID,
        "bukan_bidangnya",
        subject="Permohonan data {register_number} perlu diteruskan kepada perangkat daerah lain",
        happened=(
            "PPID Pembantu menyatakan bahwa data yang dimohon dengan nomor {register_number} bukan "
            "bidang perangkat daerahnya.",
        ),
        todo=(
            "Baca alasannya di meja kerja, lalu teruskan permohonan itu kepada perangkat daerah "
            "yang membidanginya. Tenggat Pemberitahuan Tertulis tetap berjalan.",
        ),
    ),
    _step(
        14,
        "RequestRefused",
        PPID_PEMBANTU,
        "terbitkan_surat_penolakan",
        when=lambda data: data["at_step"] == 8,
        subject="Terbitkan Surat Penolakan untuk permohonan {register_number}",
        happened=("Perangkat daerah Anda menolak permohonan data {register_number}.",),
        todo=(
            "Terbitkan Surat Penolakan Permohonan Data kepada PPID. Penolakan harus disertai "
            "alasan yang jelas.",
        ),
    ),
    _step(
        9,
        "AnotherFileAsked",
        PPID_PEMBANTU,
        "berkas_lain_diminta",
        subject="Serahkan berkas lain untuk permohonan {register_number}",
        happened=(
            "PPID tidak dapat memakai berkas yang diserahkan untuk permohonan {register_number}.",
        ),
        todo=("Baca apa yang kurang di meja kerja, lalu serahkan berkas yang lain.",),
    ),
    _step(
        10,
        "DataHandedOver",
        PPID,
        "data_diserahkan",
        subject="Data untuk permohonan {register_number} menunggu pemeriksaan",
        happened=("PPID Pembantu telah menyerahkan data untuk permohonan {register_number}.",),
        todo=(
            "Periksa data itu dari segi pelindungan data pribadi. Data yang mengandung data "
            "pribadi harus disamarkan.",
        ),
    ),
    _step(
        12,
        "HandedToWalidata",
        WALIDATA,
        "masukkan_ke_daftar_data",
        subject="Data untuk permohonan {register_number} diserahkan kepada Walidata",
        happened=("PPID telah menyerahkan data untuk permohonan {register_number}.",),
        todo=("Masukkan data itu ke dalam Daftar Data tahun berikutnya.",),
    ),
    _step(
        13,
        "ListedInDaftarData",
        WALIDATA,
        "buat_konsep_penyampaian",
        subject="Buat konsep Surat Penyampaian untuk permohonan {register_number}",
        happened=(
            "Data untuk permohonan {register_number} sudah masuk ke Daftar Data tahun berikutnya.",
        ),
        todo=("Buat konsep Surat Penyampaian Data kepada Pemohon.",),
    ),
    _step(
        13,
        "DeliveryDrafted",
        PPID,
        "tandatangani_penyampaian",
        subject="Surat Penyampaian untuk permohonan {register_number} menunggu PPID",
        happened=(
            "Walidata telah membuat konsep Surat Penyampaian Data untuk permohonan "
            "{register_number}.",
        ),
        todo=("Periksa konsep itu, lalu tandatangani dan terbitkan suratnya.",),
    ),
    _step(
        15,
        "RefusalSent",
        PPID,
        "sampaikan_penolakan",
        subject="Penolakan PPID Pembantu untuk permohonan {register_number}",
        happened=(
            "PPID Pembantu menyampaikan Surat Penolakan Permohonan Data untuk permohonan "
            "{register_number}.",
        ),
        todo=(
            "Terbitkan Surat Penolakan Permohonan Data kepada Pemohon, dengan alasan dan cara "
            "mengajukan keberatan.",
        ),
    ),
    Mail(
        "keberatan_masuk",
        "requests",
        "ObjectionLodged",
        ATASAN_PPID,
        subject="Keberatan atas permohonan data {register_number}",
        happened=("Pemohon mengajukan keberatan atas permohonan {register_number}.",),
        todo=("Periksa keberatan itu dan berikan tanggapan tertulis.",),
        until=("Tanggapan paling lambat", "answer_due"),
        button="Buka di meja kerja",
    ),
    *(
        Mail(
            "permohonan_dicabut",
            "requests",
            "RequestWithdrawn",
            office,
            when=when,
            subject="Permohonan data {register_number} dicabut oleh Pemohon",
            happened=("Pemohon mencabut permohonan {register_number}.",),
            todo=("Hentikan pengerjaannya. Tidak ada langkah lain yang perlu diambil.",),
            button="Buka di meja kerja",
        )
        for office, when in (
            (PPID, lambda data: True),
            (PPID_PEMBANTU, lambda data: bool(data.get("agency"))),
        )
    ),
    *DISPUTES,
    *TWO_OFFICERS,
    # Of deadlines, by the service's own clock.
    *(
        _clock(fact, key, office, clock, subject=subject, happened=happened, todo=todo)
        for clock, offices, called in _CLOCKS
        for office in offices
        for fact, key, subject, happened, todo in (
            (
                "DueSoon",
                f"tenggat_dekat_{clock}",
                "Tenggat sudah dekat untuk permohonan {register_number}",
                f"{called} untuk permohonan {{register_number}} sudah dekat.",
                "Selesaikan sebelum tenggat itu.",
            ),
            (
                "BecameOverdue",
                f"tenggat_terlewat_{clock}",
                "Tenggat terlewat untuk permohonan {register_number}",
                f"{called} untuk permohonan {{register_number}} sudah terlewat.",
                "Selesaikan sekarang juga. Keterlambatan ini sudah tercatat.",
            ),
        )
    ),
    *(
        _clock(
            "Escalated",
            f"keterlambatan_{clock}",
            ATASAN_PPID,
            clock,
            subject="Keterlambatan pada permohonan {register_number}",
            happened=f"{called} untuk permohonan {{register_number}} sudah lama terlewat.",
            todo="Mintalah penjelasan kepada petugas yang bertanggung jawab. Anda menerima surel "
            "ini sebagai Atasan PPID.",
        )
        for clock, _, called in _CLOCKS
        if clock != "objection"
    ),
    Mail(
        "usul_perpanjangan",
        "requests",
        "ExtensionProposed",
        PPID,
        subject="Perpanjangan tenggat diusulkan untuk permohonan {register_number}",
        happened=(
            "Pemberitahuan Tertulis untuk permohonan {register_number} belum terbit, dan "
            "tenggatnya sudah dekat.",
        ),
        todo=(
            "Bila belum dapat dijawab, perpanjang tenggatnya dengan satu tekanan di meja kerja; "
            "konsep alasannya sudah disiapkan. Sesudah lewat, tenggat tidak dapat diperpanjang.",
        ),
        until=("Pemberitahuan Tertulis paling lambat", "deadline"),
        button="Buka di meja kerja",
    ),
    Mail(
        "tenggat_berubah",
        "requests",
        "DeadlinesMoved",
        PEMOHON,
        when=lambda data: bool({"notice", "completion", "objection"} & set(data["moved"])),
        subject="Tanggal pada permohonan data {register_number} berubah",
        happened=(
            "Hari libur atau hari kerja berubah karena keputusan pemerintah, sehingga tanggal pada "
            "permohonan Anda dihitung ulang.",
        ),
        todo=(
            _NOTHING_TO_DO + " Tanggal yang baru dan alasannya tampil di halaman permohonan Anda.",
        ),
        until=("Pemberitahuan tertulis kami sampaikan paling lambat", "statutory_due"),
    ),
    *(
        Mail(
            "tenggat_berubah",
            "requests",
            "DeadlinesMoved",
            office,
            when=partial(_waits_for, office),
            subject="Tenggat permohonan data {register_number} dihitung ulang",
            happened=(
                "Kalender hari kerja berubah, sehingga tenggat permohonan {register_number} "
                "dihitung ulang.",
            ),
            todo=("Lihat tenggat yang baru di meja kerja.",),
            until=("Selesaikan langkah ini paling lambat", "due"),
            button="Buka di meja kerja",
        )
        for office in (PPID, PPID_PEMBANTU, WALIDATA)
    ),
)

CAUSES: frozenset[tuple[str, str]] = frozenset(
    ("privacy" if cause == "DataMasked" else "requests", cause)
    for mail in MAILS
    for cause in mail.because
)
"""Facts that a letter's mail speaks of: heard and kept, also where they make no mail themselves."""

HEARD: frozenset[tuple[str, str]] = CAUSES | {(mail.source, mail.type) for mail in MAILS}


def mails_for(source: str, type_: str, data: Data) -> frozenset[tuple[str, str]]:
    """The (mail, audience) pairs that a fact asks for."""
    return frozenset(
        (mail.key, mail.audience)
        for mail in MAILS
        if (mail.source, mail.type) == (source, type_) and mail.when(data)
    )


def mail_for(key: str, audience: str, *, because: str | None) -> Mail:
    """The row to send: for a letter, the one that fits the fact which asked for the letter."""
    for mail in _rows(key, audience):
        if not mail.because or because in mail.because:
            return mail
    raise LookupError(f"no mail {key} to {audience} because of {because}")


def needs_cause(key: str, audience: str) -> bool:
    return any(mail.because for mail in _rows(key, audience))


def _rows(key: str, audience: str) -> Iterator[Mail]:
    return (mail for mail in MAILS if (mail.key, mail.audience) == (key, audience))
