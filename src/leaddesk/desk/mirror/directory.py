"""Names and definitions: who is who, which steps, markets, forms."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from leaddesk.api.client import ApiClient
from leaddesk.api.errors import Refused, Superseded
from leaddesk.api.forms import list_forms
from leaddesk.api.markets import list_markets
from leaddesk.api.people import list_members, list_sales_partners
from leaddesk.api.pipelines import list_pipelines
from leaddesk.contract.ids import LeadId, PipelineId, Urn, sales_partner_urn
from leaddesk.contract.leads import Form, Pipeline
from leaddesk.contract.markets import Market
from leaddesk.contract.people import Member
from leaddesk.contract.sales_partners import SalesPartner
from leaddesk.desk.mirror.groups import nothing_left
from leaddesk.store.store import Store
from leaddesk.store.topics import Topic

T = TypeVar("T")

_PARTNER = "urn:lt:sales-partners:"


class Directory:
    """Reads from the store's small shelves; ``changed`` after each load of them."""

    def __init__(self, client: ApiClient, store: Store) -> None:
        self._client = client
        self._store = store
        self.changed: Topic[None] = Topic()

    async def load(self) -> None:
        """Read everything anew. Raises :class:`~leaddesk.api.errors.ApiError`."""
        await self.load_names()
        await self.load_choices()

    async def load_names(self, *, core_only: bool = False) -> None:
        """Read what stands in rows: who is who, and the steps. Raises as :meth:`load` does.

        The public core has neither; partner firms' names come with the choices.
        """
        if core_only:
            return
        epoch = self._store.epoch
        with nothing_left():
            async with asyncio.TaskGroup() as asking:
                pipelines = asking.create_task(list_pipelines(self._client))
                members = asking.create_task(list_members(self._client))
        self._hold(epoch)
        self._store.pipelines.replace(pipelines.result())
        self._store.members.replace(members.result())
        self.changed.publish(None)

    async def load_choices(self, *, core_only: bool = False) -> None:
        """Read what dialogs offer: markets, partners, forms. Raises as :meth:`load` does."""
        if core_only:
            await self._load_core()
            return
        epoch = self._store.epoch
        with nothing_left():
            async with asyncio.TaskGroup() as asking:
                forms = asking.create_task(list_forms(self._client))
                markets = asking.create_task(list_markets(self._client))
                partners = asking.create_task(list_sales_partners(self._client))
        self._hold(epoch)
        self._store.forms.replace(forms.result())
        self._store.markets.replace(markets.result())
        self._store.partners.replace(partners.result())
        self.changed.publish(None)

    async def _load_core(self) -> None:
        """Read forms and partners; what the key may not read is not there."""
        epoch = self._store.epoch
        forms = await _allowed(list_forms(self._client))
        partners = await _allowed(list_sales_partners(self._client))
        self._hold(epoch)
        self._store.forms.replace(forms)
        self._store.partners.replace(partners)
        self._store.members.replace(
            Member(urn=sales_partner_urn(one.sales_partner_id), name=one.name, kind="partner")
            for one in partners
        )
        self.changed.publish(None)

    def _hold(self, epoch: int) -> None:
        """Answers that came before a lock are not kept after it: all of them had to be waited for (C3)."""
        if epoch != self._store.epoch:
            raise Superseded

    def name_of(self, urn: Urn | str | None) -> str | None:
        """Return the name behind a responsible, owner or originator."""
        member = self._store.members.get(Urn(urn)) if urn else None
        return member.name if member is not None else None

    def is_partner(self, urn: Urn | str | None) -> bool:
        """Tell whether a responsible is a sales partner."""
        return bool(urn) and str(urn).startswith(_PARTNER)

    def members(self) -> tuple[Member, ...]:
        """Return members and partner firms."""
        return self._store.members.all()

    def pipeline(self, pipeline_id: PipelineId | str | None) -> Pipeline | None:
        """Return a pipeline; the default one for a lead without commission."""
        if pipeline_id:
            return self._store.pipelines.get(PipelineId(pipeline_id))
        every = self._store.pipelines.all()
        return next((one for one in every if one.is_default), every[0] if every else None)

    def steps(self, lead_id: LeadId) -> tuple[str, ...]:
        """Return the steps a lead can be moved to, in order."""
        slot = self._store.leads.slot_of(lead_id)
        lead = self._store.leads.get(slot) if slot is not None else None
        found = self.pipeline(lead.pipeline_id if lead is not None else None)
        return tuple(found.steps) if found is not None else ()

    def markets(self) -> tuple[Market, ...]:
        """Return the markets leads can be shared on."""
        return self._store.markets.all()

    def forms(self) -> tuple[Form, ...]:
        """Return the forms."""
        return self._store.forms.all()

    def partners(self) -> tuple[SalesPartner, ...]:
        """Return the sales partners."""
        return self._store.partners.all()


async def _allowed(asked: Awaitable[tuple[T, ...]]) -> tuple[T, ...]:
    """Return what was asked for; nothing if it is not there, or not for this key."""
    try:
        return await asked
    except Refused as refused:
        if refused.status not in (403, 404):
            raise
        return ()
