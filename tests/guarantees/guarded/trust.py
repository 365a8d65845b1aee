"""Whether a client in some environment trusts a server whose certificate only the environment vouches for."""

from __future__ import annotations

import ssl
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from socket import create_server

from tests.support.certificates import self_signed

ASKING = """
import os, sys
from leaddesk.guard.entering import begin
from leaddesk.settings.environment import disarm
begin()
disarm(os.environ)
import asyncio
from leaddesk.api.call import Call, Limits
from leaddesk.api.client import ApiClient
from leaddesk.api.errors import ApiError, Untrusted
from leaddesk.api.transport import open_http
from leaddesk.settings.address import read_address

async def asked():
    async with open_http(read_address(sys.argv[1], "test")) as http:
        try:
            await ApiClient(http).ask(Call("GET", "/me", limits=Limits(seconds=30)))
        except Untrusted:
            return "refused"
        except ApiError as error:
            return type(error).__name__
    return "trusted"

print(asyncio.run(asked()))
"""
PATIENCE = 120


def is_trusted(env: Mapping[str, str], folder: Path) -> bool:
    """Serve with a certificate that lies in ``folder`` as authority.pem; True if a client goes on with it.

    Raises RuntimeError when the client failed for another reason: that shows nothing.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*self_signed(folder, "authority"))
    with create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=_shake_hands, args=(listening, context), daemon=True).start()
        command = [sys.executable, "-B", "-c", ASKING, f"https://127.0.0.1:{listening.getsockname()[1]}"]
        done = subprocess.run(
            command,
            env=dict(env),
            cwd=folder.parent,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    if done.stdout.strip() not in ("refused", "trusted", "Interrupted"):
        raise RuntimeError(done.stdout + done.stderr)
    return done.stdout.strip() != "refused"


def _shake_hands(listening: object, context: ssl.SSLContext) -> None:
    """One handshake; a client that refuses ends it."""
    try:
        line, _ = listening.accept()  # type: ignore[attr-defined]
        with context.wrap_socket(line, server_side=True) as secured:
            secured.recv(1)
    except OSError:
        return
