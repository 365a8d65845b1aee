"""Where the desktop client may be answered: its machine's loopback, any port (RFC 8252, 7.3).

An address is compared as a text, but for its port: what two readers may read differently is none.
"""

import re
from urllib.parse import urlencode

from leaddesk.contract.signin import CLIENT_ID, REDIRECT_PATH

_LOOPBACK = re.compile(rf"http://(?:127\.0\.0\.1|\[::1\]):([1-9][0-9]{{0,4}}){re.escape(REDIRECT_PATH)}")
_VERSION_6 = "http://["


def is_redirect(client_id: str, address: str) -> bool:
    """Tell whether a client may be answered at an address."""
    found = _LOOPBACK.fullmatch(address)
    return client_id == CLIENT_ID and found is not None and int(found[1]) < 65_536


def origin_of(address: str) -> str | None:
    """Name the origin of a redirect address as a policy of a page can (CSP 3, 6.7.2.8: no IPv6 literals)."""
    return None if address.startswith(_VERSION_6) else address.removesuffix(REDIRECT_PATH)


def answered(address: str, **fields: str | None) -> str:
    """Write a redirect address with an answer in its query (RFC 6749, 4.1.2)."""
    return f"{address}?{urlencode({name: value for name, value in fields.items() if value is not None})}"
