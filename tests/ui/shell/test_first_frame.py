"""The first frame needs nothing but Qt: network, keyring and validation come after it (performance, P1)."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("httpx", "pydantic", "keyring", "msgspec", "truststore", "qasync", "asyncio", "ssl")
PROGRAM = """
import sys
import leaddesk.ui.shell.main_window, leaddesk.ui.signin.sign_in_page, leaddesk.ui.theme.style
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


def test_window_and_sign_in_page_import_nothing_heavy() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert [name for name in HEAVY if name in done.stdout.split()] == []
