"""Writing to people: which letter, with a link that leads back here."""

from urllib.parse import urlencode

from starlette.requests import Request

from leaddesk.contract.problems import ProblemType
from leaddesk.personal.masked import Personal, Secret
from leaddesk.server.domain.refusal import Refused
from leaddesk.server.identity.joining.emails import EMAIL_LIFE
from leaddesk.server.identity.joining.invitations import INVITATION_LIFE
from leaddesk.server.identity.joining.resets import RESET_LIFE, Way
from leaddesk.server.identity.refusals import Throttled
from leaddesk.server.mail.letters import Letter
from leaddesk.server.mail.postbox import PostboxFull, Writing
from leaddesk.server.web.services import Services

FORGOTTEN, PASSWORD, JOIN = "/account/forgotten", "/account/password", "/account/join"
EMAIL = "/account/email"
_FULL_SECONDS = 60


def base_of(request: Request, services: Services) -> str:
    """Tell how links begin: as configured, else by the socket that was asked; never as a request says."""
    if services.outside.public_url is not None:
        return services.outside.public_url
    host, port = request.scope.get("server") or ("127.0.0.1", None)
    shown = f"[{host}]" if ":" in host else host
    return f"{request.scope['scheme']}://{shown}{'' if port is None else f':{port}'}"


def throw_in(services: Services, writing: Writing) -> None:
    """Have a letter written later. Raises ``Refused`` where there is no mail, ``Throttled``."""
    if not services.outside.postbox.is_open:
        raise Refused(ProblemType.NO_MAIL)
    try:
        services.outside.postbox.throw_in(writing)
    except PostboxFull:
        raise Throttled(_FULL_SECONDS) from None


def reset_letter(base: str, way: Way | None) -> Letter | None:
    """Write to somebody who wants a new password; to nobody where there is none."""
    if way is None:
        return None
    minutes = int(RESET_LIFE.total_seconds() // 60)
    return Letter(way.email, "reset", {"link": _link(base, PASSWORD, way.ticket), "minutes": str(minutes)})


def changed_letter(email: str) -> Letter:
    """Tell somebody that their password is another one now."""
    return Letter(Personal(email), "password-changed")


def invitation_letter(base: str, firm: str, email: str, ticket: Secret | None) -> Letter:
    """Invite somebody; without a ticket, tell them why not."""
    if ticket is None:
        return Letter(Personal(email), "already-member", {"firm": firm})
    facts = {"firm": firm, "link": _link(base, JOIN, ticket), "days": str(INVITATION_LIFE.days)}
    return Letter(Personal(email), "invitation", facts)


def email_letter(base: str, email: str, ticket: Secret | None) -> Letter:
    """Ask whoever reads mail at a new address to confirm it; without a ticket, tell them why not."""
    if ticket is None:
        return Letter(Personal(email), "email-taken")
    hours = int(EMAIL_LIFE.total_seconds() // 3600)
    return Letter(Personal(email), "email", {"link": _link(base, EMAIL, ticket), "hours": str(hours)})


def moved_letter(old: Personal[str]) -> Letter:
    """Tell the old address that it is another one now."""
    return Letter(old, "email-changed")


def factor_letter(base: str, email: str) -> Letter:
    """Tell somebody that an admin has taken their second factor away."""
    return Letter(Personal(email), "factor-reset", {"link": f"{base}{FORGOTTEN}"})


def _link(base: str, path: str, ticket: Secret) -> str:
    return f"{base}{path}?{urlencode({'ticket': ticket.reveal()})}"
