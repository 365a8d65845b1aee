"""The offers page in its states."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from leaddesk.contract.ids import OfferId
from leaddesk.contract.markets import DisclosedDocument, DisclosedField
from leaddesk.contract.offers import OfferStatus
from leaddesk.ui.kit.wording import text
from leaddesk.ui.offers.offers_state import OfferCardState, OffersState, PastOffer
from leaddesk.ui.offers.offers_view import OffersView
from tests.stories.registry import NOW, story

SIZE = (1228, 792)


def _card(key: str, title: str, place: str, owner: str, left: timedelta, window: timedelta) -> OfferCardState:
    document = DisclosedDocument(
        title=title,
        place=place,
        fields=[
            DisclosedField(label="Name", state="hidden"),
            DisclosedField(label="Telefon", state="hidden"),
            DisclosedField(label="Gebäude", state="visible", value="Zweifamilienhaus, 1964, 212 m²"),
            DisclosedField(label="Zeitraum", state="visible", value="so bald wie möglich"),
        ],
    )
    deadline = NOW + left
    return OfferCardState(OfferId(key), document, owner, "Wärme Nord", deadline - window, deadline)


CARDS = (
    _card(
        "1",
        "Wärmepumpe",
        "24••• Kiel",
        "Heiztechnik Wagner AG",
        timedelta(minutes=11, seconds=42),
        timedelta(hours=1),
    ),
    _card(
        "2",
        "Photovoltaik",
        "23••• Eutin",
        "Solarwerk Süd GmbH",
        timedelta(hours=2, minutes=31),
        timedelta(hours=4),
    ),
    _card(
        "3",
        "Fenster",
        "25••• Husum",
        "Fensterbau Äußerer Norden eG",
        timedelta(hours=22),
        timedelta(hours=24),
    ),
)
PAST = (
    PastOffer(
        OfferId("4"), OfferStatus.ACCEPTED, "Wärmepumpe, 24340 Eckernförde", NOW - timedelta(hours=1), "lead"
    ),
    PastOffer(OfferId("5"), OfferStatus.MISSED, "Wallbox, 241•• Kiel", NOW - timedelta(hours=2)),
    PastOffer(
        OfferId("6"),
        OfferStatus.DECLINED,
        "Dämmung, 245•• Neumünster",
        NOW - timedelta(hours=3),
        reason="Keine Kapazität im Zeitraum",
    ),
    PastOffer(OfferId("7"), OfferStatus.ENDED, "Photovoltaik, 248•• Schleswig", NOW - timedelta(hours=20)),
)


def _page(state: OffersState) -> OffersView:
    view = OffersView()
    view.resize(*SIZE)
    view.render_state(state)
    return view


@story("offers/page/open", size=SIZE)
def open_offers() -> OffersView:
    return _page(OffersState(NOW, CARDS, PAST))


@story("offers/page/declining", size=SIZE)
def declining() -> OffersView:
    view = _page(OffersState(NOW, CARDS, PAST))
    view.ask_reason("2")
    return view


@story("offers/page/failed", size=SIZE)
def failed() -> OffersView:
    problem = replace(CARDS[0], problem=text("outcome.offline"))
    return _page(OffersState(NOW, (problem, *CARDS[1:]), PAST))


@story("offers/page/pending", size=SIZE)
def pending() -> OffersView:
    return _page(OffersState(NOW, (replace(CARDS[0], pending=True), CARDS[1])))


@story("offers/page/empty", size=SIZE)
def empty() -> OffersView:
    return _page(OffersState(NOW))
