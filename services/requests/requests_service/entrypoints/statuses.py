"""Which HTTP status each refusal becomes."""

from requests_service.domain import errors
from requests_service.views import CursorUnknown

ERRORS: dict[type[Exception], int] = {
    # What is not listed here by itself is a field that does not fit.
    errors.RequestsError: 422,
    errors.StepNotOpen: 409,
    errors.WaitingForCompletion: 409,
    errors.NotReturned: 409,
    errors.NotOnDipPath: 409,
    errors.NothingToCite: 409,
    errors.NoCheckedFile: 409,
    errors.DraftMissing: 409,
    errors.AlreadyAPart: 409,
    errors.AlreadyDrafted: 409,
    errors.LetterNotIssued: 409,
    errors.AlreadyExtended: 409,
    errors.ExtensionTooLate: 409,
    errors.NoGroundYet: 409,
    errors.ObjectionTooLate: 409,
    errors.ObjectionPending: 409,
    errors.AlreadyRated: 409,
    errors.AlreadyObjected: 409,
    errors.NoObjection: 409,
    errors.NothingToReopenFor: 409,
    errors.NotReopenable: 409,
    errors.DisputeOutOfTurn: 409,
    errors.ErasureHeld: 409,
    errors.ErasurePending: 409,
    errors.NoErasureAsked: 409,
    errors.ConsequenceTestEnded: 409,
    errors.SeenVersionIsOld: 409,
    errors.NotTheOwner: 403,
    errors.AccessRefused: 403,
    errors.SignInFailed: 401,
    errors.TooManyTries: 429,
    errors.RequestNotFound: 404,
    errors.AccessEnded: 410,
    errors.PersonForgotten: 410,
    CursorUnknown: 422,
}
