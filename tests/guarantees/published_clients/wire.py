"""What these clients have in common: the bare key, three tries, and a line for each step.

Facts of the contract: ``Authorization`` carries the key and nothing else; 429 and 5xx are tried three times,
two seconds times the attempt apart; nothing is known of idempotency keys or problems.
"""

from __future__ import annotations

import json
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

TRIES = 3


class Api:
    """One address and one key."""

    def __init__(self, base_url: str, key: str, sleep: Callable[[float], None] = time.sleep) -> None:
        self._base_url = base_url.rstrip("/")
        self._key = key
        self._sleep = sleep

    def call(self, method: str, path: str, body: Any = None) -> tuple[int, dict[str, str], Any]:
        """Send one request; returns status, headers and what the body holds."""
        for attempt in range(1, TRIES + 1):
            status, headers, raw = self._once(method, path, body)
            if status != 429 and status < 500:
                break
            self._sleep(2 * attempt)
        return status, headers, json.loads(raw) if raw else None

    def _once(self, method: str, path: str, body: Any) -> tuple[int, dict[str, str], bytes]:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": self._key} | ({"Content-Type": "application/json"} if data else {})
        request = urllib.request.Request(self._base_url + path, data, headers, method=method)
        return send(request)


def send(request: urllib.request.Request) -> tuple[int, dict[str, str], bytes]:
    """Send, and take an error's answer as an answer."""
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return (
                answer.status,
                {name.lower(): value for name, value in answer.headers.items()},
                answer.read(),
            )
    except urllib.error.HTTPError as refused:
        with refused:
            return (
                refused.code,
                {name.lower(): value for name, value in refused.headers.items()},
                refused.read(),
            )


class Steps:
    """Prints one line of JSON for each step; nothing stops at a failure."""

    def take(self, name: str, good: bool, seen: Any = "") -> bool:
        """Say how a step went."""
        print(json.dumps({"step": name, "ok": bool(good), "seen": str(seen)[:200]}), flush=True)
        return bool(good)


def start() -> tuple[Api, Steps]:
    """Read address and key: the address as argument, the key from standard input."""
    return Api(sys.argv[1], sys.stdin.readline().strip()), Steps()
