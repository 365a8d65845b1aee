"""What happens to webhooks, in the tenant's own stream; addresses and secrets are no part of it."""

from leaddesk.contract.ids import HookId
from leaddesk.server.domain.facts.base import Event


class WebhookRegistered(Event, frozen=True):
    """A system of the tenant is told of one kind of event from now on."""

    hook_id: HookId
    event_name: str


class WebhookSecretReplaced(Event, frozen=True):
    """Deliveries are signed with another secret from now on."""

    hook_id: HookId


class WebhookRemoved(Event, frozen=True):
    """It is told no more."""

    hook_id: HookId
