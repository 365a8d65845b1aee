"""What a delivery looks like: the body, who it is from, the signature, the hook's own credential.

``x-leaddesk-signature: t=<seconds>,v1=<hex>``: HMAC-SHA256 under the hook's secret over the time, a full
stop and the body's bytes, so that an old delivery cannot be played again for long.
"""

import hashlib
import hmac
from datetime import datetime

from leaddesk.contract.webhooks import HookNews
from leaddesk.server.hooks.registry import About

AGENT = "leaddesk-webhook/1"


def body_of(news: HookNews) -> bytes:
    """Write the body: ids, never a value."""
    return HookNews.model_validate(news.model_dump()).to_json()


def headers_of(news: HookNews, body: bytes, about: About, now: datetime) -> dict[str, str]:
    """Write the headers of one attempt."""
    seconds = str(int(now.timestamp()))
    headers = {
        "content-type": "application/json",
        "user-agent": AGENT,
        "x-leaddesk-event": news.event_name.value,
        "x-leaddesk-event-id": news.event_id,
        "x-leaddesk-signature": f"t={seconds},v1={signature(about.secret, seconds, body)}",
    }
    if about.api_key is not None:
        headers["authorization"] = about.api_key
    return headers


def signature(secret: str, seconds: str, body: bytes) -> str:
    """Sign a body as it was at a time."""
    return hmac.new(secret.encode(), seconds.encode() + b"." + body, hashlib.sha256).hexdigest()
