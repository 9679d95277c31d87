"""What facts beside a request's own are called on an auditor's screen."""

from requests_service.domain.identity import FIELDS
from requests_service.domain.words import FACT_TITLES, LETTERS, TEXT_TITLES

TITLES: dict[str, str] = {fact.__name__: title for fact, title in FACT_TITLES.items()} | {
    "ActingAppointed": "Pejabat sementara ditunjuk",
    "ActingEnded": "Penunjukan pejabat sementara diakhiri",
    "ActNotAllowed": "Tindakan yang bukan wewenangnya dicoba",
    "AuditQueried": "Pertanyaan auditor",
    "CalendarChanged": "Kalender hari kerja diganti",
    "ConsequenceTestEnded": "Uji konsekuensi dicabut",
    "ConsequenceTestRecorded": "Uji konsekuensi dicatat",
    "ForgettingConfirmed": "Layanan lain menyatakan sudah menghapus",
    "JobDiscarded": "Pekerjaan gagal dibuang operator",
    "JobRedriven": "Pekerjaan gagal dicoba lagi",
    "MessageDiscarded": "Pesan tertahan dibuang operator",
    "MessageRedriven": "Pesan tertahan dicoba lagi",
    "PersonalDataRead": "Data pribadi Pemohon dibaca",
    "PersonErased": "Data pribadi Pemohon dihapus",
    "RefusalReasonsChanged": "Daftar alasan penolakan diganti",
    "RegisterExported": "Register dengan identitas Pemohon diekspor",
    "RetentionApplied": "Masa simpan dijalankan",
    "SealingKeyUsed": "Kunci segel dipakai",
    "SettingsChanged": "Aturan, kalender, pengaturan, atau versi program berubah",
    "SignInRefused": "Upaya masuk ditolak",
    "StaffAdded": "Akun petugas ditambahkan",
    "StaffDisabled": "Akun petugas dinonaktifkan",
    "SubscriberAdded": "Aplikasi kantor lain mulai berlangganan",
    "SubscriberPasswordChanged": "Kata sandi pelanggan diganti",
    "SubscriberRemoved": "Langganan aplikasi kantor lain diakhiri",
}
READABLE: dict[str, str] = {
    **FIELDS,
    "tracking_code": "Kode lacak",
    "original": "Data asli sebelum disamarkan",
    "papers": "Berkas persyaratan Pemohon",
    **TEXT_TITLES,
    **LETTERS,
}
"""What can be read of a request that is personal, by the names that the trail has in `fields`."""

SERVICES: dict[str, str] = {
    "catalog": "katalog",
    "letters": "persuratan",
    "notify": "pemberitahuan",
    "privacy": "pemeriksaan data pribadi",
    "requests": "permohonan",
    "sealer": "penyegel",
}
MAILS: dict[str, str] = {
    **LETTERS,
    "permohonan_dicabut": "Permohonan dicabut",
    "permohonan_masuk": "Permohonan masuk",
    "permohonan_dilengkapi": "Permohonan dilengkapi",
    "terbitkan_surat_penolakan": "Terbitkan Surat Penolakan",
    "data_diserahkan": "Data diserahkan",
    "masukkan_ke_daftar_data": "Masukkan ke Daftar Data",
    "buat_konsep_penyampaian": "Buat konsep Surat Penyampaian",
    "tandatangani_penyampaian": "Tandatangani Surat Penyampaian",
    "sampaikan_penolakan": "Sampaikan penolakan",
    "keberatan_masuk": "Keberatan masuk",
    "sengketa_diajukan": "Sengketa di Komisi Informasi diajukan",
    "sengketa_selesai": "Sengketa di Komisi Informasi selesai",
    "laksanakan_putusan": "Laksanakan putusan Komisi Informasi",
    "bagian_dipisahkan": "Permohonan dibagi menurut perangkat daerah",
    "bukan_bidangnya": "Data bukan bidang perangkat daerah yang ditanya",
    "keterlambatan_notice": "Pemberitahuan Tertulis lama terlambat",
    "keterlambatan_step": "Langkah lama terlambat",
    "tenggat_berubah": "Tenggat dihitung ulang",
    "tenggat_dekat_notice": "Tenggat Pemberitahuan Tertulis dekat",
    "tenggat_dekat_objection": "Tenggat jawaban atas keberatan dekat",
    "tenggat_dekat_step": "Tenggat langkah dekat",
    "tenggat_terlewat_notice": "Tenggat Pemberitahuan Tertulis terlewat",
    "tenggat_terlewat_objection": "Tenggat jawaban atas keberatan terlewat",
    "tenggat_terlewat_step": "Tenggat langkah terlewat",
    "usul_perpanjangan": "Perpanjangan tenggat diusulkan",
    "pesan_dari_ppid": "Pesan dari PPID",
    "pesan_dari_pemohon": "Pesan dari Pemohon",
    "menunggu_petugas_kedua": "Usulan menunggu petugas kedua",
    "usulan_dikembalikan": "Usulan dikembalikan",
    "berkas_menunggu_petugas_kedua": "Berkas menunggu petugas kedua",
    "berkas_diperiksa_lagi": "Berkas diperiksa lagi",
    "berkas_lain_diminta": "Berkas lain diminta kepada perangkat daerah",
    "permohonan_ditutup": "Permohonan ditutup karena tidak dilengkapi",
    "permohonan_selesai": "Permohonan selesai sesudah masa unduh",
    "berkas_ditarik": "Data yang sudah disampaikan ditarik",
    "kode_lacak_diganti": "Kode lacak diganti",
}
"""Of what a mail speaks, by the code that `notify` reports."""


def title_of(type_: str) -> str:
    """Of a fact; its own name when there is no other."""
    return TITLES.get(type_, type_)
