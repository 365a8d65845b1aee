"""The share dialog and the page of own requests."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from PySide6.QtWidgets import QWidget

from leaddesk.contract.ids import MarketId, ShareRequestId
from leaddesk.contract.markets import DisclosedDocument, DisclosedField
from leaddesk.contract.sharing import ShareStatus
from leaddesk.ui.kit.pieces.panes import Pane
from leaddesk.ui.kit.wording import text
from leaddesk.ui.sharing.share_dialog import ShareDialog
from leaddesk.ui.sharing.share_state import (
    MarketChoice,
    PreviewState,
    ShareDialogState,
    ShareLine,
    SharesState,
)
from leaddesk.ui.sharing.shares_view import SharesView
from tests.stories.registry import NOW, story

SIZE = (1200, 760)
BEFORE = DisclosedDocument(
    title="Wärmepumpe, Luft/Wasser",
    place="241•• Kiel",
    fields=[
        DisclosedField(label="Name", state="hidden"),
        DisclosedField(label="PLZ", state="masked", value="241••"),
        DisclosedField(label="Gebäude", state="visible", value="Einfamilienhaus, 1978, 146 m²"),
        DisclosedField(label="Zeitraum", state="visible", value="2. Quartal 2027"),
    ],
)
AFTER = DisclosedDocument(
    title="Anna Meyer",
    place="24103 Kiel",
    fields=[
        DisclosedField(label="Telefon", state="visible", value="0171 39200 42"),
        DisclosedField(label="E-Mail", state="visible", value="anna.meyer@example.de"),
        DisclosedField(label="Anschrift", state="visible", value="Feldstraße 118, 24103 Kiel"),
        DisclosedField(label="Heizung heute", state="visible", value="Öl, 24 kW"),
    ],
)
DIALOG = ShareDialogState(
    name="Anna Meyer",
    subtitle=("Wärmepumpe", "24103 Kiel"),
    markets=(
        MarketChoice(MarketId("w"), "Wärme Nord", 38, timedelta(hours=4), True),
        MarketChoice(MarketId("s"), "Solar Küste", 12, timedelta(hours=24), False),
    ),
    chosen=MarketId("w"),
    preview=PreviewState(
        BEFORE,
        AFTER,
        ("Interesse", "Gebäude", "Zeitraum", "PLZ gekürzt"),
        ("Name", "Telefon", "E-Mail", "Anschrift", "Heizung heute"),
        ("Budget", "Erreichbar"),
        6,
    ),
)


def _dialog(state: ShareDialogState) -> QWidget:
    window = Pane("surface")
    window.resize(*SIZE)
    dialog = ShareDialog(window, state)
    dialog.start()
    return window


@story("sharing/dialog/preview", size=SIZE)
def dialog() -> QWidget:
    return _dialog(DIALOG)


@story("sharing/dialog/loading", size=SIZE)
def loading() -> QWidget:
    return _dialog(replace(DIALOG, preview=None))


@story("sharing/dialog/offline", size=SIZE)
def offline() -> QWidget:
    return _dialog(replace(DIALOG, problem=text("outcome.offline")))


@story("sharing/dialog/vanished", size=SIZE)
def vanished() -> QWidget:
    left = replace(DIALOG, markets=DIALOG.markets[1:], chosen=None, preview=None)
    return _dialog(replace(left, problem=text("sharing.vanished")))


def _line(key: str, status: ShareStatus, decided_by: str | None = None, why: str | None = None) -> ShareLine:
    return ShareLine(
        ShareRequestId(key),
        "lead",
        "Anna Meyer",
        "Wärmepumpe",
        "24103 Kiel",
        "Wärme Nord",
        status,
        NOW - timedelta(minutes=6),
        "Keine eigene Montage in Kiel bis März frei.",
        decided_by,
        why,
    )


@story("sharing/page/list", size=(1180, 700))
def page() -> SharesView:
    view = SharesView()
    lines = (
        _line("1", ShareStatus.PENDING),
        _line("2", ShareStatus.APPROVED, "Thomas Lüders"),
        _line("3", ShareStatus.REJECTED, "Ayşe Demir", "Bitte erst anrufen"),
        _line("4", ShareStatus.WITHDRAWN),
    )
    view.render_state(SharesState(NOW, lines))
    return view


@story("sharing/page/empty", size=(1180, 700))
def empty() -> SharesView:
    view = SharesView()
    view.render_state(SharesState(NOW))
    return view
