"""The sign-in page and what this computer can promise."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QWidget

from leaddesk.settings.address import DEMO_SERVER, LIVE_SERVER
from leaddesk.ui.kit.brand.instance import Brand, Instance, InstanceKind
from leaddesk.ui.kit.wording import text
from leaddesk.ui.shell.main_window import MainWindow
from leaddesk.ui.signin.guarantees import Guarantees, GuaranteesDialog
from leaddesk.ui.signin.server_line import ServerLine
from leaddesk.ui.signin.servers import Servers
from leaddesk.ui.signin.sign_in_page import SignInPage
from leaddesk.ui.signin.sign_in_state import BrowserStep, SignInState, Trouble
from tests.stories.registry import story

SIZE = (1440, 868)
LIVE = Instance("Live")
BRAND = Instance("Nordwärme Partner", InstanceKind.BRAND)
DEMO = Instance("Demo", InstanceKind.DEMO)


def logo() -> QImage:
    drawn = QImage(64, 64, QImage.Format.Format_RGB32)
    drawn.fill(QColor("#ffffff"))
    painter = QPainter(drawn)
    painter.fillRect(8, 8, 20, 48, QColor("#7a2ea8"))
    painter.fillRect(36, 24, 20, 32, QColor("#e07b39"))
    painter.end()
    return drawn


SERVED = replace(
    Instance("partner.nordwaerme.example", InstanceKind.BRAND),
    brand=Brand("Nordwärme Partner", "#7a2ea8", logo()),
)
EMAIL = "maren.boysen@wagner.example"
EMPTY = SignInState(LIVE, "https://leads.wagner.example", "0.1.0", promises=True)
KEPT = ("memory", "sandbox", "crash_dumps", "keyring")
NOT_PROMISED = ("screen_cannot", "swap_cannot", "other_programs_cannot")


def window(page: QWidget, instance: Instance = LIVE) -> MainWindow:
    made = MainWindow(instance)
    made.show_page(page)
    return made


@story("signin/page/choice", size=SIZE)
def choice() -> QWidget:
    servers = Servers(
        (("Wagner", "https://leads.wagner.example"), ("Demo", "https://demo.example")), typed=True
    )
    state = replace(EMPTY, servers=servers, back="Petersen Wärme KG")
    page = SignInPage(replace(state, instance=BRAND, browser=BrowserStep.OFFERED))
    line = page.findChild(ServerLine)
    assert line is not None
    line._ask_address()
    return window(page, BRAND)


@story("signin/page/unmanaged", size=SIZE)
def unmanaged() -> QWidget:
    return window(SignInPage(replace(EMPTY, servers=Servers(unclear=True))))


@story("signin/page/empty", size=SIZE)
def empty() -> QWidget:
    page = SignInPage(EMPTY)
    shown = window(page)
    page.focus_first()
    return shown


@story("signin/page/wrong", size=SIZE)
def wrong() -> QWidget:
    page = SignInPage(replace(EMPTY, email=EMAIL))
    page.render_state(replace(EMPTY, trouble=Trouble.WRONG))
    return window(page)


@story("signin/page/busy", size=SIZE)
def busy() -> QWidget:
    page = SignInPage(replace(EMPTY, email=EMAIL))
    page.render_state(replace(EMPTY, busy=True))
    return window(page)


@story("signin/page/throttled-session-only", size=SIZE)
def throttled() -> QWidget:
    return window(
        SignInPage(replace(EMPTY, email=EMAIL, trouble=Trouble.THROTTLED, seconds=28, session_only=True))
    )


@story("signin/page/resumable-demo", size=SIZE)
def resumable() -> QWidget:
    state = replace(EMPTY, instance=DEMO, server="http://127.0.0.1:8600", resumable=True, promises=False)
    return window(SignInPage(state), DEMO)


@story("signin/page/held-up-by-network", size=SIZE)
def held_up() -> QWidget:
    held = "outcome.obstacle.network"
    return window(SignInPage(replace(EMPTY, resumable=True, held_up=held)))


@story("signin/page/firm-only", size=SIZE)
def firm_only() -> QWidget:
    state = replace(EMPTY, email=EMAIL, browser=BrowserStep.OFFERED, trouble=Trouble.FIRM_ONLY)
    return window(SignInPage(state))


@story("signin/page/no-way", size=SIZE)
def no_way() -> QWidget:
    return window(SignInPage(replace(EMPTY, form=False, trouble=Trouble.NO_WAY)))


@story("signin/page/misnamed-locked-keyring-small", size=(800, 600))
def misnamed() -> QWidget:
    state = replace(EMPTY, trouble=Trouble.MISNAMED, session_only=True, keyring="locked")
    return window(SignInPage(state))


@story("signin/page/small", size=(800, 600))
def small() -> QWidget:
    return window(SignInPage(replace(EMPTY, trouble=Trouble.UNTRUSTED, session_only=True)))


@story("signin/page/browser", size=SIZE)
def browser() -> QWidget:
    page = SignInPage(replace(EMPTY, browser=BrowserStep.OFFERED, email=EMAIL))
    shown = window(page)
    page.focus_first()
    return shown


@story("signin/page/second-factor-wrong", size=SIZE)
def second_factor() -> QWidget:
    page = SignInPage(replace(EMPTY, browser=BrowserStep.OFFERED, second=True))
    page.render_state(replace(EMPTY, browser=BrowserStep.OFFERED, second=True, trouble=Trouble.CODE))
    return window(page)


@story("signin/page/browser-only-late", size=SIZE)
def browser_only() -> QWidget:
    state = replace(EMPTY, browser=BrowserStep.OFFERED, form=False, trouble=Trouble.BROWSER_LATE)
    return window(SignInPage(state))


@story("signin/page/browser-waiting", size=SIZE)
def browser_waiting() -> QWidget:
    return window(SignInPage(replace(EMPTY, browser=BrowserStep.WAITING, busy=True)))


@story("signin/page/browser-unopened-small", size=(800, 600))
def browser_unopened() -> QWidget:
    return window(SignInPage(replace(EMPTY, browser=BrowserStep.UNOPENED, busy=True)))


@story("signin/page/served-brand", size=SIZE)
def served_brand() -> QWidget:
    state = replace(EMPTY, instance=SERVED, server="https://partner.nordwaerme.example")
    return window(SignInPage(state), SERVED)


@story("signin/page/key", size=SIZE)
def key() -> QWidget:
    page = SignInPage(replace(EMPTY, server=LIVE_SERVER, form=False, key=True))
    shown = window(page)
    page.focus_first()
    return shown


@story("signin/page/key-unknown-session-only", size=SIZE)
def key_unknown() -> QWidget:
    state = replace(EMPTY, server=DEMO_SERVER, form=False, key=True, trouble=Trouble.KEY, session_only=True)
    return window(SignInPage(replace(state, instance=DEMO)), DEMO)


@story("signin/page/key-shape-small", size=(800, 600))
def key_shape() -> QWidget:
    return window(SignInPage(replace(EMPTY, form=False, key=True, trouble=Trouble.KEY_SHAPE)))


@story("signin/promises/both", size=SIZE)
def promises() -> QWidget:
    shown = window(SignInPage(EMPTY))
    shown.resize(*SIZE)
    kept, not_promised = (tuple(text(f"promises.{one}") for one in some) for some in (KEPT, NOT_PROMISED))
    GuaranteesDialog(shown, Guarantees(kept, not_promised)).open()
    return shown
