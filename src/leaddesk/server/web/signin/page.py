"""``/sign-in``: the page people see. It works without scripts, by keyboard, and with password managers."""

from dataclasses import replace
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from leaddesk.contract.problems import ProblemType
from leaddesk.personal.masked import Secret
from leaddesk.server.identity.authorization.redirects import origin_of
from leaddesk.server.identity.authorization.requests import Visit
from leaddesk.server.identity.facade import Identity
from leaddesk.server.identity.refusals import NetworkRefused, SignInRefused, Throttled
from leaddesk.server.web.edge.inputs import form, query
from leaddesk.server.web.edge.routes import open_to_all
from leaddesk.server.web.edge.spec import Other, Param, Spec
from leaddesk.server.web.signin.browser import comes_from_elsewhere, known_browser
from leaddesk.server.web.signin.desk import FIRM_ONLY, Desk, FirmWay, Front, Leaving, as_page
from leaddesk.server.web.signin.drawing import CONFIRM, ENTRY, PAGE, STYLE, Pages, Trouble
from leaddesk.server.web.signin.language import LANGUAGES

ELSEWHERE = {"firm": "firm_failed", "network": "network", "link": "link"}
"""What may have gone wrong on the way over the firm, and the words for it."""
HTML, CSS = "text/html", "text/css"
LONGEST_SHOWN = 320
_OVER = Other(400, "This sign-in is over, or not this browser's: a page says so", media=HTML)
_SHOW = Spec(
    "The sign-in page, for the browser that began signing in",
    media=HTML,
    params=(
        Param("request", "Names the sign-in under way"),
        Param("language", "Language of the page", choices=LANGUAGES),
        Param("trouble", "What went wrong elsewhere", choices=tuple(ELSEWHERE)),
    ),
    others=(_OVER,),
)
_ANSWER = Spec(
    "What somebody entered into the page; leads on, in the end back to the client",
    status=303,
    media=HTML,
    params=(
        Param("request", "Names the sign-in under way", place="form"),
        Param("language", "Language of the page", place="form"),
        Param("email", "E-mail", place="form"),
        Param("password", "Password", place="form"),
        Param("answer", "Answer to a further step's question", place="form"),
        Param("way", "`firm` or `cancel` instead of going on", place="form"),
    ),
    headers=(("Location", "Where it goes on"),),
    problems=(ProblemType.TOO_MANY_REQUESTS,),
    others=(
        Other(200, "A page that leads on by itself", media=HTML),
        _OVER,
        Other(403, "What was entered is wrong: the page says so", media=HTML),
        Other(429, "Too many attempts: the page says how long to wait", media=HTML),
    ),
)
_STYLE = Spec("How the sign-in page looks", media=CSS)


def routes(identity: Identity, front: Front, firm: FirmWay) -> list[BaseRoute]:
    """Return the endpoints."""
    desk = Desk(identity, front)
    page = _Page(desk, firm)
    return [
        open_to_all("GET", PAGE, as_page(desk, page.show), _SHOW, reads_query=True),
        open_to_all("POST", PAGE, as_page(desk, page.take), _ANSWER),
        open_to_all("GET", STYLE, page.style, _STYLE),
    ]


class _Page:
    def __init__(self, desk: Desk, firm: FirmWay) -> None:
        self._desk = desk
        self._firm = firm
        self._entry = desk.identity.entry

    async def show(self, request: Request) -> Response:
        asked = query(request, "request", "language", "trouble")
        handle, pages = asked.one("request"), self._desk.pages(request, asked.one("language"))
        visit = await self._desk.find(handle, known_browser(request))
        if visit is None or handle is None:
            return pages.notice("over", 400)
        told = ELSEWHERE.get(asked.one("trouble") or "")
        failed = Trouble(pages.words(told), 200) if told else None
        return await self._drawn(handle, visit, pages, trouble=failed)

    async def take(self, request: Request) -> Response:
        fields = await form(request) or {}
        handle, pages = fields.get("request", ""), self._desk.pages(request, fields.get("language"))
        visit = await self._desk.find(handle, known_browser(request))
        if visit is None or comes_from_elsewhere(request):
            return pages.notice("over", 400)
        if fields.get("way") == "cancel":
            await self._desk.identity.apart(lambda: self._entry.requests.end(handle))
            return self._desk.leave(request, visit.asked, pages, error="access_denied")
        if fields.get("way") == "firm" and visit.arrival is None:
            return await self._by_firm(request, fields, visit, pages)
        try:
            return await self._answered(request, fields, visit, pages)
        except SignInRefused:
            trouble = Trouble(pages.words(await self._wrong(fields.get("email", ""), visit)))
        except NetworkRefused:
            trouble = Trouble(pages.words("network"))
        except Throttled as pause:
            sentence = pages.words("wait", seconds=pause.retry_after)
            trouble = Trouble(sentence, 429, pause.retry_after)
        return await self._drawn(handle, visit, pages, fields.get("email", ""), trouble)

    async def _wrong(self, email: str, visit: Visit) -> str:
        """Choose the words for what was wrong: by the address' domain, never by whose it is."""
        if visit.arrival is not None:
            return "wrong_answer"
        return "firm_only" if await self._firm.ways(email) == FIRM_ONLY else "wrong"

    async def style(self, _request: Request) -> Response:
        return Response(_style(), media_type=CSS)

    async def _answered(
        self, request: Request, fields: dict[str, str], visit: Visit, pages: Pages
    ) -> Response:
        """Check what was entered. Raises what ``Entry.prove`` raises."""
        handle, source = fields["request"], request.client.host if request.client else ""
        if visit.arrival is None:
            password = Secret(fields.get("password", ""))
            link = (visit.link.tenant_id, visit.link.member_id) if visit.link else None
            arrival = await self._entry.prove(fields.get("email", ""), password, source, link)
        else:
            step = await self._entry.next_step(visit.arrival)
            if step is None or not await step.passes(visit.arrival, Secret(fields.get("answer", "")), source):
                raise SignInRefused
            arrival = visit.arrival.after(step.kind)
        return await self._desk.arrive(request, handle, replace(visit, arrival=arrival), pages)

    async def _by_firm(
        self, request: Request, fields: dict[str, str], visit: Visit, pages: Pages
    ) -> Response:
        """Lead to the firm's own sign-in, by a page: this one's policy lets no form redirect elsewhere."""
        handle, email = fields["request"], fields.get("email", "")
        leaving = Leaving(request, handle, visit, known_browser(request) or "", email)
        address = await self._firm.address(leaving, pages.words.language)
        if address is not None:
            return pages.onward(address)
        return await self._drawn(handle, visit, pages, email, Trouble(pages.words("no_firm")))

    async def _drawn(
        self, handle: str, visit: Visit, pages: Pages, email: str = "", trouble: Trouble | None = None
    ) -> Response:
        forms = origin_of(visit.asked.redirect)
        step = None if visit.arrival is None else await self._entry.next_step(visit.arrival)
        if step is None:
            kind = ENTRY if visit.asked.sought is None else CONFIRM
            return pages.entry(handle, forms, email[:LONGEST_SHOWN], trouble, kind)
        return pages.step(handle, forms, step.kind, trouble)


@cache
def _style() -> str:
    return (Path(__file__).parent / "style.css").read_text("utf-8")
