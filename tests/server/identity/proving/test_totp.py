"""One-time codes by time: the vectors of the RFC, the clocks that go wrong, what an app is given."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from leaddesk.server.identity.proving.totp import address_of, code_of, is_code, shown, step_at, step_of

RFC = b"12345678901234567890"


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_codes_are_those_of_the_rfc(seconds: int, code: str) -> None:
    """RFC 6238, B: eight digits there, of which ours are the last six."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    assert code_of(RFC, step_at(moment)) == code[2:]


def test_a_clock_may_go_half_a_minute_wrong_and_no_more() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    for steps in (-1, 0, 1):
        assert step_of(RFC, code_of(RFC, step_at(now) + steps), now) == step_at(now) + steps
    for steps in (-2, 2, 100):
        assert step_of(RFC, code_of(RFC, step_at(now) + steps), now) is None


def test_an_app_is_given_all_it_needs() -> None:
    told = urlsplit(address_of(RFC, "Wärme & Co", "ada lund@x.example").reveal())
    assert (told.scheme, told.netloc) == ("otpauth", "totp")
    assert told.path == "/W%C3%A4rme%20%26%20Co:ada%20lund@x.example"
    asked = {name: value for name, (value,) in parse_qs(told.query).items()}
    assert asked["secret"] == shown(RFC).reveal() == "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    assert asked["issuer"] == "Wärme & Co" and (asked["digits"], asked["period"]) == ("6", "30")


@pytest.mark.parametrize("text", ["", "12345", "1234567", "12345a", "１２３４５６", "12 345", "-12345"])
def test_what_is_no_code(text: str) -> None:
    assert not is_code(text)
