"""The window wears its server's brand inside, and nothing of it outside."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from types import SimpleNamespace

import pytest
from PySide6.QtWidgets import QLineEdit

from leaddesk.desk.branding.branding import Logo, Served
from leaddesk.session.state import SessionState
from leaddesk.ui.kit.brand.instance import Instance, InstanceKind, paint_of
from leaddesk.ui.kit.brand.marks import InstanceMark
from leaddesk.ui.shell.frame.workplace import Workplace
from leaddesk.ui.shell.lock.lock_page import LockPage
from leaddesk.ui.signin.sign_in_page import SignInPage
from tests.support.pretended import Pretended
from tests.support.room import carried, labels

SERVED = Served("Nordwärme Partner", "#8000cc", Logo(2, 2, bytes((0, 0, 255, 255)) * 4))
HOST = Instance("partner.nordwaerme.example", InstanceKind.BRAND)


def wear(office: Pretended, instance: Instance) -> None:
    office.stages._rooms.ground.instance = instance
    office.stages._brand._known = instance.kind is not InstanceKind.BRAND
    office.window.set_instance(instance)


@pytest.fixture
def brand(office: Pretended) -> Pretended:
    """An office at a server that says how it is to look, and that nobody here has named."""
    wear(office, HOST)
    office.desk.served = SERVED
    return office


async def rounds() -> None:
    for _ in range(12):
        await asyncio.sleep(0)


async def door(office: Pretended) -> SignInPage:
    office.desk.sign_in.state.set(SessionState.SIGNED_OUT)
    await rounds()
    page = office.window.page()
    assert isinstance(page, SignInPage)
    return page


async def day(office: Pretended) -> Workplace:
    office.desk.sign_in.me = office.desk.sign_in.person
    office.desk.sign_in.state.set(SessionState.SIGNED_IN)
    await rounds()
    page = office.window.page()
    assert isinstance(page, Workplace)
    return page


async def test_the_door_wears_it_and_keeps_what_was_typed(brand: Pretended) -> None:
    brand.desk.served = None
    page = await door(brand)
    email, password = page.findChildren(QLineEdit)[:2]
    email.setText("m@x.example")
    password.setText("correct horse")
    brand.desk.served = SERVED
    brand.stages._brand.begin()
    await rounds()
    assert brand.window.page() is page and password.text() == "correct horse"
    assert "Nordwärme Partner" in labels(page)
    assert paint_of(brand.stages.instance).name() == "#8000cc"
    marks = page.findChildren(InstanceMark)
    assert marks and all(mark._instance.logo is not None for mark in marks)
    assert not page.grab().isNull()


async def test_nothing_of_it_leaves_the_window(brand: Pretended) -> None:
    await door(brand)
    assert "Nordwärme" not in brand.window.windowTitle() and HOST.name in brand.window.windowTitle()


async def test_the_day_and_the_lock_wear_it_with_the_address_beside_it(brand: Pretended) -> None:
    page = await day(brand)
    assert "partner.nordwaerme.example · Nordwärme Partner" in carried(page)
    brand.stages.lock()
    await rounds()
    lock = brand.window.page()
    assert isinstance(lock, LockPage) and "Nordwärme Partner" in carried(lock)
    assert "Nordwärme" not in brand.window.windowTitle()


async def test_it_is_asked_for_only_when_all_rows_are_there(brand: Pretended) -> None:
    progress = brand.desk.sync.progress
    done = progress.value
    progress.value = SimpleNamespace(**{**vars(done), "done": False})
    await day(brand)
    assert brand.stages.instance == HOST
    progress.set(done)
    await rounds()
    assert brand.stages.instance.label == "Nordwärme Partner"


@pytest.mark.parametrize("kind", [InstanceKind.LIVE, InstanceKind.DEMO])
async def test_live_and_demo_are_never_painted_over(brand: Pretended, kind: InstanceKind) -> None:
    wear(brand, replace(HOST, kind=kind))
    page = await door(brand)
    assert brand.stages.instance == replace(HOST, kind=kind) and "Nordwärme" not in carried(page)


async def test_who_named_the_server_keeps_the_name(brand: Pretended) -> None:
    wear(brand, Instance("Wagner", InstanceKind.BRAND, settled=True))
    page = await door(brand)
    assert "Wagner" in carried(page) and "Nordwärme" not in carried(page)
    assert paint_of(brand.stages.instance).name() == "#8000cc"


async def test_a_server_that_does_not_answer_is_asked_again_with_the_next_page(brand: Pretended) -> None:
    brand.desk.served = None
    await door(brand)
    assert brand.stages.instance == HOST
    brand.desk.served = SERVED
    brand.stages._show_sign_in()
    await rounds()
    assert brand.stages.instance.label == "Nordwärme Partner"
