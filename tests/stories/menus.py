"""The menus at the top: the person's, with how soon to lock, and the one of all sign-ins."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget

from leaddesk.ui.kit.floating.menu import Menu
from leaddesk.ui.shell.frame.person_menu import PersonMenuActs, WaitChoices, person_menu
from leaddesk.ui.shell.place.place_menu import PlaceMenuActs, SeatLine, place_menu
from tests.stories.registry import story
from tests.stories.shell import WHO, ordinary, workplace
from tests.stories.signin import SIZE, window

SEATS = (
    SeatLine("Heiztechnik Wagner AG", "leaddesk", in_front=True),
    SeatLine("Solar Nord GmbH", "leaddesk", waiting=3),
    SeatLine("Petersen Wärme KG", "Petersen", shut=True),
    SeatLine("", "Demo"),
)


def _nothing(*_: object) -> None:
    return


ACTS = PersonMenuActs(_nothing, _nothing, _nothing, _nothing, wait=WaitChoices(10, (5, 2, 1), 5, _nothing))


def _laid(menu: Menu, below: QWidget, corner: QPoint) -> Menu:
    """Lay a menu into the window: a story is one widget, and a popup would be another."""
    menu.setParent(below, Qt.WindowType.Widget)
    menu.move(corner)
    menu.adjustSize()
    menu.show()
    return menu


@story("shell/menu/person", size=SIZE)
def person() -> QWidget:
    shown = window(workplace(ordinary()))
    menu = person_menu(shown, WHO, None, ACTS)
    waits = next(action.menu() for action in reversed(menu.actions()) if action.menu() is not None)
    assert isinstance(waits, Menu)
    _laid(menu, shown, QPoint(SIZE[0] - 300, 56))
    _laid(waits, shown, QPoint(SIZE[0] - 560, 200))
    return shown


@story("shell/menu/places", size=SIZE)
def places() -> QWidget:
    shown = window(workplace(ordinary()))
    _laid(place_menu(shown, SEATS, PlaceMenuActs(_nothing, _nothing, _nothing)), shown, QPoint(20, 56))
    return shown
