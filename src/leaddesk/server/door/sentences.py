"""What an operator reads: lines of what was found, and one sentence of what came of it."""

from collections.abc import Callable, Iterator
from typing import Any

from leaddesk.server.door.orders import Answer
from leaddesk.server.operations.bootstrap import WEAKNESSES

Facts = dict[str, Any]

_REFUSED: dict[str, Callable[[Facts], str]] = {
    "not-allowed": lambda _: "only root and the user the server runs as may give it orders",
    "malformed": lambda _: "the server does not know this order; is it another version than this program?",
    "failed": lambda _: "it went wrong on the server, whose log names the kind of failure",
    "busy": lambda _: "the same work is being done already, here or by another process; try again later",
    "no-folder": lambda _: "evidence.exports names no folder; say where the export shall go",
    "not-written": lambda facts: f"the server cannot write there ({facts['why']})",
    "no-domain": lambda _: "expected a domain such as example.com, in small letters, the firm's alone",
    "too-many-domains": lambda _: "the tenant has as many domains as there may be",
    "no-such-tenant": lambda _: "there is no such tenant; `leaddesk server tenants` lists their ids",
    "not-one-line": lambda facts: f"{facts['field']}: expected one line of 1 to 200 characters",
    "no-email": lambda _: "email: expected an e-mail address",
    "email-in-use": lambda _: "somebody with this e-mail is there already",
    "without-instruction": lambda facts: str(facts["what"]),
    "weak-password": lambda facts: f"password: {WEAKNESSES[facts['weakness']]}",
    "misdrawn": lambda facts: f"blueprint: {facts['what']}",
    "step-in-use": lambda facts: (
        f'blueprint: pipeline "{facts["pipeline"]}" would lose the step "{facts["step"]}", at which'
        f" {_many(facts['leads'], 'lead stands', 'leads stand')}"
    ),
    "no-such-role": lambda facts: f"role: expected one of {facts['roles']}",
    "own-partner": lambda _: "a firm is not its own partner; two different ids are needed",
    "partner-email-in-use": lambda _: "another partner of this firm has that e-mail already",
    "not-asked": lambda _: "nothing waits for this code, or no longer; begin again without --confirm",
    "wrong-code": lambda facts: f"this is not the code; {_many(facts['tries'], 'try', 'tries')} left",
}


def refusal(answer: Answer) -> str:
    """Say why an order was not carried out."""
    return _REFUSED[answer.outcome](answer.facts) if answer.outcome in _REFUSED else answer.outcome


def told(order: str, facts: Facts) -> Iterator[str]:
    """Say what an order found and what came of it, the sentence last."""
    return _TOLD[order](facts)


def _status(facts: Facts) -> Iterator[str]:
    yield f"version {facts['version']}, process {facts['process']}"
    if "log" in facts:
        yield from _state(facts)
    failing = facts["failing"]
    do = "does" if len(failing) == 1 else "do"
    state = f"not ready: {', '.join(failing)} {do} not work" if failing else "ready"
    yield f"{facts['instance']} is {state}."


def _state(facts: Facts) -> Iterator[str]:
    yield f"log {facts['log'][:8]}"
    for lease in facts["leases"]:
        yield f"lease {lease['name']}: {lease['holder']}"
    if facts["epochDue"]:
        yield "the night's work is due"
    work = "does" if facts["works"] else "leaves to another process"
    yield f"this process {work} the work beside requests; {_many(facts['tenants'], 'tenant')}"
    yield f"{_many(facts['deadLetters'], 'delivery', 'deliveries')} to webhooks given up"


def _tenants(facts: Facts) -> Iterator[str]:
    for one in facts["tenants"]:
        yield f"{one['tenant']}  {one['name']}: {_contents(one)}"
    yield f"There {'is' if len(facts['tenants']) == 1 else 'are'} {_many(len(facts['tenants']), 'tenant')}."


def _dead_letters(facts: Facts) -> Iterator[str]:
    for one in facts["tenants"]:
        webhooks = _many(one["webhooks"], "webhook")
        yield f"{one['tenant']}  {one['name']}: {one['letters']} of {webhooks}"
    letters = sum(one["letters"] for one in facts["tenants"])
    yield f"{_many(letters, 'delivery was', 'deliveries were')} given up; a tenant can ask for them again."


def _export(facts: Facts) -> Iterator[str]:
    yield f"The history is in {facts['file']} ({facts['bytes']:,} bytes, ciphertext only)."


def _turn_epoch(facts: Facts) -> Iterator[str]:
    keys = _many(facts["keys"], "key was", "keys were")
    yield f"{keys} wrapped anew; backups of the key store from before open nothing any more."


def _retention(facts: Facts) -> Iterator[str]:
    for one in facts["tenants"]:
        yield f"{one['tenant']}  {one['name']}: {_many(one['leads'], 'lead')}"
    if facts["dryRun"]:
        yield f"{_many(facts['leads'], 'lead')} would be erased by the tenants' own rules; nothing was done."
    else:
        yield f"{_many(facts['leads'], 'lead was', 'leads were')} erased by the tenants' own rules."


def _create_tenant(facts: Facts) -> Iterator[str]:
    yield f"tenant {facts['tenant']}"
    if facts.get("password"):
        yield f"password {facts['password']}"
        yield _ONCE
    if not facts["forms"]:
        yield "It has no form yet, so no lead can be entered: `leaddesk server apply-blueprint`."
    else:
        parts = (("forms", "form"), ("pipelines", "pipeline"), ("markets", "market"))
        yield f"It has {', '.join(_many(facts[key], word) for key, word in parts)}."
    yield f"{facts['name']} is there, and its admin can sign in."


def _blueprint(facts: Facts) -> Iterator[str]:
    if facts["text"]:
        yield facts["text"].removesuffix("\n")
    else:
        yield f"# {facts['name']} has no form, pipeline or market."


def _apply_blueprint(facts: Facts) -> Iterator[str]:
    for one in facts["changes"]:
        yield f'{one["kind"]} "{one["name"]}": {one["act"]}'
    if not facts["changes"]:
        yield f"{facts['name']} has all of it already; nothing was changed."
    elif facts["dryRun"]:
        yield f"Nothing was done; {facts['name']} would be changed so."
    else:
        yield f"{facts['name']} has it. Who is signed in sees it after the next sign-in or restart."


def _add_person(facts: Facts) -> Iterator[str]:
    yield f"member {facts['member']}"
    if facts.get("password"):
        yield f"password {facts['password']}"
        yield _ONCE
    yield f"{facts['name']} has one {facts['role']} more, who can sign in."


def _add_partner(facts: Facts) -> Iterator[str]:
    was = "is" if facts["isNew"] else "was already"
    yield f"{facts['partnerName']} {was} a sales partner of {facts['name']}."


def _prove_domain(facts: Facts) -> Iterator[str]:
    yield f"{facts['domain']} is {facts['name']}'s: its admins can let people with addresses there sign in."


def _delete_tenant(facts: Facts) -> Iterator[str]:
    if facts.get("erased"):
        yield f"{facts['name']} is erased for ever; its log remains as ciphertext, with who did it and why."
        return
    yield f"{facts['name']}: {_contents(facts)}"
    yield "No backup of the data brings it back, and its partners lose what it let them read."
    yield f"Nothing has been done yet. Within {facts['minutes']} minutes: --confirm {facts['code']}"


_ONCE = "It is shown this once and kept nowhere; hand it over on a safe way."
_TOLD: dict[str, Callable[[Facts], Iterator[str]]] = {
    "status": _status,
    "tenants": _tenants,
    "dead-letters": _dead_letters,
    "export": _export,
    "turn-epoch": _turn_epoch,
    "retention": _retention,
    "create-tenant": _create_tenant,
    "delete-tenant": _delete_tenant,
    "blueprint": _blueprint,
    "apply-blueprint": _apply_blueprint,
    "add-person": _add_person,
    "add-partner": _add_partner,
    "prove-domain": _prove_domain,
}


def _contents(facts: Facts) -> str:
    parts = (("leads", "lead"), ("files", "file"), ("partners", "partner"), ("apiKeys", "API key"))
    people = "1 person" if facts["people"] == 1 else f"{facts['people']} people"
    return ", ".join([people, *(_many(facts[key], word) for key, word in parts)])


def _many(count: int, one: str, several: str = "") -> str:
    return f"{count:,} {one if count == 1 else several or one + 's'}"
