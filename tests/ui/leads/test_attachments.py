"""Files of a lead over the real desk, the real server and the real child that decodes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDropEvent
from PySide6.QtWidgets import QFileDialog, QPlainTextEdit, QPushButton, QWidget
from shiboken6 import delete, isValid

from leaddesk.contract.people import TenantPolicy
from leaddesk.decoding.bounds import Fault
from leaddesk.desk.attachments.attachments import NewFile
from leaddesk.desk.outcomes import Ok
from leaddesk.ui.kit import masks
from leaddesk.ui.kit.buttons import Button, Link
from leaddesk.ui.kit.wording import Language, has_text, set_language, text
from leaddesk.ui.leads.attachments import attaching
from leaddesk.ui.leads.attachments.page_canvas import PageCanvas
from leaddesk.ui.leads.attachments.preview_dialog import PreviewDialog
from leaddesk.ui.leads.detail.presenter import LeadDetailPresenter
from leaddesk.ui.leads.detail.state import DetailTab
from leaddesk.ui.leads.detail.tabs.attachments import AttachmentsTab
from leaddesk.ui.leads.detail.view import LeadDetailView
from tests.desk.conftest import Office, Town
from tests.stories.stage import Stage
from tests.support.room import Room, carried
from tests.support.samples import document

PDF = NewFile("Grundriss.pdf", "application/pdf", document(2))
LETTER = NewFile("Brief.txt", "text/plain", "Grüße,\n\u202eAnna".encode())
BLUE = QColor(26, 77, 204)


class Opened:
    """A lead with these files in a room, its files tab in front."""

    def __init__(self, room: Room, office: Office, lead: str) -> None:
        self.room, self.office, self.lead = room, office, lead
        self.view = LeadDetailView()
        self.presenter = LeadDetailPresenter(self.view, office.desk, office.store, room.around)
        room.keep(self.presenter.close)
        room.stand(self.view)
        self.presenter.open(lead)
        self.view.open_tab(DetailTab.ATTACHMENTS)

    async def look_at(self, name: str) -> PreviewDialog:
        await self.room.until(lambda: self.link(name) is not None)
        link = self.link(name)
        assert link is not None
        link.click()
        return self.dialog()

    def link(self, name: str) -> Link | None:
        found = [link for link in self.view.findChildren(Link) if link.shown_text() == name]
        return found[0] if found else None

    def dialog(self) -> PreviewDialog:
        (found,) = self.room.around.window.findChildren(PreviewDialog)
        return found

    def shows(self, words: str) -> bool:
        return words in carried(self.view)


async def opened(town: Town, room: Room, *files: NewFile) -> Opened:
    lead, maren = town.trade.add_lead(keeper="Maren"), await town.office("Maren")
    for file in files:
        assert await maren.desk.attachments.add(lead, file, lambda _: None) == Ok(None)
    return Opened(room, maren, lead)


def painted(widget: QWidget) -> list[str]:
    picture = widget.grab().toImage()
    return [
        picture.pixelColor(picture.width() // 2, picture.height() * at // 1_000).name() for at in (145, 500)
    ]


async def test_a_document_is_seen_page_by_page_masked_and_forgotten(town: Town, room: Room) -> None:
    detail = await opened(town, room, PDF)
    dialog = await detail.look_at(PDF.name)
    canvas = dialog.findChild(PageCanvas)
    await room.until(canvas.isVisible)
    assert painted(canvas) == [BLUE.name(), "#ffffff"]
    assert text("attachments.page", n=1, all=2) in carried(dialog) and PDF.name in canvas.accessibleName()
    with masks.drawn():
        assert BLUE.name() not in painted(canvas) and PDF.name not in carried(dialog)
        assert PDF.name not in canvas.accessibleName()
    room.press(Qt.Key.Key_Right)
    await room.until(lambda: text("attachments.page", n=2, all=2) in carried(dialog))
    page = canvas._page
    assert page is not None and any(page.pixels)
    room.press(Qt.Key.Key_Escape)
    assert not any(page.pixels)
    looking = detail.presenter._attaching._looking
    assert looking._preview is None and looking._dialog is None


async def test_words_are_shown_character_by_character_while_the_policy_lets_them(
    town: Town, room: Room
) -> None:
    detail = await opened(town, room, LETTER)
    dialog = await detail.look_at(LETTER.name)
    words = dialog.findChild(QPlainTextEdit)
    await room.until(words.isVisible)
    assert words.toPlainText() == "Grüße,\n‹RLO›Anna" and words.isReadOnly()
    detail.office.desk.rules.take(TenantPolicy(previews=False))
    assert words.toPlainText() == "" and not dialog.isVisible()
    assert room.said() == [text("attachments.no_previews")]
    assert detail.link(LETTER.name) is None and detail.shows(LETTER.name)
    assert detail.shows(text("attachments.no_previews"))


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_fault_has_its_sentence(stage: Stage, language: Language) -> None:
    set_language(language)
    assert all(has_text(f"attachments.fault_{fault}") for fault in Fault)


async def test_a_dropped_file_goes_to_the_lead(town: Town, room: Room) -> None:
    detail = await opened(town, room)
    tab = detail.view.findChild(AttachmentsTab)
    await room.until(lambda: detail.shows(text("attachments.none")))
    brought = QMimeData()
    here = Path(__file__).with_name("conftest.py")
    brought.setUrls([QUrl.fromLocalFile(str(here)), QUrl("https://example.com/a.pdf")])
    copy = Qt.DropAction.CopyAction
    drop = QDropEvent(QPointF(9, 9), copy, brought, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    tab.dropEvent(drop)
    await room.until(lambda: detail.shows(text("attachments.name_refused")))
    tab.findChildren(Button)[-1].click()
    assert detail.shows(text("attachments.none"))


async def test_a_chosen_file_goes_to_the_lead_and_may_be_cancelled(
    town: Town, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    detail = await opened(town, room)
    here = str(Path(__file__).parents[3] / "LICENSE")
    chosen = {"path": here}

    def choose(_window: QWidget, _title: str, taken: Callable[[list[str]], object]) -> QWidget:
        taken([chosen["path"]])
        chooser = QWidget()
        delete(chooser)  # it closed itself
        return chooser

    monkeypatch.setattr(attaching, "choose_files", choose)
    await room.until(lambda: detail.shows(text("attachments.none")))
    (add,) = [one for one in detail.view.findChildren(Button) if one.shown_text() == text("attachments.add")]
    add.click()
    await room.until(lambda: detail.link("LICENSE") is not None)
    await detail.office.cut()
    add.click()
    await room.until(lambda: detail.shows(text("outcome.offline")))
    chosen["path"] = "/leaddesk/nowhere.pdf"
    add.click()
    await room.until(lambda: detail.shows(text("attachments.unreadable")))


async def test_the_chooser_is_in_the_persons_language_and_goes_with_the_lead(town: Town, room: Room) -> None:
    detail = await opened(town, room)
    detail.view.attach_requested.emit()
    chooser = detail.presenter._attaching._chooser
    assert isinstance(chooser, QFileDialog) and chooser.isVisible()
    assert chooser.labelText(QFileDialog.DialogLabel.Accept) == "Auswählen"
    assert "Cancel" not in {button.text() for button in chooser.findChildren(QPushButton)}
    detail.view.attach_requested.emit()
    assert detail.presenter._attaching._chooser is chooser
    detail.presenter.close()
    assert not isValid(chooser) or not chooser.isVisible()
