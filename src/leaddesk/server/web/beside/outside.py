"""What lies outside this process, as far as the configuration names it; nothing by default."""

from dataclasses import dataclass, field

from leaddesk.server.commands.attachments.scanning import Scanning
from leaddesk.server.hooks.courier import Courier
from leaddesk.server.mail.postbox import Postbox
from leaddesk.server.web.beside.asking import Ask, PinnedAsk
from leaddesk.server.web.beside.names import Texts, nobody


@dataclass(frozen=True, slots=True)
class Outside:
    """``public_url``: how the server is reached where something else ends TLS for it; else as asked.

    ``loopback_hooks``: webhooks may lead to this machine, over plain HTTP too, and firms' sign-ins lie there
    (tests). ``ask``: how providers of firms' sign-ins are asked. ``texts``: how the domain name system
    is, to show whose a domain is.
    """

    scanning: Scanning = field(default_factory=Scanning)
    courier: Courier = field(default_factory=Courier)
    loopback_hooks: bool = False
    public_url: str | None = None
    postbox: Postbox = field(default_factory=Postbox)
    ask: Ask = field(default_factory=PinnedAsk)
    texts: Texts = nobody
