"""The lead list in its states: rows from a shelf, as in the mock-ups."""

from __future__ import annotations

from array import array
from collections.abc import Collection
from datetime import timedelta
from typing import Any
from uuid import UUID

from leaddesk.contract.ids import CommissionId, LeadId, Urn
from leaddesk.contract.rows import CommissionPart, FieldContent, FieldList, LeadPart, LeadRow, seal
from leaddesk.contract.wire import format_time
from leaddesk.store.leads.queries import NEWEST, Sort, SortBy
from leaddesk.store.leads.shelf import LeadShelf
from leaddesk.ui.kit.pieces.notice import Notice, Tone
from leaddesk.ui.leads.filter_choices import FilterChoices
from leaddesk.ui.leads.lead_list_state import Emptiness, LeadListState
from leaddesk.ui.leads.lead_list_view import LeadListView
from leaddesk.ui.leads.table.row_reader import RowContext
from leaddesk.ui.theme.icons import Icon
from tests.stories.registry import NOW, story

SIZE = (784, 812)
NARROW = (470, 812)
MIDDLE = (620, 812)
STEPS = ("Neu", "Kontakt", "Vor-Ort-Termin", "Angebot", "Abschluss")
OWNER = Urn(f"urn:lt:tenants:tenant:{UUID(int=1)}")
NAMES = {
    Urn(f"urn:lt:members:member:{UUID(int=7)}"): "Maren Boysen",
    Urn(f"urn:lt:members:member:{UUID(int=8)}"): "Thomas Lüders",
    Urn(f"urn:lt:members:member:{UUID(int=9)}"): "Ayşe Demir",
    Urn(f"urn:lt:members:member:{UUID(int=10)}"): "Jens Kröger",
}
MB, TL, AD, JK = NAMES

# name, firm, topic, postcode and town, step, hours ago, budget, responsible
LEADS: tuple[tuple[str, str, str, str, str, float, str, Urn | None], ...] = (
    ("Mátyás Kővári", "", "Wallbox", "24114 Kiel", "", 0.2, "1900", None),
    ("Anna Meyer", "", "Wärmepumpe", "24103 Kiel", "Kontakt", 2.6, "12000", MB),
    (
        "Ute von der Lühe-Bergmann",
        "Gutsverwaltung Lühe GbR",
        "Photovoltaik",
        "23701 Eutin",
        "Vor-Ort-Termin",
        4,
        "112500",
        AD,
    ),
    (
        "Jörg Brandt-Kühne",
        "Brandt Haustechnik KG",
        "Photovoltaik",
        "24937 Flensburg",
        "Angebot",
        20,
        "38400",
        MB,
    ),
    (
        "Dr. Şebnem Yıldırım-Groß",
        "Praxis am Nordmarkt",
        "Klimagerät",
        "22303 Hamburg",
        "Kontakt",
        26,
        "9800",
        MB,
    ),
    ("Familie Öztürk", "", "Wärmepumpe", "23552 Lübeck", "Vor-Ort-Termin", 50, "", TL),
    ("Björn Petersen", "", "Fenster", "25813 Husum", "Kontakt", 75, "6450", MB),
    (
        "Claudia Thießen",
        "Wohnungsbau Förde eG",
        "Wärmepumpe",
        "24340 Eckernförde",
        "Angebot",
        99,
        "86000",
        MB,
    ),
    ("Heinz-Günter Schröder", "", "Dämmung", "24534 Neumünster", "Vor-Ort-Termin", 130, "17250", MB),
    ("Lena Hoffmann", "", "Speicher", "24837 Schleswig", "Kontakt", 170, "7900", JK),
    ("Søren Mikkelsen", "Nordkyst Ferienhäuser ApS", "Wärmepumpe", "25980 Sylt", "", 250, "54000", None),
    (
        "Gabriele Müller-Lüdenscheidt-Hohenfels",
        "Müller-Lüdenscheidt Immobilienverwaltung",
        "Haustür",
        "24768 Rendsburg",
        "Kontakt",
        300,
        "4300",
        MB,
    ),
    (
        "",
        "Kai-Uwe Jürgensen GmbH & Co. KG",
        "Photovoltaik mit Speicher und Wallbox",
        "25746 Heide",
        "Abschluss",
        400,
        "nach Angebot",
        JK,
    ),
    ("مريم الحسيني", "", "Wärmepumpe", "24103 Kiel", "Kontakt", 600, "15000", TL),
    ("Wiebke Clausen", "", "", "", "", 9000, "", None),
)


def lead_id(number: int) -> LeadId:
    """Name a lead of these stories."""
    return LeadId(str(UUID(int=1000 + number)))


def _row(number: int) -> LeadRow:
    name, company, topic, place, step, hours, budget, by = LEADS[number % len(LEADS)]
    first, _, last = name.partition(" ")
    postcode, _, town = place.partition(" ")
    came = format_time(NOW - timedelta(hours=hours, days=number // len(LEADS)))
    contact = {"Vorname": first, "Nachname": last, "Firma": company, "PLZ": postcode, "Ort": town}
    wish = {"Interesse": topic, "Budget": budget}
    part = LeadPart(lead_id(number), 1, OWNER, came, came, _block(contact), _block(wish))
    work = CommissionPart(CommissionId(str(UUID(int=number))), by or OWNER, came, step) if step else None
    return LeadRow(came, part, work)


def _block(values: dict[str, str]) -> FieldList:
    return FieldList({label: FieldContent("text:singleline", value) for label, value in values.items()})


def shelf_of(count: int) -> LeadShelf:
    """Return a shelf with the leads of the mock-ups, again and again."""
    shelf = LeadShelf()
    shelf.load([seal(_row(number)) for number in range(count)])
    return shelf


def list_view(count: int = len(LEADS), **facts: Any) -> LeadListView:
    """Build the list; ``cursor``: the row it is on, ``pending``: a step on its way by lead; ``begun``: leads
    with a begun note; ``veiled``.
    """
    shelf = shelf_of(count)
    pending: dict[LeadId, str] = facts.pop("pending", {})
    cursor = facts.pop("cursor", None)
    veiled: bool = facts.pop("veiled", False)
    begun: Collection[LeadId] = facts.pop("begun", ())
    view = LeadListView(shelf)
    view.set_context(RowContext(NAMES.get, lambda _: STEPS, pending, lambda: NOW, veiled, begun))
    sort = facts.get("sort", NEWEST)
    search = shelf.queries.search("", sort)
    search.run(1)
    view.show_rows(search.hits if count else array("I"), from_top=True)
    view.render_state(LeadListState(**{"count": count, "choices": choices().choices(), **facts}))
    if cursor is not None:
        view.table.go_to(cursor)
    return view


def choices(*chosen: str) -> FilterChoices:
    """Return the filter with some conditions chosen."""
    made = FilterChoices()
    made.offer(STEPS, MB)
    for key in chosen:
        made.add(key)
    return made


@story("leads/list/day", size=SIZE)
def day() -> LeadListView:
    return list_view(cursor=1)


@story("leads/list/veiled", size=SIZE)
def veiled() -> LeadListView:
    return list_view(cursor=1, veiled=True)


@story("leads/list/filtered", size=SIZE)
def filtered() -> LeadListView:
    chosen = choices("person:mine", "step:Vor-Ort-Termin")
    return list_view(cursor=3, chosen=chosen.chosen(), sort=Sort(SortBy.NAME, False))


@story("leads/list/loading", size=SIZE)
def loading() -> LeadListView:
    return list_view(3, growing=True)


@story("leads/list/waiting", size=SIZE)
def waiting() -> LeadListView:
    view = list_view(cursor=1, pending={lead_id(1): "Vor-Ort-Termin", lead_id(6): "Angebot"})
    view.set_notice(Notice(Tone.WARNING, Icon.OFFLINE, "Keine Verbindung seit 13:31."))
    return view


BEGUN = (lead_id(1), lead_id(2), lead_id(11), lead_id(12), lead_id(13))


@story("leads/list/begun", size=SIZE)
def begun() -> LeadListView:
    return list_view(cursor=1, begun=BEGUN, pending={lead_id(2): "Angebot"})


@story("leads/list/begun_narrow", size=NARROW)
def begun_narrow() -> LeadListView:
    return list_view(cursor=2, begun=BEGUN, pending={lead_id(2): "Angebot"})


@story("leads/list/no_leads", size=SIZE)
def no_leads() -> LeadListView:
    return list_view(0, emptiness=Emptiness.NO_LEADS)


@story("leads/list/no_match", size=SIZE)
def no_match() -> LeadListView:
    return list_view(0, emptiness=Emptiness.NO_MATCH, chosen=choices("person:nobody").chosen())


@story("leads/list/middle", size=MIDDLE)
def middle() -> LeadListView:
    return list_view(cursor=2)


@story("leads/list/narrow", size=NARROW)
def narrow() -> LeadListView:
    return list_view(cursor=2, pending={lead_id(6): "Angebot"})


@story("leads/list/long", size=SIZE)
def long() -> LeadListView:
    return list_view(300, sort=Sort(SortBy.VALUE, True))
