"""The main job, step by step: what is pressed in one window, what must be painted in the others.

Every step is real keys or a real click; what follows is asserted in painted text of the *other* windows,
and by an API client. What takes longer than the promised two seconds is told, not failed.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from leaddesk.api.client import ApiClient
from leaddesk.api.errors import Refused
from leaddesk.api.leads import read_lead
from leaddesk.api.notes import list_notes
from leaddesk.api.offers import list_offers
from leaddesk.api.sharing import approve_share, list_share_requests
from leaddesk.contract.ids import LeadId
from leaddesk.contract.live import LiveKind
from leaddesk.contract.offers import OfferStatus
from leaddesk.contract.sharing import ApproveRequest, ShareRequest, ShareStatus
from leaddesk.demo.tour.outside import Listener, NotTrue, eventually, find_lead
from leaddesk.demo.tour.stage import Player
from leaddesk.demo.words import around, opening
from leaddesk.ui.kit.wording import text

QUERY = "wärmepumpe kiel"
LEAD = "Anna Meyer"
PHONE = "0171 39200"
FILE = "Angebot A-1207.pdf"
NOTE = "Rückruf am Dienstag zugesagt"
REASON = "Keine eigene Montage in Kiel bis März frei."
MARKET = "Wärme Nord"
DELETED = "Karsten Löschke"
OWN_KEY = "00000000-0000-4000-8000-000000000001"
READING = 0.6
"""A and R count only on a question that was shown for half a second."""
FIRST = 60.0
"""Seconds for what is not a change: signing in hashes a password, the first load brings all leads."""


@dataclass
class Cast:
    """Three windows and three API clients."""

    rep: Player
    admin: Player
    partner: Player
    rep_api: ApiClient
    admin_api: ApiClient
    second_api: ApiClient
    second: Listener
    lead_id: LeadId | None = None

    def windows(self) -> tuple[Player, Player, Player]:
        """Return all three."""
        return self.rep, self.admin, self.partner


async def sign_in(player: Player) -> None:
    """Type e-mail and password as a person does."""
    await player.eyes.see(text("signin.sign_in"), FIRST)
    await player.hands.focus()
    await player.hands.type(player.person.email)
    await player.hands.press("Tab")
    await player.hands.type(player.person.password.reveal())
    await player.hands.press("Return")
    await player.eyes.see(text("shell.link_live"), FIRST)


async def rep_signs_in(cast: Cast) -> None:
    """Sign-in to all rows of the tenant."""
    await sign_in(cast.rep)
    await cast.rep.eyes.see(text("shell.all_in_memory"), FIRST)


async def others_sign_in(cast: Cast) -> None:
    """The admin and the partner come, each at their own window."""
    await sign_in(cast.admin)
    await sign_in(cast.partner)
    await cast.partner.click(text("shell.nav_offers"))
    await cast.partner.eyes.miss(LEAD)


async def rep_searches(cast: Cast) -> None:
    """Type into the one search field."""
    await search(cast.rep, QUERY)
    await cast.rep.eyes.see(LEAD)


async def search(player: Player, words: str) -> None:
    """Replace what stands in the search field; Return takes the keyboard to the list."""
    await player.hands.press("slash")
    await player.hands.type(words)
    await player.eyes.see(words)
    await player.hands.press("Return")
    await player.eyes.still()


async def rep_opens(cast: Cast) -> None:
    """Open the lead and read it; the admin opens the same one at its history."""
    await cast.rep.click(LEAD)
    await cast.rep.eyes.see(PHONE)
    await search(cast.admin, QUERY)
    await cast.admin.click(LEAD)
    await cast.admin.eyes.see(PHONE)
    await cast.admin.click_until(text("lead_detail.tab_history"), text("history.attachment-added"))
    cast.lead_id = await find_lead(cast.admin_api, LEAD)


async def rep_looks_at_file(cast: Cast) -> None:
    """The offer at the lead, its first page and its second."""
    await cast.rep.click_until(text("lead_detail.tab_attachments"), FILE)
    await cast.rep.click(FILE)
    await cast.rep.eyes.see(text("attachments.page", n=1, all=2), FIRST)
    await cast.rep.hands.press("Right")
    await cast.rep.eyes.see(text("attachments.page", n=2, all=2))


async def rep_writes_note(cast: Cast) -> None:
    """Esc leaves the file; N, words, Ctrl+Enter; the admin's history tells of it."""
    await cast.rep.hands.press("Escape")
    told = cast.admin.eyes.count(cast.rep.person.name)
    await cast.rep.click(text("lead_detail.tab_journal"))
    await cast.rep.hands.press("n")
    await cast.rep.hands.type(NOTE)
    await cast.rep.hands.press("ctrl+Return")
    await cast.admin.eyes.see_more(cast.rep.person.name, told)
    await cast.rep.eyes.see(NOTE)

    async def stored() -> bool:
        assert cast.lead_id is not None
        return any(note.text == NOTE for note in await list_notes(cast.admin_api, cast.lead_id))

    await eventually(stored, "the note is not at the server")


async def rep_moves_step(cast: Cast) -> None:
    """S, right, Enter."""
    told = cast.admin.eyes.count(cast.rep.person.name)
    await cast.rep.hands.press("Escape", "s", "Right", "Return")
    await cast.admin.eyes.see_more(cast.rep.person.name, told)
    await _has_step(cast, "Vor-Ort-Termin")


async def _has_step(cast: Cast, step: str) -> None:
    async def moved() -> bool:
        assert cast.lead_id is not None
        lead = await read_lead(cast.admin_api, cast.lead_id)
        return lead.commission is not None and lead.commission.step == step

    await eventually(moved, f"the lead is not at the step {step}")


async def rep_shares(cast: Cast) -> None:
    """T, the first market, exactly what partners will see, a reason, Enter."""
    await cast.admin.click(text("shell.nav_approvals"))
    await cast.rep.hands.press("t")
    await cast.rep.eyes.see(text("sharing.visible_before"))
    await cast.rep.eyes.see("241••")
    await cast.rep.click(MARKET)
    await cast.rep.hands.press("Tab")
    await cast.rep.hands.type(REASON)
    await cast.rep.eyes.see(REASON)


async def rep_sends(cast: Cast) -> None:
    """Enter sends; the admin sees the request arrive."""
    await cast.rep.eyes.see(text("sharing.send_for_approval"))
    await cast.rep.hands.press("Return")
    await cast.admin.eyes.see(LEAD)
    await cast.admin.eyes.see(f"{cast.rep.person.name} → {MARKET}")


async def _request(cast: Cast) -> ShareRequest:
    for request in await list_share_requests(cast.admin_api):
        if request.lead_id == cast.lead_id:
            return request
    raise NotTrue("the API does not list the share request")


async def rep_cannot_approve(cast: Cast) -> None:
    """Four eyes: the rep has no queue, and the API refuses."""
    await cast.rep.eyes.miss(text("shell.nav_approvals"))
    request = await _request(cast)
    try:
        await approve_share(cast.rep_api, request.share_request_id, ApproveRequest(lead_serial=1), OWN_KEY)
    except Refused:
        return
    raise NotTrue("the rep could approve an own request")


async def admin_reads(cast: Cast) -> None:
    """Field by field what would leave the house."""
    await cast.admin.click(LEAD)
    await cast.admin.eyes.see(text("approvals.question", name=LEAD, market=MARKET))
    await cast.admin.eyes.see("241••")
    await cast.admin.eyes.see(text("approvals.hidden"))
    await cast.admin.eyes.see(REASON)
    await asyncio.sleep(READING)


async def admin_approves(cast: Cast) -> None:
    """A, Enter; both partners are told, neither sees contact data."""
    offers_before = cast.second.count(LiveKind.OFFER)
    cards = cast.partner.eyes.count("Heiztechnik Wagner AG")
    await cast.admin.hands.press("a", "Return")
    await cast.partner.eyes.see_more("Heiztechnik Wagner AG", cards)
    await cast.partner.eyes.see("241••")
    await cast.partner.eyes.miss(LEAD)
    await cast.partner.eyes.miss(PHONE)
    await cast.second.hears(LiveKind.OFFER, offers_before)

    async def decided() -> bool:
        return (await _request(cast)).status is ShareStatus.APPROVED

    await eventually(decided, "the request is not approved")


async def partner_accepts(cast: Cast) -> None:
    """A on the card, Enter; the second partner's offer ends, the rep sees who got it."""
    await cast.rep.click(text("lead_detail.tab_recipients"))
    ended_before = await _ended(cast)
    await cast.partner.eyes.still()
    await cast.partner.hands.click(*cast.partner.eyes.place_below(text("offers.accept"), "241••"))
    await cast.rep.eyes.see(text("lead_detail.offer_accepted"))
    await cast.rep.eyes.see("Solar Nord GmbH")

    async def ended() -> bool:
        return await _ended(cast) > ended_before

    await eventually(ended, "the second partner's offer did not end")


async def _ended(cast: Cast) -> int:
    return sum(offer.status is OfferStatus.ENDED for offer in await list_offers(cast.second_api))


async def partner_opens(cast: Cast) -> None:
    """The disclosed fields, and only those."""
    await cast.partner.click(text("offers.open_lead"))
    await cast.partner.eyes.see(LEAD)
    await cast.partner.eyes.see(PHONE)
    await cast.partner.eyes.miss(NOTE)


async def partner_moves_step(cast: Cast) -> None:
    """The partner works the lead; the rep's history says so."""
    await cast.rep.click(text("lead_detail.tab_history"))
    await cast.partner.hands.press("s", "Right", "Return")
    await cast.rep.eyes.see("Solar Nord GmbH")
    await cast.rep.eyes.see(text("history.partner-step-changed"))


async def rep_deletes(cast: Cast) -> None:
    """Another lead goes from every window at once, and irreversibly."""
    await cast.admin.click(text("shell.nav_leads"))
    await search(cast.admin, "löschke")
    await cast.admin.eyes.see(DELETED)
    await search(cast.rep, "löschke")
    await cast.rep.click(DELETED)
    await cast.rep.eyes.see(text("lead_detail.tab_journal"))
    await cast.rep.hands.press("Delete")
    await cast.rep.eyes.see(opening("lead_detail.delete_final", 3))
    await cast.rep.click(text("lead_detail.delete_confirm"))
    await cast.admin.eyes.miss(DELETED)


async def all_lock(cast: Cast) -> None:
    """Ctrl+L: nothing readable stays."""
    for player in cast.windows():
        await player.hands.press("ctrl+l")
        await player.eyes.see(around("lock.since", "time"))
        await player.eyes.miss(PHONE)
        await player.eyes.miss(LEAD)


async def all_unlock(cast: Cast) -> None:
    """The password again, and a new load."""
    for player in cast.windows():
        await player.hands.type(player.person.password.reveal())
        await player.hands.press("Return")
    await asyncio.gather(*(one.eyes.see(text("shell.all_in_memory"), FIRST) for one in cast.windows()))


async def all_sign_out(cast: Cast) -> None:
    """Back to the sign-in page, the token gone."""
    for player in cast.windows():
        await player.hands.press("ctrl+l")
        await player.click(text("lock.sign_out"))
        await player.eyes.see(text("signin.sign_in"))
