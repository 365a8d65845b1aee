"""``/account/*``: where links of mails lead – a new password, becoming a member –, and asking for a link.

Plain pages without scripts, as the sign-in page. Opening one uses nothing up and tells nothing: mail scanners
open links, too.
"""

from collections.abc import Awaitable, Callable
from html import escape

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from leaddesk.personal.masked import Secret
from leaddesk.server.domain.refusal import Refused
from leaddesk.server.identity.choosing.rule import SHORTEST, WeakPassword
from leaddesk.server.identity.refusals import Throttled, TicketOver
from leaddesk.server.web.accounts.emails import confirm
from leaddesk.server.web.accounts.joining import join
from leaddesk.server.web.accounts.letters import EMAIL, FORGOTTEN, JOIN, PASSWORD
from leaddesk.server.web.accounts.passwords import PasswordDesk
from leaddesk.server.web.edge.inputs import form, query
from leaddesk.server.web.edge.problems import invalid
from leaddesk.server.web.edge.routes import open_to_all
from leaddesk.server.web.edge.spec import Other, Param, Spec
from leaddesk.server.web.services import Services
from leaddesk.server.web.signin.browser import comes_from_elsewhere
from leaddesk.server.web.signin.drawing import Leaf, Pages, Trouble, alert, field
from leaddesk.server.web.signin.language import LANGUAGES, words_in

HTML = "text/html"
LONGEST = 320
_NAMES = ("ticket", "email", "name", "password")
_SHOW = Spec(
    "A page of the own account",
    media=HTML,
    params=(
        Param("ticket", "The ticket of the mail's link"),
        Param("language", "Language of the page", choices=LANGUAGES),
    ),
)
_TAKE = Spec(
    "What somebody entered into the page",
    media=HTML,
    params=tuple(Param(name, "As the page asks for it", place="form") for name in (*_NAMES, "language")),
    others=(
        Other(400, "Sent from another site, or no form: the page says so", media=HTML),
        Other(403, "What was entered is not taken: the page says why", media=HTML),
        Other(410, "The link was used or is too old: the page says so", media=HTML),
        Other(429, "Too many attempts: the page says so", media=HTML),
    ),
)


def routes(services: Services, instance: str) -> list[BaseRoute]:
    """Return the endpoints."""
    passwords = PasswordDesk(services)

    async def ask(request: Request, fields: dict[str, str]) -> None:
        await passwords.ask(request, fields["email"])

    async def redeem(_request: Request, fields: dict[str, str]) -> None:
        await passwords.redeem(Secret(fields["ticket"]), Secret(fields["password"]))

    async def join_in(_request: Request, fields: dict[str, str]) -> None:
        await join(services, Secret(fields["ticket"]), fields["name"], Secret(fields["password"]))

    async def move(_request: Request, fields: dict[str, str]) -> None:
        await confirm(services, Secret(fields["ticket"]))

    found: list[BaseRoute] = []
    for page in (
        _Page(instance, FORGOTTEN, "forgotten", ask),
        _Page(instance, PASSWORD, "password", redeem),
        _Page(instance, JOIN, "join", join_in),
        _Page(instance, EMAIL, "email-change", move),
    ):
        found.append(open_to_all("GET", page.path, page.show, _SHOW, reads_query=True))
        found.append(open_to_all("POST", page.path, page.take, _TAKE))
    return found


FIELDS = {
    "forgotten": (("email", "email", "username"),),
    "password": (("password", "password", "new-password"),),
    "email-change": (),
    "join": (("name", "text", "name"), ("password", "password", "new-password")),
}
"""What a page asks for: name, kind of field, what password managers call it."""


class _AccountPages(Pages):
    """The pages of an instance, in one language."""

    def asked(self, path: str, kind: str, ticket: str, trouble: Trouble | None = None) -> Response:
        """Ask for what a page needs."""
        say = self.words
        hidden = "".join(
            f'<input type="hidden" name="{name}" value="{escape(value)}">'
            for name, value in (("ticket", ticket), ("language", say.language))
        )
        more = " autofocus"
        fields = ""
        for name, sort, manager in FIELDS[kind]:
            fields += field(name, say(f"account.{name}"), sort, manager, more, trouble)
            more = ""
        button = f'<button type="submit">{escape(say(f"account.{kind}.go"))}</button>'
        helped = f"<p>{escape(say(f'account.{kind}.help', length=SHORTEST))}</p>"
        told = alert(trouble) if trouble else ""
        content = (
            f'{helped}{told}<form method="post" action="{path}" novalidate>{hidden}{fields}{button}</form>'
        )
        response = self._drawn(
            Leaf(say(f"account.{kind}.title"), content), trouble.status if trouble else 200
        )
        if trouble is not None and trouble.retry_after is not None:
            response.headers["retry-after"] = str(trouble.retry_after)
        return response

    def done(self, kind: str) -> Response:
        """Say that it is done, and how to go on."""
        say = self.words
        return self._drawn(
            Leaf(say(f"account.{kind}.title"), f"<p>{escape(say(f'account.{kind}.done'))}</p>"), 200
        )

    def over(self) -> Response:
        """Say that a link is used or too old."""
        say = self.words
        content = f'<p>{escape(say("account.over"))}</p><p><a class="go" href="{FORGOTTEN}">'
        content += f"{escape(say('account.forgotten.title'))}</a></p>"
        return self._drawn(Leaf(say("account.over_title"), content), 410)


class _Page:
    def __init__(
        self,
        instance: str,
        path: str,
        kind: str,
        act: Callable[[Request, dict[str, str]], Awaitable[None]],
    ) -> None:
        self.path = path
        self._instance = instance
        self._kind = kind
        self._act = act

    async def show(self, request: Request) -> Response:
        asked = query(request, "ticket", "language")
        language = asked.one("language")
        if language is not None and language not in LANGUAGES:
            raise invalid("language", " or ".join(LANGUAGES))
        pages = self._pages(request, language)
        return pages.asked(self.path, self._kind, (asked.one("ticket") or "")[:LONGEST])

    async def take(self, request: Request) -> Response:
        given = await form(request)
        pages = self._pages(request, (given or {}).get("language"))
        if given is None or comes_from_elsewhere(request):
            return pages.notice("refused", 400)
        fields = {name: given.get(name, "")[: 4 * LONGEST] for name in _NAMES}
        trouble = self._missing(fields, pages) or await self._tried(request, fields, pages)
        if isinstance(trouble, Response):
            return trouble
        return pages.asked(self.path, self._kind, fields["ticket"][:LONGEST], trouble)

    async def _tried(
        self, request: Request, fields: dict[str, str], pages: _AccountPages
    ) -> Trouble | Response:
        """Act; what is wrong is said in the reader's words."""
        say = pages.words
        try:
            await self._act(request, fields)
        except WeakPassword as weak:
            return Trouble(say(f"account.weak.{weak.weakness.value}", length=SHORTEST))
        except TicketOver:
            return pages.over()
        except Throttled as pause:
            return Trouble(say("wait", seconds=pause.retry_after), 429, pause.retry_after)
        except Refused as refusal:
            return Trouble(say(f"account.refused.{refusal.kind.rpartition(':')[2]}"))
        return pages.done(self._kind)

    def _missing(self, fields: dict[str, str], pages: _AccountPages) -> Trouble | None:
        names = [name for name, _, _ in FIELDS[self._kind]]
        if all(0 < len(fields[name].strip()) <= LONGEST or name == "password" for name in names):
            return None
        return Trouble(pages.words("account.missing"))

    def _pages(self, request: Request, language: str | None) -> _AccountPages:
        return _AccountPages(self._instance, words_in(language, request.headers.get("accept-language", "")))
