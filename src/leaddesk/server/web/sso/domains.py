"""``/tenant/domains``: a firm shows which e-mail domains are its own, by a record in their DNS."""

import hmac

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from leaddesk.contract.ids import TenantId
from leaddesk.contract.people import Right
from leaddesk.contract.problems import ProblemType
from leaddesk.contract.single_sign_on import DomainProof, DomainRequest
from leaddesk.server.domain.refusal import Refused
from leaddesk.server.identity.caller import Caller
from leaddesk.server.identity.firms.domains import Domains, Proved
from leaddesk.server.web.beside.names import NoAnswer
from leaddesk.server.web.edge.access import ADMINISTRATION, Access
from leaddesk.server.web.edge.answers import answer, answers
from leaddesk.server.web.edge.inputs import parse_body
from leaddesk.server.web.edge.routes import guarded
from leaddesk.server.web.edge.spec import IDEMPOTENCY_KEY, Spec
from leaddesk.server.web.services import Services, order_of, person_of
from leaddesk.server.web.sso.setting import checked_domain, note_domain

PLACE = "/tenant/domains"
_LIST = Spec("The e-mail domains that are known to be the tenant's", DomainProof, many=True)
_PROVE = Spec(
    "Look whether a domain's DNS has the record that shows that it is the tenant's; the answer says which. "
    "Without `provedAt` it is not there yet: ask again with a new idempotency key",
    DomainProof,
    body=DomainRequest,
    params=(IDEMPOTENCY_KEY,),
    problems=(ProblemType.LIMIT_REACHED, ProblemType.INVALID_INPUT, ProblemType.NAMES_UNAVAILABLE),
    on_loop=True,
)


def routes(services: Services, domains: Domains) -> list[BaseRoute]:
    """Register the endpoints."""
    apart, right = services.identity.apart, Right.POLICY_MANAGE
    listing, proving = (Access(f"domain.{act}", ADMINISTRATION) for act in ("list", "prove"))

    def shown(tenant: TenantId, domain: str, proved: Proved | None) -> DomainProof:
        expected = domains.record(tenant, domain)
        known = {"proved_at": proved.since, "proved_by": proved.by} if proved else {}
        found = {"domain": domain, "record_name": expected.name, "record_value": expected.value}
        return DomainProof.model_validate(found | known)

    def one_of(tenant: TenantId, domain: str) -> DomainProof:
        return shown(tenant, domain, next((o for o in domains.of(tenant) if o.domain == domain), None))

    async def everything(_request: Request, caller: Caller) -> Response:
        tenant = caller.tenant_id
        found = await apart(lambda: [shown(tenant, one.domain, one) for one in domains.of(tenant)])
        return answers(found)

    async def prove(request: Request, caller: Caller) -> Response:
        who = person_of(caller)
        order, wanted = await order_of(request, who), await parse_body(request, DomainRequest)
        domain = checked_domain(wanted.domain)
        known = await apart(lambda: one_of(who.tenant_id, domain))
        if known.proved_at is None and await _is_there(services, known):
            await apart(lambda: note_domain(services.office, domains, order, domain))
            known = await apart(lambda: one_of(who.tenant_id, domain))
        return answer(known)

    return [
        guarded("GET", PLACE, everything, right, spec=_LIST, access=listing),
        guarded("POST", PLACE, prove, right, spec=_PROVE, access=proving),
    ]


async def _is_there(services: Services, expected: DomainProof) -> bool:
    try:
        found = await services.outside.texts(expected.record_name + ".")
    except NoAnswer:
        raise Refused(ProblemType.NAMES_UNAVAILABLE) from None
    wanted = expected.record_value.encode()
    return any(hmac.compare_digest(one.strip().encode(), wanted) for one in found)
