"""What needs somebody fresh is named in one place; every operation that could is there, or excused here."""

from __future__ import annotations

from datetime import UTC, datetime

from leaddesk.contract.people import Right
from leaddesk.server.app import build_demo
from leaddesk.server.web.edge.routes import Described
from leaddesk.server.web.edge.spec import SENSITIVE
from tests.support.surface import document, operations

STEP_UP = "urn:leaddesk:problem:step-up-needed"
ADMINISTERS = {
    f"`{right.value}`"
    for right in (Right.KEY_MANAGE, Right.POLICY_MANAGE, Right.MEMBER_MANAGE, Right.OVERSIGHT_RESOLVE)
}
OF_THE_ACCOUNT = ("/me/", "/access-log/resolutions")
NOT_SENSITIVE = {
    "POST /me/step-up": "it is what makes one fresh",
    "POST /me/step-up/requests": "begins to make one fresh",
    "PUT /me/password": "takes the present password itself",
    "DELETE /members/invitations/{invitationId}": "takes back what nobody has used",
    "POST /tenant/single-sign-on/test": "changes nothing",
}


def test_every_operation_that_administers_asks_for_somebody_fresh_or_has_a_reason() -> None:
    asks, could = set(), set()
    for one in operations(document()):
        if STEP_UP in one.told.get("x-problem-types", ()):
            asks.add(one.label)
        needs = set(one.told["description"].removeprefix("Needs the right ").rstrip(".").split(" or "))
        if one.method != "GET" and (needs & ADMINISTERS or one.path.startswith(OF_THE_ACCOUNT)):
            could.add(one.label)
    assert asks <= could, "an act of another kind: extend the rule"
    assert could - asks == set(NOT_SENSITIVE)


def test_what_is_named_is_there() -> None:
    app = build_demo(0, lambda: datetime.now(UTC)).app
    routes = [one for one in app.routes if isinstance(one, Described)]
    found = {f"{one.method} {one.path}" for one in routes if one.is_sensitive}
    assert found == set(SENSITIVE)
