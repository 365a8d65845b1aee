"""``leaddesk server status`` and its neighbours: read the arguments, call at the door, say what came of it.

Exit codes: 0 done, 1 not done or the server is not ready, 2 the arguments or the configuration, 130
interrupted (the order is carried out all the same).
"""

import argparse
import getpass
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from leaddesk.personal.masked import Secret
from leaddesk.server.domain.blueprint.choice import BUILT_IN, NONE, text_of
from leaddesk.server.domain.blueprint.plan import Misdrawn
from leaddesk.server.door import orders
from leaddesk.server.door.calling import USUAL_CONFIG, NobodyThere, call, door_of
from leaddesk.server.door.sentences import refusal, told
from leaddesk.server.identity.choosing.rule import drawn_password
from leaddesk.server.operations.service.arguments import Parser
from leaddesk.server.operations.settings import Misconfigured

EXIT_NOT_DONE, EXIT_USAGE, EXIT_INTERRUPTED = 1, 2, 130
ROOT = "root"
ABOUT = {
    "status": "Say how a running server is. Exit code 1 if it is not ready.",
    "tenants": "List the tenants of a running server: id, name, and how much there is of each.",
    "dead-letters": "Count the deliveries to webhooks that were given up, by tenant.",
    "export": "Write the whole history, as ciphertext, for `leaddesk server verify`.",
    "turn-epoch": "Wrap all keys anew and destroy the old ones now instead of at night.",
    "retention": "Erase now what the tenants' own rules no longer keep, instead of at night.",
    "create-tenant": "Create a tenant with its first admin and what it has to work with, on record in its own"
    " history.",
    "blueprint": "Print forms, pipelines and markets as a file for `apply-blueprint`: those that come with"
    " the server (de, en), or a tenant's.",
    "apply-blueprint": "Add what a file says to a tenant's forms, pipelines and markets, or change it; they"
    " are known by their names. Nothing is taken away, and what is so already stays untouched.",
    "add-person": "Enter a member of a tenant with a password that you hand over, on record in the tenant's"
    " own history.",
    "add-partner": "Make a tenant the sales partner of another, on the instruction of both and on record with"
    " both.",
    "prove-domain": "Vouch for an e-mail domain as a tenant's own, where its DNS cannot show it, on record in"
    " the tenant's own history.",
    "delete-tenant": "Erase a tenant for ever: first asked for, then confirmed with a code.",
}


ON_INSTRUCTION = (
    "create-tenant",
    "apply-blueprint",
    "add-person",
    "add-partner",
    "prove-domain",
    "delete-tenant",
)
"""Interventions: who does it, why and on whose word stays on record."""
Made = tuple[orders.AnyOrder, Secret | None]
"""An order, and the password that was drawn for it."""


class Unnamed(Exception):
    """An intervention needs more than it was given; the text is the sentence."""


def run_order(arguments: Sequence[str]) -> int:
    """Carry out ``leaddesk server <order> …``; returns the exit code."""
    options = _parser().parse_args(arguments)
    if options.order == "blueprint" and options.which in BUILT_IN:
        _print(text_of(options.which).rstrip("\n"))
        return 0
    try:
        order, password = _order(options)
        answer = call(_door(options), order)
    except Misdrawn as wrong:
        return _refused(f"blueprint: {wrong}", EXIT_USAGE)
    except (NobodyThere, Misconfigured, Unnamed) as wrong:
        return _refused(str(wrong), EXIT_NOT_DONE if isinstance(wrong, NobodyThere) else EXIT_USAGE)
    except KeyboardInterrupt:
        return _refused("not waited for; the server may be carrying it out", EXIT_INTERRUPTED)
    facts = answer.facts | ({"password": password.reveal()} if password and answer.is_done else {})
    return _said(options, orders.Answer(answer.outcome, facts))


def _parser() -> Parser:
    parser = Parser("leaddesk server", allow_abbrev=False)
    acts = parser.add_subparsers(dest="order", required=True, parser_class=Parser)
    made = {
        name: acts.add_parser(name, description=about, allow_abbrev=False) for name, about in ABOUT.items()
    }
    made["export"].add_argument(
        "to", nargs="?", metavar="FILE", help="a new file, or a folder, the server can write to"
    )
    made["retention"].add_argument("--dry-run", action="store_true", help="only count, by tenant")
    create, delete = made["create-tenant"], made["delete-tenant"]
    create.add_argument("tenant", metavar="NAME", help="name of the firm")
    create.add_argument("email", metavar="EMAIL", help="e-mail of its first admin")
    create.add_argument("--admin-name", metavar="NAME", help="the admin's name (from the e-mail)")
    create.add_argument(
        "--blueprint",
        metavar="FILE",
        default=BUILT_IN[0],
        help=f"what it has to work with: a file, or one that comes with the server: {', '.join(BUILT_IN)} or"
        f" {NONE} ({BUILT_IN[0]})",
    )
    _add_equipping(made)
    delete.add_argument("tenant", metavar="ID", help="the tenant's id (leaddesk server tenants)")
    delete.add_argument("--confirm", metavar="CODE", help="the code of the first step")
    for one in (made[name] for name in ON_INSTRUCTION):
        one.add_argument("--operator", metavar="NAME", help="who does this (the user signed in)")
        one.add_argument("--reason", metavar="TEXT", help="why, at least 10 characters")
        one.add_argument(
            "--reference", metavar="TICKET", help="the instruction for it, such as a ticket's number"
        )
    for one in (create, made["add-person"]):
        one.add_argument("--password-stdin", action="store_true", help="read the password, draw none")
    for one in made.values():
        one.add_argument("--config", metavar="FILE", help=f"the server's configuration ({USUAL_CONFIG})")
        one.add_argument("--socket", metavar="PATH", help="the socket itself, instead of the configuration")
        one.add_argument("--json", action="store_true", help="the answer for machines, one line")
    return parser


def _add_equipping(made: dict[str, Parser]) -> None:
    made["blueprint"].add_argument(
        "which",
        metavar="ID",
        help=f"a tenant's id, or {' or '.join(BUILT_IN)} for what comes with the server",
    )
    apply, person, partner = made["apply-blueprint"], made["add-person"], made["add-partner"]
    for one in (apply, person, partner, made["prove-domain"]):
        one.add_argument("tenant", metavar="ID", help="the tenant's id (leaddesk server tenants)")
    made["prove-domain"].add_argument("domain", metavar="DOMAIN", help="the domain, such as wagner.example")
    apply.add_argument("blueprint", metavar="FILE", help="the blueprint (TOML)")
    apply.add_argument("--dry-run", action="store_true", help="only say what would change")
    person.add_argument("email", metavar="EMAIL", help="the new member's e-mail")
    person.add_argument("--role", metavar="ROLE", default="rep", help="rep, admin or auditor (rep)")
    person.add_argument("--name", metavar="NAME", help="the new member's name (from the e-mail)")
    partner.add_argument(
        "partner", metavar="PARTNER-ID", help="the id of the tenant that becomes its partner"
    )
    partner.add_argument("email", metavar="EMAIL", help="the partner's address, as the firm knows it")


def _door(options: argparse.Namespace) -> Path:
    return Path(options.socket) if options.socket else door_of(options.config, os.environ)


def _order(options: argparse.Namespace) -> Made:
    """Make the order, and the password that was drawn for it."""
    plain: dict[str, orders.AnyOrder] = {
        "status": orders.Status(),
        "tenants": orders.Tenants(),
        "dead-letters": orders.DeadLetters(),
        "turn-epoch": orders.TurnEpoch(),
    }
    if options.order in plain:
        return plain[options.order], None
    if options.order == "export":
        return orders.Export(to=None if options.to is None else os.path.abspath(options.to)), None  # noqa: PTH100
    if options.order == "retention":
        return orders.Retention(dry_run=options.dry_run), None
    if options.order in _MAKERS:
        return _MAKERS[options.order](options)
    given: dict[str, Any] = {} if options.confirm is not None else _instruction(options)
    return orders.DeleteTenant(tenant=options.tenant, confirm=options.confirm, **given), None


def _founding(options: argparse.Namespace) -> Made:
    password, drawn = _password(options)
    name = options.admin_name or options.email.partition("@")[0]
    founding = orders.CreateTenant(
        tenant=options.tenant,
        name=name,
        email=options.email,
        password=password,
        blueprint=text_of(options.blueprint),
        **_instruction(options),
    )
    return founding, drawn


def _showing(options: argparse.Namespace) -> Made:
    return orders.ShowBlueprint(tenant=options.which), None


def _applying(options: argparse.Namespace) -> Made:
    text = text_of(options.blueprint)
    given = _instruction(options)
    return orders.ApplyBlueprint(
        tenant=options.tenant, blueprint=text, dry_run=options.dry_run, **given
    ), None


def _entering(options: argparse.Namespace) -> Made:
    given = _instruction(options)
    password, drawn = _password(options)
    name = options.name or options.email.partition("@")[0]
    person = orders.AddPerson(
        tenant=options.tenant, name=name, email=options.email, role=options.role, password=password, **given
    )
    return person, drawn


def _introducing(options: argparse.Namespace) -> Made:
    given = _instruction(options)
    return orders.AddPartner(
        tenant=options.tenant, partner=options.partner, email=options.email, **given
    ), None


def _proving(options: argparse.Namespace) -> Made:
    given = _instruction(options)
    return orders.ProveDomain(tenant=options.tenant, domain=options.domain, **given), None


_MAKERS: dict[str, Callable[[argparse.Namespace], Made]] = {
    "create-tenant": _founding,
    "blueprint": _showing,
    "apply-blueprint": _applying,
    "add-person": _entering,
    "add-partner": _introducing,
    "prove-domain": _proving,
}


def _password(options: argparse.Namespace) -> tuple[str, Secret | None]:
    """Read the password, or draw one; that one is shown."""
    drawn = None if options.password_stdin else drawn_password()
    return sys.stdin.readline().rstrip("\r\n") if drawn is None else drawn.reveal(), drawn


def _instruction(options: argparse.Namespace) -> dict[str, str]:
    """Say who does it – who is signed in, if not told else; nobody is called root –, why, on whose word.

    Raises :class:`Unnamed`.
    """
    operator = options.operator or os.environ.get("SUDO_USER") or _user()
    if options.operator is None and operator in ("", ROOT):
        raise Unnamed("--operator NAME is missing: who does this? It stays on record")
    for word in ("reason", "reference"):
        if getattr(options, word) is None:
            raise Unnamed(f"--{word} is missing: it stays on record with what is done")
    return {"operator": operator, "reason": options.reason, "reference": options.reference}


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user without a name, as in a container
        return ""


def _said(options: argparse.Namespace, answer: orders.Answer) -> int:
    good = answer.is_done and not answer.facts.get("failing")
    if options.json:
        _print(json.dumps({"outcome": answer.outcome, **answer.facts}))
    elif answer.is_done:
        for line in told(options.order, answer.facts):
            _print(line)
    else:
        return _refused(refusal(answer), EXIT_NOT_DONE)
    return 0 if good else EXIT_NOT_DONE


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")


def _refused(sentence: str, code: int) -> int:
    sys.stderr.write(f"leaddesk server: {sentence}\n")
    return code
