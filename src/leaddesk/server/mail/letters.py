"""Letters: plain text, German and English in one, nothing of a person but the address, no tracking."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import make_msgid
from functools import cache
from pathlib import Path

from leaddesk.personal.masked import Personal

LANGUAGES = ("de", "en")
_TEXTS = Path(__file__).parent / "texts"


@dataclass(frozen=True, slots=True)
class Letter:
    """``kind`` names the text; ``facts`` are put into it."""

    to: Personal[str]
    kind: str
    facts: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Sender:
    """Who letters are from: the instance's name and an address."""

    name: str
    address: str


def written(letter: Letter, sender: Sender) -> EmailMessage:
    """Write a letter as it travels. Raises ``ValueError`` for an address that is none."""
    german, english = (_text(language)[letter.kind] for language in LANGUAGES)
    facts = {"instance": sender.name, **{name: _one_line(value) for name, value in letter.facts.items()}}
    message = EmailMessage()
    message["From"] = Address(sender.name, addr_spec=sender.address)
    message["To"] = Address(addr_spec=letter.to.reveal())
    message["Subject"] = f"{german['subject']} / {english['subject']}".format(**facts)
    message["Message-ID"] = make_msgid(domain=sender.address.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody is to answer by machine
    bodies = ("\n".join(text["body"]).format(**facts) for text in (german, english))
    message.set_content("\n\n-- English below --\n\n".join(bodies) + "\n", charset="utf-8")
    return message


def _one_line(value: str) -> str:
    """Keep what people named from making lines of its own."""
    return " ".join(value.split())


@cache
def _text(language: str) -> dict[str, dict[str, list[str]]]:
    texts: dict[str, dict[str, list[str]]] = json.loads((_TEXTS / f"{language}.json").read_text("utf-8"))
    return texts
