"""A blueprint as it was read: whole, and right in itself."""

from dataclasses import dataclass, field
from typing import Final, Literal

from leaddesk.contract.markets import Distribution

Kind = Literal["form", "pipeline", "market"]
FORM: Final = "form"
PIPELINE: Final = "pipeline"
MARKET: Final = "market"


class Misdrawn(ValueError):
    """A blueprint says something that cannot be; the text is the sentence, without what people entered."""


@dataclass(frozen=True, slots=True)
class FieldPlan:
    """One label of a form; ``items`` are the choices of a list, of which ``several`` may be taken."""

    label: str
    type: str
    required: bool = False
    items: tuple[str, ...] = ()
    several: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """Something that is known by its name; ``formerly`` is the name that it loses."""

    name: str
    formerly: str | None = None


@dataclass(frozen=True, slots=True)
class FormPlan(Plan):
    """A form with the labels of both blocks."""

    description: str = ""
    prospect: tuple[FieldPlan, ...] = ()
    interest: tuple[FieldPlan, ...] = ()

    def labels(self) -> list[str]:
        """Name all labels."""
        return [one.label for one in (*self.prospect, *self.interest)]


@dataclass(frozen=True, slots=True)
class PipelinePlan(Plan):
    """A pipeline; without ``is_default`` it stays what it is."""

    steps: tuple[str, ...] = ()
    is_default: bool | None = None


@dataclass(frozen=True, slots=True)
class MarketPlan(Plan):
    """A market. What is ``visible`` is shown at once, ``masked`` shortened, ``accepted`` only afterwards."""

    pipeline: str = ""
    response_hours: int = 24
    approval: bool = True
    distribution: Distribution = "all-at-once"
    visible: tuple[str, ...] = ()
    masked: tuple[str, ...] = ()
    accepted: tuple[str, ...] = ()

    def labels(self) -> list[str]:
        """Name all labels that partners see."""
        return [*self.visible, *self.masked, *self.accepted]


@dataclass(frozen=True, slots=True)
class Blueprint:
    """Everything one file says."""

    forms: tuple[FormPlan, ...] = ()
    pipelines: tuple[PipelinePlan, ...] = ()
    markets: tuple[MarketPlan, ...] = field(default=())
