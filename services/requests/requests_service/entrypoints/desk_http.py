"""The desk's list as JSON: by its tabs, or searched and filtered as on the page."""

from datetime import date
from typing import Annotated, Literal

from chassis.http import NotSignedIn
from fastapi import APIRouter, Query, Request

from requests_service import views
from requests_service.domain.errors import NotTheOwner
from requests_service.entrypoints.at_desk import List, first_scope
from requests_service.entrypoints.http import Answer, App, enabled_officer

router = APIRouter(prefix="/api/requests", tags=["requests"])
_INSIDE = ("data_wanted_sealed", "person_id")
Scope = Literal["mine", "open", "late", "returned", "objections", "erasures", "ended", "all"]
State = Literal["open", "returned", "received", "refused", "withdrawn", "closed"]
Decision = Literal["granted", "granted_in_part", "refused"]
Code = Annotated[str, Query(max_length=60)]


@router.get("")
def desk(
    request: Request,
    app: App,
    scope: Scope | None = None,
    q: Annotated[
        str, Query(max_length=200, description="Words of the texts, or a register number.")
    ] = "",
    state: State | None = None,
    step: Annotated[int | None, Query(ge=6, le=16)] = None,
    agency: Code = "",
    waiting_for: Code = "",
    kind: Code = "",
    channel: Code = "",
    decision: Decision | None = None,
    due_until: date | None = None,
    late: bool = False,
    proposed: Annotated[
        bool, Query(description="A refusal waits for a second officer, where two decide.")
    ] = False,
    closable: Annotated[
        bool, Query(description="The applicant's time to complete it or to download has passed.")
    ] = False,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=views.PAGE_ROWS_MAX)] = 25,
) -> Answer:
    """The requests that the officer may see, most urgent first; `mine` when nothing is asked.

    With `q` or a filter all of them are looked through, whatever the scope: every word of `q`
    stands in what was written about a request, which auditors may not search.
    """
    who = enabled_officer(request)
    if who is None:
        raise NotSignedIn
    if who.role in ("operator", "integrator"):
        raise NotTheOwner("Daftar permohonan bukan untuk dilihat dari akun Anda.")
    asked = List.of(
        {
            "saring": scope or first_scope(who),
            "q": q,
            "keadaan": state or "",
            "langkah": str(step or ""),
            "pd": agency,
            "giliran": waiting_for,
            "jenis": kind,
            "saluran": channel,
            "putusan": decision or "",
            "sampai": due_until.isoformat() if due_until else "",
            "terlambat": "ya" if late else "",
            "usulan": "ya" if proposed else "",
            "ditutup": "ya" if closable else "",
        }
    )
    page = asked.read(app, who, cursor or "", limit=limit)
    items = [{k: v for k, v in row.items() if k not in _INSIDE} for row in page.rows]
    return {"items": items, "next_cursor": page.next_cursor}
