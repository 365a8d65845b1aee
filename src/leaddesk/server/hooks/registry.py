"""The webhooks of a tenant: registered, listed, removed.

Address and secrets lie sealed under a key of their own, which is destroyed with the hook.
"""

import secrets
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from leaddesk.contract.ids import HookId
from leaddesk.contract.problems import ProblemType
from leaddesk.contract.webhooks import Webhook, WebhookRequest
from leaddesk.server.commands.office import Office, Order, perform
from leaddesk.server.domain.events import Event, WebhookRegistered, WebhookRemoved, WebhookSecretReplaced
from leaddesk.server.domain.refusal import Refused, limit_reached, not_found
from leaddesk.server.eventlog.idempotency import Receipt
from leaddesk.server.eventlog.log import Stamp, Unit
from leaddesk.server.hooks.addresses import Target, read_url
from leaddesk.server.hooks.progress import begin, forget, state_of
from leaddesk.server.keys.places import hook_place
from leaddesk.server.keys.port import TENANT_KEY, hook_key
from leaddesk.server.projections.references import STREAM

MOST_HOOKS = 50
"""Webhooks of a tenant."""

_SELECT = "SELECT id, event_name, created_at, doc FROM webhook WHERE tenant_id = ?"
_STORE = (
    "INSERT INTO webhook (tenant_id, id, event_name, created_at, doc) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT (tenant_id, id) DO UPDATE SET doc = excluded.doc"
)
_DEAD = "SELECT COUNT(*) FROM webhook_dead WHERE tenant_id = ? AND hook_id = ?"


class About(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """The sealed part of a hook."""

    url: str
    secret: str
    api_key: str | None = None
    description: str | None = None

    def __repr__(self) -> str:
        return "<About>"


_ABOUT = msgspec.json.Decoder(About)


@dataclass(frozen=True, slots=True, repr=False)
class Hook:
    """One webhook."""

    hook_id: HookId
    event_name: str
    created_at: str
    about: About


def register_hook(office: Office, order: Order, wanted: WebhookRequest) -> Receipt:
    """Tell a system of one kind of event from now on; the address has been checked.

    Raises ``Refused`` (limit reached).
    """
    about = About(wanted.url, _new_secret(), wanted.api_key, wanted.description)

    def work(unit: Unit) -> Receipt:
        if len(unit.select("SELECT id FROM webhook WHERE tenant_id = ?")) >= MOST_HOOKS:
            raise limit_reached("webhooks", f"at most {MOST_HOOKS} of a tenant; remove one first")
        hook_id = HookId(office.new_id())
        _record(office, order, unit, WebhookRegistered(hook_id, wanted.event_name))
        _store(unit, Hook(hook_id, wanted.event_name, office.now(), about))
        begin(unit, hook_id)
        return Receipt(201, (hook_id,))

    return perform(office, order, work)


def replace_secret(office: Office, order: Order, hook_id: str) -> str:
    """Sign with a new secret from now on and return it. Raises ``Refused``: a repeated request is not shown
    a secret again.
    """
    made: list[str] = []

    def work(unit: Unit) -> Receipt:
        hook = find_hook(unit, hook_id)
        made[:] = [_new_secret()]
        _record(office, order, unit, WebhookSecretReplaced(hook.hook_id))
        _store(unit, replace(hook, about=msgspec.structs.replace(hook.about, secret=made[0])))
        return Receipt(200, (hook_id,))

    perform(office, order, work)
    if not made:
        raise Refused(ProblemType.SECRET_ALREADY_SHOWN)
    return made[0]


def remove_hook(office: Office, order: Order, hook_id: str) -> Receipt:
    """Tell it no more; what could not be delivered goes too, and its key is destroyed."""

    def work(unit: Unit) -> Receipt:
        hook = find_hook(unit, hook_id)
        _record(office, order, unit, WebhookRemoved(hook.hook_id))
        unit.run("DELETE FROM webhook WHERE tenant_id = ? AND id = ?", hook_id)
        forget(unit, hook_id)
        return Receipt(204, (hook_id,))

    receipt = perform(office, order, work)
    office.log.keys.destroy(order.scope.tenant, [hook_key(hook_id)])
    return receipt


def find_hook(unit: Unit, hook_id: str) -> Hook:
    """Return a webhook. Raises ``Refused`` (not found)."""
    found = unit.select(f"{_SELECT} AND id = ?", hook_id)
    if not found:
        raise not_found()
    return _hook(unit, *found[0])


def list_hooks(unit: Unit) -> list[Webhook]:
    """Describe all webhooks, oldest first, without secrets."""
    found = [_hook(unit, *row) for row in unit.select(f"{_SELECT} ORDER BY created_at, id")]
    return [_shown(unit, hook) for hook in found]


def _shown(unit: Unit, hook: Hook) -> Webhook:
    state = state_of(unit, hook.hook_id)
    return Webhook.model_validate(
        {
            "hook_id": hook.hook_id,
            "event_name": hook.event_name,
            "origin": target_of(hook).origin,
            "description": hook.about.description,
            "created_at": hook.created_at,
            "failed_attempts": state.attempts if state else 0,
            "dead_letters": unit.select(_DEAD, hook.hook_id)[0][0],
        }
    )


def target_of(hook: Hook) -> Target:
    """Take the address apart once more; it was checked when it was registered."""
    return read_url(hook.about.url, loopback=True)


def _store(unit: Unit, hook: Hook) -> None:
    about, place = msgspec.json.encode(hook.about), hook_place(hook.hook_id)
    sealed = unit.keys.seal(unit.tenant, hook_key(hook.hook_id), about, place)
    unit.run(_STORE, hook.hook_id, hook.event_name, hook.created_at, sealed)


def _hook(unit: Unit, hook_id: HookId, *row: Any) -> Hook:
    event_name, created_at, doc = row
    about = _ABOUT.decode(unit.keys.open(unit.tenant, hook_key(hook_id), doc, hook_place(hook_id)))
    return Hook(hook_id, event_name, created_at, about)


def _record(office: Office, order: Order, unit: Unit, event: Event) -> None:
    stamp = Stamp(office.now(), order.caller.urn, TENANT_KEY)
    unit.append(STREAM, unit.version_of(STREAM), [event], stamp)


def _new_secret() -> str:
    return secrets.token_urlsafe(32)
