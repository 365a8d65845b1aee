"""The approvals page in its states."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from leaddesk.contract.ids import ShareRequestId
from leaddesk.ui.approvals.approvals_state import ApprovalsState, FieldLine, Question, QueueLine
from leaddesk.ui.approvals.approvals_view import ApprovalsView
from leaddesk.ui.kit.wording import text
from tests.stories.registry import NOW, story

SIZE = (1228, 792)


def _line(key: str, name: str, topic: str, who: str, minutes: int, *, own: bool = False) -> QueueLine:
    return QueueLine(
        ShareRequestId(key),
        name,
        topic,
        who,
        f"urn:{who}",
        "Wärme Nord",
        NOW - timedelta(minutes=minutes),
        own,
    )


ANNA = _line("1", "Anna Meyer", "Wärmepumpe, Kiel", "Maren Boysen", 6)
OWN = _line("3", "Familie Öztürk", "Wärmepumpe, Lübeck", "Thomas Lüders", 270, own=True)
QUESTION = Question(
    line=ANNA,
    reason="Keine eigene Montage in Kiel bis März frei.",
    partners=38,
    window=timedelta(hours=4),
    leaving=(
        FieldLine("Interesse", "Wärmepumpe, Luft/Wasser", "visible", "visible"),
        FieldLine("Gebäude", "Einfamilienhaus, 1978, 146 m²", "visible", "visible"),
        FieldLine("Zeitraum", "2. Quartal 2027", "visible", "visible"),
        FieldLine("PLZ", "24103", "masked", "visible", "241••"),
        FieldLine("Name", "Anna Meyer", "hidden", "visible"),
        FieldLine("Telefon", "0171 39200 42", "hidden", "visible"),
        FieldLine("E-Mail", "anna.meyer@example.de", "hidden", "visible"),
        FieldLine("Anschrift", "Feldstraße 118", "hidden", "visible"),
    ),
    staying=(
        FieldLine("Budget", "12.000 €", "hidden", "hidden"),
        FieldLine("Erreichbar", "werktags ab 14 Uhr", "hidden", "hidden"),
    ),
    notes=6,
    lead_serial=4,
)
STATE = ApprovalsState(
    now=NOW,
    queue=(ANNA, _line("2", "Lena Hoffmann", "Speicher, Schleswig", "Jens Kröger", 41), OWN),
    chosen=ANNA.share_request_id,
    question=QUESTION,
    approved_today=4,
    rejected_today=1,
)


def _page(state: ApprovalsState) -> ApprovalsView:
    view = ApprovalsView()
    view.render_state(state)
    return view


@story("approvals/page/question", size=SIZE)
def question() -> ApprovalsView:
    return _page(STATE)


@story("approvals/page/small", size=(900, 620))
def small() -> ApprovalsView:
    return _page(STATE)


@story("approvals/page/changed", size=SIZE)
def changed() -> ApprovalsView:
    return _page(replace(STATE, question=replace(QUESTION, lead_changed=True)))


@story("approvals/page/own", size=SIZE)
def own() -> ApprovalsView:
    return _page(replace(STATE, chosen=OWN.share_request_id, question=replace(QUESTION, line=OWN, reason="")))


@story("approvals/page/reason", size=SIZE)
def reason() -> ApprovalsView:
    view = _page(STATE)
    view.ask_reason()
    return view


@story("approvals/page/empty", size=SIZE)
def empty() -> ApprovalsView:
    return _page(ApprovalsState(NOW))


@story("approvals/page/unreadable", size=SIZE)
def unreadable() -> ApprovalsView:
    return _page(replace(STATE, question=None, problem=text("outcome.unavailable")))


@story("approvals/page/loading", size=SIZE)
def loading() -> ApprovalsView:
    return _page(replace(STATE, question=None))
