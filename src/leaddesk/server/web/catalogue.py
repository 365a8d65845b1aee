"""All of the core's endpoints in one list."""

from starlette.routing import BaseRoute

from leaddesk.server.web import events, history, leads, notes, offers, references, sharing
from leaddesk.server.web.accounts import emails, joining, members, passwords, proving, sessions
from leaddesk.server.web.attachments import endpoints as attachments
from leaddesk.server.web.entry import duplicates, journal
from leaddesk.server.web.entry import leads as entered
from leaddesk.server.web.hooks import dead_letters, webhooks
from leaddesk.server.web.outcome import endpoints as outcome
from leaddesk.server.web.oversight import access_log, evidence, resolutions
from leaddesk.server.web.partners import commissions, invitations, sales_partners
from leaddesk.server.web.services import Services
from leaddesk.server.web.tenant import api_keys, policy, reports
from leaddesk.server.web.tenant import entry as tenant_entry

_ROOMS = (
    leads,
    entered,
    duplicates,
    journal,
    notes,
    attachments,
    history,
    references,
    sales_partners,
    invitations,
    commissions,
    sharing,
    offers,
    outcome,
    events,
    api_keys,
    policy,
    tenant_entry,
    reports,
    webhooks,
    dead_letters,
    access_log,
    resolutions,
    evidence,
    sessions,
    proving,
    passwords,
    joining,
    members,
    emails,
)


def core_routes(services: Services) -> list[BaseRoute]:
    """Register everything but signing in."""
    return [route for room in _ROOMS for route in room.routes(services)]
