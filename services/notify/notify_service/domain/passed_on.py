"""What webhooks pass on: every fact that any service publishes."""

from collections.abc import Mapping

PASSED_ON: Mapping[str, tuple[str, ...]] = {
    "requests": (
        "RequestSubmitted", "RequestReturned", "RequestCompleted", "RequestWithdrawn",
        "RequestClosed",
        "DataFoundInDip", "OwnerFound", "PartSplitOff", "ForwardedToPembantu", "OwnershipDeclined",
        "RequestGranted",
        "RequestGrantedInPart", "RequestRefused", "DataHandedOver", "DataOnHandProvided",
        "AvailabilityReconsidered", "RequestTakenBack", "GrantReconsidered", "AnotherFileAsked",
        "EarlierClearanceCited", "ClearanceWithdrawn",
        "HandedToWalidata", "ListedInDaftarData", "DeliveryDrafted",
        "FeeStated", "FeePaid", "FeeWaived",
        "DataDelivered", "RefusalSent", "RefusalNotified", "DataReceived", "DeadlineExtended",
        "ObjectionLodged", "ObjectionDecided", "RequestReopened", "DisputeFiled", "DisputeDecided",
        "ServiceRated",
        "DueSoon", "BecameOverdue", "Escalated", "ExtensionProposed", "DeadlinesMoved",
        "PersonErased", "StaffDisabled", "ActingEnded",
        "DecisionProposed", "ProposalSentBack",
        "OfficerWrote", "PemohonWrote", "TrackingCodeRenewed",
    ),
    "catalog": ("DatasetPublished", "DatasetDownloaded", "DaftarDataUpdated"),
    "privacy": (
        "PaperReceived", "PaperRead", "OriginalRead", "ClearanceProposed", "ClearanceSentBack",
        "DataMasked", "DataFoundClean", "PersonForgotten",
    ),
    "letters": ("LetterIssued", "LetterRead", "PersonForgotten"),
    "notify": ("MailSent", "PersonForgotten"),
}  # fmt: skip
"""By source, in the order in which they happen."""

TYPES = frozenset(f"{source}.{type_}" for source, types in PASSED_ON.items() for type_ in types)
"""As a webhook's `type` has them."""
