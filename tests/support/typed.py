"""A command line carried out in this process: what it prints, how it ends. A start of its own costs more.

What only a process of its own shows (what is loaded, signals, what it leaves) is tested with one.
"""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Mapping
from pathlib import Path
from subprocess import CompletedProcess
from unittest import mock

from leaddesk.__main__ import main


def typed_here(folder: Path, environment: Mapping[str, str], *words: str) -> CompletedProcess[str]:
    """Carry out ``leaddesk <words>`` in a folder, with these variables and no others."""
    said, complained = io.StringIO(), io.StringIO()
    with contextlib.ExitStack() as around:
        around.enter_context(mock.patch.dict(os.environ, environment, clear=True))
        around.enter_context(contextlib.chdir(folder))
        around.enter_context(contextlib.redirect_stdout(said))
        around.enter_context(contextlib.redirect_stderr(complained))
        try:
            code = main(words)
        except SystemExit as end:
            code = int(end.code or 0)
    return CompletedProcess(["leaddesk", *words], code, said.getvalue(), complained.getvalue())
