"""SMTP by the standard library, in a thread: letters are few, a library for them is one more to trust."""

import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Literal, Protocol

from leaddesk.personal.masked import Secret

SECONDS = 20.0
"""How long one step of the conversation may take."""
_NAME = "[127.0.0.1]"
"""How we greet (RFC 5321, 4.1.3): what this machine is called is asked of nobody, and nobody's to know."""
Security = Literal["tls", "starttls", "none"]


class Carrier(Protocol):
    """Carries a letter; may wait. Raises ``OSError`` (smtplib's errors are such) when it does not arrive."""

    def carry(self, message: EmailMessage) -> None:
        """Hand a letter over."""


@dataclass(frozen=True, slots=True)
class Smtp:
    """A mail server. ``security``: TLS from the start, after STARTTLS, or none, on this machine only."""

    host: str
    port: int
    security: Security = "starttls"
    user: str | None = None
    password: Secret | None = field(default=None, repr=False)
    context: ssl.SSLContext | None = field(default=None, repr=False)

    def carry(self, message: EmailMessage) -> None:
        """Hand a letter over; the certificate is checked, and without one nothing is said."""
        context = self.context or ssl.create_default_context()
        with self._opened(context) as server:
            if self.security == "starttls":
                server.starttls(context=context)
            if self.user is not None and self.password is not None:
                server.login(self.user, self.password.reveal())
            server.send_message(message)

    def _opened(self, context: ssl.SSLContext) -> smtplib.SMTP:
        if self.security == "tls":
            return smtplib.SMTP_SSL(self.host, self.port, _NAME, timeout=SECONDS, context=context)
        return smtplib.SMTP(self.host, self.port, _NAME, timeout=SECONDS)
