"""``leaddesk server …``: reads the words, loads what the chosen command needs and nothing else.

Only ``argparse`` is imported until a command is known: help and mistakes are answered at once.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from leaddesk.server.operations.service.arguments import Parser

EXIT_USAGE = 2
DEMO_LEADS = 12_480
LEADS_HELP = f"leads of the manufacturer ({DEMO_LEADS:,})"
MOST_LEADS = 10_000_000

INSTALLING: Mapping[str, str] = MappingProxyType(
    {
        "init": "make the databases and roles of a configured server",
        "migrate": "bring its databases to this version",
        "backup": "dump its databases, or make a base backup",
        "restore": "fill empty databases from dumps, or go back to a moment",
        "drill": "try a restore to a moment beside the running server",
    }
)
"""What is done to a configured server's databases; arguments are read where it is done."""

ORDERS: Mapping[str, str] = MappingProxyType(
    {
        "status": "how a running server is",
        "tenants": "list its tenants",
        "create-tenant": "create a tenant with its first admin",
        "blueprint": "print forms, pipelines and markets: built-in ones, or a tenant's",
        "apply-blueprint": "add forms, pipelines and markets to a tenant, or change them",
        "add-person": "enter a member of a tenant",
        "add-partner": "make a tenant the sales partner of another",
        "prove-domain": "vouch for a tenant's e-mail domain",
        "delete-tenant": "erase a tenant for ever, in two steps",
        "retention": "erase now what tenants' rules no longer keep",
        "turn-epoch": "wrap all keys anew now",
        "export": "write the whole history, as ciphertext",
        "dead-letters": "count what webhooks never took",
    }
)
"""What a running server is told; arguments are read where it is done."""

EXAMPLES = """\
examples:
  leaddesk server run --port 8600                               the demo population, on this machine
  leaddesk server init --config /etc/leaddesk/server.toml       its databases, once
  leaddesk server run --config /etc/leaddesk/server.toml        serve as configured
  leaddesk server status                                        how it is
  leaddesk server create-tenant "Wagner AG" ada@wagner.example  the first firm (docs/operator-guide.md)
  leaddesk server backup --config /etc/leaddesk/server.toml --to /var/backups/leaddesk"""


def run_server_command(words: Sequence[str]) -> int:
    """Carry out ``leaddesk server <words>``; returns the exit code."""
    if words[:1] and words[0] in INSTALLING:
        from leaddesk.server.installation.command import run_installation

        return run_installation(words)
    if words[:1] == ["keep-wal"]:
        from leaddesk.server.installation.physical.wal import run_keep_wal

        return run_keep_wal(words[1:])
    if words[:1] == ["verify"]:
        from leaddesk.server.archive.command import run_verification

        return run_verification(words[1:])
    if words[:1] and words[0] in ORDERS:
        from leaddesk.server.door.command import run_order

        return run_order(words)
    options = _parser().parse_args(words)
    return {"run": _run, "public-key": _public_key}[options.act](options)


def _parser() -> Parser:
    raw = argparse.RawDescriptionHelpFormatter
    parser = Parser(
        "leaddesk server",
        description="The reference server: run it, make and keep its databases, tell it what to do.",
        epilog=EXAMPLES,
        formatter_class=raw,
        allow_abbrev=False,
    )
    acts = parser.add_subparsers(dest="act", metavar="run|init|status|…", required=True, parser_class=Parser)
    _add_run(acts)
    for name, about in {**INSTALLING, **ORDERS}.items():
        acts.add_parser(name, help=about)
    _add_evidence(acts)
    return parser


def _add_run(acts: "argparse._SubParsersAction[Parser]") -> None:
    run = acts.add_parser(
        "run",
        help="serve as configured, or the demo population on this machine",
        description="Without --config: serve the demo population on this machine; when ready, one line of "
        "JSON names the address and this run's random credentials. With --config: a real server, empty, as "
        "FILE and LEADDESK_… variables say (docs/operations.md).",
        allow_abbrev=False,
    )
    run.add_argument("--config", metavar="FILE", help="serve as configured, without the demo population")
    run.add_argument("--host", help="demo: loopback address to listen on (127.0.0.1)")
    run.add_argument("--port", type=_port, metavar="N", help="demo: port to listen on (a free one)")
    run.add_argument("--leads", type=_leads, metavar="N", help=f"demo: {LEADS_HELP}")


def _add_evidence(acts: "argparse._SubParsersAction[Parser]") -> None:
    acts.add_parser("keep-wal", help="archive a file of the write-ahead log, for PostgreSQL to call")
    acts.add_parser("verify", help="check a history: an export, or databases")
    public = acts.add_parser("public-key", help="print the public half of a signing key", allow_abbrev=False)
    public.add_argument("file", metavar="FILE", help="the file with the signing key")


def _run(options: argparse.Namespace) -> int:
    if options.config is None:
        from leaddesk.server.run import run_server

        leads = DEMO_LEADS if options.leads is None else options.leads
        return run_server(options.host or "127.0.0.1", options.port or 0, leads)
    if (options.host, options.port, options.leads) != (None, None, None):
        sentence = "--host, --port and --leads belong to the demo; FILE says them for a configured server"
        sys.stderr.write(f"leaddesk server: {sentence}\n")
        return EXIT_USAGE
    import os

    from leaddesk.server.configured import run_configured

    return run_configured(options.config, os.environ)


def _public_key(options: argparse.Namespace) -> int:
    from leaddesk.server.archive.command import run_public_key

    return run_public_key(options.file)


def _leads(text: str) -> int:
    return _whole(text, MOST_LEADS)


def _port(text: str) -> int:
    return _whole(text, 65_535)


def _whole(text: str, most: int) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else -1
    if not 0 <= number <= most:
        raise argparse.ArgumentTypeError(f"must be a whole number from 0 to {most}")
    return number
