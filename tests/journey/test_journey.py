"""Two desktops, two servers, one PostgreSQL: whatever is killed, no edit is lost or done twice."""

from pathlib import Path

from tests.journey.play import Journey, journey
from tests.journey.site import site

LEADS = 40


async def test_whatever_is_killed_no_edit_is_lost_or_done_twice(tmp_path: Path) -> None:
    with site(tmp_path, LEADS, fsync="off") as place:
        async with journey(place) as both:
            await killed_one_after_another(both)
            await all_killed(both)
            await database_crashed(both)
            await both.settle()
            findings = await both.findings()
        assert findings == []
        assert len(both.notes) == 12 and both.steps == 2


async def killed_one_after_another(both: Journey) -> None:
    """Each window's stream, wherever it is, ends once; the other server goes on."""
    await both.calmly(1)
    await both.roughly(lambda: both.site.kill(0))
    both.site.start(0)
    await both.roughly(lambda: both.site.kill(1))
    await both.settle()


async def all_killed(both: Journey) -> None:
    """With nobody there both windows say so; what is written then is sent when somebody is."""
    both.site.kill(0)
    await both.say_offline()
    await both.roughly(lambda: both.site.start(0, 1))
    await both.settle()


async def database_crashed(both: Journey) -> None:
    """PostgreSQL goes away as in a crash and comes back; the servers stay."""

    def crash() -> None:
        both.site.crash_database()
        both.site.cluster.start()

    await both.roughly(crash)
    await both.calmly(1)
