"""Parts of the product that keep too much, one for each place in which it would be seen."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from leaddesk.contract.rows import encode_row
from leaddesk.server.domain.events import encode_event
from leaddesk.server.domain.refusal import Refused
from leaddesk.server.eventlog import idempotency
from leaddesk.server.eventlog.log import Unit
from leaddesk.server.hooks import courier
from leaddesk.server.hooks.letters import body_of
from leaddesk.server.keys.custody.epochs import Epochs
from leaddesk.server.keys.custody.mirror import Writes
from leaddesk.server.keys.envelope import Envelope
from leaddesk.server.keys.port import TENANT_KEY
from leaddesk.server.operations.observer import Observer
from leaddesk.server.operations.upkeep import SignedSegments
from leaddesk.server.oversight import access_log
from leaddesk.server.projections import attachments
from leaddesk.server.projections.leads import load_lead
from leaddesk.server.queries import leads

Plant = Callable[[], Any]


@contextmanager
def one_mirror_only() -> Iterator[None]:
    """Destruction reaches the first mirror alone."""
    destroy = Writes.destroy
    calls = iter(range(10**9))

    def half(self: Writes, *given: Any) -> None:
        if next(calls) % 2 == 0:
            destroy(self, *given)

    with patch.object(Writes, "destroy", half):
        yield


@contextmanager
def old_epoch_kept() -> Iterator[None]:
    """The night leaves the former epoch key where it was."""
    with patch.object(Epochs, "destroy_older", lambda _self: None):
        yield


@contextmanager
def cache_kept() -> Iterator[None]:
    """A process goes on with the keys it knows."""
    with patch.object(Envelope, "_forget_destroyed", lambda _self: None):
        yield


@contextmanager
def events_under_the_tenants_key() -> Iterator[None]:
    """What happens to a lead is sealed like what concerns none."""
    row = Unit._row

    def elsewhere(self: Unit, position: int, version: int, stream: str, *given: Any) -> Any:
        event, stamp, link = given
        return row(self, position, version, stream, event, replace(stamp, key_id=TENANT_KEY), link)

    with patch.object(Unit, "_row", elsewhere):
        yield


@contextmanager
def files_under_the_tenants_key() -> Iterator[None]:
    """Files are sealed like what concerns no lead."""
    with patch.object(attachments, "key_of", lambda _state: TENANT_KEY):
        yield


@contextmanager
def plain_fingerprints() -> Iterator[None]:
    """What is kept of a request is a digest of it, as it is."""
    with patch.object(idempotency, "_sealed", lambda _unit, _key, whole, _keys: whole):
        yield


@contextmanager
def chatty_webhooks() -> Iterator[None]:
    """A delivery says what the lead says."""

    async def send(self: Any, news: Any) -> Any:
        with self._log.reading() as unit:
            hook, row = courier.find_hook(unit, self._hook_id), b"{}"
            with suppress(Refused):  # it is erased
                row = encode_row(load_lead(unit, news.lead_id).row) if news.lead_id else row
        body = body_of(news)[:-1] + b',"lead":' + row + b"}"
        return await self._sender.send(courier.target_of(hook), {}, body)

    with patch.object(courier._Round, "_send", send):
        yield


@contextmanager
def words_on_record() -> Iterator[None]:
    """The access log says by which words somebody looked."""

    def told(read: Any, words: Any) -> str:
        return detail_of(read, {name: read.words.get(name, word) for name, word in words.items()})

    detail_of = access_log.detail_of
    with patch.object(access_log, "detail_of", told):
        yield


@contextmanager
def chatty_log() -> Iterator[None]:
    """A line of the log holds what was read."""
    lead = leads.lead

    def said(*given: Any) -> Any:
        found = lead(*given)
        logging.getLogger("leaddesk.server.queries").debug("read", extra={"facts": found.to_json().decode()})
        return found

    with patch.object(leads, "lead", said):
        yield


@contextmanager
def metrics_by_address() -> Iterator[None]:
    """Requests are counted by the whole of their address."""

    def note(self: Observer, scope: Any, *_given: Any) -> None:
        address = scope["path"] + "?" + scope["query_string"].decode("ascii", "replace")
        self._metrics.count("leaddesk_requests_total", (("route", address),))

    with patch.object(Observer, "_note", note):
        yield


@contextmanager
def answers_kept() -> Iterator[None]:
    """Leads that were read are kept, to be quick the next time."""
    lead = leads.lead

    def kept(library: Any, *given: Any) -> Any:
        found = lead(library, *given)
        library.counts[found.to_json()] = 0
        return found

    with patch.object(leads, "lead", kept):
        yield


@contextmanager
def evidence_with_words() -> Iterator[None]:
    """What is signed carries what was written before."""
    put, append, written = SignedSegments.put, Unit.append, list[str]()

    def putting(self: SignedSegments, line: Any) -> None:
        put(self, {**line, "note": "".join(written)})

    def appending(self: Unit, stream: str, expected: int, events: Any, stamp: Any) -> Any:
        written.extend(encode_event(event).decode() for event in events)
        return append(self, stream, expected, events, stamp)

    with patch.object(SignedSegments, "put", putting), patch.object(Unit, "append", appending):
        yield
