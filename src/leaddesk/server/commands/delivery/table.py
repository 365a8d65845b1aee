"""Which facts cross, and how."""

from collections.abc import Callable, Mapping

from leaddesk.server.commands.delivery.fact import Fact
from leaddesk.server.commands.delivery.leads import assign, report_work, withdraw
from leaddesk.server.commands.delivery.offers import close, grant, offer_everyone, offer_next, report_interest
from leaddesk.server.commands.delivery.partners import part, vanish
from leaddesk.server.domain import events as e
from leaddesk.server.eventlog.log import EventLog, TenantLog

Deliver = Callable[[EventLog, TenantLog, Fact], None]

DELIVERIES: Mapping[type[e.Event], Deliver] = {
    e.BrokerageStarted: offer_everyone,
    e.OfferExtended: offer_next,
    e.InterestShown: report_interest,
    e.OfferAccepted: grant,
    e.OfferDeclined: close,
    e.OfferMissed: close,
    e.OfferEnded: close,
    e.LeadAssignedDirectly: assign,
    e.LeadDeleted: withdraw,
    e.SalesPartnerEnded: part,
    e.StepChanged: report_work,
    e.CommissionClosed: report_work,
    e.TenantDeleted: vanish,
}
