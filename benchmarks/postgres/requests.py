"""What one request costs on a connection that is kept open: medians of many, kinds in turn."""

from __future__ import annotations

import http.client
import json
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from urllib.parse import quote, urlencode, urlsplit

from benchmarks.postgres.installation import Installation
from benchmarks.postgres.statements import admin_of
from leaddesk.contract.ids import TenantId, Urn
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.identity.caller import Caller
from leaddesk.server.queries.feed import head, since
from leaddesk.server.queries.library import Library
from leaddesk.server.queries.listing.continuation import seal
from leaddesk.server.queries.listing.filters import parse
from leaddesk.server.queries.listing.pages import View, page
from leaddesk.server.web.services import secret_of
from tests.support.processes import Running, Tokens, new_key

ROUNDS = 25
_ALL = {"maxResults": "100", "includeFieldLists": "true"}
_MIDDLE = (
    "SELECT modified_at, id, created_at FROM lead WHERE tenant_id = ?"
    " ORDER BY modified_at, id LIMIT 1 OFFSET (SELECT COUNT(*) / 2 FROM lead WHERE tenant_id = ?)"
)


@dataclass
class Asking:
    """A tenant of an installation, asked over HTTP as its admin."""

    place: Installation
    server: Running
    tokens: Tokens
    tenant: TenantId
    cost: dict[str, list[float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        where = urlsplit(str(self.server.client.base_url))
        self._line = http.client.HTTPConnection(str(where.hostname), where.port)
        self._library = Library(self.place.log, None, secret_of(self.place.keys, "continuations"))  # type: ignore[arg-type]
        self._admin = admin_of(self.tenant)
        self._rep = replace(self._admin, sees_all_leads=False, urn=Urn("urn:lt:members:member:nobody"))
        self._places()

    def _places(self) -> None:
        with self.place.log.for_tenant(Scope(self.tenant)).reading() as unit:
            ((self._modified, self._id, self._created),) = unit.select(_MIDDLE, self.tenant)
            found = unit.select("SELECT id FROM lead WHERE tenant_id = ? ORDER BY id LIMIT 2000")
        self._ids: Iterator[str] = iter([row[0] for row in found] * 50)

    def medians(self, rounds: int = ROUNDS) -> dict[str, float]:
        """Ask everything in turn; returns milliseconds by name."""
        self.cost = {}
        for number in range(rounds + 3):
            for name, ask in self._kinds().items():
                took = ask()
                if number >= 3:
                    self.cost.setdefault(name, []).append(took * 1000)
        return {name: statistics.median(found) for name, found in self.cost.items()}

    def _kinds(self) -> dict[str, Callable[[], float]]:
        deep = seal(self._library.secret, self._view(self._admin).bound_to, [self._modified, self._id])
        return {
            "page-first": self._list,
            "page-deep": lambda: self._list(continuation=deep),
            "page-newest-first": lambda: self._list(sort="-lead.createdAt"),
            "page-of-a-step": lambda: self._list(**{"commission.stepName": "Angebot"}),
            "page-of-no-step": lambda: self._list(**{"commission.stepName": "Nirgends"}),
            "page-since-the-middle": lambda: self._list(**{"lead.createdAt": f"gte:{self._created}"}),
            "page-of-one-rep": lambda: self._timed(
                lambda: page(self._library, self._view(self._rep), 100, None)
            ),
            "one-lead": lambda: self._get(f"/leads/{next(self._ids)}"),
            "note-added": self._note,
            "page-after-a-change": self._list,
            "filtered-after-a-change": lambda: (
                self._note(),
                self._list(**{"commission.stepName": "Angebot"}),
            )[1],
            "step-changed": self._step,
            "feed-asked": lambda: self._timed(
                lambda: since(self._library, self._admin, head(self._library, self._admin))
            ),
        }

    def _view(self, caller: Caller) -> View:
        return View(caller, parse(lambda _: ()), True)

    def _list(self, **more: str) -> float:
        return self._get("/leads?" + urlencode({**_ALL, **more}, quote_via=quote))

    def _note(self) -> float:
        return self._ask("POST", f"/leads/{next(self._ids)}/notes", {"text": "Rückruf", "intern": True}, 201)

    def _step(self) -> float:
        lead_id = next(self._ids)
        lead = self._json("GET", f"/leads/{lead_id}")
        step = (lead.get("commission") or {}).get("step")
        wanted = "Kontakt" if step != "Kontakt" else "Angebot"
        return self._ask(
            "POST", f"/leads/{lead_id}/commission/step", {"step": wanted}, 200, lead["lead"]["serial"]
        )

    def _get(self, path: str) -> float:
        return self._ask("GET", path)

    def _json(self, method: str, path: str) -> dict[str, dict[str, object]]:
        self._line.request(method, path, headers=self._headers())
        answer: dict[str, dict[str, object]] = json.loads(self._line.getresponse().read())
        return answer

    def _headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.tokens.access}"}

    def _ask(
        self, method: str, path: str, body: object = None, expected: int = 200, serial: object = None
    ) -> float:
        headers, sent = self._headers(), None
        if body is not None:
            sent = json.dumps(body)
            headers |= {"content-type": "application/json", "idempotency-key": new_key()}
        if serial is not None:
            headers["x-serial"] = str(serial)
        began = time.perf_counter()
        self._line.request(method, path, sent, headers)
        answer = self._line.getresponse()
        content = answer.read()
        took = time.perf_counter() - began
        assert answer.status == expected, (path, answer.status, content[:200])
        return took

    @staticmethod
    def _timed(work: Callable[[], object]) -> float:
        began = time.perf_counter()
        work()
        return time.perf_counter() - began
