"""The commands by their names in the API, each with the facts it may record."""

from collections.abc import Mapping
from types import MappingProxyType

from requests_service.domain import events as f
from requests_service.domain import going_back
from requests_service.domain.events import Fact

COMMANDS: Mapping[str, tuple[type[Fact], ...]] = MappingProxyType(
    {
        "check-availability": (f.DataFoundInDip, f.OwnerFound),
        "split-off": (f.PartSplitOff,),
        "forward": (f.ForwardedToPembantu,),
        "decline": (f.OwnershipDeclined,),
        "grant": (f.RequestGranted, f.RequestGrantedInPart),
        "refuse": (f.RequestRefused, f.DecisionProposed),
        "confirm-refusal": (f.RefusalConfirmed,),
        "send-back-refusal": (f.ProposalSentBack,),
        "hand-over": (f.DataHandedOver, f.DataOnHandProvided),
        **{command: (fact,) for command, (fact, _) in going_back.WAYS.items()},
        "clear-personal-data": (f.EarlierClearanceCited,),
        "state-fee": (f.FeeStated,),
        "record-payment": (f.FeePaid,),
        "waive-fee": (f.FeeWaived,),
        "hand-to-walidata": (f.HandedToWalidata,),
        "list-in-daftar-data": (f.ListedInDaftarData,),
        "draft-delivery": (f.DeliveryDrafted,),
        "deliver": (f.DataDelivered,),
        "send-refusal": (f.RefusalSent,),
        "notify-refusal": (f.RefusalNotified,),
        "receive": (f.DataReceived,),
        "return": (f.RequestReturned,),
        "complete": (f.RequestCompleted,),
        "withdraw": (f.RequestWithdrawn,),
        "close": (f.RequestClosed,),
        "extend": (f.DeadlineExtended,),
        "object": (f.ObjectionLodged,),
        "decide-objection": (f.ObjectionDecided,),
        "reopen": (f.RequestReopened,),
        "record-dispute": (f.DisputeFiled,),
        "record-dispute-decision": (f.DisputeDecided,),
        "write": (f.OfficerWrote, f.PemohonWrote),
        "rate": (f.ServiceRated,),
        "request-erasure": (f.ErasureRequested,),
        "decide-erasure": (f.ErasureDecided,),
    }
)
