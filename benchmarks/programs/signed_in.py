"""Signs somebody in and leaves the token in the keyring, as a person does the day before.

Standard input brings one line of JSON: url, email, password.
"""

from __future__ import annotations

import asyncio
import json
import sys

from leaddesk.api.client import ApiClient
from leaddesk.api.transport import open_http
from leaddesk.personal.masked import Personal, Secret
from leaddesk.session.keyring_vault import KeyringVault
from leaddesk.session.session import Session
from leaddesk.settings.address import read_address


async def leave_token(url: str, email: str, password: str) -> bool:
    """Sign in and go; whether the keyring has the token."""
    address = read_address(url, "url")
    http = open_http(address)
    vault = KeyringVault(seconds=10.0)
    session = Session(ApiClient(http), vault, address.url)
    await session.begin(await session.proof.by_password(Personal(email), Secret(password)))
    await http.aclose()
    return vault.note.value == "kept"


if __name__ == "__main__":
    said = json.loads(sys.stdin.readline())
    sys.exit(0 if asyncio.run(leave_token(said["url"], said["email"], said["password"])) else 1)
