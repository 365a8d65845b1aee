"""The larger building blocks: fields, tabs, facts, notes, an empty page, a dialog, toasts."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from leaddesk.ui.kit.buttons import Link, Size, primary, quiet, secondary
from leaddesk.ui.kit.fields import ChoiceField, LineField, PasswordField, SearchBox, TextField
from leaddesk.ui.kit.floating.overlay import OverlayDialog
from leaddesk.ui.kit.floating.toasts import ToastHost
from leaddesk.ui.kit.labels import PlainLabel
from leaddesk.ui.kit.painting.hints import RETURN
from leaddesk.ui.kit.pieces.choices import CheckBox, ChoiceCard, RadioButton
from leaddesk.ui.kit.pieces.empty import EmptyState
from leaddesk.ui.kit.pieces.kv import KeyValueRows, Row
from leaddesk.ui.kit.pieces.marks import Avatar, Badge, CountdownRing, Dot, KeyHint, Skeleton
from leaddesk.ui.kit.pieces.notice import Notice, Tone
from leaddesk.ui.kit.pieces.panes import Card, Pane, SectionTitle
from leaddesk.ui.kit.pieces.tabs import Segmented, TabBar
from leaddesk.ui.theme.icons import Icon
from leaddesk.ui.theme.tokens import current
from leaddesk.ui.theme.type_scale import TextStyle
from tests.stories.registry import story


def _page() -> tuple[Pane, QVBoxLayout]:
    page = Pane("surface")
    column = QVBoxLayout(page)
    side = current().length("space.paneX")
    column.setContentsMargins(side, side, side, side)
    column.setSpacing(current().px(14))
    return page, column


@story("kit/fields", size=(400, 640))
def fields() -> QWidget:
    page, column = _page()
    mail, password = LineField("E-Mail", large=True), PasswordField("Passwort", large=True)
    mail.set_value("maren.boysen@solar-nord.example")
    password.set_value("vierzehnzeichen")
    password.add_beside_label(Link("Vergessen?"))
    password.set_note("Einfügen aus dem Passwortmanager ist willkommen.")
    wrong = LineField("Postleitzahl", aside="freiwillig")
    wrong.set_value("2410")
    wrong.set_error("Eine Postleitzahl hat fünf Ziffern.")
    reason = TextField("Begründung", hint="Warum geben Sie diese Anfrage weiter?")
    market = ChoiceField("Marktplatz", [("a", "Wärme Nord"), ("b", "Solar Küste")])
    off = LineField("Gesperrt")
    off.setEnabled(False)
    for field in (mail, password, wrong, reason, market, off):
        column.addWidget(field)
    column.addWidget(SearchBox("Leads, Personen, Befehle suchen", "Strg K"))
    column.addStretch(1)
    return page


@story("kit/detail", size=(448, 560))
def detail() -> QWidget:
    page, column = _page()
    tabs = TabBar()
    for key, shown, count in (
        ("overview", "Überblick", None),
        ("journal", "Journal", 6),
        ("files", "Dateien", 3),
        ("history", "Verlauf", None),
        ("received", "Empfänger", 2),
    ):
        tabs.add(key, shown, count)
    facts = KeyValueRows()
    facts.set_rows(
        [
            Row("Telefon", "0171 39200 42", copy=True, link=True),
            Row("E-Mail", "anna.meyer@example.de", copy=True, link=True),
            Row("Anschrift", "Feldstraße 118, 24103 Kiel"),
            Row("Firma"),
            Row("Erreichbar", "werktags ab 14 Uhr"),
            Row("Name", masked=True),
            Row(
                "Bemerkung", "Die Heizung im Keller fällt im Winter oft aus, bitte vorher anrufen.", wrap=True
            ),
        ]
    )
    switch = Segmented([("list", "Liste", Icon.FILTER), ("board", "Board", Icon.DISPLAY)])
    row = QHBoxLayout()
    row.setSpacing(current().px(8))
    for widget in (switch, secondary("Anzeige", icon=Icon.DISPLAY, size=Size.SMALL)):
        row.addWidget(widget)
    row.addWidget(primary("Neuer Lead", icon=Icon.PLUS, size=Size.SMALL))
    row.addStretch(1)
    column.addLayout(row)
    column.addWidget(tabs)
    column.addWidget(SectionTitle("Kontakt"))
    column.addWidget(facts)
    column.addStretch(1)
    return page


@story("kit/marks", size=(448, 680))
def marks() -> QWidget:
    page, column = _page()
    ring, late = CountdownRing(), CountdownRing()
    ring.show_left(0.93, "29:12", "Min.")
    late.show_left(0.18, "11", "Min.", late=True)
    row = QHBoxLayout()
    row.setSpacing(current().px(12))
    small = (
        Avatar("Maren Boysen", "m"),
        Avatar("Thomas Lüders", "t", 28),
        Avatar("", ""),
        Badge("wartet", 3),
    )
    for widget in (ring, late, *small, Badge("warten", 128), KeyHint("Strg K"), Dot("verbunden", "success")):
        row.addWidget(widget)
    row.addStretch(1)
    column.addLayout(row)
    column.addWidget(
        Notice(
            Tone.WARNING,
            Icon.PEOPLE,
            "Wird vielleicht schon betreut:",
            "Anne Maier, 24103 Kiel, gleiche Telefonnummer.",
            "Vergleichen",
        )
    )
    column.addWidget(Notice(Tone.ACCENT, Icon.INFO, "", "Ihr Vorschlag wartet auf eine zweite Person."))
    cards = QVBoxLayout()
    cards.setSpacing(current().px(6))
    chosen = ChoiceCard("Wärme Nord", "38 Partner, Antwort in 4 Std.", "mit Genehmigung")
    chosen.setChecked(True)
    for card in (chosen, ChoiceCard("Solar Küste", "12 Partner, Antwort in 24 Std.")):
        cards.addWidget(card)
    column.addLayout(cards)
    column.addWidget(CheckBox("Einbuchstabige Tasten verwenden"))
    column.addWidget(RadioButton("Nicht erreicht"))
    framed = Card()
    inside = QVBoxLayout(framed)
    inside.addWidget(PlainLabel("Eine Karte trägt, was entschieden wird.", TextStyle.BODY))
    column.addWidget(framed)
    column.addWidget(Skeleton(2))
    column.addStretch(1)
    return page


@story("kit/empty", size=(700, 480))
def empty() -> QWidget:
    page = Pane("surface")
    column = QVBoxLayout(page)
    column.addWidget(
        EmptyState(
            Icon.SEARCH,
            "Nichts gefunden",
            "Zu „Wärmepumpe Husum“ gibt es unter 348 Leads keinen Treffer.",
            primary="Suche leeren",
            secondary="In allen 12.480 suchen",
            note="Gesucht wird in Name, Firma, Ort und Anfrage.",
        )
    )
    return page


class _Window(Pane):
    """A window with a dialog and toasts over it."""

    def __init__(self) -> None:
        super().__init__("window")
        column = QVBoxLayout(self)
        column.addWidget(secondary("Dahinter"))
        column.addStretch(1)


@story("kit/dialog", size=(800, 480))
def dialog() -> QWidget:
    window = _Window()
    shown = OverlayDialog(window, "Anna Meyer löschen?")
    shown.set_title("Anna Meyer löschen?", "24103 Kiel")
    shown.body.addWidget(
        PlainLabel(
            "Die Anfrage wird überall unlesbar, auch bei zwei Partnern. Niemand kann das rückgängig machen.",
            wrap=True,
        )
    )
    reason = LineField("Grund")
    shown.body.addSpacing(current().px(12))
    shown.body.addWidget(reason)
    cancel, send = secondary("Abbrechen", hint="Esc"), primary("Zur Genehmigung senden", hint=RETURN)
    shown.set_footer(None, [cancel, send])
    shown.open()
    return window


@story("kit/toasts", size=(800, 480))
def toasts() -> QWidget:
    window = _Window()
    host = ToastHost(window)
    host.show_toast("Freigabe gesendet.", seconds=0, tone=Tone.SUCCESS)
    host.show_toast(
        "Neues Angebot",
        detail="Wärmepumpe, 24••• Kiel",
        actions=[("Ansehen", window.update), ("Später", window.update)],
        seconds=0,
    )
    window.layout().addWidget(quiet("Später"))  # type: ignore[union-attr]
    return window
