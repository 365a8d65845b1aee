"""The list's presenter: over a desk that only says what it is told, and once over the real one."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from leaddesk.contract.ids import LeadId
from leaddesk.contract.leads import Pipeline
from leaddesk.contract.people import TenantPolicy
from leaddesk.desk.mirror.watched import Watched
from leaddesk.desk.sending.drafts import Draft, Drafts
from leaddesk.store.leads.queries import Sort, SortBy
from leaddesk.store.store import Store
from leaddesk.store.topics import Topic
from leaddesk.ui.kit import masks
from leaddesk.ui.kit.labels import PlainLabel
from leaddesk.ui.kit.pieces.empty import EmptyState
from leaddesk.ui.kit.wording import text
from leaddesk.ui.leads.detail.state import StepState
from leaddesk.ui.leads.detail.step_bar import StepBar
from leaddesk.ui.leads.lead_list_presenter import LeadListPresenter
from leaddesk.ui.leads.lead_list_view import LeadListView
from tests.desk.conftest import Town
from tests.store.leads.lead_rows import JENS, MAREN, PIPELINE, lead_id, row, sealed
from tests.support.room import Room, heard

STEPS = ["Neu", "Kontakt", "Angebot"]
NAMES = ("Anna", "Ole", "Ärmel", "Zoe")


class Progress(SimpleNamespace):
    """What the desk says of the load."""

    done: bool


class PretendedDesk:
    """Says what a test tells it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.sync = SimpleNamespace(
            progress=Watched(Progress(done=False)), connection=Watched(0), trusted=True
        )
        self.outbox = SimpleNamespace(changed=Topic[Any](), entries=tuple, pending_step=lambda lead: None)
        self.drafts = Drafts()
        self.directory = SimpleNamespace(
            changed=Topic[Any](), pipeline=self.pipeline, name_of=lambda urn: None
        )
        self.rules = SimpleNamespace(policy=Watched(TenantPolicy()), veils=False)
        self.sign_in = SimpleNamespace(me=SimpleNamespace(person=SimpleNamespace(urn=MAREN), by_key=False))

    def pipeline(self, pipeline_id: object) -> Pipeline | None:
        return next(iter(self.store.pipelines.all()), None)

    def finish(self) -> None:
        self.sync.progress.set(Progress(done=True))


class Opened:
    """A list in a room."""

    def __init__(self, room: Room) -> None:
        self.room, self.store = room, Store()
        self.desk: Any = PretendedDesk(self.store)
        self.view = LeadListView(self.store.leads)
        self.presenter = LeadListPresenter(self.view, self.desk, self.store, room.around)
        self.opened, self.places = heard(self.view.lead_opened), heard(self.view.place_changed)
        self.counts, self.cleared = heard(self.view.shown_changed), heard(self.view.filter_cleared)
        room.keep(self.presenter.close)
        room.stand(self.view)

    def load(self, count: int = 4) -> None:
        """Load leads, newest first, and end the load."""
        self.store.leads.load(sealed([named(number) for number in range(count)]))
        self.desk.finish()

    def names(self) -> list[str]:
        return [self.view.rows.index(row_, 0).data() for row_ in range(self.view.rows.rowCount())]

    def count(self) -> str:
        return self.view.findChildren(PlainLabel)[1].text()

    def empty(self) -> str:
        return next(
            (each.accessibleName() for each in self.view.findChildren(EmptyState) if each.isVisible()), ""
        )


def named(number: int, name: str = "", **facts: Any) -> Any:
    fields = {"Vorname": name or NAMES[number % 4], "Budget": str(number), "Interesse": f"Tor {number}"}
    return row(number, created=1000 - number, **{"fields": fields, **facts})


@pytest.fixture
def list_(room: Room) -> Iterator[Opened]:
    yield Opened(room)


async def test_rows_grow_while_they_are_loaded(list_: Opened) -> None:
    assert (list_.names(), list_.count(), list_.empty()) == ([], "–", "")
    list_.store.leads.load(sealed([named(0), named(1)]))
    assert (list_.names(), list_.count()) == (["Anna", "Ole"], "bisher 2")
    list_.store.leads.load(sealed([named(2), named(3)]))
    assert list_.names() == ["Anna", "Ole"]
    await list_.room.until(lambda: len(list_.names()) == 4)
    list_.desk.finish()
    assert list_.count() == "4"
    assert list_.counts == [2, 4]


async def test_typing_narrows_at_once_and_keeps_the_cursor_on_its_lead(list_: Opened) -> None:
    list_.load()
    list_.view.table.go_to(2)
    for words, found in (("a", ["Anna", "Ärmel"]), ("ar", ["Ärmel"]), ("", list(NAMES))):
        list_.presenter.search(words)
        assert list_.names() == found
        assert list_.view.cursor_lead() == lead_id(2)
    assert list_.counts == [4, 2, 1, 4]


async def test_a_long_answer_shows_its_first_screen_and_then_the_rest(
    list_: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("leaddesk.ui.leads.lead_list_presenter._AT_ONCE", 0.0)
    list_.store.leads.load(sealed([named(number, "Anton") for number in range(3000)]))
    list_.desk.finish()
    list_.presenter.search("anton")
    assert 0 < list_.view.rows.rowCount() < 3000
    await list_.room.until(lambda: list_.view.rows.rowCount() == 3000)
    assert list_.count() == "3.000"


async def test_what_is_not_found_says_so_and_leads_back(list_: Opened) -> None:
    list_.load()
    list_.view.filters.filter_added.emit("person:nobody")
    list_.presenter.search("nirgends")
    assert (list_.empty(), list_.count()) == ("Nichts gefunden", "0")
    list_.view.clear_requested.emit()
    assert list_.names() == list(NAMES)
    assert list_.cleared == [()]


async def test_whoever_types_keeps_the_keyboard_when_nothing_is_found(list_: Opened) -> None:
    list_.load()
    list_.view.focus_list()
    list_.room.settle()
    field = QLineEdit(list_.room.window)
    field.show()
    field.textChanged.connect(list_.presenter.search)
    field.setFocus()
    list_.room.settle()
    QTest.keyClicks(field, "zxq")
    list_.room.settle()
    assert list_.empty() == "Nichts gefunden"
    assert QApplication.focusWidget() is field
    field.setText("zo")
    list_.view.focus_list()
    list_.room.settle()
    list_.presenter.search("zxq")
    assert QApplication.focusWidget() is not list_.view.table


async def test_an_empty_tenant_is_no_failed_search(list_: Opened) -> None:
    list_.desk.finish()
    assert list_.empty() == "Noch keine Leads"


async def test_filters_and_order(list_: Opened) -> None:
    list_.store.pipelines.upsert(Pipeline(sales_pipeline_id=PIPELINE, name="Standard", steps=STEPS))
    list_.desk.directory.changed.publish(None)
    rows = [named(0, step="Angebot"), named(1), named(2, step="Kontakt", by=JENS), named(3, step="Kontakt")]
    list_.store.leads.load(sealed(rows))
    list_.desk.finish()
    list_.view.filters.filter_added.emit("step:Kontakt")
    assert list_.names() == ["Ärmel", "Zoe"]
    list_.view.filters.filter_added.emit("person:mine")
    assert list_.names() == ["Zoe"]
    list_.view.filters.filter_removed.emit("step:Kontakt")
    assert list_.names() == ["Anna", "Zoe"]
    list_.view.filters.filter_removed.emit("person:mine")
    list_.view.filters.sort_chosen.emit(Sort(SortBy.NAME, True))
    assert list_.names() == ["Zoe", "Ole", "Ärmel", "Anna"]
    list_.view.table.lead_header.sort_chosen.emit(Sort(SortBy.STEP, False))
    assert list_.names() == ["Ole", "Ärmel", "Zoe", "Anna"]


async def test_an_order_that_takes_time_comes_when_it_is_known(list_: Opened) -> None:
    list_.load(200)
    list_.presenter.search("tor")
    list_.view.filters.sort_chosen.emit(Sort(SortBy.NAME, False))
    assert list_.names()[:2] == ["Anna", "Ole"]
    await list_.room.until(lambda: list_.names()[:2] == ["Anna", "Anna"])


async def test_a_changed_lead_moves_and_the_cursor_goes_with_it(list_: Opened) -> None:
    list_.load()
    list_.view.filters.sort_chosen.emit(Sort(SortBy.NAME, False))
    list_.view.table.go_to(0)
    list_.store.leads.upsert(named(0, "Paula", serial=2))
    assert list_.names() == ["Ärmel", "Ole", "Paula", "Zoe"]
    assert list_.view.cursor_lead() == lead_id(0)
    list_.presenter.search("ol")
    list_.store.leads.upsert(named(9, "Olga"))
    assert list_.names() == ["Ole", "Olga"]
    list_.store.leads.upsert(named(1, "Knut", serial=2))
    assert (list_.names(), list_.counts[-1]) == (["Olga"], 1)


async def test_a_deleted_lead_is_gone_at_once(list_: Opened) -> None:
    list_.load()
    list_.store.leads.remove(lead_id(1))
    assert list_.names() == ["Anna", "Ärmel", "Zoe"]
    list_.store.leads.begin_load()
    list_.store.leads.load(sealed([named(0), named(3)]))
    list_.store.leads.end_load()
    assert list_.names() == ["Anna", "Zoe"]


async def test_nothing_is_shown_while_deletions_may_be_missing(list_: Opened) -> None:
    list_.load()
    list_.desk.sync.trusted = False
    list_.desk.sync.connection.set(1)
    assert (list_.names(), list_.empty()) == ([], "")
    list_.presenter.search("a")
    assert list_.names() == []
    list_.desk.sync.trusted = True
    list_.desk.sync.connection.set(2)
    assert list_.names() == ["Anna", "Ärmel"]


async def test_walking_opens_the_neighbours_and_says_where_one_is(list_: Opened) -> None:
    list_.load()
    list_.presenter.walk(1)
    assert list_.opened == [lead_id(0)]
    list_.presenter.walk(1)
    list_.presenter.walk(1)
    list_.presenter.walk(-1)
    assert list_.opened[1:] == [lead_id(1), lead_id(2), lead_id(1)]
    assert list_.places[-1] == (2, 4)
    assert list_.view.table.cursor_row() == 1
    list_.presenter.search("z")
    assert list_.places[-1] == (0, 1)
    list_.presenter.search("")
    list_.presenter.select(lead_id(3))
    assert list_.places[-1] == (4, 4)
    list_.presenter.walk(1)
    assert list_.opened[-1] == lead_id(1)
    assert list_.view.cursor_lead() == lead_id(3)


async def test_a_lead_nobody_began_has_the_same_words_in_list_filter_and_detail(list_: Opened) -> None:
    list_.store.pipelines.upsert(Pipeline(sales_pipeline_id=PIPELINE, name="Standard", steps=STEPS))
    list_.desk.directory.changed.publish(None)
    list_.store.leads.load(sealed([named(0, "Anna", step="Neu"), named(1, "Öz")]))
    list_.desk.finish()
    rows = {row.name: row for row in map(list_.view.rows.reader.read, list_.view.rows.slots)}
    assert [rows[name].step for name in ("Anna", "Öz")] == ["Neu", "Noch kein Schritt"]
    assert [rows[name].step_place for name in ("Anna", "Öz")] == [(0, 3), None]
    list_.view.filters.filter_added.emit("step:")
    assert list_.names() == ["Öz"]
    bar = StepBar()
    bar.show_state(StepState(tuple(STEPS), None), enabled=True)
    assert bar.accessibleDescription() == "Noch kein Schritt"


async def test_a_step_on_its_way_shows_in_its_row(list_: Opened) -> None:
    list_.load()
    list_.desk.outbox.pending_step = {lead_id(1): "Angebot"}.get
    touched = heard(list_.view.rows.dataChanged)
    list_.desk.outbox.changed.publish(SimpleNamespace(subjects=(lead_id(1), "offer-7")))
    assert [first.row() for first, *_ in touched] == [1]
    assert list_.view.rows.reader.read(list_.view.rows.slots[1]).waiting


async def test_a_begun_note_shows_in_its_row(list_: Opened) -> None:
    list_.load()
    touched = heard(list_.view.rows.dataChanged)
    list_.desk.drafts.put(lead_id(1), Draft("Ruft"))
    list_.desk.drafts.put(lead_id(1), Draft("Ruft an"))
    list_.desk.drafts.put(LeadId("not loaded"), Draft("x"))
    assert [first.row() for first, *_ in touched] == [1]
    assert [list_.view.rows.reader.read(slot).begun for slot in list_.view.rows.slots] == [
        row == 1 for row in range(4)
    ]
    list_.desk.drafts.forget(lead_id(1))
    assert not list_.view.rows.reader.read(list_.view.rows.slots[1]).begun


async def test_a_wiped_store_leaves_no_row(list_: Opened) -> None:
    list_.load()
    list_.presenter.select(lead_id(1))
    list_.store.wipe()
    assert list_.names() == []


async def test_a_closed_presenter_hears_nothing(list_: Opened) -> None:
    list_.load()
    list_.presenter.close()
    list_.presenter.close()
    list_.store.leads.upsert(named(7))
    assert len(list_.view.rows.slots) == 4


async def test_over_the_real_desk_a_new_lead_appears(town: Town, room: Room) -> None:
    office = await town.office("Maren")
    view = LeadListView(office.store.leads)
    presenter = LeadListPresenter(view, office.desk, office.store, room.around)
    room.keep(presenter.close)
    room.stand(view)
    before = view.rows.rowCount()
    lead = town.trade.add_lead(keeper="Maren")
    await room.until(lambda: view.rows.rowCount() == before + 1)
    assert view.rows.lead_at(0) == LeadId(lead)
    assert view.rows.index(0, 5).data() == "Maren Boysen"


async def test_a_row_is_copied_as_cells_that_stay_text_and_masked_while_it_is_masked(room: Room) -> None:
    opened = Opened(room)
    opened.store.leads.load(sealed([named(0, '=HYPERLINK("https://evil.example")')]))
    opened.desk.finish()
    opened.view.table.go_to(0)
    opened.view.table.setFocus()
    QTest.keyClick(opened.view.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    cells = QApplication.clipboard().text().split("\t")
    assert cells[0] == '\'=HYPERLINK("https://evil.example")' and len(cells) == 8
    assert text("leads.copied") in room.said()
    with masks.drawn():
        QTest.keyClick(opened.view.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert "evil" not in QApplication.clipboard().text()
    room.around.clipboard.clear_if_ours()


async def test_where_contacts_are_masked_until_asked_rows_show_names_alone(list_: Opened) -> None:
    facts = {"PLZ": "24103", "Ort": "Kiel", "E-Mail": "ole@example.de", "Interesse": "Tor"}
    rows = [named(0, fields={"Vorname": "Anna", **facts}), named(1, fields=facts)]
    list_.store.leads.load(sealed(rows))
    list_.desk.finish()
    assert list_.names() == ["Anna", "ole@example.de"]
    list_.desk.rules.veils = True
    list_.desk.rules.policy.set(TenantPolicy(mask_until_asked=True))
    read = list_.view.rows.reader
    told = [[read.cells(slot), read.cell(slot, 1), read.tip(slot, 0), read.tip(slot, 1)] for slot in (0, 1)]
    assert not any(word in str(told) for word in ("24103", "Kiel", "example.de"))
    assert read.cells(0)[0] == "Anna" and read.cells(0)[2:4] == ("Tor", masks.mask())
    list_.desk.rules.veils = False
    list_.desk.rules.policy.set(TenantPolicy())
    assert list_.names() == ["Anna", "ole@example.de"] and read.cells(0)[3] == "24103 Kiel"
