"""The weather between here and a server: what is said at its address, and the sentence a person shall read.

An answer is bytes, or a table of them by path with ``*`` for the rest; the server of a sky speaks plain HTTP
unless the sky says how its TLS is wrong or which proxy stands before it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

JSON, HTML, TEXT = "application/json", "text/html; charset=utf-8", "text/plain"
LOGIN = b"<!doctype html><title>Guest WLAN</title><form action=/login>Welcome to the hotel</form>"
TOKEN = "/oauth/token"


def answer(status: str, media: str = "", body: bytes = b"", **headers: str) -> bytes:
    """Write an answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"Content-Type: {media}"] if media else []
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


INFO = answer(
    "200 OK",
    JSON,
    json.dumps({"name": "leaddesk", "version": "1", "instance": "x", "capabilities": []}).encode(),
)


def at_token(said: bytes) -> dict[str, bytes]:
    """Everything is as ever but the token endpoint."""
    return {TOKEN: said, "*": INFO}


@dataclass(frozen=True)
class Sky:
    """``sentence``: key of the words. ``tls``: how the line is wrong. ``proxy``: what a firm's proxy says."""

    sentence: str
    said: bytes | dict[str, bytes] = b""
    tls: str = ""
    proxy: str = ""
    asks: str = ""


PORTAL, DOWN, OFFLINE = "outcome.obstacle.portal", "outcome.unavailable", "outcome.offline"
TICKET, SIGN_IN = "outcome.obstacle.proxy-ticket", "outcome.obstacle.proxy-sign-in"
CLOCK, REFUSED = "outcome.obstacle.clock", "outcome.obstacle.proxy-refused"
ELSEWHERE = "http://portal.hotel.example/login?from=x"

SKIES: dict[str, Sky] = {
    "511": Sky(PORTAL, answer("511 Network Authentication Required", HTML, LOGIN)),
    "511 without a page": Sky(PORTAL, answer("511 Network Authentication Required")),
    "a page instead of data": Sky(PORTAL, answer("200 OK", HTML, LOGIN)),
    "a page in XHTML": Sky(PORTAL, answer("200 OK", "application/xhtml+xml", LOGIN)),
    "sent elsewhere by 302": Sky(PORTAL, answer("302 Found", HTML, LOGIN, Location=ELSEWHERE)),
    "sent elsewhere by 303": Sky(PORTAL, answer("303 See Other", Location=ELSEWHERE)),
    "sent elsewhere by 307": Sky(PORTAL, answer("307 Temporary Redirect", Location=ELSEWHERE)),
    "sent elsewhere by 308": Sky(PORTAL, answer("308 Permanent Redirect", Location=ELSEWHERE)),
    "a page that forbids": Sky(PORTAL, answer("403 Forbidden", HTML, LOGIN)),
    "a page that asks who it is": Sky(PORTAL, answer("401 Unauthorized", HTML, LOGIN)),
    "a page that wants money": Sky(PORTAL, answer("402 Payment Required", HTML, LOGIN)),
    "a page for a token": Sky(PORTAL, at_token(answer("200 OK", HTML, LOGIN))),
    "a page that refuses a token": Sky(PORTAL, at_token(answer("400 Bad Request", HTML, LOGIN))),
    "a redirect for a token": Sky(PORTAL, at_token(answer("302 Found", Location=ELSEWHERE))),
    "sent in circles": Sky(DOWN, answer("301 Moved Permanently", Location="/again")),
    "platform down": Sky(DOWN, answer("503 Service Unavailable", JSON, b"{}", Retry_After="30")),
    "platform down, in HTML": Sky(DOWN, answer("502 Bad Gateway", HTML, b"<h1>502</h1>")),
    "down for three centuries": Sky(DOWN, answer("503 Service Unavailable", Retry_After="9999999999")),
    "down until a date": Sky(DOWN, answer("503 No", Retry_After="Fri, 31 Dec 9999 23:59:59 GMT")),
    "down for less than nothing": Sky(DOWN, answer("503 No", Retry_After="-1")),
    "gateway late": Sky(DOWN, answer("504 Gateway Timeout")),
    "server broken": Sky(DOWN, answer("500 Internal Server Error", TEXT, b"Traceback")),
    "too many questions": Sky(
        "outcome.refused.too-many", answer("429 Too Many Requests", Retry_After="99999")
    ),
    "too many tokens": Sky("outcome.refused.too-many", at_token(answer("429 Too Many", Retry_After="1"))),
    "somebody else's JSON": Sky(DOWN, answer("200 OK", JSON, b'{"hello": "world"}')),
    "half a JSON": Sky(DOWN, answer("200 OK", JSON, b'{"name": "lead')),
    "nothing at all": Sky(DOWN, answer("204 No Content")),
    "no HTTP": Sky(DOWN, b"220 mail.example ESMTP ready\r\n"),
    "cut within the head": Sky(DOWN, b"HTTP/1.1 200 OK\r\nContent-Ty"),
    "cut within the body": Sky(DOWN, b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{"),
    "grant refused in words": Sky(DOWN, at_token(answer("400 Bad Request", TEXT, b"invalid_grant"))),
    "token endpoint gone": Sky(DOWN, at_token(answer("503 No", JSON, b'{"error": "invalid_grant"}'))),
    "hung up": Sky(DOWN),
    "nobody there": Sky(OFFLINE, tls="closed"),
    "certificate expired": Sky(CLOCK, tls="expired"),
    "certificate of tomorrow": Sky(CLOCK, tls="not yet valid"),
    "certificate of somebody else": Sky("outcome.untrusted", tls="for another address"),
    "certificate of an unknown authority": Sky("outcome.untrusted", tls="from an unknown authority"),
    "a page where TLS belongs": Sky(PORTAL, answer("200 OK", HTML, LOGIN), tls="none"),
    "proxy wants a password": Sky(SIGN_IN, proxy="407 Sign in", asks='Basic realm="firm"'),
    "proxy wants a ticket": Sky(TICKET, proxy="407 Sign in", asks="Negotiate"),
    "proxy wants NTLM": Sky(TICKET, proxy="407 Sign in", asks="NTLM"),
    "proxy wants either": Sky(SIGN_IN, proxy="407 Sign in", asks='Negotiate, Basic realm="firm"'),
    "proxy forbids": Sky(REFUSED, proxy="403 Forbidden"),
    "proxy sees no server": Sky(OFFLINE, proxy="502 Bad Gateway"),
    "proxy gone": Sky("outcome.obstacle.proxy-down", proxy="closed"),
    "proxy of another kind": Sky("outcome.obstacle.proxy-kind", proxy="socks"),
    "proxy by a script": Sky("outcome.obstacle.proxy-script", proxy="script"),
}
