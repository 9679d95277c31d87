"""The reasons this service says no, each a sentence an operator can act on."""


class NotifyError(Exception):
    """Base of every refusal of this service."""


class MailRefused(NotifyError):
    """The mail cannot be sent as it is: trying again by itself would not help."""


class NoRecipient(NotifyError):
    """Nobody is left to write to: the person was forgotten, or gave no address."""


class MailNotFound(NotifyError):
    def __init__(self) -> None:
        super().__init__("Surel itu tidak ada.")


class MailIsNotWaiting(NotifyError):
    """The act needs a mail that is still to be sent."""

    def __init__(self) -> None:
        super().__init__("Surel ini sudah selesai; tidak ada lagi yang dapat dilakukan.")


class ReasonUnknown(NotifyError):
    def __init__(self) -> None:
        super().__init__("Pilih salah satu alasan dalam daftar.")


class MailFault(NotifyError):
    """Something unforeseen went wrong with one mail; only its kind is kept."""


class AddressRefused(NotifyError):
    """Nothing is sent to this address; the sentence says what is wrong with it."""


class WebhookNotFound(NotifyError):
    """There is none, or it is somebody else's: the two are not told apart."""

    def __init__(self) -> None:
        super().__init__("You have no such webhook.")


class DeliveryNotFound(NotifyError):
    def __init__(self) -> None:
        super().__init__("There is no such delivery; it may be older than what is kept.")


class WebhookRefused(NotifyError):
    """What was asked cannot be; the sentence says what to write instead."""


class WebhookStands(NotifyError):
    """Its state does not allow this."""
