"""Reports from pseudonymised facts: volume by origin, response time, outcomes, acceptance (measure B7)."""

from collections import Counter
from datetime import datetime
from statistics import median, quantiles

from leaddesk.contract.reports import OfferCounts, OriginCount, OutcomeCount, Report, ResponseTimes
from leaddesk.contract.wire import format_time
from leaddesk.server.eventlog.log import Unit
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.identity.caller import Caller
from leaddesk.server.projections.report_facts import GIVEN, RECEIVED, catch_up, origins
from leaddesk.server.queries.library import Library
from leaddesk.server.queries.reports.folding import SMALLEST_GROUP, fold_small

_DECIDED = frozenset({"ACCEPTED", "DECLINED", "MISSED", "ENDED"})


def draw_facts(library: Library, caller: Caller) -> bool:
    """Draw a slice of what has happened since the last report; tells whether there may be more."""
    return catch_up(library.log.for_tenant(Scope(caller.tenant_id)))


def summary(library: Library, caller: Caller, since: datetime, until: datetime) -> Report:
    """Count what lies in ``since`` ≤ time < ``until``; draw the facts first."""
    span = (format_time(since), format_time(until))
    with library.reading(caller) as unit:
        known = origins(unit)
        rows = unit.select(
            "SELECT origin, created_at, responded_at, outcome FROM report_lead"
            " WHERE tenant_id = ? AND created_at >= ? AND created_at < ?",
            *span,
        )
        given, received = _offers(unit, GIVEN, span), _offers(unit, RECEIVED, span)
    sources = fold_small(Counter(known[row[0]] for row in rows))
    outcomes = fold_small(Counter(row[3] for row in rows if row[3] is not None))
    answered = sorted(_seconds(row[1], row[2]) for row in rows if row[2] is not None)
    return Report(
        since=since,
        until=until,
        leads=_unless_small(len(rows)),
        by_origin=[
            OriginCount(leads=count, source=one.source, campaign=one.campaign)
            if one is not None
            else OriginCount(leads=count)
            for one, count in sources.items()
        ],
        response=_response(answered),
        closed=[OutcomeCount(outcome=outcome, leads=count) for outcome, count in outcomes.items()],
        offers_given=given,
        offers_received=received,
    )


def _offers(unit: Unit, side: str, span: tuple[str, str]) -> OfferCounts | None:
    rows = unit.select(
        "SELECT status, offered_at, decided_at FROM report_offer"
        " WHERE tenant_id = ? AND side = ? AND offered_at >= ? AND offered_at < ?",
        side,
        *span,
    )
    if len(rows) < SMALLEST_GROUP:
        return None
    decided = [row for row in rows if row[0] in _DECIDED]
    if len(decided) < SMALLEST_GROUP:
        return OfferCounts(offers=len(rows))
    accepted = sum(row[0] == "ACCEPTED" for row in decided)
    return OfferCounts(
        offers=len(rows),
        acceptance_rate=round(accepted / len(decided), 3),
        median_decision_seconds=round(median(_seconds(row[1], row[2]) for row in decided)),
    )


def _response(seconds: list[float]) -> ResponseTimes | None:
    if len(seconds) < SMALLEST_GROUP:
        return None
    ninth = quantiles(seconds, n=10)[8]
    return ResponseTimes(leads=len(seconds), median_seconds=round(median(seconds)), p90_seconds=round(ninth))


def _seconds(before: str, after: str) -> float:
    return (datetime.fromisoformat(after) - datetime.fromisoformat(before)).total_seconds()


def _unless_small(count: int) -> int | None:
    return count if count >= SMALLEST_GROUP else None
