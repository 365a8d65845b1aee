"""Which addresses may leave the program: https, tel and mailto by a strict grammar (guarantee D5).

What a browser, a dialler or a mail program gets is built of few characters, has one reading, and cannot be
taken for an option of a command or for a file. Whoever has another address encodes it first.
"""

from __future__ import annotations

import re

LONGEST = 2_048
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = rf"(?=[^/:?#]{{1,253}}(?:[:/?#]|$))(?:{_LABEL}\.)*(?=[a-z0-9-]*[a-z]){_LABEL}|127\.0\.0\.1|\[::1\]"
_PART = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-F]{2})*"
_QUERY = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-F]{2})*"
_REST = rf"(?::[1-9][0-9]{{0,4}})?(?:/{_PART})?(?:\?{_QUERY})?"
_HERE = r"localhost|127\.0\.0\.1|\[::1\]"
_WEB = re.compile(rf"(?:https://(?:{_HOST})|http://(?:{_HERE})){_REST}", re.ASCII)
"""http on this machine alone, as for the server's address."""
_TEL = re.compile(r"tel:\+?[0-9](?:[0-9.-]{0,30}[0-9])?", re.ASCII)
"""RFC 3966 without parameters, which could name another context."""
_MAILBOX = r"[A-Za-z0-9_+](?:[A-Za-z0-9._+-]{0,62}[A-Za-z0-9_+-])?@"
_MAILTO = re.compile(
    rf"mailto:{_MAILBOX}(?:{_LABEL}\.)+{_LABEL}(?:\?subject=(?:[A-Za-z0-9._~-]|%[0-9A-F]{{2}})*)?", re.ASCII
)
"""RFC 6068 with one address and at most a subject: ``attach``, ``cc`` and ``bcc`` would take data along."""
_UNSEEN = re.compile(r"%(?:[01][0-9A-F]|7F)")
"""Control characters however they are written: line ends make headers."""


def may_open(link: str) -> bool:
    """Tell whether a link may be handed to another program."""
    if len(link) > LONGEST or _UNSEEN.search(link) is not None:
        return False
    if any(grammar.fullmatch(link) for grammar in (_TEL, _MAILTO)):
        return True
    return _WEB.fullmatch(link) is not None and _port(link) <= 65_535


def _port(link: str) -> int:
    found = re.match(r"https?://(?:\[::1\]|[^/:?#]*):([0-9]+)", link)
    return int(found[1]) if found is not None else 0
