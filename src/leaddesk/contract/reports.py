"""Reports: counted from pseudonymised facts; a group of fewer than five is never shown (measure B7)."""

from leaddesk.contract.wire import Timestamp, WireModel


class OriginCount(WireModel):
    """How many leads came from a source and campaign; both absent: all others together."""

    source: str | None = None
    campaign: str | None = None
    leads: int


class OutcomeCount(WireModel):
    """How many leads were closed so; absent: all other outcomes together."""

    outcome: str | None = None
    leads: int


class ResponseTimes(WireModel):
    """From a lead's arrival to the first thing somebody did about it, in seconds."""

    leads: int
    median_seconds: int
    p90_seconds: int


class OfferCounts(WireModel):
    """What became of offers. ``acceptanceRate``: accepted among those decided or missed, 0 to 1."""

    offers: int
    acceptance_rate: float | None = None
    median_decision_seconds: int | None = None


class Report(WireModel):
    """``GET /reports/summary``. A figure that would speak of fewer than five is absent."""

    since: Timestamp
    until: Timestamp
    leads: int | None = None
    by_origin: list[OriginCount]
    response: ResponseTimes | None = None
    closed: list[OutcomeCount]
    offers_given: OfferCounts | None = None
    offers_received: OfferCounts | None = None
