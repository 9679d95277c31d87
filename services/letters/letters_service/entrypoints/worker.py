"""Facts that ask for a letter, and the one that asks to forget a person."""

from chassis.message import Message
from chassis.nameko import Injected, Relaying, listens_to

from letters_service.adapters.published import PUBLISHED
from letters_service.bootstrap import build_application


class Worker:
    """One method for each fact heard."""

    name = "letters"
    app = Injected(build_application)
    relaying = Relaying(PUBLISHED)

    @listens_to("requests", "RequestSubmitted")
    def receipt(self, message: Message) -> None:
        """Tanda Bukti Penerimaan."""
        self.app.queue_letter(message)

    @listens_to("requests", "RequestReturned")
    def what_is_missing(self, message: Message) -> None:
        """Pemberitahuan Kekurangan."""
        self.app.queue_letter(message)

    @listens_to("requests", "ForwardedToPembantu")
    def request_to_the_agency(self, message: Message) -> None:
        """Surat Permohonan Data kepada PPID Pembantu."""
        self.app.queue_letter(message)

    @listens_to("requests", "DataFoundInDip")
    def notice_when_found(self, message: Message) -> None:
        """Pemberitahuan Tertulis."""
        self.app.queue_letter(message)

    @listens_to("requests", "RequestGranted")
    def notice_when_granted(self, message: Message) -> None:
        """Pemberitahuan Tertulis."""
        self.app.queue_letter(message)

    @listens_to("requests", "RequestGrantedInPart")
    def notice_when_granted_in_part(self, message: Message) -> None:
        """Pemberitahuan Tertulis."""
        self.app.queue_letter(message)

    @listens_to("requests", "RequestRefused")
    def notice_when_refused(self, message: Message) -> None:
        """Pemberitahuan Tertulis, or Pemberitahuan Tambahan when refused at step 10."""
        self.app.queue_letter(message)

    @listens_to("requests", "DataHandedOver")
    def handing_over(self, message: Message) -> None:
        """Surat Penyampaian Data kepada PPID."""
        self.app.queue_letter(message)

    @listens_to("privacy", "DataMasked")
    def what_was_masked(self, message: Message) -> None:
        """Pemberitahuan Tambahan."""
        self.app.queue_letter(message)

    @listens_to("requests", "DataDelivered")
    def delivery(self, message: Message) -> None:
        """Surat Penyampaian Data kepada Pemohon."""
        self.app.queue_letter(message)

    @listens_to("requests", "RefusalSent")
    def refusal_by_the_agency(self, message: Message) -> None:
        """Surat Penolakan kepada PPID."""
        self.app.queue_letter(message)

    @listens_to("requests", "RefusalNotified")
    def refusal(self, message: Message) -> None:
        """Surat Penolakan kepada Pemohon."""
        self.app.queue_letter(message)

    @listens_to("requests", "DeadlineExtended")
    def extension(self, message: Message) -> None:
        """Pemberitahuan Perpanjangan."""
        self.app.queue_letter(message)

    @listens_to("requests", "ObjectionDecided")
    def answer_to_the_objection(self, message: Message) -> None:
        """Tanggapan atas Keberatan."""
        self.app.queue_letter(message)

    @listens_to("requests", "RequestReopened")
    def reopening(self, message: Message) -> None:
        """Pemberitahuan Tambahan."""
        self.app.queue_letter(message)

    @listens_to("requests", "FeeStated")
    def fee(self, message: Message) -> None:
        """Pemberitahuan Tambahan."""
        self.app.queue_letter(message)

    @listens_to("requests", "PersonErased")
    def forget(self, message: Message) -> None:
        """The key of the person is destroyed."""
        self.app.forget(message)

    @listens_to("requests", "StaffDisabled")
    @listens_to("requests", "ActingEnded")
    def revoke(self, message: Message) -> None:
        """Sessions of that account, or by that appointment, end here at once."""
        self.app.revoke(message)
