"""What can be ordered, and the answer: one line of JSON each. Both ends read the same models."""

from typing import Any

import msgspec

LONGEST_LINE = 512 * 1024
"""Bytes of an order or answer: a blueprint of the largest size fits, however it is escaped."""


class Order(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="order", rename="camel", forbid_unknown_fields=True
):
    """Any order."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


class Status(Order, frozen=True, kw_only=True, tag="status"):
    """How the server is."""


class Tenants(Order, frozen=True, kw_only=True, tag="tenants"):
    """Which tenants there are."""


class DeadLetters(Order, frozen=True, kw_only=True, tag="dead-letters"):
    """How many deliveries to webhooks were given up."""


class Export(Order, frozen=True, kw_only=True, tag="export"):
    """The whole history into ``to``: a new file or a folder; without it, into the configured folder."""

    to: str | None = None


class TurnEpoch(Order, frozen=True, kw_only=True, tag="turn-epoch"):
    """All keys that wrap keys anew, and the old ones destroyed."""


class Retention(Order, frozen=True, kw_only=True, tag="retention"):
    """What the tenants' rules no longer keep is erased; ``dry_run``: only counted."""

    dry_run: bool = False


class CreateTenant(Order, frozen=True, kw_only=True, tag="create-tenant"):
    """A tenant with its first admin, on instruction."""

    tenant: str
    name: str
    email: str
    password: str
    operator: str
    reason: str
    reference: str
    blueprint: str = ""


class ShowBlueprint(Order, frozen=True, kw_only=True, tag="blueprint"):
    """What a tenant has to work with, as a blueprint."""

    tenant: str


class ApplyBlueprint(Order, frozen=True, kw_only=True, tag="apply-blueprint"):
    """What a blueprint says added to what a tenant has, on instruction; ``dry_run``: only looked at."""

    tenant: str
    blueprint: str
    operator: str
    reason: str
    reference: str
    dry_run: bool = False


class AddPerson(Order, frozen=True, kw_only=True, tag="add-person"):
    """A member of a tenant, on instruction."""

    tenant: str
    name: str
    email: str
    role: str
    password: str
    operator: str
    reason: str
    reference: str


class AddPartner(Order, frozen=True, kw_only=True, tag="add-partner"):
    """A tenant as the sales partner of another, on instruction of both."""

    tenant: str
    partner: str
    email: str
    operator: str
    reason: str
    reference: str


class ProveDomain(Order, frozen=True, kw_only=True, tag="prove-domain"):
    """An e-mail domain as a tenant's own, for which the operator vouches, on instruction."""

    tenant: str
    domain: str
    operator: str
    reason: str
    reference: str


class DeleteTenant(Order, frozen=True, kw_only=True, tag="delete-tenant"):
    """A tenant's erasure, on instruction: asked for first, then confirmed with the code of the answer."""

    tenant: str
    operator: str = ""
    reason: str = ""
    reference: str = ""
    confirm: str | None = None


AnyOrder = (
    Status
    | Tenants
    | DeadLetters
    | Export
    | TurnEpoch
    | Retention
    | CreateTenant
    | ShowBlueprint
    | ApplyBlueprint
    | AddPerson
    | AddPartner
    | ProveDomain
    | DeleteTenant
)


class Answer(msgspec.Struct, frozen=True):
    """``outcome``: ``done``, or why not. ``facts``: what a sentence is made of."""

    outcome: str
    facts: dict[str, Any] = {}

    @property
    def is_done(self) -> bool:
        """Tell whether it was done."""
        return self.outcome == DONE


DONE = "done"


class NotDone(Exception):
    """The order was understood and is not carried out; the outcome says why."""

    def __init__(self, outcome: str, **facts: Any) -> None:
        super().__init__(outcome)
        self.answer = Answer(outcome, facts)


decode_order = msgspec.json.Decoder(AnyOrder).decode
decode_answer = msgspec.json.Decoder(Answer).decode
encode = msgspec.json.Encoder().encode
name_of: dict[type[Order], str] = {kind: str(kind.__struct_config__.tag) for kind in Order.__subclasses__()}
