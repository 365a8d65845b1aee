"""Blueprints: what is wrong with one is a sentence, and applied twice it changes nothing the second time."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest

from leaddesk.contract.ids import Urn
from leaddesk.contract.leads import Form, Pipeline
from leaddesk.contract.markets import Market
from leaddesk.server.domain.blueprint.choice import BUILT_IN, LARGEST, text_of
from leaddesk.server.domain.blueprint.deciding import Change, Held, Origin, decide
from leaddesk.server.domain.blueprint.plan import Misdrawn
from leaddesk.server.domain.blueprint.reading import read_blueprint
from leaddesk.server.domain.blueprint.writing import write_blueprint

SMALL = """
[[form]]
name = "Enquiry"
prospect = [{ label = "Name", type = "text:singleline", required = true }]
interest = [{ label = "What", type = "text:list", items = ["Roof", "Heating"], several = true }]
[[pipeline]]
name = "Line"
steps = ["New", "Quote"]
[[market]]
name = "North"
pipeline = "Line"
response_hours = 4
approval = false
distribution = "one-after-another"
visible = ["What"]
accepted = ["Name"]
"""
_ids = count()
ORIGIN = Origin(Urn("urn:lt:tenants:tenant:x"), lambda: f"id-{next(_ids)}")


def after(held: Held, changes: list[Change]) -> Held:
    """What a tenant has once everything was set."""

    def put(old: object, kind: type, key: str) -> list:  # type: ignore[type-arg]
        new = {getattr(one.model, key): one.model for one in changes if isinstance(one.model, kind)}
        return [*(new.pop(getattr(one, key), one) for one in old), *new.values()]  # type: ignore[attr-defined]

    return Held(
        put(held.forms, Form, "id"),
        put(held.pipelines, Pipeline, "sales_pipeline_id"),
        put(held.markets, Market, "market_id"),
    )


def applied(text: str, held: Held | None = None) -> tuple[list[tuple[str, str, str]], Held]:
    """Apply a text; what changed, and what there is then."""
    held = held or Held()
    changes = decide(held, read_blueprint(text), ORIGIN)
    return [(one.kind, one.act, one.model.name) for one in changes], after(held, changes)


@pytest.mark.parametrize("text", [*map(text_of, BUILT_IN), SMALL], ids=[*BUILT_IN, "small"])
def test_applied_again_it_changes_nothing_and_what_is_shown_neither(text: str) -> None:
    told, held = applied(text)
    assert [(kind, act) for kind, act, _ in told] == [
        ("form", "added"), ("pipeline", "added"), ("market", "added")
    ]  # fmt: skip
    assert applied(text, held)[0] == applied(write_blueprint(held), held)[0] == []
    assert [one.is_default for one in held.pipelines] == [True]


def test_a_market_says_who_sees_what_when() -> None:
    _, held = applied(SMALL)
    (market,) = held.markets
    assert (market.response_window_seconds, market.approval_required) == (4 * 3600, False)
    assert market.distribution == "one-after-another"
    assert [(rule.label, rule.before, rule.after) for rule in market.visibility] == [
        ("What", "visible", "visible"), ("Name", "hidden", "visible")
    ]  # fmt: skip
    assert market.sales_pipeline_id == held.pipelines[0].sales_pipeline_id


def test_it_adds_and_changes_and_takes_nothing_away() -> None:
    _, held = applied(SMALL)
    more = '[[pipeline]]\nname = "Second"\nsteps = ["A"]\n[[market]]\nname = "South"\npipeline = "Line"\n'
    told, grown = applied(more, held)
    assert told == [("pipeline", "added", "Second"), ("market", "added", "South")]
    assert [one.is_default for one in grown.pipelines] == [True, False]
    changed = '[[form]]\nname = "Enquiry"\nprospect = [{label = "Town", type = "text:singleline"}]\n'
    told, changed_held = applied(changed, grown)
    assert told == [("form", "changed", "Enquiry")]
    assert (changed_held.forms[0].id, changed_held.forms[0].serial) == (grown.forms[0].id, 2)
    told, chosen = applied('[[pipeline]]\nname = "Second"\nsteps = ["A"]\ndefault = true\n', grown)
    assert told == [("pipeline", "changed", "Line"), ("pipeline", "changed", "Second")]
    assert [one.is_default for one in chosen.pipelines] == [False, True]


def test_a_thing_keeps_its_id_under_a_new_name() -> None:
    _, held = applied(SMALL)
    renamed = '[[pipeline]]\nname = "Path"\nformerly = "Line"\nsteps = ["New", "Quote", "Done"]\n'
    told, held = applied(renamed, held)
    assert told == [("pipeline", "changed", "Path")]
    assert applied(renamed, held)[0] == []
    with pytest.raises(Misdrawn, match='formerly: "Path" is there too'):
        applied(
            '[[pipeline]]\nname = "X"\nformerly = "Path"\nsteps = ["A"]\n',
            applied('[[pipeline]]\nname = "X"\nsteps = ["A"]\n', held)[1],
        )


def test_a_pipeline_says_which_steps_it_loses() -> None:
    _, held = applied(SMALL)
    (change,) = decide(held, read_blueprint('[[pipeline]]\nname = "Line"\nsteps = ["New", "X"]\n'), ORIGIN)
    assert change.dropped == ("Quote",)


FIELD = '[[form]]\nname = "F"\nprospect = [{ label = "L", type = "text:singleline"%s }]\n'


WRONG = [
    ("[[form", "not TOML: Expected ']]' at the end of an array declaration (at end of document)"),
    ("[[forms]]\n", "forms is unknown; did you mean form?"),
    ("form = 3\n", "form: expected at most 100 tables"),
    ("form = [3]\n", "form 1: expected a table"),
    ("[[form]]\n", "form 1: name: expected one line of 1 to 200 characters"),
    ('[[form]]\nname = "F"\n', 'form "F": expected at least one field in prospect or interest'),
    (
        FIELD % ", kind = 1",
        'form "F", prospect 1: kind is unknown; known are label, type, required, items, several',
    ),
    (
        FIELD % ', items = ["a"]',
        'form "F", prospect "L": items and several belong to fields of the type text:list',
    ),
    (FIELD % ", required = 1", 'form "F", prospect "L": required: expected true or false'),
    (
        FIELD.replace("singleline", "list") % "",
        'form "F", prospect "L": items: expected the choices of the list',
    ),
    (FIELD.replace("text:singleline", "date") % "", "type: expected text:singleline, text:multiline"),
    (
        FIELD % "" + 'interest = [{ label = "L", type = "bool:yesno" }]\n',
        'form "F": two fields are called "L"',
    ),
    (FIELD % "" + FIELD % "", 'form "F": is there twice'),
    (
        '[[pipeline]]\nname = "P"\nsteps = []\n',
        'pipeline "P": steps: expected a list of 1 to 50 different names',
    ),
    ('[[pipeline]]\nname = "P"\nsteps = ["A", "A "]\n', 'pipeline "P": steps: expected a list of 1 to 50'),
    (
        "".join(f'[[pipeline]]\nname = "{name}"\nsteps = ["A"]\ndefault = true\n' for name in "PQ"),
        'pipeline "Q": default: only one pipeline can be it',
    ),
    (
        SMALL.replace('pipeline = "Line"', 'pipeline = "Lnie"'),
        'market "North": pipeline: expected one of "Line"',
    ),
    (
        '[[market]]\nname = "M"\npipeline = "P"\n',
        "pipeline: expected one of the pipelines, of which there is none",
    ),
    (SMALL.replace('["What"]', '["Wat"]'), 'market "North": no form has a field "Wat"'),
    (SMALL.replace('accepted = ["Name"]', 'accepted = ["What"]'), '"What": is in two of visible, masked and'),
    (
        SMALL.replace("response_hours = 4", "response_hours = 0"),
        "response_hours: expected a whole number from 1",
    ),
    (SMALL.replace("response_hours = 4", "response_hours = true"), "response_hours: expected a whole number"),
    (SMALL.replace("one-after-another", "some"), "distribution: expected all-at-once or one-after-another"),
]


@pytest.mark.parametrize(("text", "said"), WRONG)
def test_what_is_wrong_is_one_sentence(text: str, said: str) -> None:
    with pytest.raises(Misdrawn) as caught:
        applied(text)
    assert said in str(caught.value) and "\n" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_file_is_read_or_a_sentence_says_why_not(tmp_path: Path) -> None:
    file = tmp_path / "firm.toml"
    with pytest.raises(Misdrawn, match="No such file"):
        text_of(str(file))
    file.write_text(SMALL)
    assert text_of(str(file)) == SMALL and text_of("none") == ""
    file.write_bytes(b"\xff")
    with pytest.raises(Misdrawn, match="UTF-8"):
        text_of(str(file))
    file.write_bytes(b"#" * (LARGEST + 1))
    with pytest.raises(Misdrawn, match="at most 200,000 bytes"):
        text_of(str(file))
