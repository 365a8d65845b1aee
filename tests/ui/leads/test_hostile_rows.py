"""Rows of leads whose names turn around, hide and override (guarantee D4)."""

from __future__ import annotations

from leaddesk.store.leads.shelf import LeadShelf
from leaddesk.ui.leads.table.columns import Column
from leaddesk.ui.leads.table.row_reader import RowContext, RowReader
from tests.store.leads.lead_rows import lead_id, row
from tests.ui.conftest import Stage

HEBREW, RLO, FSI, PDI = "\u05d0\u05e0\u05d4", "\u202e", "\u2068", "\u2069"


def test_a_hostile_lead_shows_its_controls_and_turns_no_cell_around(stage: Stage) -> None:
    shelf = LeadShelf()
    fields = {"Vorname": f"Anna{RLO}reyeM", "Firma": f"{HEBREW} 12", "Interesse": HEBREW, "Ort": f"Kiel{PDI}"}
    shelf.upsert(row(1, fields=fields, step=f"Kon{RLO}takt"))
    slot = shelf.slot_of(lead_id(1))
    assert slot is not None
    reader = RowReader(shelf)
    reader.place_in(RowContext())
    shown = reader.read(slot)
    assert shown.name == "Anna‹RLO›reyeM"
    assert shown.wants == f"{FSI}{HEBREW}{PDI}, Kiel‹PDI›"
    assert shown.step == "Kon‹RLO›takt"
    assert reader.cell(slot, Column.NAME) == f"Anna‹RLO›reyeM, {FSI}{HEBREW} 12{PDI}"
    for column in Column:
        assert RLO not in reader.cell(slot, column) + reader.tip(slot, column)
    assert reader.lead(slot).name == f"Anna{RLO}reyeM"
