"""The base of all events."""

import msgspec


class Event(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """Base of all events; its ``repr`` shows the kind only (guarantee A8)."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    @property
    def subject(self) -> str | None:
        """Name what push names beside the lead."""
        return getattr(self, "share_request_id", None) or getattr(self, "offer_id", None)
