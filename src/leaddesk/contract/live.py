"""Server-sent events: ids of what changed, never data (contract, "live").

The stream's ``id`` is the tenant's gapless position; ``mark`` tells its history from another in which the
same positions are there, as after a restore, and comes back beside the id. ``event`` is one of
:class:`LiveKind`; ``data`` is a :class:`LiveMessage`, except for ``head`` (heartbeat) and ``reset``, whose
data is a :class:`LiveHead`.
"""

from enum import StrEnum

from leaddesk.contract.wire import WireModel


class LiveKind(StrEnum):
    """``gone``: the right to it was lost or it was erased; ``reset``: load everything anew."""

    LEAD = "lead"
    NOTE = "note"
    ATTACHMENT = "attachment"
    SHARE_REQUEST = "share-request"
    OFFER = "offer"
    POLICY = "policy"
    GONE = "gone"
    HEAD = "head"
    RESET = "reset"


class LiveMessage(WireModel):
    """Which thing changed. For ``note`` and ``attachment`` the id is the lead's, for ``policy`` the word."""

    id: str
    serial: int = 0
    mark: str | None = None


class LiveHead(WireModel):
    """The tenant's position at this moment."""

    position: int
    mark: str | None = None
