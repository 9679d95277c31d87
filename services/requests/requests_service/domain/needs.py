"""What must be true of a request before an act of it, with the sentence that says what is not."""

from typing import TYPE_CHECKING

from requests_service.domain import closing, errors, extending, objecting
from requests_service.domain.dates import tanggal
from requests_service.domain.fees import ON_PAPER
from requests_service.domain.roles import Actor
from requests_service.domain.sop import Need
from requests_service.domain.working_days import Today

if TYPE_CHECKING:
    from requests_service.domain.data_request import DataRequest


def must_meet(r: "DataRequest", need: Need, by: Actor, today: Today) -> None:
    match need:
        case Need.NO_PROPOSAL if r.proposal.made:
            raise errors.ProposalPending(
                "Usulan putusan masih menunggu petugas kedua: setujui atau kembalikan usulan itu"
                " lebih dahulu."
            )
        case Need.PROPOSAL_OPEN if not r.proposal.made:
            raise errors.NoProposal("Tidak ada usulan putusan yang menunggu petugas kedua.")
        case Need.SECOND_PERSON if r.proposal.made and r.proposal.made.by == by.id:
            raise errors.SamePerson(
                "Usulan ini Anda ajukan sendiri. Yang menyetujuinya harus petugas lain dari kantor"
                " yang sama; Anda dapat menariknya kembali."
            )
        case Need.PAPER_WANTED if r.way_to_obtain != ON_PAPER:
            raise errors.FeeUnfit("Biaya hanya untuk salinan cetak; data elektronik tanpa biaya.")
        case Need.NO_FEE_OPEN if r.fee.open:
            raise errors.FeeUnpaid(
                "Biaya salinan cetak belum dibayar: catat pembayarannya, atau bebaskan biayanya."
            )
        case Need.FEE_OPEN if not r.fee.open:
            raise errors.FeeUnpaid("Tidak ada biaya yang menunggu pembayaran.")
        case Need.DIP_PATH if not r.found_in_dip:
            raise errors.NotOnDipPath(
                "Hanya untuk data yang tercantum dalam Daftar Informasi Publik (langkah 6);"
                " data permohonan ini diserahkan oleh PPID Pembantu."
            )
        case Need.CHECKED_FILE if r.file is None:
            raise errors.NoCheckedFile("Belum ada berkas yang dapat diperiksa.")
        case Need.PEMOHON_SILENT:
            last_day = closing.closable_after(r)
            if last_day is None or today.day <= last_day:
                until = f" sampai {tanggal(last_day)}" if last_day else ""
                raise errors.PemohonHasTime(
                    f"Pemohon masih mempunyai waktu{until}; sesudah itu permohonan dapat ditutup."
                )
        case Need.AGENCY_FILE if r.file is None or r.found_in_dip:
            raise errors.NoAgencyFile(
                "Berkas permohonan ini tidak diserahkan PPID Pembantu: unggah berkas lain di"
                " langkah 10."
            )
        case Need.FIRST_REQUEST if r.parts.of:
            raise errors.AlreadyAPart(
                f"Permohonan ini bagian dari permohonan {r.parts.of};"
                " pisahkan bagian lain dari permohonan itu."
            )
        case Need.NO_DRAFT if r.drafted:
            raise errors.AlreadyDrafted("Konsep Surat Penyampaian Data sudah disusun.")
        case Need.DRAFT if not r.drafted:
            raise errors.DraftMissing(
                "Walidata belum menyusun konsep Surat Penyampaian Data (langkah 13)."
            )
        case Need.DELIVERY_LETTER if r.delivery_letter_on is None:
            raise errors.LetterNotIssued(
                "Surat Penyampaian Data kepada Pemohon belum terbit; tunggu sebentar lalu ulangi."
            )
        case Need.NOT_EXTENDED if r.extended:
            raise errors.AlreadyExtended(
                "Tenggat permohonan ini sudah pernah diperpanjang;"
                " perpanjangan hanya satu kali (UU 14/2008 Pasal 22 ayat (8))."
            )
        case Need.NOTICE_OPEN:
            extending.must_still_owe_the_notice(r, today)
        case Need.NO_OBJECTION_OPEN if r.objection.ground:
            raise errors.ObjectionPending("Keberatan sebelumnya masih menunggu putusan.")
        case Need.OBJECTION_OPEN if not r.objection.ground:
            raise errors.NoObjection("Tidak ada keberatan yang menunggu putusan.")
        case Need.NOT_WITHDRAWN if r.ended_as == "withdrawn":
            raise errors.NotReopenable(
                "Permohonan ini dicabut Pemohon; Pemohon dapat mengajukan yang baru."
            )
        case Need.OBJECTION_ANSWERED if not objecting.was_answered(r, today):
            raise errors.DisputeOutOfTurn(
                "Sengketa diajukan sesudah keberatan diputus, atau sesudah tenggat tanggapannya"
                " lewat (UU 14/2008 Pasal 37)."
            )
        case Need.NO_DISPUTE_OPEN if r.redress.dispute:
            raise errors.DisputeOutOfTurn(
                f"Sengketa {r.redress.dispute} masih diperiksa Komisi Informasi."
            )
        case Need.DISPUTE_OPEN if not r.redress.dispute:
            raise errors.DisputeOutOfTurn("Tidak ada sengketa yang sedang diperiksa.")
        case Need.NOT_RATED if r.satisfaction.score:
            raise errors.AlreadyRated("Anda sudah menilai layanan ini. Terima kasih.")
        case Need.NO_ERASURE_OPEN if r.erasure.asked_on or r.erasure.granted:
            raise errors.ErasurePending(
                "Penghapusan data pribadi sudah diminta dan menunggu putusan PPID."
                if r.erasure.asked_on
                else "Data pribadi permohonan ini sudah dihapus."
            )
        case Need.ERASURE_OPEN if not r.erasure.asked_on:
            raise errors.NoErasureAsked(
                "Tidak ada permintaan penghapusan data pribadi yang menunggu putusan."
            )
        case Need.GROUND_AROSE:
            objecting.must_have_a_ground(r, today)
