"""The core as the vendor's clients see it, pinned: parsed, written again, compared (contract, "Rules")."""

import json
from pathlib import Path

import pytest

from leaddesk.contract.leads import CreatedCommission, CreatedLead, Duplicate, Form, Lead
from leaddesk.contract.markets import CreatedBrokerage
from leaddesk.contract.notes import Note
from leaddesk.contract.rows import decode_rows, encode_row
from leaddesk.contract.sales_partners import SalesPartner
from leaddesk.contract.signin import Condition
from leaddesk.contract.wire import WireModel

GOLDEN = Path(__file__).parent / "golden"
MODELS: dict[str, type[WireModel]] = {
    "lead": Lead,
    "forms": Form,
    "notes": Note,
    "sales-partners": SalesPartner,
    "sales-partner": SalesPartner,
    "created-lead": CreatedLead,
    "created-commission": CreatedCommission,
    "created-brokerage": CreatedBrokerage,
    "duplicates": Duplicate,
    "notes-of-all": Note,
    "test": Condition,
}


@pytest.mark.parametrize("name", ["leads", "leads-with-field-lists"])
def test_rows_are_read_and_written_without_loss(name: str) -> None:
    written = (GOLDEN / f"{name}.json").read_bytes()
    assert [json.loads(encode_row(row)) for row in decode_rows(written)] == json.loads(written)


@pytest.mark.parametrize("name", MODELS)
def test_models_are_read_and_written_without_loss(name: str) -> None:
    written = json.loads((GOLDEN / f"{name}.json").read_text("utf-8"))
    for item in written if isinstance(written, list) else [written]:
        model = MODELS[name].model_validate_json(json.dumps(item))
        assert json.loads(model.to_json()) == item


def test_no_file_is_left_unchecked() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == {"leads", "leads-with-field-lists", *MODELS}
