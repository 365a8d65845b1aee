"""The forms that texts of requests have, and how a problem puts each into words.

Whoever reads the document may use another engine of regular expressions: they differ about ``\\s``, so spaces
and controls are spelled out here.
"""

from collections.abc import Mapping
from types import MappingProxyType

_BLANK = r"\u0000-\u0020\u007f-\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"

SAID = f"[^{_BLANK}]"
"""Says something: not blank."""
EMAIL = f"^[^@{_BLANK}]+@[^@{_BLANK}]+$"
CREDENTIAL = r"^[!-~]([ -~]{0,510}[!-~])?$"
"""What a header can carry as it is."""
ISSUER = r"^https?://[!-~]{1,480}$"
DOMAIN = r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+$"
PSEUDONYM = r"^[a-z]{1,20}(-[a-z]{1,20})?-[0-9]{6}-[0-9a-f]{32}$"

IN_WORDS: Mapping[str, str] = MappingProxyType(
    {
        SAID: "a text that is not blank",
        EMAIL: "an e-mail address",
        CREDENTIAL: "at most 512 visible ASCII characters, spaces only between them",
        ISSUER: "an address such as https://id.example.com",
        DOMAIN: "a domain such as example.com, in small letters",
        PSEUDONYM: "a pseudonym as the access log shows it",
    }
)
"""A test holds it complete."""
