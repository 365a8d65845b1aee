"""The permission to upload one file: signed, for ten minutes, once. Whoever holds it needs no credential.

It holds what the person said of the file before, so that the upload can neither rename nor redirect it.
Single use is the attachment's id: a second file under it is refused where the first one is stored.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta

import msgspec

from leaddesk.contract.problems import ProblemType
from leaddesk.contract.wire import format_time
from leaddesk.server.commands.attachments.uploading import Ticket
from leaddesk.server.web.edge.problems import ProblemError, invalid

LIFE = timedelta(minutes=10)
KEY, POLICY, SIGNATURE = "key", "policy", "signature"
_LABEL = b"leaddesk upload policy 1\0"


class _Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    ticket: Ticket
    expires_at: str

    def __repr__(self) -> str:
        return "<_Policy>"


_DECODER = msgspec.json.Decoder(_Policy)


class Policies:
    """Issues and reads policies under one secret of the server."""

    def __init__(self, secret: bytes, clock: Callable[[], datetime]) -> None:
        self._secret = secret
        self._clock = clock

    def issue(self, ticket: Ticket) -> dict[str, str]:
        """Write the fields of an upload."""
        expires_at = format_time(self._clock() + LIFE)
        text = msgspec.json.encode({"ticket": asdict(ticket), "expires_at": expires_at})
        policy = base64.urlsafe_b64encode(text).decode()
        return {KEY: ticket.attachment_id, POLICY: policy, SIGNATURE: self._sign(policy.encode())}

    def read(self, fields: Mapping[str, str]) -> Ticket:
        """Return what the fields permit. Raises a 400 problem for missing fields, 403 for invalid ones."""
        for name in (POLICY, SIGNATURE):
            if name not in fields:
                raise invalid(name, "to be there, before file")
        policy = fields[POLICY].encode()
        if not hmac.compare_digest(self._sign(policy).encode(), fields[SIGNATURE].encode()):
            raise _refused(SIGNATURE, "the signature that came with the policy")
        try:
            read = _DECODER.decode(base64.urlsafe_b64decode(policy))
        except (binascii.Error, msgspec.DecodeError):
            raise _refused(POLICY, "a policy of this server") from None
        if format_time(self._clock()) >= read.expires_at:
            raise _refused(POLICY, "a policy that has not expired")
        if fields.get(KEY, read.ticket.attachment_id) != read.ticket.attachment_id:
            raise _refused(KEY, "the key that came with the policy")
        return read.ticket

    def _sign(self, policy: bytes) -> str:
        return hmac.new(self._secret, _LABEL + policy, hashlib.sha256).hexdigest()


def _refused(field: str, expected: str) -> ProblemError:
    return ProblemError(ProblemType.FORBIDDEN, field=field, expected=expected)
