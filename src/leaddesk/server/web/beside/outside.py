"""What lies outside this process, as far as the configuration names it; nothing by default."""

from dataclasses import dataclass, field

from leaddesk.server.commands.attachments.scanning import Scanning


@dataclass(frozen=True, slots=True)
class Outside:
    """``public_url``: how the server is reached where something else ends TLS for it; else as asked."""

    scanning: Scanning = field(default_factory=Scanning)
    public_url: str | None = None
