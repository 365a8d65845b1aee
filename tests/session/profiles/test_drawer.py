"""A drawer opens for its own profile only, and hears of its cabinet until it is left."""

from __future__ import annotations

from leaddesk.personal.masked import Secret
from leaddesk.session.memory_vault import MemoryVault
from leaddesk.session.profiles.drawer import Drawer
from leaddesk.session.tokens import Profile
from leaddesk.session.vault import VaultNote

HERE, THERE = "https://a.example", "https://b.example"


class Cabinet(MemoryVault):
    """Tells its watchers, as a keyring does."""

    def __init__(self) -> None:
        super().__init__()
        self.watchers: list[object] = []

    def watch(self, callback: object) -> None:
        self.watchers.append(callback)

    def unwatch(self, callback: object) -> None:
        self.watchers.remove(callback)


def profile(name: str, address: str = HERE) -> Profile:
    return Profile(name, address, Secret(f"token of {name}"))


async def test_it_gives_the_profile_it_was_made_for_once() -> None:
    drawer = Drawer(MemoryVault(), profile("p"))
    assert await drawer.load(HERE) == profile("p")
    assert await drawer.load(HERE) is None


async def test_another_servers_profile_is_not_given_out() -> None:
    assert await Drawer(MemoryVault(), profile("p", THERE)).load(HERE) is None


async def test_an_empty_one_takes_nothing_that_is_anothers() -> None:
    cabinet = MemoryVault()
    await cabinet.store(profile("p"))
    assert await Drawer(cabinet).load(HERE) is None
    assert await Drawer(cabinet).load(HERE, quietly=True) is None


async def test_one_that_searches_asks_again_without_a_prompt_until_it_keeps_something() -> None:
    cabinet = MemoryVault()
    await cabinet.store(profile("p"))
    drawer = Drawer(cabinet, searches=True)
    assert await drawer.load(HERE) is None, "the cabinet was asked before: asking again could prompt again"
    assert await drawer.load(HERE, quietly=True) == profile("p")
    assert await drawer.load(THERE, quietly=True) is None
    await drawer.store(profile("q"))
    assert await drawer.load(HERE, quietly=True) is None


async def test_two_drawers_keep_two_profiles() -> None:
    cabinet = MemoryVault()
    first, second = Drawer(cabinet), Drawer(cabinet)
    await first.store(profile("p"))
    await second.store(profile("q"))
    assert await cabinet.names() == ("p", "q")
    await first.remove(profile("p"))
    assert await cabinet.names() == ("q",)
    assert await second.reread(profile("q")) == profile("q")


async def test_one_that_was_left_hears_nothing() -> None:
    cabinet, heard = Cabinet(), list[VaultNote]()
    drawer = Drawer(cabinet)
    drawer.watch(heard.append)
    drawer._hear(VaultNote.SLOW)
    drawer.leave()
    assert cabinet.watchers == []
    drawer._hear(VaultNote.KEPT)
    assert heard == [VaultNote.SLOW]
