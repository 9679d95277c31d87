"""What privacy hears."""

from chassis.message import Message
from chassis.nameko import Injected, Relaying, listens_to

from privacy_service.adapters.published import PUBLISHED
from privacy_service.bootstrap import build_application


class Worker:
    """Facts about data requests, in the order of the SOP."""

    name = "privacy"

    app = Injected(build_application)
    relay = Relaying(PUBLISHED)

    @listens_to("requests", "DataFoundInDip")
    @listens_to("requests", "ForwardedToPembantu")
    @listens_to("requests", "RequestGranted")
    @listens_to("requests", "RequestGrantedInPart")
    @listens_to("requests", "DataHandedOver")
    @listens_to("requests", "DataOnHandProvided")
    @listens_to("requests", "AnotherFileAsked")
    @listens_to("requests", "EarlierClearanceCited")
    @listens_to("requests", "ClearanceWithdrawn")
    @listens_to("requests", "DataDelivered")
    @listens_to("requests", "DataReceived")
    @listens_to("requests", "RequestRefused")
    @listens_to("requests", "RequestWithdrawn")
    @listens_to("requests", "RequestClosed")
    @listens_to("requests", "RequestReopened")
    def hear(self, message: Message) -> None:
        self.app.hear(message)

    @listens_to("requests", "PersonErased")
    def forget(self, message: Message) -> None:
        """The key of the request's files is destroyed."""
        self.app.forget(message)

    @listens_to("requests", "StaffDisabled")
    @listens_to("requests", "ActingEnded")
    def revoke(self, message: Message) -> None:
        """Sessions of that account, or by that appointment, end here at once."""
        self.app.revoke(message)
