"""Which keys the sheet names: none for what this person, this tenant or this server does not have (A10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from leaddesk.ui.shell.state import Route

if TYPE_CHECKING:
    from leaddesk.desk.desk import Desk
    from leaddesk.ui.shell.doors import Rooms


@dataclass(frozen=True)
class Sheet:
    """What the sheet of keys shows. ``absent``: actions that are not there; ``pages`` to change between;
    ``letters``: whether single letters act; ``promises``: whether there is a page of what is guaranteed.
    """

    letters: bool = True
    promises: bool = False
    absent: frozenset[str] = frozenset()
    pages: int = 4


def sheet_of(rooms: Rooms, routes: Sequence[str], *, letters: bool) -> Sheet:
    """Return the sheet of whoever is signed in; ``routes`` are the pages of the navigation."""
    known = {"accept", "reject"} if {Route.OFFERS, Route.APPROVALS} & set(routes) else set[str]()
    known |= {"pages"} if len(routes) > 1 else set()
    known |= {"places"} if rooms.seating is not None else set()
    absent = {"accept", "reject", "pages", "places"} - known
    absent |= _not_in_leads(rooms.desk)
    return Sheet(letters, rooms.ground.guarantees is not None, frozenset(absent), len(routes))


def _not_in_leads(desk: Desk) -> set[str]:
    from leaddesk.contract.ids import LeadId
    from leaddesk.contract.people import Right

    can, policy = desk.sign_in.can, desk.rules.policy.value
    writes = desk.may(Right.LEAD_WRITE)
    there = {
        "note": writes,
        "step": writes and bool(desk.directory.steps(LeadId(""))),
        "share": desk.may(Right.LEAD_SHARE) and can("sharing") and bool(desk.directory.markets()),
        "delete": desk.may(Right.LEAD_DELETE) and can("deletion"),
        "copy": policy.copying,
        "leaf": can("attachments") and policy.previews,
        "scroll": can("attachments") and policy.previews,
        "close_file": can("attachments") and policy.previews,
    }
    return {action for action, is_there in there.items() if not is_there}
