"""Servers as an operator runs them: processes of their own on one PostgreSQL and one key store."""

from __future__ import annotations

import base64
import json
import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from leaddesk.contract.signin import CLIENT_ID
from leaddesk.server.identity.tokens.codes import challenge_of

VERIFIER = "v" * 43
PATIENCE = 60.0


@dataclass
class Tokens:
    """What a client holds."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)


class Through:
    """A server, asked over HTTP."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client

    def code(self, email: str, password: str) -> httpx.Response:
        """Check e-mail and password."""
        asked = {"email": email, "password": password, "codeChallenge": challenge_of(VERIFIER)}
        return self.client.post("/oauth/challenge", json=asked)

    def redeem(self, code: str) -> Tokens | None:
        """Exchange a code."""
        return self._token(grant_type="authorization_code", code=code, code_verifier=VERIFIER)

    def refresh(self, token: str, rotation: str) -> Tokens | None:
        """Exchange a refresh token; nothing when it gives nothing any more."""
        return self._token(grant_type="refresh_token", refresh_token=token, rotation_id=rotation)

    def sign_in(self, email: str, password: str) -> Tokens:
        """Sign somebody in."""
        answer = self.code(email, password)
        assert answer.status_code == 200, answer.text
        tokens = self.redeem(answer.json()["authorization_code"])
        assert tokens is not None
        return tokens

    def revoke(self, token: str) -> None:
        """Sign out."""
        assert self.client.post("/oauth/revoke", data={"token": token}).status_code == 200

    def get(self, path: str, whose: Tokens | str, **params: Any) -> httpx.Response:
        """Read something."""
        return self.client.get(path, params=params, headers=_credential(whose))

    def post(self, path: str, whose: Tokens | str, key: str | None = None, **body: Any) -> httpx.Response:
        """Change something."""
        headers = _credential(whose) | {"idempotency-key": key or new_key()}
        return self.client.post(path, json=body, headers=headers)

    def _token(self, **fields: str) -> Tokens | None:
        answer = self.client.post("/oauth/token", data={"client_id": CLIENT_ID, **fields})
        if answer.status_code == 400:
            assert answer.json() == {"error": "invalid_grant"}
            return None
        assert answer.status_code == 200, answer.text
        return Tokens(answer.json()["access_token"], answer.json()["refresh_token"])


class Running(Through):
    """One server process."""

    def __init__(self, place: Path, config: str) -> None:
        super().__init__(httpx.Client())
        self._file = place / f"{secrets.token_hex(4)}.toml"
        self._file.write_text(config)
        self._start()

    def ready(self) -> Running:
        """Wait until it serves."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, self._file.with_suffix(".log").read_text("utf-8")
        self.client.close()
        self.client = httpx.Client(base_url=json.loads(line)["url"], timeout=PATIENCE)
        return self

    def _start(self) -> None:
        command = [sys.executable, "-B", "-m", "leaddesk", "server", "run", "--config", str(self._file)]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("LEADDESK_")}
        self._errors = self._file.with_suffix(".log").open("ab")
        self.process = subprocess.Popen(
            command, text=True, env=environment, stdout=subprocess.PIPE, stderr=self._errors
        )

    def kill(self) -> None:
        """End it as a machine does that loses its power."""
        self.process.kill()
        self.process.wait(PATIENCE)
        self.client.close()  # not before: whoever reads from a socket closed elsewhere waits long
        assert self.process.stdout is not None
        self.process.stdout.close()
        self._errors.close()

    def again(self, killed: Callable[[], object] = lambda: None) -> None:
        """Kill it, tell so, and start it again, at another port."""
        self.kill()
        killed()
        self._start()
        self.ready()


def new_key() -> str:
    """Draw an idempotency key."""
    raw = secrets.token_hex(16)
    return f"{raw[:8]}-{raw[8:12]}-4{raw[13:16]}-8{raw[17:20]}-{raw[20:]}"


def _credential(whose: Tokens | str) -> dict[str, str]:
    return {"authorization": whose if isinstance(whose, str) else f"Bearer {whose.access}"}


def configuration(place: Path, conninfo: str, key_stores: tuple[str, str], bootstrap: Path) -> str:
    """Write down what all processes share: the databases of data and keys, who comes first."""
    for name in ("e1", "e2"):
        (place / name).mkdir(exist_ok=True)
    master = place / "master.key"
    master.touch(0o600)
    master.write_text(base64.b64encode(secrets.token_bytes(32)).decode())
    return f"""
[instance]
name = "Nordwind"
[server]
port = 0
requests_per_network = 10000
[storage]
backend = "postgresql"
database = "{conninfo}"
[keys]
databases = ["{key_stores[0]}", "{key_stores[1]}"]
epochs = ["{place}/e1", "{place}/e2"]
master_key_file = "{master}"
[bootstrap]
file = "{bootstrap}"
"""


@contextmanager
def two_processes(place: Path, config: str) -> Iterator[tuple[Running, Running]]:
    """Run two servers of one configuration, started at the same moment."""
    started: list[Running] = []
    try:
        started += [Running(place, config), Running(place, config)]
        yield started[0].ready(), started[1].ready()
    finally:
        for one in started:
            if one.process.poll() is None:
                one.kill()
