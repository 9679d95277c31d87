"""The read half of CKAN's Action API, so that CKAN's own clients find our data."""

import json
from typing import Any
from urllib.parse import parse_qsl

from chassis.texts import has_nul
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from catalog_service.adapters.ckan import ACTIONS, ActionError, NotAuthorised, Site
from catalog_service.domain.errors import CatalogError

router = APIRouter(tags=["CKAN"])


@router.get("/api/3/action/{action}", summary="A CKAN action")
@router.post("/api/3/action/{action}", summary="A CKAN action")
@router.get("/api/action/{action}", include_in_schema=False)
@router.post("/api/action/{action}", include_in_schema=False)
async def call(request: Request, action: str) -> JSONResponse:
    """Reading actions alone; everything that writes answers 403 as CKAN does."""
    base = request.app.state.settings.public_url
    help_ = f"{base}/api/3/action/help_show?name={action}"
    try:
        given = await _parameters(request)
        if action not in ACTIONS:
            known = action.rpartition("_")[2] in ("show", "list", "search", "autocomplete")
            raise (
                ActionError(400, "Bad request", f"Action name not known: {action}")
                if known
                else (NotAuthorised(action))
            )
        state = request.app.state
        site = Site(state.application, state.pool, state.settings)
        result = await run_in_threadpool(ACTIONS[action], site, given)
    except ActionError as error:
        return _failed(help_, error.status, error.kind, str(error))
    except CatalogError as error:
        return _failed(help_, 404, "Not Found Error", str(error))
    return JSONResponse({"help": help_, "success": True, "result": result})


async def _parameters(request: Request) -> dict[str, Any]:
    """Raises ActionError: also where what was sent could not stand in an answer."""
    try:
        given = dict(request.query_params) | await _sent(request)
        told = json.dumps(given, ensure_ascii=False).encode()
    except (ValueError, RecursionError, HTTPException) as error:
        raise ActionError(400, "Bad request", "The body cannot be read.") from error
    if has_nul(told):
        raise ActionError(409, "Validation Error", "NUL stands in a parameter.")
    return given


async def _sent(request: Request) -> dict[str, Any]:
    body = await request.body()
    if body.lstrip()[:1] == b"{":
        return dict(json.loads(body))
    if request.headers.get("content-type", "").startswith("multipart/"):
        form = await request.form()
        return {name: value for name, value in form.items() if isinstance(value, str)}
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def _failed(help_: str, status: int, kind: str, sentence: str) -> JSONResponse:
    error = {"__type": kind, "message": sentence}
    return JSONResponse({"help": help_, "success": False, "error": error}, status)
