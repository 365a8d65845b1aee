"""Where sealed bytes lie: what they are bound to, so that a copy elsewhere does not open."""


def event_place(stream_id: str, version: int) -> str:
    """Name the content of an event."""
    return f"event:{stream_id}:{version}"


def lead_place(lead_id: str) -> str:
    """Name the row of a lead."""
    return f"lead:{lead_id}"


def share_place(request_id: str) -> str:
    """Name the row of a share request."""
    return f"share:{request_id}"


def offer_place(offer_id: str, part: str) -> str:
    """Name a part of an offer at its recipient: ``before``, ``after`` or ``reason``."""
    return f"offer:{offer_id}:{part}"


def reference_place(kind: str, reference_id: str) -> str:
    """Name a form, pipeline, market, partnership."""
    return f"ref:{kind}:{reference_id}"


def report_place(code: bytes) -> str:
    """Name where leads came from, as reports count it."""
    return f"report:{code.hex()}"


def attachment_place(attachment_id: str) -> str:
    """Name what is known of an attached file."""
    return f"attachment:{attachment_id}"


def block_place(attachment_id: str, number: int, last: bool) -> str:
    """Name one block of an attached file; the last one differs, so that nothing can be cut off."""
    return f"attachment:{attachment_id}:{number}:{'last' if last else 'more'}"


def receipt_place(idempotency_key: str) -> str:
    """Name what is kept of a request that has been done."""
    return f"receipt:{idempotency_key}"


def hook_place(hook_id: str) -> str:
    """Name the address and secrets of a webhook."""
    return f"hook:{hook_id}"


def person_place(member_id: str) -> str:
    """Name the name and e-mail of a member."""
    return f"person:{member_id}"


def former_place(member_id: str) -> str:
    """Name the name of somebody who was a member."""
    return f"former:{member_id}"


def domain_place(mark: bytes) -> str:
    """Name an e-mail domain of a tenant."""
    return f"domain:{mark.hex()}"


def password_place(tenant_id: str, member_id: str) -> str:
    """Name the hash of a member's password; it lies under a key of the instance."""
    return f"password:{tenant_id}:{member_id}"


def firm_place() -> str:
    """Name the name and policy of a tenant."""
    return "tenant"


def api_key_place(key_id: str) -> str:
    """Name the name of an API key."""
    return f"api-key:{key_id}"


def authorization_place(mark: bytes) -> str:
    """Name what a browser is signing in for; it lies under a key of the instance."""
    return f"authorization:{mark.hex()}"


def second_factor_place(member_id: str) -> str:
    """Name the secret of a member's authenticator app."""
    return f"second-factor:{member_id}"


def ticket_place(digest: bytes) -> str:
    """Name what a ticket carries."""
    return f"ticket:{digest.hex()}"


def session_place(session_id: str) -> str:
    """Name what is known of the device of a session."""
    return f"session:{session_id}"


def provider_place() -> str:
    """Name where a tenant's people sign in, and its secret."""
    return "provider"
