"""Keeps the frame up to date: connection, deadline, counts, progress, outage."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer

from leaddesk.ui.kit.phrases import ago, clock_time
from leaddesk.ui.kit.wording import text
from leaddesk.ui.shell.state import (
    Link,
    NavigationItem,
    NavigationState,
    OutageState,
    Route,
    StatusState,
    TopBarState,
    Who,
    WorkplaceState,
)

if TYPE_CHECKING:
    from leaddesk.contract.people import Me
    from leaddesk.desk.desk import Desk
    from leaddesk.ui.shell.doors import Rooms

TICK = 1_000
WARN_MINUTES = 15


def who_of(me: Me) -> Who:
    """Return the person as the frame shows them; behind a key nobody is known by name."""
    if me.by_key:
        return Who(text("shell.key_person"), str(me.person.member_id), text("shell.key_tenant"))
    return Who(me.person.name, str(me.person.member_id), me.tenant.name)


class FramePresenter:
    """Renders the frame's state whenever the desk says something changed, and once a second for the clocks.

    Invariant: a render happens only when the state differs from what is shown.
    """

    def __init__(
        self, render: Callable[[WorkplaceState], object], rooms: Rooms, clock: Callable[[], datetime]
    ) -> None:
        self._show, self._rooms, self._clock = render, rooms, clock
        self._route = Route.LEADS
        self._shown: int | None = None
        self._loading_since: datetime | None = None
        self._rendered: WorkplaceState | None = None
        desk = rooms.desk
        heard: tuple[Any, ...] = (
            desk.sync.connection.changed,
            desk.sync.progress.changed,
            desk.offers.changed,
            desk.approvals.changed,
            desk.sharing.changed,
            desk.outbox.changed,
            desk.drafts.changed,
        )
        self._subscriptions = [topic.subscribe(self._changed) for topic in heard]
        self._timer = QTimer()
        self._timer.timeout.connect(self.render)
        self._timer.start(TICK)

    def close(self) -> None:
        """Stop listening and ticking."""
        self._timer.stop()
        for subscription in self._subscriptions:
            subscription.close()

    def set_route(self, route: Route) -> None:
        """Mark another page as the open one."""
        self._route = route
        self.render()

    def set_shown(self, shown: int) -> None:
        """Say how many leads the filter shows."""
        self._shown = shown
        self.render()

    def render(self) -> None:
        """Compose the state and show it if it differs."""
        if self._rooms.desk.sign_in.me is None:
            return
        state = self.compose()
        if state != self._rendered:
            self._rendered = state
            self._show(state)

    def compose(self) -> WorkplaceState:
        """Return the frame's state at this moment; needs a signed-in person."""
        desk, now = self._rooms.desk, self._clock()
        me = desk.sign_in.me
        if me is None:
            raise LookupError("nobody is signed in")
        link = self._link()
        switches = self._rooms.seating is not None
        top = TopBarState(self._rooms.ground.instance, who_of(me), link, self._deadline(now), switches)
        navigation = NavigationState(items(desk, len(self._rooms.store.leads)), self._route)
        return WorkplaceState(
            top, navigation, self._status(now, link), self._outage(now, link), desk.sync.trusted
        )

    def _changed(self, _message: object) -> None:
        self.render()

    def _link(self) -> Link:
        sync = self._rooms.desk.sync
        phase = sync.connection.value.phase.value
        if phase == "offline":
            return Link.OFFLINE
        if not sync.progress.value.done:
            return Link.LOADING if sync.progress.value.total is not None else Link.CONNECTING
        return Link.CONNECTING if phase in ("connecting", "broken") else Link.LIVE

    def _deadline(self, now: datetime) -> str | None:
        """Return the time left of the nearest offer once it is under 15 minutes or a fifth of its time."""
        open_offers = [offer for offer in self._rooms.desk.offers.all() if offer.status.value == "OPEN"]
        nearest = min(open_offers, key=lambda offer: offer.deadline_at, default=None)
        if nearest is None or nearest.deadline_at <= now:
            return None
        left = nearest.deadline_at - now
        if left > max(timedelta(minutes=WARN_MINUTES), (nearest.deadline_at - nearest.offered_at) / 5):
            return None
        seconds = int(left.total_seconds())
        hours, minutes = divmod(seconds // 60, 60)
        return f"{hours}:{minutes:02d}:{seconds % 60:02d}" if hours else f"{minutes}:{seconds % 60:02d}"

    def _status(self, now: datetime, link: Link) -> StatusState:
        desk = self._rooms.desk
        progress = desk.sync.progress.value
        heard = progress.synced_at
        as_of = None if heard is None else clock_time(heard) if link is Link.OFFLINE else ago(heard, now)
        state = StatusState(
            shown=self._shown,
            loaded=progress.loaded,
            total=len(self._rooms.store.leads) if progress.done else progress.total,
            done=progress.done,
            as_of=as_of,
            waiting=desk.outbox.waiting,
            begun=desk.drafts.count,
        )
        return replace(state, seconds_left=self._seconds_left(now, state))

    def _seconds_left(self, now: datetime, state: StatusState) -> int | None:
        """Estimate from what came so far; the first second says nothing."""
        if state.done or state.loaded == 0 or state.total is None:
            self._loading_since = None if state.done else now
            return None
        since = self._loading_since or now
        self._loading_since = since
        passed = (now - since).total_seconds()
        return None if passed < 1 else round((state.total - state.loaded) * passed / state.loaded)

    def _outage(self, now: datetime, link: Link) -> OutageState | None:
        connection = self._rooms.desk.sync.connection.value
        ours = connection.phase.value == "broken"
        if link is not Link.OFFLINE and not ours:
            return None
        retry = connection.retry_at
        seconds = None if retry is None else round((retry - now).total_seconds())
        left = seconds if seconds is not None and seconds > 0 else None
        return OutageState(clock_time(connection.since), left, ours, connection.obstacle)


def items(desk: Desk, leads: int) -> tuple[NavigationItem, ...]:
    """Return the navigation; ``leads`` are in memory. Pages one has no right to are absent (measure A10)."""
    from leaddesk.contract.people import Right

    done = desk.sync.progress.value.done
    found = [NavigationItem(Route.LEADS, leads if done else None)]
    if desk.may(Right.OFFER_DECIDE) and desk.sign_in.can("offers") and desk.offers.receives:
        found.append(NavigationItem(Route.OFFERS, desk.offers.open_count, for_me=True))
    if desk.may(Right.LEAD_SHARE) and desk.sign_in.can("sharing") and desk.directory.markets():
        pending = sum(request.status.value == "PENDING" for request in desk.sharing.requests())
        found.append(NavigationItem(Route.SHARES, pending))
    if desk.may(Right.SHARE_APPROVE) and desk.sign_in.can("sharing"):
        found.append(NavigationItem(Route.APPROVALS, desk.approvals.waiting_for_me, for_me=True))
    return tuple(found)
