"""``Accept-Encoding``: weights, wildcards, what is refused, and what is not in form."""

import pytest

from leaddesk.server.web.packing.negotiation import IDENTITY, chosen
from leaddesk.server.web.packing.streams import CODINGS, GZIP, ZSTD


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("", IDENTITY),
        ("zstd", ZSTD),
        ("gzip", GZIP),
        ("x-gzip", GZIP),
        ("gzip, zstd", ZSTD),
        ("GZIP;Q=1, deflate, br", GZIP),
        ("gzip;q=1.0, zstd;q=0.9", GZIP),
        ("gzip;q=0.5,zstd;q=0.501", ZSTD),
        ("zstd;q=0, gzip", GZIP),
        ("zstd;q=0.000, gzip;q=0", IDENTITY),
        ("br, deflate", IDENTITY),
        ("*", ZSTD),
        ("*;q=0", IDENTITY),
        ("*, zstd;q=0", GZIP),
        ("gzip;q=0.2, *;q=0.1", GZIP),
        ("identity", IDENTITY),
        ("identity, gzip;q=0.5", IDENTITY),
        ("identity;q=0.5, gzip", GZIP),
        ("identity;q=1, zstd;q=1", ZSTD),
        ("identity;q=0", IDENTITY),
        ("identity;q=0, gzip;q=0.1", GZIP),
        ("gzip;q=2, zstd;q=0.1", ZSTD),
        ("gzip;q=0.1234", IDENTITY),
        ("gzip;q=, zstd;q=-1, \x00, ;;;=,,", IDENTITY),
        ("notgzip, gzipped", IDENTITY),
    ],
)
def test_what_the_client_would_rather_have(accepted: str, coding: str) -> None:
    assert chosen(accepted, CODINGS) == coding
