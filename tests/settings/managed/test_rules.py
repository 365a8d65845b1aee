"""What administrators can say, and that a wrong word is noticed instead of being no rule."""

from __future__ import annotations

from typing import Any

import pytest

from leaddesk.settings.address import LIVE_SERVER
from leaddesk.settings.managed.rules import Fault, Managed, ManagedFault, understood

WAGNER = {"name": "Wagner", "server": "https://leads.wagner.example", "domains": ["wagner.example"]}
NORD = {"name": "Solar Nord", "server": "https://leads.nord.example", "domains": ["Nord.example"]}


def test_nothing_said_leaves_everything_as_it_is() -> None:
    assert understood({}) == Managed(typed=True)


def test_the_instance_follows_from_the_e_mail_address() -> None:
    managed = understood({"instance": [WAGNER, NORD], "default-instance": "Wagner"})
    assert [one.name for one in managed.instances] == ["Wagner", "Solar Nord"]
    found = managed.instance_for(" Imke.Petersen@NORD.example ")
    assert found is not None and found.address.url == "https://leads.nord.example"
    for email in ("imke@wagner.example.evil.example", "imke", "", "@", "imke@sub.nord.example"):
        assert managed.instance_for(email) is None
    assert managed.default is not None and managed.default.name == "Wagner"


def test_a_single_instance_is_the_default() -> None:
    managed = understood({"instance": [WAGNER]})
    assert managed.default is not None and managed.default.name == "Wagner"
    assert understood({"instance": [WAGNER, NORD]}).default is None


def test_where_typing_is_not_allowed_only_the_listed_servers_are() -> None:
    managed = understood({"instance": [WAGNER], "typed-instances": False})
    assert managed.allows("https://leads.wagner.example")
    assert not managed.allows("https://elsewhere.example")
    assert not managed.allows(LIVE_SERVER)
    assert Managed(typed=False).allows(LIVE_SERVER) and not Managed(typed=False).allows("https://a.example")


def test_the_rest_is_taken_as_said() -> None:
    managed = understood(
        {
            "idle-lock-minutes": 5,
            "proxy": "http://proxy:3128",
            "no-proxy": ["*.firm.example"],
            "ca-file": "/x.pem",
        }
    )
    assert (managed.idle_minutes, managed.proxy, managed.exempt, managed.ca_file) == (
        5,
        "http://proxy:3128",
        ("*.firm.example",),
        "/x.pem",
    )


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ({"typed-instance": False}, "typed-instance"),
        ({"typed-instances": "no"}, "typed-instances"),
        ({"idle-lock-minutes": 0}, "idle-lock-minutes"),
        ({"idle-lock-minutes": True}, "idle-lock-minutes"),
        ({"idle-lock-minutes": 100_000}, "idle-lock-minutes"),
        ({"proxy": "socks5://proxy"}, "proxy"),
        ({"proxy": "http://user:secret@proxy"}, "proxy"),
        ({"no-proxy": "firm.example"}, "no-proxy"),
        ({"ca-file": ""}, "ca-file"),
        ({"ca-file": ["/x"]}, "ca-file"),
        ({"instance": "Wagner"}, "instance"),
        ({"instance": [WAGNER] * 51}, "instance"),
        ({"instance": [WAGNER | {"name": " "}]}, "instance.name"),
        ({"instance": [WAGNER | {"name": "x" * 41}]}, "instance.name"),
        ({"instance": [WAGNER | {"server": "http://leads.wagner.example"}]}, "instance.server"),
        ({"instance": [WAGNER | {"server": "https://u:p@leads.wagner.example"}]}, "instance.server"),
        ({"instance": [WAGNER | {"domains": ["@wagner.example"]}]}, "instance.domains"),
        ({"instance": [WAGNER | {"domains": ["wagner"]}]}, "instance.domains"),
        ({"instance": [WAGNER | {"colour": "red"}]}, "instance.colour"),
        ({"instance": [WAGNER, NORD | {"domains": ["wagner.example"]}]}, "instance.domains"),
        ({"instance": [WAGNER, NORD | {"server": "https://leads.wagner.example"}]}, "instance.server"),
        ({"instance": [WAGNER], "default-instance": "Nord"}, "default-instance"),
    ],
)
def test_a_wrong_word_is_named_and_no_value_told(said: dict[str, Any], key: str) -> None:
    with pytest.raises(ManagedFault) as raised:
        understood(said)
    assert (raised.value.fault, raised.value.key) == (Fault.WRONG, key)
    assert "secret" not in str(raised.value)
