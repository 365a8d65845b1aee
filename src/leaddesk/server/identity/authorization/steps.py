"""The steps of signing in: who somebody is, by password or by their firm; then what else is asked of them."""

from dataclasses import dataclass, field, replace
from typing import Protocol

from leaddesk.contract.ids import MemberId, TenantId
from leaddesk.personal.masked import Secret

PASSWORD, FIRM = "password", "firm"
"""The first step: the own password, or the sign-in of the firm (single sign-on)."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody who has passed the first step. ``ways``: the steps passed, in their order."""

    tenant_id: TenantId = field(repr=False)
    member_id: MemberId = field(repr=False)
    ways: tuple[str, ...]

    def after(self, kind: str) -> "Arrival":
        """Note a further step as passed."""
        return replace(self, ways=(*self.ways, kind))


class FurtherStep(Protocol):
    """Something that is asked after the first step: one answer in one field.

    ``kind`` names it on every floor: among an arrival's ways, in the page's words (``<kind>.title`` …).
    """

    @property
    def kind(self) -> str:
        """Its name."""

    def is_due(self, arrival: Arrival) -> bool:
        """Tell whether it is asked of them. May wait for the database."""

    async def passes(self, arrival: Arrival, answer: Secret, source: str) -> bool:
        """Tell whether the answer is right. Raises ``Throttled``."""


def next_step(further: tuple[FurtherStep, ...], arrival: Arrival) -> FurtherStep | None:
    """Return the first step that is due and was not passed yet; nothing once all are."""
    return next((step for step in further if step.kind not in arrival.ways and step.is_due(arrival)), None)
