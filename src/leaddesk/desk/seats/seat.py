"""One sign-in: a server, a session, a store, a desk, and nothing that another seat could reach."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from leaddesk.desk.desk import Desk
    from leaddesk.session.session import Session
    from leaddesk.session.state import SessionState
    from leaddesk.session.tokens import Profile
    from leaddesk.settings.address import ServerAddress
    from leaddesk.store.store import Store


@dataclass(frozen=True, slots=True)
class Origin:
    """What a seat is made from.

    ``profile``: kept in the keyring, to be resumed. ``searches``: the keyring has not answered yet; what it
    keeps for this server is taken when it does.
    """

    address: ServerAddress
    profile: Profile | None = None
    searches: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Seat:
    """One sign-in at one tenant (measure A7).

    Invariant: client, session, store, outbox and push stream were made for this seat alone. ``leave`` closes
    the connection; nothing is asked afterwards.
    """

    origin: Origin
    session: Session
    store: Store
    desk: Desk
    leave: Callable[[], Awaitable[None]]

    @property
    def address(self) -> str:
        """The server's origin."""
        return self.origin.address.url

    @property
    def state(self) -> SessionState:
        """Where the session stands."""
        return self.desk.sign_in.state.value

    @property
    def profile_id(self) -> str | None:
        """The profile in use, or the one to be resumed."""
        profile = self.session.bearer.profile or self.origin.profile
        return profile.profile_id if profile is not None else None

    def is_same_person(self, other: Seat) -> bool:
        """Tell whether both are the same member at the same server, signed in twice."""
        mine, theirs = self.desk.sign_in.me, other.desk.sign_in.me
        if mine is None or theirs is None or self.address != other.address:
            return False
        return mine.person.member_id == theirs.person.member_id
