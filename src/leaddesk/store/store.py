"""The store: every shelf of one signed-in person, wiped as one."""

from dataclasses import dataclass

from leaddesk.contract.ids import (
    FormId,
    LeadId,
    MarketId,
    OfferId,
    PipelineId,
    SalesPartnerId,
    ShareRequestId,
    Urn,
)
from leaddesk.contract.leads import Form, Pipeline
from leaddesk.contract.markets import Market
from leaddesk.contract.notes import Note
from leaddesk.contract.offers import Offer
from leaddesk.contract.people import Member
from leaddesk.contract.sales_partners import SalesPartner
from leaddesk.contract.sharing import ShareRequest
from leaddesk.store.leads.shelf import LeadShelf
from leaddesk.store.shelves import Shelf
from leaddesk.store.topics import Topic


@dataclass(frozen=True, slots=True, repr=False)
class Journal:
    """The notes of one lead as read last, newest first."""

    lead_id: LeadId
    notes: tuple[Note, ...]


class Store:
    """Everything the workstation knows, in memory only (measure A3).

    ``wiped`` is published after :meth:`wipe`, when nothing is left (guarantee A6). ``epoch`` rises with each:
    whoever puts together what was asked for at several times looks whether it is still the same (C3).
    """

    def __init__(self) -> None:
        self.leads = LeadShelf()
        self.shares: Shelf[ShareRequestId, ShareRequest] = Shelf(
            lambda share: share.share_request_id, lambda share: share.serial
        )
        self.offers: Shelf[OfferId, Offer] = Shelf(lambda offer: offer.offer_id, lambda offer: offer.serial)
        self.markets: Shelf[MarketId, Market] = Shelf(lambda market: market.market_id)
        self.pipelines: Shelf[PipelineId, Pipeline] = Shelf(lambda pipeline: pipeline.sales_pipeline_id)
        self.forms: Shelf[FormId, Form] = Shelf(lambda form: form.id, lambda form: form.serial)
        self.members: Shelf[Urn, Member] = Shelf(lambda member: member.urn)
        self.partners: Shelf[SalesPartnerId, SalesPartner] = Shelf(
            lambda partner: partner.sales_partner_id, lambda partner: partner.serial
        )
        self.notes: Shelf[LeadId, Journal] = Shelf(lambda journal: journal.lead_id)
        self.wiped: Topic[None] = Topic()
        self.epoch = 0

    def forget_ages(self) -> None:
        """Let the next word on each thing count, be it older: the server went back in time."""
        self.leads.forget_ages()
        for shelf in (self.shares, self.offers, self.forms, self.partners):
            shelf.forget_ages()

    def wipe(self) -> None:
        """Overwrite and forget everything; at most 300 ms at 100k leads (figure P10)."""
        self.leads.wipe()
        for shelf in (self.shares, self.offers, self.markets, self.pipelines, self.forms, self.members):
            shelf.wipe()
        self.partners.wipe()
        self.notes.wipe()
        self.epoch += 1
        self.wiped.publish(None)
