"""What an operator typed wrongly is one sentence, whichever command it was."""

from __future__ import annotations

import pytest

from leaddesk.server.front.commandline import run_server_command


@pytest.mark.parametrize(
    "words",
    ["init", "backup --config", "restore --config x --no", "keep-wal", "verify --no", "status --no", "no"],
)
def test_it_is_one_sentence(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run_server_command(words.split())
    said = capsys.readouterr()
    assert (ended.value.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert said.err.startswith("leaddesk server") and said.err.rstrip().endswith("--help")
