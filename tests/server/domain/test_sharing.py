"""Sharing: who may ask and decide, one winner, what the documents hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaddesk.contract.ids import (
    BrokerageId,
    CommissionId,
    FormId,
    LeadId,
    MarketId,
    OfferId,
    PipelineId,
    SalesPartnerId,
    ShareRequestId,
    TenantId,
    Urn,
)
from leaddesk.contract.markets import FieldRule
from leaddesk.contract.problems import ProblemType
from leaddesk.contract.rows import FieldContent, FieldList, LeadPart, LeadRow
from leaddesk.server.domain import events as e
from leaddesk.server.domain import offering
from leaddesk.server.domain import sharing as rules
from leaddesk.server.domain.documents import MASK, disclosed_labels, freeze, mask, share_fields
from leaddesk.server.domain.fold import evolve, fold
from leaddesk.server.domain.lead import LeadState, Recorded
from leaddesk.server.domain.refusal import Refused

AT, NOW, LATE = "2026-01-01T00:00:00.000Z", "2026-01-02T00:00:00.000Z", "2026-02-01T00:00:00.000Z"
MAREN, THOMAS = Urn("urn:lt:members:member:maren"), Urn("urn:lt:members:member:thomas")
PIPELINE = e.Steps(PipelineId("p"), "Standard", ["Neu", "Kontakt"])
DOCUMENT = e.Document("Wärmepumpe", [])
GRANTED = e.Granted(DOCUMENT, FieldList({}), FieldList({}))
ASKED = e.ShareRequested(ShareRequestId("s"), MarketId("m"), "Nord", LATE)
RECIPIENTS = [
    e.Recipient(OfferId(f"o{i}"), SalesPartnerId(f"p{i}"), TenantId(f"t{i}"), f"Firma {i}") for i in range(3)
]
STARTED = e.BrokerageStarted(
    BrokerageId("b"), MarketId("m"), "Nord", PIPELINE, LATE, THOMAS, RECIPIENTS, DOCUMENT, GRANTED
)


def row(**values: str) -> LeadRow:
    fields = FieldList({label: FieldContent("text:singleline", value) for label, value in values.items()})
    return LeadRow(AT, LeadPart(LeadId("lead"), 1, Urn("urn:t"), AT, AT, fields, FieldList({})))


def after(*events: e.Event) -> LeadState:
    every = [e.LeadCreated(FormId("f"), row()), *events]
    return fold(LeadId("lead"), [Recorded(i, i, AT, MAREN, event) for i, event in enumerate(every, 1)])


def kind_of(call: object) -> ProblemType:
    with pytest.raises(Refused) as refusal:
        call()  # type: ignore[operator]
    return refusal.value.kind


def start(brokerage: e.BrokerageStarted) -> e.CommissionStarted:
    return e.CommissionStarted(
        CommissionId("c"), Urn("urn:lt:sales-partners:sales-partner:p1"), brokerage.pipeline, "Neu"
    )


def test_a_lead_is_asked_for_once_at_a_time() -> None:
    assert rules.decide_request(after(), ASKED, []) == [ASKED]
    for busy in (after(ASKED), after(STARTED)):
        assert kind_of(lambda busy=busy: rules.decide_request(busy, ASKED, [])) is ProblemType.ALREADY_OFFERED
    missed = [e.OfferMissed(recipient.offer_id) for recipient in RECIPIENTS]
    for free in (after(ASKED, e.ShareWithdrawn(ShareRequestId("s"))), after(STARTED, *missed)):
        assert rules.decide_request(free, ASKED, []) == [ASKED]


def test_the_requester_withdraws_and_never_decides() -> None:
    share = rules.pending(after(ASKED), "s", NOW)
    assert kind_of(lambda: rules.check_four_eyes(share, MAREN)) is ProblemType.OWN_REQUEST
    rules.check_four_eyes(share, THOMAS)
    assert rules.decide_withdrawal(share, MAREN) == [e.ShareWithdrawn(ShareRequestId("s"))]
    assert kind_of(lambda: rules.decide_withdrawal(share, THOMAS)) is ProblemType.FORBIDDEN


def test_what_is_decided_or_late_is_decided() -> None:
    rejected = after(ASKED, e.ShareRejected(ShareRequestId("s"), "nein"))
    for state, now in ((rejected, NOW), (after(ASKED), LATE)):
        assert kind_of(lambda s=state, n=now: rules.pending(s, "s", n)) is ProblemType.ALREADY_DECIDED
    assert rules.decide_expired(after(ASKED), NOW) == []
    assert rules.decide_expired(after(ASKED), LATE) == [e.ShareExpired(ShareRequestId("s"))]


def test_one_wins_and_the_others_end() -> None:
    state = after(STARTED)
    events = offering.decide_acceptance(state, "o1", NOW, start)
    assert events[:3] == [
        e.OfferAccepted(OfferId("o1"), CommissionId("c")),
        e.OfferEnded(OfferId("o0")),
        e.OfferEnded(OfferId("o2")),
    ]
    for number, event in enumerate(events, 10):
        state = evolve(state, Recorded(number, number, NOW, MAREN, event))
    assert state.worked_by_partner and state.brokerage is not None and not state.brokerage.running
    assert kind_of(lambda: offering.decide_acceptance(state, "o2", NOW, start)) is ProblemType.OFFER_ENDED
    assert kind_of(lambda: offering.decide_decline(state, "o0", "x", NOW)) is ProblemType.OFFER_ENDED


def test_after_the_deadline_nobody_wins() -> None:
    state = after(STARTED, e.OfferDeclined(OfferId("o0"), "weit"))
    assert kind_of(lambda: offering.decide_acceptance(state, "o1", LATE, start)) is ProblemType.OFFER_ENDED
    assert offering.decide_missed(state, NOW) == []
    missed = [e.OfferMissed(OfferId("o1")), e.OfferMissed(OfferId("o2"))]
    assert offering.decide_missed(state, LATE) == [*missed, e.BrokerageFailed(STARTED.brokerage_id)]


@pytest.mark.parametrize(
    ("value", "masked"),
    [("24103 Kiel", "241••"), ("24103", "241••"), ("Kiel", MASK), ("0171 39200 42", MASK), ("241034", MASK)],
)
def test_masks(value: str, masked: str) -> None:
    assert mask(value) == masked


labels = st.sampled_from(["Name", "PLZ", "Ort", "Telefon", "Interesse", "Budget"])
rule_sets = st.lists(
    st.builds(
        FieldRule,
        label=labels,
        before=st.sampled_from(["visible", "masked", "hidden"]),
        after=st.sampled_from(["visible", "hidden"]),
    ),
    unique_by=lambda rule: rule.label,
)


@given(rule_sets, st.none() | st.sets(labels))
def test_nothing_leaves_but_what_the_rule_and_the_choice_let_out(
    market: list[FieldRule], chosen: set[str] | None
) -> None:
    values = {"Name": "SecretName", "PLZ": "24103", "Ort": "SecretTown", "Telefon": "SecretPhone"}
    lead = row(**values)
    frozen = freeze(lead, market, chosen, "Markt")
    let_out = [rule for rule in market if rule.label in values and (chosen is None or rule.label in chosen)]
    before = str([frozen.before.title, frozen.before.place, *(line.value for line in frozen.before.fields)])
    after_text = str([frozen.after.document.title, frozen.after.document.place])
    for label, value in values.items():
        rule = next((one for one in let_out if one.label == label), None)
        assert (value in before) == (rule is not None and rule.before == "visible")
        open_after = rule is not None and rule.after == "visible"
        assert (label in frozen.after.prospect.fields) == open_after
        assert open_after or value not in after_text
    told = {line.label: (line.before, line.after) for line in share_fields(lead, market, chosen)}
    assert set(told) == set(values)
    seen = {label for label, (early, _) in told.items() if early != "hidden"}
    assert set(disclosed_labels(frozen.before)) == seen
