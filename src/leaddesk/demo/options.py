"""What ``leaddesk demo`` was told."""

from dataclasses import dataclass

from leaddesk.settings.settings import Settings


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """``role``: rep, admin or partner. ``tour``: folder for the pictures of the walk, or nothing.

    ``settings`` carries theme and language; the address in it gives way to the demo's own server.
    """

    leads: int
    role: str
    tour: str | None
    settings: Settings
