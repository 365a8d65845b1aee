import pytest

from leaddesk.contract.ids import Urn
from leaddesk.store.leads.queries import ANY, Where
from leaddesk.ui.leads.filter_choices import FilterChoices
from leaddesk.ui.leads.table.columns import Column, layout_for
from tests.ui.conftest import Stage

ME = Urn("urn:lt:members:member:1")
STEPS = ("Neu", "Kontakt", "Neu")


def offered() -> FilterChoices:
    choices = FilterChoices()
    choices.offer(STEPS, ME)
    return choices


def test_people_come_first_then_no_step_then_each_step_once() -> None:
    assert [choice.key for choice in offered().choices()] == [
        "person:mine",
        "person:nobody",
        "step:",
        "step:Neu",
        "step:Kontakt",
    ]


def test_conditions_of_one_group_widen_and_groups_narrow() -> None:
    choices = offered()
    for key in ("person:mine", "step:Kontakt", "person:nobody", "step:unknown"):
        choices.add(key)
    assert choices.where() == Where(frozenset({"Kontakt"}), frozenset({ME, None}))
    assert [choice.key for choice in choices.chosen()] == ["person:mine", "step:Kontakt", "person:nobody"]


def test_leads_that_nobody_began_are_a_condition_of_their_own() -> None:
    choices = offered()
    choices.add("step:Neu")
    assert choices.where() == Where(frozenset({"Neu"}))
    choices.add("step:")
    assert choices.where() == Where(frozenset({"Neu", None}))
    assert [choice.shown for choice in choices.chosen()] == ["Neu", "Noch kein Schritt"]


def test_what_is_not_offered_any_more_is_not_chosen_any_more() -> None:
    choices = offered()
    choices.add("step:Kontakt")
    choices.offer(("Neu",), None)
    assert choices.chosen() == ()
    choices.add("person:nobody")
    choices.remove("person:nobody")
    choices.add("step:Neu")
    choices.clear()
    assert choices.where() == ANY


ALL = (Column.NAME, Column.INTEREST, Column.STEP, Column.RECEIVED, Column.VALUE, Column.OWNER)


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (784, ALL),
        (760, ALL),
        (759, tuple(column for column in ALL if column is not Column.VALUE)),
        (620, (Column.NAME, Column.STEP, Column.RECEIVED, Column.OWNER)),
        (500, (Column.NAME, Column.STEP, Column.RECEIVED)),
        (479, (Column.NAME,)),
    ],
)
def test_a_narrow_pane_leaves_out_what_a_row_can_do_without(
    stage: Stage, width: int, shown: tuple[Column, ...]
) -> None:
    layout = layout_for(width)
    assert tuple(layout.edges) == shown
    assert layout.narrow is (width < 480)


def test_a_wide_pane_gives_half_of_its_room_to_the_enquiry_up_to_a_limit(stage: Stage) -> None:
    def widths(pane: int) -> tuple[int, int]:
        edges = layout_for(pane).edges
        return tuple(edges[each][1] - edges[each][0] for each in (Column.NAME, Column.INTEREST))  # type: ignore[return-value]

    assert widths(760) == (216, 164)
    assert widths(860) == (266, 214)
    assert widths(1800) == (1136, 284)


def test_columns_fill_the_pane_without_a_gap_and_end_16_from_its_edge(stage: Stage) -> None:
    layout = layout_for(774, beside=10)
    ends = [left for left, _ in layout.edges.values()][1:]
    assert ends == [right for _, right in layout.edges.values()][:-1]
    assert layout.edges[Column.OWNER][1] == 774
    assert layout.right == 768
