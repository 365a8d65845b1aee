"""Leaving the window: the curtain falls after the policy's delay, and opens when the person is back (C4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtGui import QGuiApplication, QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from leaddesk.contract.people import TenantPolicy
from leaddesk.desk.mirror.watched import Watched
from leaddesk.ui.kit import masks
from leaddesk.ui.kit.floating.toasts import ToastHost
from leaddesk.ui.shell.day.leaving import Leaving

PATIENCE = 6_000


def wait_for(true: Callable[[], bool]) -> None:
    for _ in range(PATIENCE):
        if true():
            return
        QTest.qWait(10)
    raise TimeoutError


class Someone:
    """A person at a window, who leaves it for another one that is not ours, and comes back."""

    def __init__(self, window: QWidget) -> None:
        self.toasts, self.spared = ToastHost(window), QWidget(window)
        self.policy = Watched(TenantPolicy(mask_after_seconds=0))
        self.here = QWindow()
        self.focus: QWindow | None = self.here
        self.leaving = Leaving(self.policy, self.toasts, lambda: self.spared, lambda: self.focus)

    def go(self, to: QWindow | None = None) -> None:
        self.focus = to
        application().focusWindowChanged.emit(to)

    def come_back(self) -> None:
        self.go(self.here)


def application() -> QGuiApplication:
    found = QGuiApplication.instance()
    assert isinstance(found, QGuiApplication)
    return found


@pytest.fixture
def someone(window: QWidget) -> Iterator[Someone]:
    made = Someone(window)
    yield made
    made.leaving.close()


def until(true: bool) -> bool:
    wait_for(lambda: masks.is_drawn() is true)
    return True


def test_who_leaves_is_followed_by_the_curtain_and_finds_it_open(someone: Someone) -> None:
    toast = someone.toasts.show_toast("Wärmepumpe, 24103 Kiel")
    assert not masks.is_drawn()
    someone.go()
    assert until(True)
    someone.come_back()
    assert until(False)
    assert not toast.isHidden()


def test_before_the_delay_nothing_is_masked_and_coming_back_ends_it(someone: Someone) -> None:
    someone.policy.set(TenantPolicy(mask_after_seconds=600))
    someone.go()
    assert someone.leaving._timer.isActive() and not masks.is_drawn()
    someone.come_back()
    wait_for(lambda: not someone.leaving._timer.isActive())


def test_a_policy_without_masking_opens_the_curtain(someone: Someone) -> None:
    someone.go()
    assert until(True)
    someone.policy.set(TenantPolicy(masking=False))
    assert not masks.is_drawn()
    someone.policy.set(TenantPolicy(masking=True, mask_after_seconds=0))
    assert until(True)


def test_another_page_has_nothing_to_mask(someone: Someone) -> None:
    someone.go()
    assert until(True)
    someone.leaving.close()
    assert not masks.is_drawn()
    someone.leaving = Leaving(someone.policy, someone.toasts, lambda: None, lambda: someone.focus)
    assert until(True), "nobody is at the window when the page comes"
