"""Writes resources/openapi.json from the endpoints that a server registers (`make openapi`)."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from leaddesk.server.app import build_demo
from leaddesk.server.web.openapi.document import document, encoded

TARGET = Path(__file__).resolve().parent.parent / "resources" / "openapi.json"


def current() -> bytes:
    """Return the document of a server as it would be started now."""
    return encoded(document(build_demo(0, lambda: datetime.now(UTC)).app.routes))


def main() -> int:
    """Write the file; say whether it changed."""
    before = TARGET.read_bytes() if TARGET.exists() else b""
    TARGET.write_bytes(current())
    print(f"{TARGET.name}: {'unchanged' if TARGET.read_bytes() == before else 'written anew'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
