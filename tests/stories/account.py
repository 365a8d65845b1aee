"""Where one is signed in, and the question who is there."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QWidget

from leaddesk.ui.account.sessions_dialog import SessionsDialog
from leaddesk.ui.account.sessions_state import SessionLine, SessionsState
from leaddesk.ui.account.step_up_dialog import StepUpDialog
from leaddesk.ui.account.step_up_state import StepUpState, Wait, Way
from leaddesk.ui.kit.floating.overlay import OverlayDialog
from leaddesk.ui.kit.wording import text
from tests.stories.registry import story

SIZE = (1228, 792)
HERE = SessionLine("1", "leaddesk, Linux", "14:20", "12.11.", is_current=True)
LINES = (
    HERE,
    SessionLine("2", "leaddesk, Windows", "19.11.", "2.11."),
    SessionLine("3", "", "14.11.", "19.10."),
)


def over(dialog: OverlayDialog, window: QWidget) -> QWidget:
    dialog.open()
    return window


def window() -> QWidget:
    made = QWidget()
    made.resize(*SIZE)
    return made


def sessions(state: SessionsState) -> QWidget:
    below = window()
    return over(SessionsDialog(below, state), below)


@story("account/sessions/three", size=SIZE)
def three() -> QWidget:
    return sessions(SessionsState(LINES))


@story("account/sessions/loading", size=SIZE)
def loading() -> QWidget:
    return sessions(SessionsState())


@story("account/sessions/alone", size=SIZE)
def alone() -> QWidget:
    return sessions(SessionsState((HERE,)))


@story("account/sessions/asking", size=SIZE)
def asking() -> QWidget:
    return sessions(SessionsState(LINES, asking=True))


@story("account/sessions/busy", size=SIZE)
def busy() -> QWidget:
    return sessions(SessionsState(LINES, busy=frozenset({"2"})))


@story("account/sessions/offline", size=SIZE)
def offline() -> QWidget:
    return sessions(SessionsState((), trouble=text("outcome.offline")))


def step_up(state: StepUpState) -> QWidget:
    below = window()
    return over(StepUpDialog(below, state), below)


ALL = tuple(Way)
FIRM = StepUpState((Way.BROWSER,), Way.BROWSER)


@story("account/step_up/password", size=SIZE)
def password() -> QWidget:
    return step_up(StepUpState(ALL))


@story("account/step_up/code", size=SIZE)
def code() -> QWidget:
    return step_up(StepUpState(ALL, Way.CODE))


@story("account/step_up/wrong", size=SIZE)
def wrong() -> QWidget:
    return step_up(StepUpState((Way.PASSWORD, Way.BROWSER), trouble=text("account.step_up_wrong")))


@story("account/step_up/browser", size=SIZE)
def browser() -> QWidget:
    return step_up(FIRM)


@story("account/step_up/waiting", size=SIZE)
def waiting() -> QWidget:
    return step_up(replace(FIRM, ways=ALL, busy=True, wait=Wait.WAITING))


@story("account/step_up/unopened", size=SIZE)
def unopened() -> QWidget:
    return step_up(replace(FIRM, busy=True, wait=Wait.UNOPENED))


@story("account/step_up/other_person", size=SIZE)
def other_person() -> QWidget:
    return step_up(replace(FIRM, trouble=text("account.step_up_other_person")))
