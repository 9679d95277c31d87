"""Why something cannot be done, each with a sentence that an officer can act on."""


class LettersError(Exception):
    """The sentence is in Indonesian; it reaches officers and citizens."""


class LetterNotFound(LettersError):
    """There is no such letter, or the caller may not know of it."""

    def __init__(self) -> None:
        super().__init__("Surat ini tidak ditemukan.")


class LetterNotYours(LettersError):
    """The letter is of no concern to this office."""

    def __init__(self) -> None:
        super().__init__("Surat ini tidak ditujukan kepada Anda atau perangkat daerah Anda.")


class TicketInvalid(LettersError):
    """The applicant's link has run out or was changed."""

    def __init__(self) -> None:
        super().__init__(
            "Tautan surat ini sudah tidak berlaku. Buka kembali halaman permohonan Anda untuk"
            " mendapatkan tautan yang baru."
        )


class LetterErased(LettersError):
    """The key of the person it speaks of was destroyed."""

    def __init__(self) -> None:
        super().__init__(
            "Isi surat ini sudah dihapus atas permintaan orang yang bersangkutan. Nomor, tanggal,"
            " dan sidik berkasnya tetap tercatat."
        )


class NumberingWrong(LettersError):
    """The city's data cannot give every letter a number of its own."""


class CityIncomplete(LettersError):
    """The city's data lacks an office, an agency or a classification that a letter needs."""


class FactIncomplete(LettersError):
    """The fact does not say what the letter must contain."""


class LetterNotRendered(LettersError):
    """The typesetter refused, as when a letter of the alphabet is in none of the fonts."""


class PemohonForgotten(LettersError):
    """The Pemohon's data was erased."""

    def __init__(self) -> None:
        super().__init__("Data pribadi Pemohon sudah dihapus.")
