"""The menu at the tenant's name: every sign-in of this window, and the way to another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtWidgets import QWidget

from leaddesk.ui.kit.floating.menu import Menu
from leaddesk.ui.kit.wording import text
from leaddesk.ui.theme.icons import Icon


@dataclass(frozen=True)
class SeatLine:
    """One sign-in as the menu names it: tenant and instance, or the server alone while nobody is signed in.

    ``waiting``: offers and approvals that wait there for this person. ``shut``: locked or signed out.
    """

    tenant: str = field(repr=False)
    instance: str
    in_front: bool = False
    shut: bool = False
    waiting: int = 0


@dataclass(frozen=True)
class PlaceMenuActs:
    """What the entries do; ``sign_out_all`` is None where one menu entry elsewhere says the same."""

    show: Callable[[int], object]
    sign_in_elsewhere: Callable[[], object] | None
    sign_out_all: Callable[[], object] | None


def place_menu(parent: QWidget, lines: tuple[SeatLine, ...], acts: PlaceMenuActs) -> Menu:
    """Return the menu; whoever asked opens it."""
    menu = Menu(parent)
    for number, line in enumerate(lines):
        keys = text("shell.place_key", n=number + 1)
        choice = menu.add_choice(words(line), line.in_front, lambda number=number: acts.show(number), keys)  # type: ignore[misc]
        choice.setData(number)
    menu.addSeparator()
    if acts.sign_in_elsewhere is not None:
        menu.add(text("shell.place_another"), Icon.PLUS, "", acts.sign_in_elsewhere)
    if acts.sign_out_all is not None:
        menu.add(text("shell.place_sign_out_all"), Icon.SIGN_OUT, "", acts.sign_out_all)
    return menu


def words(line: SeatLine) -> str:
    """Return one sign-in in a line."""
    if not line.tenant:
        return text("shell.place_nobody", instance=line.instance)
    if line.shut:
        return text("shell.place_locked", tenant=line.tenant, instance=line.instance)
    if line.waiting:
        return text("shell.place_waiting", tenant=line.tenant, instance=line.instance, n=line.waiting)
    return text("shell.place_line", tenant=line.tenant, instance=line.instance)
