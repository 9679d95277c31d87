"""What each fact and each text is called on the screens of citizens and officers."""

from collections.abc import Mapping
from types import MappingProxyType

from requests_service.domain import events as f
from requests_service.domain.events import Fact

FACT_TITLES: Mapping[type[Fact], str] = MappingProxyType(
    {
        f.RequestSubmitted: "Permohonan diterima",
        f.DataFoundInDip: "Data tercantum dalam Daftar Informasi Publik",
        f.OwnerFound: "Perangkat daerah yang membidangi data ditemukan",
        f.ForwardedToPembantu: "Permohonan diteruskan kepada PPID Pembantu",
        f.PartSplitOff: "Sebagian data dipisahkan menjadi permohonan tersendiri",
        f.OwnershipDeclined: "Perangkat daerah menyatakan data bukan bidangnya",
        f.AvailabilityReconsidered: "PPID memeriksa ketersediaan data lagi",
        f.RequestTakenBack: "PPID menarik permohonan dari perangkat daerah",
        f.GrantReconsidered: "Perangkat daerah memutus lagi",
        f.AnotherFileAsked: "PPID meminta berkas lain kepada perangkat daerah",
        f.ClearanceWithdrawn: "Berkas ditarik untuk diperiksa lagi",
        f.RequestGranted: "Permohonan dikabulkan",
        f.RequestGrantedInPart: "Permohonan dikabulkan sebagian",
        f.RequestRefused: "Permohonan ditolak",
        f.DecisionProposed: "Putusan diusulkan, menunggu petugas kedua",
        f.RefusalConfirmed: "Usulan putusan disetujui petugas kedua",
        f.ProposalSentBack: "Usulan putusan dikembalikan",
        f.DataHandedOver: "Data diserahkan kepada PPID",
        f.DataOnHandProvided: "Data yang sudah dikuasai disiapkan untuk diperiksa",
        f.DataMasked: "Data pribadi disamarkan",
        f.DataFoundClean: "Data bersih dari data pribadi",
        f.EarlierClearanceCited: "Hasil pemeriksaan terdahulu dipakai kembali",
        f.HandedToWalidata: "Data diberikan kepada Walidata",
        f.ListedInDaftarData: "Data masuk Daftar Data tahun berikutnya",
        f.DeliveryDrafted: "Konsep Surat Penyampaian Data disusun",
        f.DataDelivered: "Data disampaikan kepada Pemohon",
        f.RefusalSent: "Surat Penolakan dikirim kepada PPID",
        f.RefusalNotified: "Surat Penolakan dikirim kepada Pemohon",
        f.DataReceived: "Data diterima Pemohon; selesai",
        f.FeeStated: "Biaya salinan cetak dinyatakan",
        f.FeePaid: "Biaya dibayar",
        f.FeeWaived: "Biaya dibebaskan",
        f.RequestReturned: "Permohonan dikembalikan untuk dilengkapi",
        f.RequestCompleted: "Permohonan dilengkapi Pemohon",
        f.RequestWithdrawn: "Permohonan dicabut Pemohon",
        f.RequestClosed: "Permohonan ditutup, tidak ditanggapi Pemohon",
        f.DeadlineExtended: "Tenggat pemberitahuan tertulis diperpanjang",
        f.ObjectionLodged: "Keberatan diajukan",
        f.ObjectionDecided: "Keberatan diputus",
        f.RequestReopened: "Permohonan dibuka kembali",
        f.DisputeFiled: "Sengketa diajukan ke Komisi Informasi",
        f.DisputeDecided: "Sengketa di Komisi Informasi selesai",
        f.OfficerWrote: "PPID menulis kepada Pemohon",
        f.PemohonWrote: "Pemohon menulis kepada PPID",
        f.ServiceRated: "Layanan dinilai Pemohon",
        f.ErasureRequested: "Penghapusan data pribadi diminta",
        f.ErasureDecided: "Permintaan penghapusan data pribadi diputus",
        f.LetterIssued: "Surat terbit",
        f.DaftarDataUpdated: "Daftar Data diperbarui",
        f.MailSent: "Pemberitahuan terkirim",
        f.OriginalRead: "Data asli dilihat sebelum disamarkan",
        f.PaperReceived: "Berkas persyaratan Pemohon diterima",
        f.PaperRead: "Berkas persyaratan Pemohon dibuka",
        f.LetterRead: "Surat dibuka",
        f.NoteTaken: "Catatan internal",
        f.TrackingCodeRenewed: "Kode lacak diganti; yang lama tidak berlaku lagi",
        f.ReportCameLate: "Laporan pemeriksaan datang terlambat",
        f.DeadlinesMoved: "Tenggat dihitung ulang menurut kalender yang berubah",
        f.DueSoon: "Tenggat sudah dekat",
        f.BecameOverdue: "Tenggat terlewat",
        f.Escalated: "Keterlambatan diteruskan kepada Atasan PPID",
        f.ExtensionProposed: "Perpanjangan tenggat diusulkan",
    }
)

TEXT_TITLES: Mapping[str, str] = MappingProxyType(
    {
        "data_wanted": "Rincian data yang dimohon",
        "purpose": "Tujuan pemanfaatan data",
        "message": "Pesan kepada PPID Pembantu",
        "declining": "Mengapa bukan bidangnya",
        "why_back": "Mengapa kembali ke langkah itu",
        "refused_parts": "Bagian yang ditolak",
        "narrative": "Alasan penolakan",
        "proposed_parts": "Bagian yang diusulkan ditolak",
        "proposed_narrative": "Alasan penolakan yang diusulkan",
        "waiving": "Mengapa biaya dibebaskan",
        "sent_back": "Mengapa usulan dikembalikan",
        "filename": "Nama berkas",
        "cover_note": "Catatan pengantar",
        "why_later": "Mengapa dicatat sesudah hari diterima",
        "missing": "Yang perlu dilengkapi",
        "answer": "Jawaban Pemohon",
        "reason": "Alasan",
        "case": "Kasus posisi",
        "remark": "Saran Pemohon",
        "to_pemohon": "Pesan kepada Pemohon",
        "to_ppid": "Pesan dari Pemohon",
        "note": "Catatan internal",
        "identified": "Bagaimana identitas Pemohon dipastikan",
    }
)

LETTERS: Mapping[str, str] = MappingProxyType(
    {
        "tanda_bukti_penerimaan": "Tanda Bukti Penerimaan",
        "pemberitahuan_kekurangan": "Pemberitahuan Kekurangan",
        "surat_permohonan_data": "Surat Permohonan Data kepada PPID Pembantu",
        "pemberitahuan_tertulis": "Pemberitahuan Tertulis",
        "surat_penyampaian_ppid": "Surat Penyampaian Data kepada PPID",
        "pemberitahuan_tambahan": "Pemberitahuan Tambahan",
        "surat_penyampaian_pemohon": "Surat Penyampaian Data kepada Pemohon",
        "surat_penolakan_ppid": "Surat Penolakan Permohonan Data kepada PPID",
        "surat_penolakan_pemohon": "Surat Penolakan Permohonan Data kepada Pemohon",
        "pemberitahuan_perpanjangan": "Pemberitahuan Perpanjangan Waktu",
        "tanggapan_keberatan": "Tanggapan atas Keberatan",
    }
)

STATES: Mapping[str, str] = MappingProxyType(
    {
        "open": "Sedang diproses",
        "returned": "Menunggu kelengkapan",
        "received": "Selesai, data diterima",
        "refused": "Selesai, ditolak",
        "withdrawn": "Dicabut",
        "closed": "Ditutup",
    }
)

HIDDEN_FROM_PEMOHON = frozenset(
    {
        "note",
        "message",
        "declining",
        "why_back",
        "filename",
        "cover_note",
        "proposed_narrative",
        "proposed_parts",
        "sent_back",
    }
)
"""Texts between officers."""
