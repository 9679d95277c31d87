"""The reasons this service says no, each with a sentence that an officer can act on."""


class PrivacyError(Exception):
    """Base of every refusal of this service."""


class CaseNotFound(PrivacyError):
    def __init__(self) -> None:
        super().__init__("Permohonan itu belum dikenal di sini; coba lagi beberapa saat lagi.")


class NoFileYet(PrivacyError):
    def __init__(self) -> None:
        super().__init__("Belum ada berkas yang diserahkan untuk permohonan ini.")


class NotForYou(PrivacyError):
    """The file is another office's or another agency's."""


class StepNotOpen(PrivacyError):
    """Step 10 is not the request's open step."""


class NotReady(PrivacyError):
    """The file is still being read or masked, or was decided already."""


class SamePerson(PrivacyError):
    """Two officers decide, and this one has decided already."""

    def __init__(self) -> None:
        super().__init__(
            "Hasil ini Anda putuskan sendiri. Yang menyetujuinya harus petugas PPID yang lain;"
            " Anda dapat menariknya kembali."
        )


class ChoiceInvalid(PrivacyError):
    """A choice is missing, unknown, or not open for such data."""


class FindingsUnanswered(PrivacyError):
    """Personal data was found, and nobody has said why it may be given."""


class FileUnreadable(PrivacyError):
    """What was handed over cannot be read, so it cannot be declared free of personal data."""


class NotApproved(PrivacyError):
    def __init__(self) -> None:
        super().__init__("Berkas ini tidak atau belum disetujui untuk diberikan.")


class PaperUnfit(PrivacyError):
    """A paper that is too large, of another format, or one too many."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


class PaperNotFound(PrivacyError):
    def __init__(self) -> None:
        super().__init__("Berkas persyaratan itu tidak ada pada permohonan ini.")
