"""Rows for store tests: short to write, complete on the wire."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from leaddesk.contract.ids import CommissionId, LeadId, PipelineId, Urn
from leaddesk.contract.rows import CommissionPart, FieldContent, FieldList, LeadPart, LeadRow, SealedRow, seal

OWNER = Urn(f"urn:lt:tenants:tenant:{UUID(int=1)}")
MAREN = Urn(f"urn:lt:members:member:{UUID(int=2)}")
JENS = Urn(f"urn:lt:members:member:{UUID(int=3)}")
PIPELINE = PipelineId(str(UUID(int=4)))

TYPES = {"Vorname": "text:singleline:firstname", "Nachricht": "text:multiline", "Budget": "number:natural"}
CONTACT = ("Vorname", "Nachname", "Firma", "E-Mail", "Telefon", "Straße", "PLZ", "Ort")


def lead_id(number: int) -> LeadId:
    """Name a lead by a number."""
    return LeadId(str(UUID(int=(number + 1) * 0x9E3779B97F4A7C15F39CC0605CEDC835 % (1 << 128))))


def time(minute: int) -> str:
    """Name a minute of one day."""
    return f"2026-11-19T{minute // 60 % 24:02d}:{minute % 60:02d}:00.{minute // 1440:03d}Z"


def block(values: dict[str, Any], order: list[str] | None = None) -> FieldList:
    """Build a block from labels and values."""
    return FieldList(
        {label: FieldContent(TYPES.get(label, "text:singleline"), v) for label, v in values.items()}, order
    )


def row(number: int = 0, *, serial: int = 1, minute: int = 0, **facts: Any) -> LeadRow:
    """Build a row. ``fields``: label to value; ``step`` and ``by``: its commission; ``created``: a minute."""
    fields: dict[str, Any] = facts.get("fields", {"Vorname": "Anna", "Nachname": "Meyer"})
    prospect = {label: value for label, value in fields.items() if label in CONTACT}
    interest = {label: value for label, value in fields.items() if label not in CONTACT}
    work = None
    if "step" in facts:
        work = CommissionPart(
            CommissionId(str(UUID(int=number))), facts.get("by", MAREN), time(minute), facts["step"]
        )
    created = time(facts.get("created", number))
    part = LeadPart(lead_id(number), serial, OWNER, created, time(minute), block(prospect), block(interest))
    return LeadRow(time(minute), part, work)


def sealed(rows: Iterable[LeadRow]) -> list[SealedRow]:
    """Close the blocks of rows, as a load brings them."""
    return [seal(each) for each in rows]
