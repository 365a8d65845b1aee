"""Lists that are sent become the lists, whatever they held; and what is sent back as read changes nothing."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from leaddesk.contract.ids import FormId, LeadId, Urn
from leaddesk.contract.leads import FieldBlockRequest
from leaddesk.contract.rows import FieldContent, FieldList, LeadPart, LeadRow
from leaddesk.server.domain import events as e
from leaddesk.server.domain.entry.lists import decide_fields
from leaddesk.server.domain.fold import evolve
from leaddesk.server.domain.lead import LeadState, Recorded, created

MAREN, AT = Urn("urn:lt:members:member:m"), "2026-01-01T00:00:00.000Z"
LABELS = st.text(min_size=1, max_size=8)
TYPES = st.sampled_from(["text:singleline", "text:list", "hologram:3d", "bool:yesno", "number:natural"])
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
STORED = st.builds(
    lambda fields, extra: FieldList(
        {label: FieldContent(*content) for label, content in fields.items()}, [*reversed(fields), *extra]
    ),
    st.dictionaries(LABELS, st.tuples(TYPES, ANYTHING), max_size=5),
    st.lists(LABELS, max_size=2),
)


def lead(prospect: FieldList) -> LeadState:
    part = LeadPart(LeadId("l"), 1, Urn("urn:lt:tenants:tenant:t"), AT, AT, prospect, FieldList({}))
    return created(Recorded(1, 1, AT, MAREN, e.LeadCreated(FormId("f"), LeadRow(AT, part))))


def sent(block: FieldList, values: dict[str, Any] | None = None) -> FieldBlockRequest:
    """Write a block as a client sends what it read, with other values where it changed them."""
    fields = {
        label: {
            "type": block.fields[label].type,
            "value": (values or {}).get(label, block.fields[label].value),
        }
        for label in block.labels()
    }
    return FieldBlockRequest.model_validate({"fields": fields, "fieldOrder": block.labels()})


@given(STORED)
def test_what_was_read_changes_nothing(block: FieldList) -> None:
    assert decide_fields(lead(block), None, {"prospect": sent(block), "interest": None}, 1) is None


@given(STORED, st.data())
def test_what_was_sent_is_the_list_and_every_change_is_told(block: FieldList, data: st.DataObject) -> None:
    state, labels = lead(block), block.labels()
    kept = data.draw(st.lists(st.sampled_from(labels), unique=True)) if labels else []
    part = FieldList({label: block.fields[label] for label in kept}, kept)
    texts = [label for label in kept if block.fields[label].type in ("text:singleline", "hologram:3d")]
    values = {label: data.draw(st.text(max_size=5)) for label in texts}
    event = decide_fields(state, None, {"prospect": sent(part, values), "interest": None}, None)
    if event is None:
        assert kept == labels and all(values[label] == block.fields[label].value for label in texts)
        return
    after = evolve(state, Recorded(2, 2, AT, MAREN, event)).row.lead
    assert after.prospect is not None and after.serial == 2 and after.interest == FieldList({})
    assert after.prospect.labels() == kept
    expected = {label: values.get(label, block.fields[label].value) for label in kept}
    assert {label: content.value for label, content in after.prospect.fields.items()} == expected
    told = {change.label: (change.before, change.after) for change in event.changes}
    before = {label: content.value for label, content in block.fields.items()}
    differing = {
        label
        for label in {*before, *expected}
        if label not in expected
        or before[label] != expected[label]
        or type(before[label]) is not type(expected[label])
    }
    assert set(told) == differing
    assert all(told[label] == (before[label], expected.get(label)) for label in differing)
