"""What the browser shows once it has brought its answer to this program: one sentence."""

from __future__ import annotations

from html import escape

from leaddesk.ui.kit.wording import language

_PAGE = (
    '<!doctype html><html lang="{language}"><meta charset="utf-8"><title>leaddesk</title>'
    '<meta name="color-scheme" content="light dark"><meta name="viewport" content="width=device-width">'
    "<style>body{{font:18px/1.5 system-ui,sans-serif;max-width:30em;margin:20vh auto;padding:1em}}</style>"
    "<h1>leaddesk</h1><p>{sentence}</p>"
)


def browser_page(sentence: str) -> bytes:
    """Write the page. It holds nothing but the sentence: no script, nothing from elsewhere."""
    return _PAGE.format(language=language(), sentence=escape(sentence)).encode()
