"""An API key at a server that speaks only the public core: the real server on a real socket."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack

import pytest

from leaddesk.contract.people import Right
from leaddesk.desk.outcomes import Ok, Reason, Refused, SessionOver, Unavailable
from leaddesk.desk.sync import Phase
from leaddesk.personal.masked import Personal, Secret
from leaddesk.server.identity.api_keys import ApiKeyRecord
from leaddesk.session.state import SessionState
from tests.desk.conftest import Office, served
from tests.support.core_only import CoreOnly, Unknown
from tests.support.trade import Trade, new_id, opened

KEY = "key-of-wagner-7f3a91c04be2"
MANY = 250
FORBIDDEN = b'{"message":"Forbidden"}'
BEYOND = {"GET /.well-known/oauth-authorization-server", "GET /.well-known/leaddesk"}


class Core:
    """A trade behind the core, and whoever works there with a key."""

    def __init__(self, trade: Trade, app: CoreOnly, url: str, stack: AsyncExitStack) -> None:
        self.trade, self.app, self.url, self._stack = trade, app, url, stack

    def give(
        self, key: str, *rights: Right, tenant: str | None = None, networks: tuple[str, ...] = ()
    ) -> str:
        """Make a key; returns its id."""
        record = ApiKeyRecord(
            tenant or self.trade.wagner,  # type: ignore[arg-type]
            new_id(),
            "Web",
            frozenset(rights or (Right.LEAD_READ, Right.LEAD_WRITE)),
            networks=networks,
        )
        self.trade.people.api_keys.add(record, Secret(key))
        return record.key_id

    def office(self) -> Office:
        """Open an office."""
        found = Office(self.url, lambda: self.trade.now)
        self._stack.push_async_callback(found.close)
        return found

    async def working(self, key: str = KEY, *, keep: bool = False) -> Office:
        """Open an office in which somebody works with a key."""
        office = self.office()
        outcome = await office.desk.sign_in.key.sign_in(Secret(key), keep=keep)
        assert outcome.code == "ok", outcome
        office.begin()
        await office.until(lambda: office.desk.sync.progress.value.done)
        return office


async def asked_until(office: Office, true: Callable[[], object]) -> None:
    """Have the server asked again and again, not every fifteen seconds, until something is so."""

    def now() -> object:
        office.desk.sync.retry_now()
        return true()

    await office.until(now)


async def cut(office: Office) -> None:
    office.line.cut = True
    await asked_until(office, lambda: not office.desk.sync.online)


@pytest.fixture(params=[Unknown.PAGE])
async def core(request: pytest.FixtureRequest) -> AsyncIterator[Core]:
    """A server without the extension."""
    async with opened() as trade, AsyncExitStack() as stack:
        app = CoreOnly(trade.app, request.param)
        url = await stack.enter_async_context(served(app))
        made = Core(trade, app, url, stack)
        made.key_id = made.give(KEY)  # type: ignore[attr-defined]
        yield made


@pytest.mark.parametrize("core", list(Unknown), indirect=True)
async def test_a_server_without_the_extension_offers_the_key_alone(core: Core) -> None:
    """However it says that it knows no such address: a page, JSON, or a gateway's 403."""
    ways = await core.office().desk.sign_in.ways()
    assert ways is not None and (ways.form, ways.browser, ways.key) == (False, None, True)


async def test_a_server_with_the_extension_offers_no_key() -> None:
    async with opened() as trade, AsyncExitStack() as stack:
        office = Office(await stack.enter_async_context(served(trade.app)), lambda: trade.now)
        stack.push_async_callback(office.close)
        ways = await office.desk.sign_in.ways()
    assert ways is not None and ways.form and ways.browser is not None and not ways.key


async def test_a_page_where_the_server_should_be_offers_nothing(core: Core) -> None:
    core.app.instead = (200, b"text/html", b"<h1>Welcome</h1>")
    office = core.office()
    assert await office.desk.sign_in.ways() is None
    assert isinstance(await office.desk.sign_in.key.sign_in(Secret(KEY), keep=False), Unavailable)


@pytest.mark.parametrize("core", list(Unknown), indirect=True)
async def test_with_a_key_one_lists_reads_and_notes_and_asks_for_nothing_beyond_the_core(core: Core) -> None:
    leads = core.trade.add_leads(MANY)
    kept = core.trade.add_lead(keeper="Maren")
    office = await core.working()
    assert len(office.store.leads) == MANY + 1 and office.step(kept) == "Neu"
    assert office.desk.sync.connection.value.phase is Phase.POLLING
    detail = await office.desk.leads.detail(leads[0])
    assert isinstance(detail, Ok) and detail.value.prospect.fields["Ort"].value == "Kiel"
    noted = await office.desk.leads.add_note(leads[0], Personal("Called back"))
    assert noted.code == "ok"
    notes = await office.desk.leads.notes(leads[0])
    assert isinstance(notes, Ok) and [one.text for one in notes.value] == ["Called back"]
    assert [form.name for form in office.desk.directory.forms()] == ["Form"]
    assert not office.desk.directory.markets() and office.desk.directory.steps(leads[0]) == ()
    assert set(core.app.asked) <= BEYOND


async def test_a_change_elsewhere_arrives_with_the_next_question(core: Core) -> None:
    office = await core.working()
    lead = core.trade.add_lead(minutes_ago=0)
    await asked_until(office, lambda: office.has(lead))


async def test_nobody_is_known_by_name_and_only_the_core_is_offered(core: Core) -> None:
    office = await core.working()
    me = office.desk.sign_in.me
    assert me is not None and me.by_key and not (me.person.name or me.person.email or me.tenant.name)
    assert not any(
        map(office.desk.sign_in.can, ("sign-in", "sharing", "offers", "deletion", "history", "live"))
    )
    assert [right for right in Right if office.desk.may(right)] == [Right.LEAD_READ, Right.LEAD_WRITE]


async def test_partners_are_called_by_their_names_as_far_as_the_key_may_know_them(core: Core) -> None:
    core.give("key-for-partners", Right.LEAD_READ, Right.PARTNER_MANAGE)
    office = await core.working("key-for-partners")
    names = {member.name for member in office.desk.directory.members()}
    assert names == {"Solar Nord GmbH", "Lorenzen GmbH"}


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("another-key", Reason.KEY),
        ("key of-wagner", Reason.KEY_SHAPE),
        (f"Bearer {KEY}", Reason.KEY_SHAPE),
        (f"{KEY}\r\nx-injected: 1", Reason.KEY_SHAPE),
        ("schlüssel", Reason.KEY_SHAPE),
        ("  ", Reason.KEY_SHAPE),
        ("k" * 4096, Reason.KEY_TOO_LONG),
    ],
)
async def test_a_wrong_key_has_its_sentence(core: Core, typed: str, reason: Reason) -> None:
    office = core.office()
    outcome = await office.desk.sign_in.key.sign_in(Secret(typed), keep=True)
    assert outcome == Refused(reason)
    assert office.session.bearer.profile is None and await office.session.vault.load(core.url) is None
    assert (core.app.heard == []) is (reason is not Reason.KEY)


async def test_a_key_pasted_with_its_line_end_is_taken(core: Core) -> None:
    outcome = await core.office().desk.sign_in.key.sign_in(Secret(f" {KEY}\n"), keep=False)
    assert outcome.code == "ok"


async def test_a_key_of_another_instance_is_unknown_here(core: Core) -> None:
    async with opened() as other, AsyncExitStack() as stack:
        elsewhere = Core(other, app := CoreOnly(other.app), "", stack)
        elsewhere.url = await stack.enter_async_context(served(app))
        outcome = await elsewhere.office().desk.sign_in.key.sign_in(Secret(KEY), keep=False)
    assert outcome == Refused(Reason.KEY)


async def test_two_tenants_keys_show_each_its_own_leads(core: Core) -> None:
    lead = core.trade.add_lead()
    core.give("key-of-nord", tenant=core.trade.nord)
    ours, theirs = await core.working(), await core.working("key-of-nord")
    assert ours.has(lead) and not theirs.has(lead)


async def test_a_key_that_may_not_read_leads_is_told_so_at_the_door(core: Core) -> None:
    core.give("key-for-partners", Right.PARTNER_MANAGE)
    outcome = await core.office().desk.sign_in.key.sign_in(Secret("key-for-partners"), keep=True)
    assert outcome == Refused(Reason.KEY_READS_NOTHING)


async def test_a_key_that_may_only_read_is_refused_a_note_and_stays_signed_in(core: Core) -> None:
    lead = core.trade.add_lead()
    core.give("key-for-reading", Right.LEAD_READ)
    office = await core.working("key-for-reading")
    outcome = await office.desk.leads.add_note(lead, Personal("x"))
    assert getattr(outcome, "reason", None) is Reason.FORBIDDEN
    assert office.session.state is SessionState.SIGNED_IN


async def test_a_network_that_is_not_allowed_has_its_sentence(
    core: Core,
) -> None:
    core.give("key-of-elsewhere", networks=("192.0.2.0/24",))
    outcome = await core.office().desk.sign_in.key.sign_in(Secret("key-of-elsewhere"), keep=False)
    assert outcome == Refused(Reason.NETWORK, *_rest(outcome))


def _rest(outcome: object) -> tuple[object, ...]:
    assert isinstance(outcome, Refused)
    return (outcome.field, outcome.expected, outcome.retry_after)


async def test_a_key_revoked_while_one_works_ends_the_session_and_empties_memory(core: Core) -> None:
    lead = core.trade.add_lead()
    office = await core.working(keep=True)
    core.trade.people.api_keys.revoke(core.trade.wagner, core.key_id)  # type: ignore[attr-defined]
    await asked_until(office, lambda: office.session.state is SessionState.ENDED)
    assert not office.has(lead) and office.session.bearer.profile is None
    assert isinstance(await office.desk.leads.detail(lead), SessionOver)
    assert await office.session.vault.load(core.url) is None


async def test_a_server_that_says_403_of_a_revoked_key_ends_the_session_too(core: Core) -> None:
    """So does the platform (contract, "Errors"); what it means is told by asking for the key itself."""
    office = await core.working()
    core.app.instead = (403, b"application/json", FORBIDDEN)
    await asked_until(office, lambda: office.session.state is SessionState.ENDED)


@pytest.mark.parametrize(
    "instead",
    [(200, b"text/html", b"<p>Hotel"), (403, b"text/html", b"<p>Filter"), (503, b"text/plain", b"")],
)
async def test_whatever_stands_in_the_way_ends_no_session(
    core: Core, instead: tuple[int, bytes, bytes]
) -> None:
    lead = core.trade.add_lead()
    office = await core.working()
    core.app.instead = instead
    await asked_until(office, lambda: not office.desk.sync.online)
    assert office.session.state is SessionState.SIGNED_IN and office.has(lead)
    core.app.instead = None
    await asked_until(office, lambda: office.desk.sync.online)


@pytest.mark.parametrize("keep", [False, True])
async def test_locking_forgets_the_key_and_only_the_same_one_unlocks(core: Core, keep: bool) -> None:
    core.give("key-of-a-colleague")
    lead = core.trade.add_lead()
    office = await core.working(keep=keep)
    await cut(office)
    queued = await office.desk.leads.add_note(lead, Personal("while offline"))
    assert queued.code == "queued"
    office.line.cut = False
    office.desk.lock()
    assert office.session.bearer.profile is None and not office.has(lead)
    await office.desk.finish_lock()
    assert await office.session.vault.load(core.url) is None
    heard = len(core.app.heard)
    for wrong in ("key-of-a-colleague", "x", "", "k" * 4096):
        assert await office.desk.sign_in.unlock(Secret(wrong)) == Refused(Reason.OTHER_KEY)
    assert len(core.app.heard) == heard, "another key was sent"
    assert (await office.desk.sign_in.unlock(Secret(KEY))).code == "ok"
    assert await office.session.vault.load(core.url) is None
    office.begin()
    await office.until(lambda: not office.desk.outbox.waiting)
    notes = await office.desk.leads.notes(lead)
    assert isinstance(notes, Ok) and [one.text for one in notes.value] == ["while offline"]


async def test_what_waits_is_not_sent_with_another_key(core: Core) -> None:
    core.give("key-of-nord", tenant=core.trade.nord)
    lead = core.trade.add_lead()
    office = await core.working()
    await cut(office)
    await office.desk.leads.add_note(lead, Personal("of Wagner"))
    await office.desk.sign_in.sign_out()
    office.line.cut = False
    assert (await office.desk.sign_in.key.sign_in(Secret("key-of-nord"), keep=False)).code == "ok"
    office.begin()
    await office.until(lambda: office.desk.sync.progress.value.done)
    assert office.desk.outbox.waiting == 0 and "POST" not in {call.split()[0] for call in core.app.heard}


async def test_a_kept_key_is_gone_on_with_and_one_for_this_session_is_not(core: Core) -> None:
    first = await core.working(keep=True)
    second = core.office()
    second.session.vault = first.session.vault
    assert (await second.desk.sign_in.resume()).code == "ok"
    second.begin()
    await second.until(lambda: second.desk.sync.progress.value.done)
    third = await core.working()
    assert await third.session.vault.load(core.url) is None


async def test_a_kept_key_that_counts_no_more_is_thrown_away_at_the_start(core: Core) -> None:
    first = await core.working(keep=True)
    core.trade.people.api_keys.revoke(core.trade.wagner, core.key_id)  # type: ignore[attr-defined]
    second = core.office()
    second.session.vault = second.session.bearer._vault = first.session.vault
    assert await second.desk.sign_in.resume() == Refused(Reason.KEY)
    assert second.session.state is SessionState.ENDED
    assert await first.session.vault.load(core.url) is None


async def test_a_kept_key_outlives_a_server_that_cannot_be_reached(core: Core) -> None:
    first = await core.working(keep=True)
    second = core.office()
    second.session.vault, second.line.cut = first.session.vault, True
    assert (await second.desk.sign_in.resume()).code == "offline"
    second.line.cut = False
    assert (await second.desk.sign_in.resume()).code == "ok"


async def test_signing_out_tells_the_server_nothing_of_the_key(core: Core) -> None:
    """It is its tenant's, and may be in use elsewhere."""
    office = await core.working(keep=True)
    await office.desk.sign_in.sign_out()
    assert await office.session.vault.load(core.url) is None
    assert not [call for call in core.app.heard if "revoke" in call]
    assert (await core.office().desk.sign_in.key.sign_in(Secret(KEY), keep=False)).code == "ok"


async def test_the_key_stands_in_no_log_error_or_name(core: Core, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        office = await core.working(keep=True)
        core.trade.people.api_keys.revoke(core.trade.wagner, core.key_id)  # type: ignore[attr-defined]
        said = [repr(office.session.bearer.profile), str(office.session.bearer.profile)]
        said += [repr(office.desk.sign_in.me), repr(await office.session.bearer.enter())]
        await asked_until(office, lambda: office.session.state is SessionState.ENDED)
        wrong = await office.desk.sign_in.key.sign_in(Secret(KEY), keep=True)
    said += [repr(wrong), caplog.text]
    assert KEY not in "\n".join(said)
