"""What admins set for the tenant: its rules and its API keys; each an event of the tenant's own stream."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import msgspec

from leaddesk.contract.ids import TenantId, api_key_urn
from leaddesk.contract.people import Right, TenantPolicy
from leaddesk.contract.problems import ProblemType
from leaddesk.contract.tenant import (
    FOR_PEOPLE_ONLY,
    CreateApiKeyRequest,
    SignInPolicy,
    SignInPolicyRequest,
    TenantPolicyRequest,
)
from leaddesk.personal.masked import Secret
from leaddesk.server.commands.office import Office, Order, perform
from leaddesk.server.domain.events import Defined
from leaddesk.server.domain.refusal import Refused, forbidden, invalid, not_found
from leaddesk.server.eventlog.idempotency import Receipt
from leaddesk.server.eventlog.log import Stamp, Unit
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.identity.api_keys import ApiKeyRecord
from leaddesk.server.identity.facade import Identity
from leaddesk.server.identity.networks import canonical
from leaddesk.server.identity.people import People
from leaddesk.server.identity.tokens.digests import digest_of
from leaddesk.server.keys.port import TENANT_KEY
from leaddesk.server.projections import references

_POLICY_ID = "policy"
_SIGN_IN_ID, _NETWORKS_ID = "sign-in-policy", "networks"


@dataclass(frozen=True, slots=True)
class Made:
    """A new key; its secret exists here and in the answer, nowhere else."""

    key_id: str
    secret: Secret = field(repr=False)


def set_policy(office: Office, people: People, order: Order, wanted: TenantPolicyRequest) -> Receipt:
    """Set the tenant's policy; open streams of reps begin anew when what they may see has changed."""

    def work(unit: Unit) -> Receipt:
        known = people.tenant(order.caller.tenant_id).policy
        policy = known.model_copy(update=wanted.model_dump(exclude_unset=True))
        _define(office, unit, order, references.POLICY, _POLICY_ID, policy.model_dump(by_alias=True))
        return Receipt(200, ())

    receipt = perform(office, order, work)
    _follow(office, people, order.caller.tenant_id)
    office.log.wakeups.notify(order.caller.tenant_id)
    return receipt


def set_sign_in_policy(
    office: Office, identity: Identity, order: Order, wanted: SignInPolicyRequest
) -> Receipt:
    """Set how members sign in; sessions that are too old end at once, others at their next renewal."""
    policy = SignInPolicy(**wanted.model_dump())

    def work(unit: Unit) -> Receipt:
        _define(office, unit, order, references.POLICY, _SIGN_IN_ID, policy.model_dump(by_alias=True))
        return Receipt(200, ())

    receipt = perform(office, order, work)
    _follow(office, identity.people, order.caller.tenant_id)
    identity.register.end_older(order.caller.tenant_id, timedelta(hours=policy.session_hours))
    office.log.wakeups.notify(order.caller.tenant_id)
    return receipt


def set_networks(office: Office, people: People, order: Order, networks: tuple[str, ...]) -> Receipt:
    """Set where the tenant's people may come from (see :func:`checked_networks`), open streams included."""

    def work(unit: Unit) -> Receipt:
        _define(office, unit, order, references.POLICY, _NETWORKS_ID, {"networks": list(networks)})
        return Receipt(200, ())

    receipt = perform(office, order, work)
    _follow(office, people, order.caller.tenant_id)
    office.log.wakeups.notify(order.caller.tenant_id)
    return receipt


def checked_networks(texts: Iterable[str]) -> tuple[str, ...]:
    """Bring networks into their one form. Raises ``Refused`` (invalid input)."""
    try:
        return canonical(texts)
    except ValueError:
        raise invalid("networks", "networks such as 192.0.2.0/24 or 2001:db8::/32, or addresses") from None


def create_api_key(office: Office, people: People, order: Order, wanted: CreateApiKeyRequest) -> Made:
    """Make a key. Raises ``Refused``: a right that is for people only, one the creator lacks, or a repeated
    request, whose secret has been shown before and is not kept.
    """
    rights, networks = frozenset(wanted.rights), checked_networks(wanted.networks)
    _check(order, rights)
    secret = Secret(secrets.token_urlsafe(32))
    record = ApiKeyRecord(
        order.caller.tenant_id, office.new_id(), wanted.name, rights, office.now(), networks
    )

    def work(unit: Unit) -> Receipt:
        doc: dict[str, Any] = {
            "name": record.name,
            "rights": sorted(rights),
            "digest": digest_of(secret.reveal()).hex(),
            "createdAt": record.created_at,
            "networks": list(networks),
            "createdBy": order.caller.urn,
        }
        _define(office, unit, order, references.API_KEY, record.key_id, doc)
        return Receipt(201, (record.key_id,))

    receipt = perform(office, order, work)
    if receipt.ids != (record.key_id,):
        raise Refused(ProblemType.SECRET_ALREADY_SHOWN)
    people.api_keys.add(record, secret)
    return Made(record.key_id, secret)


def revoke_api_key(office: Office, people: People, order: Order, key_id: str) -> Receipt:
    """Revoke a key from this moment on, its open streams included. Raises ``Refused`` (not found)."""

    tenant = order.caller.tenant_id

    def work(unit: Unit) -> Receipt:
        # The key goes first: if the record of it fails, it is out all the same, and asking again records it.
        if not people.api_keys.revoke(tenant, key_id) and not _to_be_recorded(unit, people, key_id):
            raise not_found()
        _define(office, unit, order, references.API_KEY, key_id, {"revokedAt": office.now()})
        return Receipt(204, (key_id,))

    receipt = perform(office, order, work)
    office.log.wakeups.notify(order.caller.tenant_id)
    return receipt


def _follow(office: Office, people: People, tenant: TenantId) -> None:
    """Let identity have the rules that the log has, in the tenant's turn: of two at once the later one."""
    with office.log.for_tenant(Scope(tenant)).keeping() as unit:
        policy, sign_in, networks = (
            references.one_of(unit, references.POLICY, name)
            for name in (_POLICY_ID, _SIGN_IN_ID, _NETWORKS_ID)
        )
        record = people.tenant(tenant)
        if policy is not None:
            record = replace(record, policy=TenantPolicy.model_validate_json(policy))
        if sign_in is not None:
            record = replace(record, sign_in=SignInPolicy.model_validate_json(sign_in))
        if networks is not None:
            record = replace(record, networks=tuple(msgspec.json.decode(networks)["networks"]))
        people.add_tenant(record)


def _to_be_recorded(unit: Unit, people: People, key_id: str) -> bool:
    """Tell whether a key was revoked, but its record failed."""
    if api_key_urn(key_id) not in people.api_keys.ever_of(unit.tenant):
        return False
    doc = references.one_of(unit, references.API_KEY, key_id)
    return doc is None or "revokedAt" not in msgspec.json.decode(doc)


def _check(order: Order, rights: frozenset[Right]) -> None:
    if rights & FOR_PEOPLE_ONLY:
        allowed = sorted(set(Right) - FOR_PEOPLE_ONLY)
        raise invalid("rights", f"rights for machines: {', '.join(allowed)}")
    if not rights <= order.caller.rights:
        raise forbidden()


def _define(
    office: Office, unit: Unit, order: Order, area: str, reference_id: str, doc: dict[str, Any]
) -> None:
    stamp = Stamp(office.now(), order.caller.urn, TENANT_KEY)
    references.define(unit, Defined(area, reference_id, doc), stamp)
