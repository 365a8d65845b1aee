"""A person who is signed in, as the server tells of them."""

from leaddesk.contract.people import Me

MAREN = Me.model_validate(
    {
        "person": {"memberId": "m-1", "urn": "u", "name": "Maren Boysen", "email": "m@wagner.example"},
        "tenant": {"tenantId": "t-1", "urn": "u", "name": "Heiztechnik Wagner AG"},
        "role": "rep",
        "rights": ["lead.read"],
        "policy": {},
    }
)
