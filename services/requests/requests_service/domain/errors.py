"""Ways of saying no, each with a sentence that an officer or a Pemohon can act on."""

from collections.abc import Callable, Mapping


class RequestsError(Exception):
    """Base of all refusals of this service; `str()` of it may be shown to the person who asked."""


class StepNotOpen(RequestsError):
    """The act belongs to another step than the one that is open."""


class WaitingForCompletion(StepNotOpen):
    """The request was returned to the Pemohon; both clocks stand still until it is completed."""


class NotReturned(StepNotOpen):
    """There is nothing to complete: the request was not returned."""


class NotTheOwner(RequestsError):
    """The step is another office's, another agency's or another person's."""


class PurposeUnclear(RequestsError):
    """SOP, Peringatan 2: the purpose of the use must be clear."""


class DataWantedUnclear(RequestsError):
    """Nobody can look for data that is not described."""


class IdentityInvalid(RequestsError):
    """A field of the identity cannot be so."""


class FormInvalid(RequestsError):
    """Fields of step 5's form that cannot be taken: `problems` has a sentence for each."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = dict(problems)


class ReasonMissing(RequestsError):
    """Penolakan harus disertai alasan yang jelas."""


class ReasonUnknown(RequestsError):
    """The reason's code stands in no table, or not for this step."""


class AlreadyAPart(RequestsError):
    """A part is not split again: that is done with the first request."""


class HolderUnfit(RequestsError):
    """UU 14/2008 Pasal 22 ayat (7) huruf b: who holds it is said of what is not held."""


class ConsequenceTestMissing(RequestsError):
    """UU 14/2008 Pasal 19: what Pasal 17 keeps from the public was tested before."""


class ConsequenceTestUnfit(RequestsError):
    """The consequence test is not in force, or tests something else."""


class ConsequenceTestUnknown(RequestsError):
    """No consequence test has this number."""


class ConsequenceTestEnded(RequestsError):
    """It was ended before."""


class TextMissing(RequestsError):
    """A field of a command that must be filled in was left empty."""


class ChoiceUnknown(RequestsError):
    """A code stands in no table: a kind, a channel, a ground, a decision, an agency."""


class NotOnDipPath(RequestsError):
    """Data on hand and earlier clearances are for requests found in the DIP at step 6."""


class NothingToCite(RequestsError):
    """The earlier request has no cleared file that may be given again."""


class NoCheckedFile(RequestsError):
    """Step 10 needs a file before its clearance can be stated."""


class PemohonHasTime(RequestsError):
    """A request is not closed while the Pemohon may still answer or fetch the data."""


class NoAgencyFile(RequestsError):
    """Another file is asked for of an agency that gave none."""


class ProposalPending(RequestsError):
    """A refusal waits for its second officer."""


class NoProposal(RequestsError):
    """No refusal waits for a second officer."""


class SamePerson(RequestsError):
    """Two officers decide, and this one has decided already."""


class FeeUnfit(RequestsError):
    """A cost that cannot be stated, or a payment that cannot be recorded, as it was typed."""


class FeeUnpaid(RequestsError):
    """Something waits for the payment; or nothing waits for one."""


class DraftMissing(RequestsError):
    """Step 13 has two hands: the Walidata drafts before the PPID issues."""


class AlreadyDrafted(RequestsError):
    """The delivery letter has its draft."""


class LetterNotIssued(RequestsError):
    """The Pemohon receives with the Surat Penyampaian in hand."""


class AccessEnded(RequestsError):
    """The period in which the data may be downloaded is over."""


class PaperNotFound(RequestsError):
    """The request has no such paper."""


class ReceiptInvalid(RequestsError):
    """The upload's receipt is not from `privacy`, is too old, or is about another request."""


class DaftarDataYearWrong(RequestsError):
    """Step 12 is about the Daftar Data of the following year."""


class AlreadyExtended(RequestsError):
    """UU 14/2008 Pasal 22 ayat (8): once."""


class ExtensionTooLong(RequestsError):
    """UU 14/2008 Pasal 22 ayat (8): at most 7 working days."""


class ExtensionTooLate(RequestsError):
    """What has been answered, or has run out, cannot be extended."""


class NoGroundYet(RequestsError):
    """UU 14/2008 Pasal 36: an objection follows a ground that has arisen."""


class ObjectionTooLate(RequestsError):
    """UU 14/2008 Pasal 36 ayat (1): within 30 working days after the ground arose."""


class ObjectionPending(RequestsError):
    """One objection is being decided."""


class AlreadyObjected(RequestsError):
    """This ground has been decided."""


class NoObjection(RequestsError):
    """There is no objection to decide."""


class NothingToReopenFor(RequestsError):
    """No objection was granted, or no dispute won, that has not been followed."""


class NotReopenable(RequestsError):
    """What the Pemohon withdrew is not taken up again against their will."""


class DisputeOutOfTurn(RequestsError):
    """UU 14/2008 Pasal 37: a dispute follows an objection, and one is open at a time."""


class AlreadyRated(RequestsError):
    """The Pemohon is asked once."""


class DayAhead(RequestsError):
    """What is recorded has happened."""


class OutOfCalendar(RequestsError):
    """The date lies outside every calendar that was loaded."""


class RequestNotFound(RequestsError):
    """No such request."""


class AccessRefused(RequestsError):
    """Wrong register number or wrong tracking code: which of the two is not said."""

    def __init__(self) -> None:
        super().__init__(
            "Nomor pendaftaran atau kode lacak tidak cocok."
            " Periksa kembali keduanya seperti ditampilkan setelah formulir dikirim."
        )


class SignInFailed(RequestsError):
    """Unknown user, wrong password or disabled account: which of them is not said."""

    def __init__(self) -> None:
        super().__init__("Nama pengguna atau kata sandi tidak cocok.")


class TooManyTries(RequestsError):
    """Somebody guesses a secret: from here they have to wait."""


class StaffInvalid(RequestsError):
    """An account that cannot be made as asked."""


class AppointmentInvalid(RequestsError):
    """An acting officer who cannot be appointed as asked, or no longer is one."""


class SeenVersionIsOld(RequestsError):
    """Somebody acted on the request after the officer opened it."""

    def __init__(self) -> None:
        super().__init__(
            "Permohonan ini sudah berubah sejak halaman Anda dibuka."
            " Muat ulang halaman, periksa keadaan terakhir, lalu ulangi bila masih perlu."
        )


class KeyReused(RequestsError):
    """An Idempotency-Key came back with another body."""

    def __init__(self) -> None:
        super().__init__(
            "Kunci pengiriman (Idempotency-Key) ini sudah dipakai untuk isian yang berbeda."
            " Gunakan kunci baru."
        )


class ErasureHeld(RequestsError):
    """UU 27/2022 Pasal 44: what is still needed, or part of a dispute, is not erased yet."""


class ErasurePending(RequestsError):
    """One request for erasure is being decided, or was granted."""


class NoErasureAsked(RequestsError):
    """There is no request for erasure to decide."""


class PersonForgotten(RequestsError):
    """The person's key was destroyed."""

    def __init__(self) -> None:
        super().__init__("Data pribadi Pemohon ini telah dihapus.")


def problems_of(checks: Mapping[str, Callable[[], None]]) -> dict[str, str]:
    """The sentence of each field whose check refuses."""
    problems = {}
    for field, check in checks.items():
        try:
            check()
        except RequestsError as error:
            problems[field] = str(error)
    return problems
