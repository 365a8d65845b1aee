"""An older client reads a newer server."""

from leaddesk.contract.people import Me, Right

ME = {
    "person": {"memberId": "m", "urn": "urn:lt:members:member:m", "name": "Maren Boysen", "email": ""},
    "tenant": {"tenantId": "t", "urn": "urn:lt:tenants:tenant:t", "name": "Wagner AG"},
    "role": "rep",
    "rights": ["lead.read", "lead.teleport"],
    "policy": {},
}


def test_a_right_that_is_not_known_here_is_one_nobody_has() -> None:
    assert Me.model_validate(ME).rights == [Right.LEAD_READ]
