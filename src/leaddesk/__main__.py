"""The front door: reads the command line, loads what the chosen command needs and nothing else.

Until a command is known only the standard library's ``argparse`` and ``sys`` are imported, so that
``leaddesk --help`` answers at once and the client never loads the server (house.md, "The floors").
"""

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn

from leaddesk.settings.numbers import leads

if TYPE_CHECKING:
    from leaddesk.guard.anew.carrying import Carried
    from leaddesk.settings.managed.reading import Reading
    from leaddesk.settings.settings import Settings

EXIT_USAGE = 2
DEMO_LEADS = 12_480
LEADS_HELP = f"leads of the manufacturer ({DEMO_LEADS:,})"
KEEPER = "--keep-keyring"  # what the client starts itself once more with, for the keyring
DECODER = "--decode"  # and for each file of a lead that is looked at
NEEDS_SERVER = (
    "this command needs the server, which is not part of this installation; install leaddesk[server]"
)
WRONG_SETTINGS = {
    "server-malformed": "this is not an address such as https://leads.example.com",
    "server-not-https": "only https is accepted, http on this machine alone",
    "server-with-path": "only scheme, host and port belong into the address",
    "server-with-credentials": "no user or password belongs into the address",
    "server-not-allowed": "the managed settings of this computer do not list this server",
    "unknown-value": "this value is not known",
    "unknown-flag": "this option is not known",
}

ABOUT = """\
leaddesk, the desktop client for partner sales.

Without a command it opens the client. Customer data is held in memory only;
what outlives the program is a revocable token in the system's keyring."""

EXAMPLES = """\
examples:
  leaddesk                                     open the client for the live platform
  leaddesk --server https://leads.example.com  open it for another server
  leaddesk demo                                try it: own server, own data, nothing real
  leaddesk demo --as admin --leads 100000      as the person who approves, with many leads
  leaddesk server run --port 8600              serve the demo population on this machine
  leaddesk server run --config /etc/leaddesk/server.toml   serve as configured, for real
  leaddesk server status                       how a configured, running server is
  leaddesk doctor                              what this workstation guarantees, and what it cannot"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line and return the exit code."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    if words[:1] == ["server"]:
        return _server(words[1:])
    if words == [KEEPER]:
        return _keeper()
    if len(words) == 2 and words[0] == DECODER:
        return _decoder(words[1])
    options = _parser().parse_args(words)
    return {None: _client, "demo": _demo, "doctor": _doctor}[options.command](options)


class _Parser(argparse.ArgumentParser):
    """argparse that says what is wrong in one sentence."""

    def error(self, message: str) -> NoReturn:
        self.exit(EXIT_USAGE, f"{self.prog}: {message}; try {self.prog} --help\n")


class _Version(argparse.Action):
    """``--version``: looked up only when asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        sys.stdout.write(f"leaddesk {version('leaddesk')}\n")
        parser.exit()


def _parser() -> argparse.ArgumentParser:
    raw = argparse.RawDescriptionHelpFormatter
    parser = _Parser("leaddesk", description=ABOUT, epilog=EXAMPLES, formatter_class=raw, allow_abbrev=False)
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and exit")
    parser.add_argument("--anew", type=int, help=argparse.SUPPRESS)  # after a lock: guard/anew
    parser.add_argument("--server", metavar="URL", help="address of the platform, https://…")
    parser.add_argument("--instance", metavar="NAME", help="what this computer calls that server")
    _add_looks(parser)
    commands = parser.add_subparsers(dest="command", metavar="command", parser_class=_Parser)
    _add_demo(commands)
    commands.add_parser("server", help="run and keep the reference server: leaddesk server --help")
    _add_doctor(commands)
    return parser


def _add_looks(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--theme", choices=["light", "dark", "high-contrast", "system"], help="colours")
    parser.add_argument("--language", choices=["de", "en"], help="language of the window")


def _add_demo(commands: "argparse._SubParsersAction[_Parser]") -> None:
    demo = commands.add_parser(
        "demo",
        help="open the client with a server and leads of its own",
        description="Start a server in memory, fill it with invented leads, sign in. Nothing is kept.",
        allow_abbrev=False,
    )
    demo.add_argument("--leads", type=leads, default=DEMO_LEADS, metavar="N", help=LEADS_HELP)
    demo.add_argument(
        "--as", dest="role", choices=["rep", "admin", "partner"], default="rep", help="whom to sign in as"
    )
    demo.add_argument("--tour", metavar="DIR", help="walk through the program by itself, pictures into DIR")
    _add_looks(demo)


def _add_doctor(commands: "argparse._SubParsersAction[_Parser]") -> None:
    doctor = commands.add_parser(
        "doctor",
        help="say what this workstation guarantees and what it cannot",
        description="Look at display, keyring, trusted certificates and sandbox of this workstation.",
        allow_abbrev=False,
    )
    doctor.add_argument("--json", action="store_true", help="for machines")
    doctor.add_argument("--report", action="store_true", help="for support: versions and findings, no names")
    doctor.add_argument("--language", choices=["de", "en"], help="language of what is said to people")


def _keeper() -> int:
    from leaddesk.guard.entering import follow

    follow()
    from leaddesk.session.keeper.program import keep

    return keep()


def _decoder(kind: str) -> int:
    from leaddesk.guard.entering import follow

    follow()
    from leaddesk.decoding.program import decode

    return decode(kind)


def _client(options: argparse.Namespace) -> int:
    carried = _guarded(options.anew)
    from leaddesk.settings.managed.gate import managed_settings

    settings = _settings(options, managed_settings())
    from leaddesk.session.keeper.keeper import Keeper

    keeper = Keeper()
    if carried is None:
        keeper.start(settings.server.url if settings.named else "")
    else:  # nobody is to be found; what it is needed for comes soon
        keeper.start()
    from leaddesk.wiring.light_start import travel_light

    travel_light()
    from leaddesk.wiring.front import run_client

    return run_client(settings, keeper, carried)


def _demo(options: argparse.Namespace) -> int:
    if options.tour is None:  # the tour writes its pictures; the windows it opens are guarded
        _guarded()
    settings = _settings(options)
    if not _is_installed("starlette"):
        return _refused(NEEDS_SERVER)
    from leaddesk.wiring.light_start import travel_light

    travel_light()
    from leaddesk.demo.options import DemoOptions
    from leaddesk.demo.run import run_demo

    return run_demo(DemoOptions(options.leads, options.role, options.tour, settings))


def _server(words: Sequence[str]) -> int:
    if not _is_installed("starlette"):
        return _refused(NEEDS_SERVER)
    from leaddesk.server.front.commandline import run_server_command

    return run_server_command(words)


def _doctor(options: argparse.Namespace) -> int:
    _guarded()
    from leaddesk.doctor.run import run_doctor

    return run_doctor(as_json=options.json, as_report=options.report, language=options.language)


def _guarded(anew: int | None = None) -> "Carried | None":
    """First of all: nothing is written from here on (A3), and no variable leads a library astray (A7).

    ``anew``: where to find what the process left that began this one over itself; it is returned.
    """
    import os

    from leaddesk.settings.environment import disarm

    if anew is None:
        from leaddesk.guard.entering import begin

        begin()
        carried = None
    else:
        from leaddesk.guard.anew.beginning import go_on

        carried = go_on(anew)
    disarm(os.environ)
    return carried


def _settings(options: argparse.Namespace, managed: "Reading | None" = None) -> "Settings":
    """Check the client's flags and variables; what is wrong ends the program with a sentence."""
    import os

    from leaddesk.settings.address import SettingsError
    from leaddesk.settings.settings import read_settings

    names = ("server", "instance", "theme", "language")
    given = {f"--{name}": getattr(options, name, None) for name in names}
    flags = [part for flag, value in given.items() if value is not None for part in (flag, value)]
    try:
        return read_settings(flags, os.environ, managed)
    except SettingsError as error:
        sys.exit(_refused(f"{error.what}: {WRONG_SETTINGS[error.fault.value]}"))


def _refused(sentence: str) -> int:
    sys.stderr.write(f"leaddesk: {sentence}\n")
    return EXIT_USAGE


def _is_installed(module: str) -> bool:
    from importlib.util import find_spec

    return find_spec(module) is not None


if __name__ == "__main__":
    sys.exit(main())
