"""Field lists as they are sent: into a new lead, and in place of a lead's lists (contract, ``PATCH``)."""

from collections.abc import Iterator, Mapping, Sequence

from leaddesk.contract.leads import FieldBlockRequest, Form, FormBlock, FormField
from leaddesk.contract.rows import FieldContent, FieldList
from leaddesk.server.domain.entry.labels import place_of
from leaddesk.server.domain.entry.values import Entered, content_of
from leaddesk.server.domain.events import Change, FieldsChanged
from leaddesk.server.domain.lead import LeadState
from leaddesk.server.domain.refusal import forbidden, invalid, stale

BLOCKS = ("prospect", "interest")
_EXPECTED = "a label of a form that holds all labels of the lead"

Sent = Mapping[str, FieldBlockRequest | None]


def form_for(forms: Sequence[Form], sent: Sent) -> Form:
    """Choose the first form that holds every sent label. Raises ``Refused`` naming a label none fits with."""
    missing = {form.id: list(_missing(form, sent)) for form in forms}
    fitting = next((form for form in forms if not missing[form.id]), None)
    if fitting is not None:
        return fitting
    if not forms:
        raise invalid("prospect", "a tenant with a form")
    closest = min(missing.values(), key=len)
    nowhere = (one for one in closest if all(one in others for others in missing.values()))
    place, label, index = next(nowhere, closest[0])
    raise invalid(place_of(place, label, index), _EXPECTED)


def new_list(form: Form, name: str, sent: FieldBlockRequest | None) -> FieldList:
    """Make a block of a new lead. Raises ``Refused`` (invalid) naming the field."""
    defined = _block(form, name).fields
    return _list_of(name, sent, defined, {}) if sent is not None else FieldList({}, [])


def decide_fields(
    state: LeadState, form: Form | None, sent: Sent, seen_serial: int | None
) -> FieldsChanged | None:
    """Replace every list that was sent; nothing at all if that changes nothing.

    A label must be in the lead's form or on the lead already. Raises ``Refused``: stale serial; forbidden for
    a lead that is only granted (it has one owner, A1); invalid.
    """
    if state.received is not None:
        raise forbidden()
    if seen_serial is not None and seen_serial != state.serial:
        raise stale(state.serial)
    before = {"prospect": state.row.lead.prospect, "interest": state.row.lead.interest}
    after: dict[str, FieldList] = {}
    for name, block in sent.items():
        if block is None:
            continue
        old = before[name] or FieldList({})
        made = _list_of(name, block, _block(form, name).fields if form else {}, old.fields)
        if made.fields != old.fields or made.labels() != old.labels():
            after[name] = made
    if not after:
        return None
    changes = [change for name in after for change in _changes(name, before[name], after[name])]
    return FieldsChanged(changes, after.get("prospect"), after.get("interest"))


def _list_of(
    name: str,
    sent: FieldBlockRequest,
    defined: Mapping[str, FormField],
    known: Mapping[str, FieldContent],
) -> FieldList:
    fields: dict[str, FieldContent] = {}
    for index, (label, entry) in enumerate(sent.fields.items()):
        place = place_of(name, label, index, known=label in defined or label in known)
        if label not in defined and label not in known:
            raise invalid(place, "a label of the lead's form")
        entered = Entered(place, entry.type, entry.value)
        fields[label] = content_of(entered, defined.get(label), known.get(label))
    named = dict.fromkeys(sent.field_order or ())
    order = [label for label in named if label in fields]
    return FieldList(fields, order + [label for label in fields if label not in named])


def _changes(name: str, old: FieldList | None, new: FieldList) -> Iterator[Change]:
    before = old.fields if old else {}
    for label in dict.fromkeys([*before, *new.fields]):
        was, now = before.get(label), new.fields.get(label)
        if was != now:
            kind = (now or was or FieldContent("", None)).type
            yield Change(name, label, kind, was and was.value, now and now.value)


def _missing(form: Form, sent: Sent) -> Iterator[tuple[str, str, int]]:
    for name, block in sent.items():
        defined = _block(form, name).fields
        for index, label in enumerate(block.fields if block else ()):
            if label not in defined:
                yield name, label, index


def _block(form: Form, name: str) -> FormBlock:
    return form.definition.prospect if name == "prospect" else form.definition.interest
