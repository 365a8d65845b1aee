"""What the shell expects of features and of those who construct them: the shapes, no behaviour.

Features do not import this; they have these names, and the type checker compares them in wiring.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from PySide6.QtCore import SignalInstance
from PySide6.QtWidgets import QWidget

from leaddesk.ui.kit.brand.instance import Instance
from leaddesk.workstation.waits import OwnWait

if TYPE_CHECKING:
    from leaddesk.contract.ids import LeadId
    from leaddesk.desk.desk import Desk
    from leaddesk.store.store import Store
    from leaddesk.ui.signin.guarantees import Guarantees
    from leaddesk.ui.signin.servers import Servers


class Closable(Protocol):
    """Whatever works for a view until it is closed; closing twice is fine."""

    def close(self) -> object: ...


V_co = TypeVar("V_co", covariant=True)
P_co = TypeVar("P_co", covariant=True)


@dataclass(frozen=True)
class Page(Generic[V_co, P_co]):
    """A view and the presenter that works for it."""

    view: V_co
    presenter: P_co


class LeadListView(Protocol):
    """The list as the shell sees it; in truth a QWidget."""

    @property
    def lead_opened(self) -> SignalInstance: ...
    @property
    def place_changed(self) -> SignalInstance: ...
    @property
    def shown_changed(self) -> SignalInstance: ...
    @property
    def filter_cleared(self) -> SignalInstance: ...

    shown: int | None

    def focus_list(self) -> None: ...
    def move_cursor(self, delta: int) -> None: ...
    def set_notice(self, notice: QWidget | None) -> None: ...


class LeadListPresenter(Closable, Protocol):
    """Filters, walks and selects."""

    def search(self, text: str) -> None: ...
    def walk(self, delta: int) -> None: ...
    def select(self, lead_id: str) -> None: ...


class LeadDetailView(Protocol):
    """One lead as the shell sees it; each verb does what its button does, and nothing without the right."""

    @property
    def closed(self) -> SignalInstance: ...
    @property
    def walk_requested(self) -> SignalInstance: ...
    @property
    def share_requested(self) -> SignalInstance: ...

    called: LeadId | None

    def set_place(self, index: int, count: int) -> None: ...
    def call(self) -> None: ...
    def mail(self) -> None: ...
    def write_note(self) -> None: ...
    def change_step(self) -> None: ...
    def share(self) -> None: ...
    def delete(self) -> None: ...


class LeadDetailPresenter(Closable, Protocol):
    """Loads one lead after the other."""

    def open(self, lead_id: str) -> None: ...


class Features(Protocol):
    """Builds views with their presenters, anew at every call; wiring implements it."""

    def lead_list(self) -> Page[LeadListView, LeadListPresenter]: ...
    def lead_detail(self) -> Page[LeadDetailView, LeadDetailPresenter]: ...
    def offers(self) -> Page[QWidget, Closable]: ...
    def shares(self) -> Page[QWidget, Closable]: ...
    def approvals(self) -> Page[QWidget, Closable]: ...
    def share_dialog(self, lead_id: str) -> Closable: ...
    def sessions(self) -> Closable: ...
    def step_up(self) -> Closable: ...
    def offer_alerts(self, show_offers: Callable[[], object]) -> Closable: ...


@dataclass
class Ground:
    """What is known before anybody signs in: where to, which program, what this computer can promise.

    ``instance`` changes once: when its server has said what it calls itself (ADR 67).

    ``guarantees`` is None where the facts were not probed; the link to them is then absent.
    ``servers``: where else one could sign in. ``own_wait``: one for all seats of the window.
    """

    instance: Instance
    server: str
    version: Callable[[], str]
    guarantees: Callable[[], Awaitable[Guarantees]] | None = None
    servers: Callable[[], Servers] | None = None
    own_wait: OwnWait = field(default_factory=OwnWait)


class SeatingActs(Protocol):
    """What a seat asks of the window as a whole, where several sign-ins stand side by side."""

    def lock(self) -> None: ...
    def open_menu(self) -> None: ...
    def sign_out_all(self) -> None: ...
    def move(self, address: str, email: str) -> None: ...
    def go_back(self) -> None: ...
    def back(self) -> str: ...
    @property
    def several(self) -> bool: ...


@dataclass(frozen=True)
class Rooms:
    """Everything the shell works with for one seat; made by wiring once the heavy modules are loaded.

    ``seating`` is None where there is one seat only, and no way to another.
    """

    desk: Desk
    store: Store
    features: Features
    ground: Ground
    seating: SeatingActs | None = None
