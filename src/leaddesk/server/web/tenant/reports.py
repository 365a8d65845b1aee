"""Reports: whole months only, so that two of them do not differ by one lead (measure B7)."""

import asyncio
import re
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from leaddesk.contract.people import Right
from leaddesk.contract.problems import ProblemType
from leaddesk.contract.reports import Report
from leaddesk.server.identity.caller import Caller
from leaddesk.server.queries.reports.summary import draw_facts, summary
from leaddesk.server.web.edge.access import Harmless
from leaddesk.server.web.edge.answers import answer
from leaddesk.server.web.edge.inputs import query
from leaddesk.server.web.edge.problems import invalid
from leaddesk.server.web.edge.routes import guarded
from leaddesk.server.web.edge.spec import Param, Spec
from leaddesk.server.web.services import Services

_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
_DEFAULT_MONTHS = 12
_EXPECTED = "a month, 2026-11"
_MONTHS = tuple(
    Param(name, meaning, "2026-11", pattern=f"^{_MONTH.pattern}$")
    for name, meaning in (
        ("since", "The first month; eleven before the last one if absent"),
        ("until", "The last month; the current one if absent"),
    )
)
_SUMMARY = Spec(
    "Volume by origin, response time, outcomes and acceptance",
    Report,
    params=_MONTHS,
    problems=(ProblemType.INVALID_INPUT,),
)


def routes(services: Services) -> list[BaseRoute]:
    """Register the endpoint."""

    async def report(request: Request, caller: Caller) -> Response:
        wanted = query(request, "since", "until")
        now = services.office.clock().astimezone(UTC)
        last = _month("until", wanted.one("until")) or now.year * 12 + now.month - 1
        first = _month("since", wanted.one("since")) or last - _DEFAULT_MONTHS + 1
        if first > last:
            raise invalid("since", "a month that is not after until")
        more = True
        while more:  # in slices: others have their turn in between
            more = draw_facts(services.library, caller)
            await asyncio.sleep(0)
        return answer(summary(services.library, caller, _begin(first), _begin(last + 1)))

    return [
        guarded(
            "GET",
            "/reports/summary",
            report,
            Right.REPORT_READ,
            reads_query=True,
            spec=_SUMMARY,
            access=Harmless("figures of groups, small ones suppressed"),
        )
    ]


def _month(name: str, text: str | None) -> int | None:
    """Return months since year 0."""
    if text is None:
        return None
    found = _MONTH.fullmatch(text)
    if found is None or not 1970 <= int(found.group(1)) <= 9000:
        raise invalid(name, _EXPECTED)
    return int(found.group(1)) * 12 + int(found.group(2)) - 1


def _begin(month: int) -> datetime:
    return datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC)
