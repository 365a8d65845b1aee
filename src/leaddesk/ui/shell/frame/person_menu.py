"""The menu at the avatar: who, look, language, devices, sign out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from leaddesk.ui.kit.floating.menu import Menu
from leaddesk.ui.kit.wording import Language, language, text
from leaddesk.ui.shell.state import Who
from leaddesk.ui.theme.icons import Icon
from leaddesk.ui.theme.tokens import Scheme

_SCHEMES: tuple[tuple[Scheme | None, str], ...] = (
    (None, "shell.menu_theme_system"),
    (Scheme.LIGHT, "shell.menu_theme_light"),
    (Scheme.DARK, "shell.menu_theme_dark"),
    (Scheme.HIGH_CONTRAST, "shell.menu_theme_high_contrast"),
)
_LANGUAGES: tuple[Language, ...] = ("de", "en")


@dataclass(frozen=True)
class WaitChoices:
    """What one can choose of the wait before the lock: what is asked for, or less, longest first."""

    asked: int
    fewer: tuple[int, ...]
    chosen: int | None
    choose: Callable[[int | None], object]


@dataclass(frozen=True)
class PersonMenuActs:
    """What the entries do; ``sign_out_all`` is None where there is one sign-in only.

    ``show_sessions`` is None where the server knows of none. ``wait`` is None, or without ``fewer``, where
    nothing can be chosen.
    """

    choose_scheme: Callable[[Scheme | None], object]
    choose_language: Callable[[Language], object]
    sign_out: Callable[[], object]
    sign_out_all: Callable[[], object] | None = None
    show_sessions: Callable[[], object] | None = None
    wait: WaitChoices | None = None


def person_menu(parent: QWidget, who: Who, chosen: object | None, acts: PersonMenuActs) -> Menu:
    """Return the menu; whoever asked opens it."""
    menu = Menu(parent)
    menu.add(who.name, Icon.PERSON, "", lambda: None).setEnabled(False)
    menu.add(who.tenant, Icon.TENANT, "", lambda: None).setEnabled(False)
    menu.addSeparator()
    looks = Menu(menu)
    looks.setTitle(text("shell.menu_theme"))
    for scheme, key in _SCHEMES:
        looks.add_choice(text(key), scheme is chosen, lambda scheme=scheme: acts.choose_scheme(scheme))  # type: ignore[misc]
    menu.addMenu(looks)
    languages = Menu(menu)
    languages.setTitle(text("shell.menu_language"))
    for spoken in _LANGUAGES:
        languages.add_choice(
            text(f"shell.menu_language_{spoken}"),
            spoken == language(),
            lambda spoken=spoken: acts.choose_language(spoken),  # type: ignore[misc]
        )
    menu.addMenu(languages)
    if acts.wait is not None and acts.wait.fewer:
        menu.addMenu(_waits(menu, acts.wait))
    menu.addSeparator()
    _account(menu, acts)
    return menu


def _account(menu: Menu, acts: PersonMenuActs) -> None:
    if acts.show_sessions is not None:
        menu.add(text("shell.menu_sessions"), Icon.DEVICE, "", acts.show_sessions)
    menu.add(text("shell.menu_sign_out"), Icon.SIGN_OUT, "", acts.sign_out)
    if acts.sign_out_all is not None:
        menu.add(text("shell.place_sign_out_all"), Icon.SIGN_OUT, "", acts.sign_out_all)


def _waits(menu: Menu, wait: WaitChoices) -> Menu:
    waits = Menu(menu)
    waits.setTitle(text("shell.menu_wait"))
    shorter = wait.chosen if wait.chosen in wait.fewer else None
    asked = text("shell.menu_wait_asked", n=wait.asked)
    waits.add_choice(asked, shorter is None, lambda: wait.choose(None))
    for minutes in wait.fewer:
        words = text("shell.menu_wait_minutes", n=minutes)
        waits.add_choice(words, minutes == shorter, lambda minutes=minutes: wait.choose(minutes))  # type: ignore[misc]
    return waits
