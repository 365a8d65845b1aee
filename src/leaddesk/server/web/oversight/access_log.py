"""Who read what: pages of the access log, with pseudonyms only (measure A8). Reading it is recorded too."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from leaddesk.contract.oversight import AccessEntry
from leaddesk.contract.people import Right
from leaddesk.server.identity.caller import Caller
from leaddesk.server.oversight.entries import Entry
from leaddesk.server.oversight.pseudonyms import is_pseudonym
from leaddesk.server.oversight.reading import Wanted, page
from leaddesk.server.queries.listing.continuation import seal, unseal
from leaddesk.server.queries.listing.filters import time_terms
from leaddesk.server.web.edge.access import OVERSIGHT, Access
from leaddesk.server.web.edge.answers import answers
from leaddesk.server.web.edge.inputs import Query, query
from leaddesk.server.web.edge.problems import invalid
from leaddesk.server.web.edge.routes import guarded
from leaddesk.server.web.edge.spec import CONTINUATION, MAX_RESULTS, TIME_FILTER, X_CONTINUATION, Param, Spec
from leaddesk.server.web.services import Services

T = TypeVar("T")

NEWEST = 2**62
LARGEST_PAGE = 100
_PSEUDONYM = "^[a-z]{1,20}(-[a-z]{1,20})?-[0-9]{6}-[0-9a-f]{32}$"
_WORDS = ("action", "purpose", "result", "role")
_PARAMS = (
    Param(
        "at",
        "When, as times are filtered elsewhere; repeatable",
        "gte:2026-11-01",
        TIME_FILTER,
        repeatable=True,
    ),
    Param("person", "Pseudonym of a person", pattern=_PSEUDONYM),
    Param("object", "Pseudonym of a thing", pattern=_PSEUDONYM),
    Param("leadId", "Accesses to this lead, in all months whose keys are there", format="uuid"),
    Param("action", "Such as `lead.read`", "lead.read"),
    Param("purpose", "Such as `lead-work`", "lead-work"),
    Param("result", "`done`, or why it was refused", "done"),
    Param("role", "Role at that moment; keys of machines have `api-key`", "rep"),
    MAX_RESULTS,
    CONTINUATION,
)
_SPEC = Spec(
    "Who read what, newest first, with pseudonyms only",
    AccessEntry,
    many=True,
    params=_PARAMS,
    headers=(X_CONTINUATION,),
)


def routes(services: Services) -> list[BaseRoute]:
    """Register the endpoint."""
    log, secret = services.access_log, services.library.secret

    async def list_entries(request: Request, caller: Caller) -> Response:
        asked = query(request, *(param.name for param in _PARAMS))
        size, text = asked.number("maxResults", 1, LARGEST_PAGE, LARGEST_PAGE), asked.one("continuation")
        lead_id = asked.uuid("leadId")

        def read() -> tuple[list[Entry], str]:
            things = log.pseudonyms.past(caller.tenant_id, ("lead", lead_id)) if lead_id else None
            wanted = Wanted(_terms(asked), None if things is None else tuple(things))
            bound_to = "\x1f".join(("access-log", caller.tenant_id, wanted.where, *wanted.values))
            before = int(unseal(secret, bound_to, text)[0]) if text else NEWEST
            return page(log.storage, caller.tenant_id, wanted, before, size + 1), bound_to

        found, bound_to = await beside(services, read)
        more = len(found) > size
        headers = {"x-continuation": seal(secret, bound_to, [str(found[size - 1].position)])} if more else {}
        return answers((_shown(entry) for entry in found[:size]), headers)

    access = Access("access-log.read", OVERSIGHT, bulk=True)
    return [
        guarded(
            "GET",
            "/access-log",
            list_entries,
            Right.OVERSIGHT_READ,
            reads_query=True,
            spec=_SPEC,
            access=access,
        )
    ]


async def beside(services: Services, read: Callable[[], T]) -> T:
    """Ask the access log's database: in a thread where that waits for a disk and the endpoint is in none."""
    in_thread = services.office.log.threads.at_once or not services.access_log.storage.waits_for_disk
    return read() if in_thread else await asyncio.to_thread(read)


def _terms(asked: Query) -> tuple[tuple[str, str], ...]:
    terms = [term for text in asked.many("at") for term in time_terms("at", "at", text)]
    for name, column in (("person", "person"), ("object", "thing")):
        pseudonym = asked.one(name)
        if pseudonym is not None and not is_pseudonym(pseudonym):
            raise invalid(name, "a pseudonym such as person-202611-… of the access log")
        terms += [(f"{column} = ?", pseudonym)] if pseudonym else []
    terms += [(f"{name} = ?", text) for name in _WORDS for text in asked.many(name)]
    return tuple(terms)


def _shown(entry: Entry) -> AccessEntry:
    return AccessEntry.model_validate(
        {
            "position": entry.position,
            "at": entry.at,
            "person": entry.person,
            "role": entry.role,
            "action": entry.action,
            "object": entry.thing,
            "purpose": entry.purpose,
            "result": entry.result,
            "detail": msgspec.json.decode(entry.detail) if entry.detail else None,
        }
    )
