"""What notify hears."""

from chassis.message import Message
from chassis.nameko import Injected, Relaying, listens_to

from notify_service.adapters.published import PUBLISHED
from notify_service.bootstrap import build_application


class Worker:
    """Facts in the order of the SOP; `domain/mails.py` says which of them make a mail."""

    name = "notify"

    app = Injected(build_application)
    relaying = Relaying(PUBLISHED)

    @listens_to("requests", "RequestSubmitted")
    @listens_to("requests", "RequestReturned")
    @listens_to("requests", "RequestCompleted")
    @listens_to("requests", "RequestWithdrawn")
    @listens_to("requests", "DeadlineExtended")
    @listens_to("requests", "DataFoundInDip")
    @listens_to("requests", "ForwardedToPembantu")
    @listens_to("requests", "RequestGranted")
    @listens_to("requests", "RequestGrantedInPart")
    @listens_to("requests", "RequestRefused")
    @listens_to("requests", "DataHandedOver")
    @listens_to("privacy", "DataMasked")
    @listens_to("requests", "HandedToWalidata")
    @listens_to("requests", "ListedInDaftarData")
    @listens_to("requests", "DeliveryDrafted")
    @listens_to("requests", "DataDelivered")
    @listens_to("requests", "RefusalSent")
    @listens_to("requests", "RefusalNotified")
    @listens_to("requests", "ObjectionLodged")
    @listens_to("requests", "ObjectionDecided")
    @listens_to("letters", "LetterIssued")
    def hear(self, message: Message) -> None:
        self.app.hear(message)

    @listens_to("requests", "PersonErased")
    def forget(self, message: Message) -> None:
        """What was still to be sent to this person is not sent any more."""
        self.app.forget(message)
