"""What notify hears."""

from collections.abc import Callable

from chassis.message import Message
from chassis.nameko import Injected, Relaying, listens_to

from notify_service.adapters.published import PUBLISHED
from notify_service.bootstrap import build_application
from notify_service.domain.mails import HEARD
from notify_service.domain.passed_on import PASSED_ON

_ERASURE = ("requests", "PersonErased")
_DISABLED = ("requests", "StaffDisabled")
_ENDED = ("requests", "ActingEnded")
_Method = Callable[["Worker", Message], None]


def _listens_to_the_rest(method: _Method) -> _Method:
    """Whatever else is published, by notify itself, too."""
    everything = {(source, type_) for source, types in PASSED_ON.items() for type_ in types}
    for source, type_ in sorted(everything - HEARD - {_ERASURE, _DISABLED, _ENDED}):
        method = listens_to(source, type_)(method)
    return method


class Worker:
    """Facts in the order of the SOP; `domain/mails.py` says which of them make a mail.

    Webhooks are told of every one of them (`domain/passed_on.py`).
    """

    name = "notify"

    app = Injected(build_application)
    relaying = Relaying(PUBLISHED)

    @listens_to("requests", "RequestSubmitted")
    @listens_to("requests", "RequestReturned")
    @listens_to("requests", "RequestCompleted")
    @listens_to("requests", "RequestWithdrawn")
    @listens_to("requests", "RequestClosed")
    @listens_to("requests", "DeadlineExtended")
    @listens_to("requests", "DataFoundInDip")
    @listens_to("requests", "PartSplitOff")
    @listens_to("requests", "ForwardedToPembantu")
    @listens_to("requests", "OwnershipDeclined")
    @listens_to("requests", "RequestGranted")
    @listens_to("requests", "RequestGrantedInPart")
    @listens_to("requests", "RequestRefused")
    @listens_to("requests", "DataHandedOver")
    @listens_to("requests", "AnotherFileAsked")
    @listens_to("privacy", "DataMasked")
    @listens_to("requests", "ClearanceWithdrawn")
    @listens_to("requests", "HandedToWalidata")
    @listens_to("requests", "ListedInDaftarData")
    @listens_to("requests", "FeeStated")
    @listens_to("requests", "DeliveryDrafted")
    @listens_to("requests", "DataDelivered")
    @listens_to("requests", "RefusalSent")
    @listens_to("requests", "RefusalNotified")
    @listens_to("requests", "OfficerWrote")
    @listens_to("requests", "TrackingCodeRenewed")
    @listens_to("requests", "DecisionProposed")
    @listens_to("requests", "ProposalSentBack")
    @listens_to("privacy", "ClearanceProposed")
    @listens_to("privacy", "ClearanceSentBack")
    @listens_to("requests", "PemohonWrote")
    @listens_to("requests", "ObjectionLodged")
    @listens_to("requests", "ObjectionDecided")
    @listens_to("requests", "RequestReopened")
    @listens_to("requests", "DisputeFiled")
    @listens_to("requests", "DisputeDecided")
    @listens_to("requests", "DueSoon")
    @listens_to("requests", "BecameOverdue")
    @listens_to("requests", "Escalated")
    @listens_to("requests", "ExtensionProposed")
    @listens_to("requests", "DeadlinesMoved")
    @listens_to("letters", "LetterIssued")
    def hear(self, message: Message) -> None:
        self.app.hear(message)

    @listens_to(*_ERASURE)
    def forget(self, message: Message) -> None:
        """What was still to be sent to this person is not sent any more."""
        self.app.forget(message)

    @listens_to(*_DISABLED)
    def stop_webhooks(self, message: Message) -> None:
        """Those of an account that was disabled."""
        self.app.stop_webhooks(message)

    @listens_to(*_ENDED)
    def revoke(self, message: Message) -> None:
        """Sessions by that appointment end here at once."""
        self.app.revoke(message)

    @_listens_to_the_rest
    def pass_on(self, message: Message) -> None:
        self.app.pass_on(message)
