"""Drawing the pages: plain HTML, no scripts, nothing from elsewhere; what is not ours is escaped."""

from dataclasses import dataclass
from html import escape
from urllib.parse import urlencode

from starlette.responses import Response

from leaddesk.server.web.signin.language import Words

PAGE, STYLE = "/sign-in", "/sign-in/style.css"
ENTRY, CONFIRM = "", "confirm."
"""What somebody signs in for: to come in, or to confirm a session they have."""
_POLICY = "default-src 'none'; style-src 'self'; form-action {forms}; base-uri 'none'; frame-ancestors 'none'"


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page: its heading, its content, and what stands around it.

    ``forms``: where its forms may lead beside here, followed redirects included. ``switch``: the address of
    the same page in the other language.
    """

    title: str
    content: str
    forms: str | None = None
    switch: str | None = None
    head: str = ""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What went wrong, in words, and its status."""

    sentence: str
    status: int = 403
    retry_after: int | None = None


class Pages:
    """All pages of an instance, in one language."""

    def __init__(self, instance: str, words: Words) -> None:
        self._instance = instance
        self.words = words

    def entry(
        self,
        handle: str,
        forms: str | None,
        email: str = "",
        trouble: Trouble | None = None,
        kind: str = ENTRY,
    ) -> Response:
        """Ask for e-mail and password, or for the way over the firm; ``kind``: what for."""
        say = self.words
        focus = (" autofocus", "") if not email else ("", " autofocus")
        fields = (
            field("email", say("email"), "email", "username", f'{focus[0]} value="{escape(email)}"', trouble)
            + field("password", say("password"), "password", "current-password", focus[1], trouble)
            + f'<button type="submit">{escape(say(f"{kind}sign_in"))}</button>'
            + f'<button type="submit" name="way" value="firm" class="quiet">{escape(say("firm"))}</button>'
        )
        purpose = f"<p>{escape(say(f'{kind}purpose'))}</p>"
        content = purpose + self._form(handle, fields, trouble)
        return self._asked(say(f"{kind}title"), content, handle, forms, trouble)

    def step(self, handle: str, forms: str | None, kind: str, trouble: Trouble | None = None) -> Response:
        """Ask a further step's question."""
        say = self.words
        helped = f'<p id="help">{escape(say(f"{kind}.help"))}</p>'
        more = ' autofocus aria-describedby="help"'
        fields = (
            field("answer", say(f"{kind}.label"), "text", "one-time-code", more, trouble)
            + f'<button type="submit">{escape(say("go_on"))}</button>'
        )
        content = helped + self._form(handle, fields, trouble)
        return self._asked(say(f"{kind}.title"), content, handle, forms, trouble)

    def notice(self, kind: str, status: int) -> Response:
        """Say that it does not go on here: ``over`` or ``refused``."""
        say = self.words
        leaf = Leaf(say(f"{kind}_title"), f"<p>{escape(say(kind))}</p>")
        return self._drawn(leaf, status)

    def unavailable(self) -> Response:
        """Say that a part of the server does not work just now."""
        say = self.words
        leaf = Leaf(say("title"), alert(Trouble(say("unavailable"))))
        response = self._drawn(leaf, 503)
        response.headers["retry-after"] = "1"
        return response

    def onward(self, address: str) -> Response:
        """Lead on where a form's answer must not redirect to: a page that goes on by itself, and a link."""
        say = self.words
        link = f'<a class="go" href="{escape(address)}">{escape(say("onward_link"))}</a>'
        refresh = f'<meta http-equiv="refresh" content="0;url={escape(address)}">'
        content = f"<p>{escape(say('onward'))}</p><p>{link}</p>"
        return self._drawn(Leaf(say("onward_title"), content, head=refresh), 200)

    def _asked(
        self, title: str, content: str, handle: str, forms: str | None, trouble: Trouble | None
    ) -> Response:
        query = urlencode({"request": handle, "language": self.words.other})
        leaf = Leaf(title, content + self._cancel(handle), forms, f"{PAGE}?{query}")
        response = self._drawn(leaf, trouble.status if trouble else 200)
        if trouble is not None and trouble.retry_after is not None:
            response.headers["retry-after"] = str(trouble.retry_after)
        return response

    def _form(self, handle: str, fields: str, trouble: Trouble | None = None) -> str:
        hidden = "".join(
            f'<input type="hidden" name="{name}" value="{escape(value)}">'
            for name, value in (("request", handle), ("language", self.words.language))
        )
        told = alert(trouble) if trouble else ""
        return f'{told}<form method="post" action="{PAGE}" novalidate>{hidden}{fields}</form>'

    def _cancel(self, handle: str) -> str:
        label = escape(self.words("cancel"))
        return self._form(
            handle, f'<button type="submit" name="way" value="cancel" class="link">{label}</button>'
        )

    def _drawn(self, leaf: Leaf, status: int) -> Response:
        say, instance = self.words, escape(self._instance)
        switch = (
            f'<nav aria-label="{escape(say("languages"))}"><a lang="{say.other}" hreflang="{say.other}"'
            f' href="{escape(leaf.switch)}">{escape(say("other_language"))}</a></nav>'
            if leaf.switch
            else ""
        )
        body = (
            f'<!doctype html><html lang="{say.language}"><head><meta charset="utf-8">{leaf.head}'
            f'<meta name="viewport" content="width=device-width, initial-scale=1">'
            f'<meta name="robots" content="noindex"><title>{escape(leaf.title)} – {instance}</title>'
            f'<link rel="stylesheet" href="{STYLE}"></head><body><main><p class="brand">{instance}</p>'
            f"<h1>{escape(leaf.title)}</h1>{leaf.content}</main><footer>{switch}</footer></body></html>"
        )
        forms = "'self'" if leaf.forms is None else f"'self' {leaf.forms}"
        headers = {
            "content-security-policy": _POLICY.format(forms=forms),
            "content-language": say.language,
            "cross-origin-opener-policy": "same-origin",
            "x-frame-options": "DENY",
        }
        return Response(body, status, headers, "text/html")


def alert(trouble: Trouble) -> str:
    """Say what went wrong, so that screen readers say it at once."""
    return f'<p class="trouble" role="alert" id="trouble">{escape(trouble.sentence)}</p>'


def field(
    name: str, label: str, kind: str, autocomplete: str, more: str, trouble: Trouble | None = None
) -> str:
    """Draw a field with its label, named as password managers know it."""
    told = ' aria-invalid="true" aria-errormessage="trouble"' if trouble else ""
    plain = ' autocapitalize="none" spellcheck="false"' if kind != "password" else ""
    return (
        f'<label for="{name}">{escape(label)}</label><input id="{name}" name="{name}" type="{kind}"'
        f' autocomplete="{autocomplete}" required{plain}{told}{more}>'
    )
