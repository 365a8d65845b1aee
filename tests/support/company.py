"""A window with several pretended seats."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from PySide6.QtWidgets import QApplication

from leaddesk.desk.seats.seats import Seats
from leaddesk.session.memory_vault import MemoryVault
from leaddesk.ui.kit.brand.instance import Instance
from leaddesk.ui.kit.clipboard import Clipboard
from leaddesk.ui.kit.presenting.surroundings import Surroundings
from leaddesk.ui.shell.doors import Ground, Rooms
from leaddesk.ui.shell.main_window import MainWindow
from leaddesk.ui.shell.seating import Seating
from leaddesk.ui.shell.stages import Stages
from leaddesk.ui.signin.servers import Servers
from tests.support.pretended import (
    NOW,
    Answer,
    PretendedDesk,
    PretendedFeatures,
    PretendedLeads,
    no_link,
)


class PretendedSeat:
    """A seat of a window: a pretended desk, at an instance of its own."""

    def __init__(self, instance: Instance) -> None:
        self.instance, self.left = instance, False
        self.desk, self.features = PretendedDesk(), PretendedFeatures()
        self.store = SimpleNamespace(leads=PretendedLeads(), offers={}, shares={})
        self.session = SimpleNamespace(
            finish=_nothing, vault=None, bearer=SimpleNamespace(profile=None), begin=_nothing
        )
        self.origin = SimpleNamespace(address=SimpleNamespace(url="https://leads.wagner.example"))
        self.address, self.profile_id = self.origin.address.url, "p"

    @property
    def state(self) -> Any:
        return self.desk.sign_in.state.value

    def is_same_person(self, other: Any) -> bool:
        return False

    async def leave(self) -> None:
        self.left = True


async def _nothing() -> None:
    return None


class Company:
    """A window with several pretended seats; ``next`` are the answers of the seat that comes next."""

    def __init__(self, style: Any, instance: Instance) -> None:
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        self.errors: list[BaseException] = []
        self.next: list[Answer] = []
        self.servers = Servers()
        self.window = MainWindow(instance)
        self.around = Surroundings(
            self.window, self.window.toasts, Clipboard(application), lambda: NOW, self.errors.append, no_link
        )
        self._style = style
        first: Any = PretendedSeat(instance)
        self.seats = Seats(first, self._make, MemoryVault())
        self.seating = Seating(self.around, self.window, self.seats, self._build)

    def sit(self, instance: Instance) -> Any:
        """Take one more seat behind, as a start does for each further profile."""
        made: Any = self._make(instance)
        self.seats._all.append(made)
        self.seats.changed.publish(None)
        return made

    def _make(self, origin: Any) -> Any:
        known = isinstance(origin, Instance)
        seat = PretendedSeat(origin if known else Instance(origin.address.url.partition("//")[2]))
        if not known:
            seat.origin, seat.address = origin, origin.address.url
        seat.desk.sign_in.answers, self.next = self.next, []
        return seat

    def _build(self, seat: Any, seating: Seating) -> Stages:
        ground = Ground(seat.instance, seat.address, lambda: "0.1.0", servers=lambda: self.servers)
        rooms: Any = Rooms(seat.desk, seat.store, seat.features, ground, seating)
        return Stages(self.window, rooms, self.around, self._style)

    def close(self) -> None:
        self.seating.close()
        self.window.hold_closing(lambda: True)
        self.window.close()
        self.window.deleteLater()
        assert self.errors == []
