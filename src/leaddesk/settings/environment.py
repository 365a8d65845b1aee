"""Variables that would make libraries write or trust something behind our back (guarantee A7)."""

from __future__ import annotations

from collections.abc import MutableMapping

HOSTILE = (
    "SSLKEYLOGFILE",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "NETRC",
    "PYTHON_KEYRING_BACKEND",
    "KEYRING_PROPERTY_SCHEME",
    "KEYCHAIN_PATH",
)
"""A key log file would hold session keys, a certificate file would change whom we trust, the keyring
variables would choose another store. Corporate certificates come from the system's trust store."""


def disarm(environment: MutableMapping[str, str]) -> tuple[str, ...]:
    """Remove the hostile variables of this process and return the names that were set.

    It also keeps pydantic from looking for plugins (foreign code, a search that costs 40 ms), and zoneinfo,
    which pydantic imports, from asking how Python was built where the time zones lie (5 ms): nobody here asks
    for a zone by name (P2).
    """
    environment["PYDANTIC_DISABLE_PLUGINS"] = "__all__"
    environment["PYTHONTZPATH"] = ""
    found = tuple(name for name in HOSTILE if environment.pop(name, None) is not None)
    properties = tuple(name for name in environment if name.startswith("KEYRING_PROPERTY_"))
    for name in properties:
        del environment[name]
    return found + properties
