"""What becomes a link of what people write into fields."""

from __future__ import annotations

import pytest

from leaddesk.guard.links.making import call, mail, web

HOSTS = frozenset({"leads.example.com"})


@pytest.mark.parametrize(
    ("written", "link"),
    [
        ("0171 39200 42", "tel:01713920042"),
        (" +49 (0)431 / 12 34-56 ", "tel:+49431123456"),
        ("(0431) 12.34", "tel:04311234"),
        ("+45\N{NO-BREAK SPACE}33 12", "tel:+453312"),
        ("110", "tel:110"),
        *((odd, None) for odd in ("", "12", "0431 12345 ext. 9", "0431 1 oder 0431 2", "*100#", "+", "()")),
        *((odd, None) for odd in ("1234567890123456", "\N{FULLWIDTH DIGIT ONE}23", "0431\n12345", "++49431")),
    ],
)
def test_a_number_is_dialled_as_it_is_written_or_not_at_all(written: str, link: str | None) -> None:
    assert call(written) == link


@pytest.mark.parametrize(
    ("written", "link"),
    [
        ("anna@example.de", "mailto:anna@example.de"),
        (" A.Meyer@Example.DE", "mailto:A.Meyer@example.de"),
        *((odd, None) for odd in ("anna", "anna@example", "a b@example.de", "a@example.de?cc=b@example.de")),
        *(
            (odd, None)
            for odd in ("a@b@example.de", "-a@example.de", "\u202ea@example.de", "a@m\u00fcller.de")
        ),
    ],
)
def test_a_mailbox_is_one_plain_address(written: str, link: str | None) -> None:
    assert mail(written) == link


@pytest.mark.parametrize(
    ("written", "opens"),
    [
        ("https://leads.example.com/a?b=1", True),
        *((odd, False) for odd in ("https://example.com", "http://leads.example.com", "leads.example.com")),
        *(
            (odd, False)
            for odd in ("https://leads.example.com@evil.example", "https://leads.example.com.evil/")
        ),
    ],
)
def test_only_pages_of_known_hosts_open(written: str, opens: bool) -> None:
    assert web(written, HOSTS) == (written if opens else None)
