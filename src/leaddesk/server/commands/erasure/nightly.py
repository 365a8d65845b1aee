"""The night's work: leads whose time is over are erased, then all keys are wrapped anew (server design).

In small steps, between which requests are answered. A key store's backup of the day before opens nothing
after it; so the night comes at least every 24 hours, whatever the hour.
"""

from collections.abc import Generator, Iterator

from leaddesk.server.commands.erasure.retention import expire
from leaddesk.server.commands.office import Office
from leaddesk.server.eventlog.scope import Scope


def is_due(office: Office) -> bool:
    """Tell whether the last turn of the epoch is nearly a day ago, or was interrupted."""
    return office.log.keys.is_turn_due()


def night(office: Office) -> Iterator[int]:
    """Do the work step by step; gives how many leads or keys each step was about."""
    for scope in office.log.scopes():
        yield from expire_all(office, scope)
    yield from office.log.keys.turn_epoch()


def expire_all(office: Office, scope: Scope) -> Generator[int, None, None]:
    """Erase all leads of a tenant whose time is over, step by step."""
    while count := expire(office, scope):
        yield count
