"""The front door as a person meets it: help that can be read, one sentence for mistakes, light imports."""

import json
import os
import socket
import subprocess
import sys

import pytest

from leaddesk.server.front.commandline import INSTALLING, ORDERS, run_server_command

NOBODY = "http://127.0.0.1:1"


def leaddesk(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LEADDESK_")}
    command = [sys.executable, "-m", "leaddesk", *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=60, env=kept | environment, check=False
    )


def one_sentence(run: "subprocess.CompletedProcess[str]", *words: str) -> None:
    assert run.returncode != 0
    assert run.stdout == "" and run.stderr.count("\n") == 1, run.stderr
    assert run.stderr.startswith("leaddesk") and "Traceback" not in run.stderr
    for word in words:
        assert word in run.stderr


def test_help_names_every_command_with_an_example() -> None:
    run = leaddesk("--help")
    assert run.returncode == 0
    for word in ("demo", "server run", "doctor", "--server", "--theme", "--language", "examples:"):
        assert word in run.stdout
    assert all(len(line) <= 100 for line in run.stdout.splitlines())


@pytest.mark.parametrize("command", [("demo",), ("server",), ("server", "run"), ("doctor",)])
def test_each_command_has_help_of_its_own(command: tuple[str, ...]) -> None:
    run = leaddesk(*command, "--help")
    assert run.returncode == 0 and run.stdout.startswith("usage: leaddesk " + " ".join(command))


@pytest.mark.parametrize("name", ["verify", "public-key", *INSTALLING, *ORDERS])
def test_each_act_of_the_server_is_listed_and_has_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    for words in ((name, "--help"), ("--help",)):
        with pytest.raises(SystemExit) as ended:
            run_server_command(words)
        assert ended.value.code == 0
    of_its_own, of_all = capsys.readouterr().out.split("usage: leaddesk server ")[1:]
    assert of_its_own.startswith(name) and f"\n    {name} " in of_all


def test_the_version_is_told() -> None:
    run = leaddesk("--version")
    assert run.returncode == 0 and run.stdout.split()[0] == "leaddesk" and run.stdout.split()[1][0].isdigit()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--nonsense",), ("--nonsense", "--help")),
        (("--serv=https://x.example",), ("--serv",)),
        (("nonsense",), ("demo", "server", "doctor")),
        (("--theme", "pink"), ("--theme", "light")),
        (("--language", "fr"), ("--language", "de")),
        (("--server", "nonsense"), ("--server", "https://")),
        (("--server", "http://leads.example.com"), ("--server", "https")),
        (("--server", "https://leads.example.com/path"), ("--server",)),
        (("--server", "https://ada:secret@leads.example.com"), ("--server",)),
        (("demo", "--leads", "many"), ("--leads", "whole number")),
        (("demo", "--leads", "-1"), ("--leads",)),
        (("demo", "--as", "boss"), ("--as", "partner")),
        (("server",), ("run",)),
        (("server", "run", "--port", "x"), ("--port", "65535")),
        (("server", "run", "--port", "65536"), ("--port",)),
        (("server", "run", "--leads", "1e3"), ("--leads",)),
        (("server", "run", "--leads", "9999999"), ("GiB",)),
        (("server", "run", "--host", "0.0.0.0"), ("--host", "loopback")),
        (("server", "run", "--host", "leads.example.com"), ("--host", "loopback")),
        (("server", "run", "--prot", "1"), ("--prot",)),
        (("server", "rnu"), ("rnu", "run")),
        (("server", "run", "--nonsense"), ("leaddesk server", "--nonsense", "--help")),
    ],
)
def test_what_is_wrong_is_one_sentence(arguments: tuple[str, ...], words: tuple[str, ...]) -> None:
    run = leaddesk(*arguments)
    one_sentence(run, *words)
    assert "secret" not in run.stderr


def test_a_wrong_variable_is_named_like_a_flag() -> None:
    one_sentence(leaddesk(LEADDESK_THEME="pink"), "LEADDESK_THEME")


def test_a_busy_port_is_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = str(busy.getsockname()[1])
        one_sentence(leaddesk("server", "run", "--port", port), port, "in use")


def test_the_doctor_tells_what_it_found_and_what_cannot_be_promised() -> None:
    run = leaddesk("doctor", LEADDESK_SERVER=NOBODY)
    assert run.stderr == "" and "What this workstation cannot promise:" in run.stdout
    for name in ("display", "keyring", "certificates", "sandbox", "refused by the kernel", "kept sign-ins"):
        assert name in run.stdout
    told = json.loads(leaddesk("doctor", "--json", LEADDESK_SERVER=NOBODY).stdout)
    assert {check["name"] for check in told["checks"]} >= {"display", "keyring", "certificates", "sandbox"}


def test_a_doctor_without_a_display_says_so_and_fails() -> None:
    run = leaddesk("doctor", "--json", DISPLAY="", WAYLAND_DISPLAY="", LEADDESK_SERVER=NOBODY)
    display = json.loads(run.stdout)["checks"][0]
    assert run.returncode == 1 and display["name"] == "display" and display["cannot"]


def test_help_and_mistakes_load_next_to_nothing() -> None:
    for arguments in (["--help"], ["--nonsense"], ["--server", "nonsense"]):
        loaded = _modules_after(arguments)
        heavy = {"PySide6", "httpx", "keyring", "pydantic", "starlette", "uvicorn", "asyncio", "msgspec"}
        assert not loaded & heavy
        assert not {name for name in loaded if name.startswith(("leaddesk.server", "leaddesk.demo"))}


def _modules_after(arguments: list[str]) -> set[str]:
    code = (
        "import contextlib, io, sys\n"
        "from leaddesk.__main__ import main\n"
        "with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()), "
        "contextlib.redirect_stderr(io.StringIO()):\n"
        f"    main({arguments!r})\n"
        "print('\\n'.join(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(run.stdout.split())
