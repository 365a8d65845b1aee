"""What the frame shows, in pieces as the frame is; and what survives a lock."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from leaddesk.ui.kit.brand.instance import Instance

if TYPE_CHECKING:
    from leaddesk.ui.signin.sign_in_state import BrowserStep


class Route(StrEnum):
    """The pages of the navigation, in its order; the values are keys of their names (shell.nav_…)."""

    LEADS = "leads"
    OFFERS = "offers"
    SHARES = "shares"
    APPROVALS = "approvals"


class Link(StrEnum):
    """The connection to the server in one word (shell.link_…)."""

    LIVE = "live"
    LOADING = "loading"
    CONNECTING = "connecting"
    OFFLINE = "offline"


@dataclass(frozen=True)
class Who:
    """The person and the one tenant they act for (measure A1: always visible)."""

    name: str = field(repr=False)
    person_id: str = field(repr=False)
    tenant: str = field(repr=False)


@dataclass(frozen=True)
class TopBarState:
    """``deadline``: the nearest one when it is close (``11:42``), else None.

    ``switches``: whether there is a way to other sign-ins.
    """

    instance: Instance
    who: Who
    link: Link = Link.LIVE
    deadline: str | None = None
    switches: bool = True


@dataclass(frozen=True)
class NavigationItem:
    """One page this person may open. ``count`` None: not known yet. ``for_me``: it waits for this person."""

    route: Route
    count: int | None = None
    for_me: bool = False


@dataclass(frozen=True)
class NavigationState:
    """The pages there are, and the one that is open."""

    items: tuple[NavigationItem, ...]
    current: Route = Route.LEADS


@dataclass(frozen=True)
class StatusState:
    """The line at the bottom.

    ``shown``: leads in the filter; ``loaded`` of ``total`` leads are in memory, ``total`` None is not known;
    ``seconds_left`` of the loading; ``as_of``: words for when the platform was last heard; ``waiting``:
    changes not sent yet; ``begun``: notes that are begun.
    """

    shown: int | None = None
    loaded: int = 0
    total: int | None = None
    done: bool = False
    seconds_left: int | None = None
    as_of: str | None = None
    waiting: int = 0
    begun: int = 0


@dataclass(frozen=True)
class OutageState:
    """No connection since a time of day; ``retry_in`` seconds until the next attempt, None while trying.

    ``ours``: not the network but an error in this program broke it off; it begins again by itself.
    ``obstacle``: key of the sentence on what stands in the way (outcome.obstacle.…), where that is known.
    """

    since: str
    retry_in: int | None = None
    ours: bool = False
    obstacle: str | None = None


@dataclass(frozen=True)
class WorkplaceState:
    """The whole frame. Not ``trusted``: deletions of a time offline are not applied yet (measure A9)."""

    top: TopBarState
    navigation: NavigationState
    status: StatusState = StatusState()
    outage: OutageState | None = None
    trusted: bool = True


class LockCause(StrEnum):
    """Why a window is locked; the values are keys of the lock page's line (lock.since_…)."""

    HAND = "hand"
    IDLE = "idle"
    DESKTOP = "desktop"
    SLEEP = "sleep"
    SWITCHED = "switched"


@dataclass(frozen=True)
class Locking:
    """Why it locks; ``minutes`` where nobody touched anything for so long.

    ``gives_up``: the person was asked, or was warned and did not answer: what cannot be sealed is lost.
    """

    cause: LockCause = LockCause.HAND
    minutes: int = 0
    gives_up: bool = False


BY_HAND = Locking()


class Memory(StrEnum):
    """What has become of the memory behind a lock page (guarantee A6); each is a sentence of it.

    EMPTYING: the program is about to begin anew. EMPTIED: it has. FREED: leads are unmapped, and that is all
    this program can do here. FAILED: it could not begin anew. KEPT: unsent changes cannot be sealed.
    """

    EMPTYING = "emptying"
    EMPTIED = "emptied"
    FREED = "freed"
    FAILED = "failed"
    KEPT = "kept"


@dataclass(frozen=True)
class LockState:
    """The lock page. ``waiting`` changes and ``begun`` notes are kept. ``trouble``: key of a sentence.

    ``outage``: the platform does not answer, so that nobody can unlock yet.
    ``key``: an API key was locked, and the same one opens it.
    ``second``: the password was right, the code of the second factor is asked for. ``form`` and ``browser``:
    the ways the server offers, as on the sign-in page; None is not known yet.
    """

    instance: Instance
    who: Who
    since: str
    waiting: int = 0
    busy: bool = False
    trouble: str | None = None
    seconds: int = 0
    second: bool = False
    key: bool = False
    obstacle: str | None = None
    locking: Locking = BY_HAND
    form: bool = True
    browser: BrowserStep | None = None
    outage: bool = False
    memory: Memory = Memory.FREED
    begun: int = 0


@dataclass(frozen=True)
class WindowState:
    """What a person finds again after unlocking: only what was typed, chosen, and ids. Memory only, sealed.

    ``letters``: whether single letters act as keys.
    """

    route: Route = Route.LEADS
    search: str = field(default="", repr=False)
    lead_id: str | None = None
    letters: bool = True
    locked_at: datetime | None = None
    locking: Locking = BY_HAND
