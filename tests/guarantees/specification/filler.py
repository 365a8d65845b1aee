"""S4's hooks: what stands in a well-formed request is what the demo population has."""

from __future__ import annotations

import json
import random
import uuid
from typing import Any

from schemathesis.generation.meta import TestPhase

from tests.guarantees.specification.accounts import Accounts
from tests.guarantees.specification.asker import Asker
from tests.guarantees.specification.callers import HOOK, KEY, NAME, Callers, caller_of
from tests.guarantees.specification.situations import Situations
from tests.support.surface import Pool

LABELS = ("fields", "labels")
BUSINESS = "x-problem-types"
WAITING = {
    "POST /offers/{offerId}/accept": ("/offers", "OPEN", "offerId"),
    "POST /offers/{offerId}/decline": ("/offers", "OPEN", "offerId"),
    "POST /offers/{offerId}/still-interested": ("/offers", "MISSED", "offerId"),
    "POST /share-requests/{requestId}/approve": ("/share-requests", "PENDING", "shareRequestId"),
    "POST /share-requests/{requestId}/reject": ("/share-requests", "PENDING", "shareRequestId"),
    "POST /share-requests/{requestId}/withdraw": ("/share-requests", "PENDING", "shareRequestId"),
    "DELETE /sales-partners/{salesPartnerId}": ("/sales-partners", "PENDING:INVITED", "salesPartnerId"),
    "POST /access-log/resolutions/{resolutionId}/approve": (
        *("/access-log/resolutions", "PENDING", "resolutionId"),
    ),
}
"""Operations that decide or end something: where that is listed, in which state, by which id."""


class Filler:
    """Puts ids, labels, steps and serials of the population where the document asks for such."""

    def __init__(self, pools: dict[str, Pool], callers: Callers, asker: Asker) -> None:
        self._pools = pools
        self._callers = callers
        self._asker = asker
        self._chance = random.Random(1)
        self._situations = Situations(asker, callers.member, self._chance)
        self._accounts = Accounts(callers)

    def before_call(self, _context: Any, case: Any, _kwargs: dict[str, Any]) -> None:
        """Fill only what was generated to be right."""
        self._callers.enter()
        if case.meta is None or case.meta.generation.mode.is_negative:
            return
        pool = self._pools[caller_of(case.operation.path)]
        linked = case.meta.phase.name is TestPhase.STATEFUL  # its ids come from the answer before
        for name in () if linked else case.path_parameters or ():
            if pool.has(name) and self._chance.random() < 0.9:
                case.path_parameters[name] = pool.draw(name, self._chance)
        if "Idempotency-Key" in (case.headers or {}):
            case.headers["Idempotency-Key"] = str(uuid.UUID(int=self._chance.getrandbits(128), version=4))
        case.query.pop("continuation", None)  # only the server can write one
        for name in case.query:
            if name.endswith("Id") and pool.has(name):
                case.query[name] = pool.draw(name, self._chance)
        if isinstance(case.body, dict):
            self._fill(case.body, pool)
            if "leadId" in (case.path_parameters or {}):
                self._take_what_the_lead_has(case)
        if case.operation.label in WAITING and not linked:
            self._take_one_that_waits(case, *WAITING[case.operation.label])
        self._situations.prepare(case, linked=linked)
        self._accounts.prepare(case, linked=linked)

    def _take_one_that_waits(self, case: Any, path: str, state: str, name: str) -> None:
        """Look up what can still be decided: the last case may have decided the one before."""
        waiting = self._waiting(case.operation.label, path, state)
        if not waiting:
            self._situations.supply(case.operation.label)
            waiting = self._waiting(case.operation.label, path, state)
        if not waiting:
            return
        chosen = self._chance.choice(waiting)
        case.path_parameters[next(iter(case.path_parameters))] = chosen[name]
        if isinstance(case.body, dict) and "leadSerial" in case.body:
            lead = self._lead(chosen["leadId"])
            case.body["leadSerial"] = lead["lead"]["serial"] if lead else 1

    def _waiting(self, label: str, path: str, state: str) -> list[Any]:
        """What can be decided; one's own requests are withdrawn, others' approved or rejected."""
        waiting = [one for one in self._asker.told(caller_of(path), path) if one["status"] == state]
        if not path.startswith("/share-requests"):
            return waiting
        return [one for one in waiting if (one["requestedByName"] == NAME) == label.endswith("/withdraw")]

    def _take_what_the_lead_has(self, case: Any) -> None:
        """A list that is replaced holds labels of the lead's form; a step is one of its pipeline."""
        lead = self._lead(case.path_parameters["leadId"])
        if lead is None:
            return
        for name in ("prospect", "interest"):
            if isinstance(case.body.get(name), dict):
                case.body[name] = lead[name]
        if "step" in case.body:
            case.body["step"] = self._step(lead.get("commission", {}).get("salesPipelineId"))
        if "x-serial" in (case.headers or {}) and self._chance.random() < 0.7:
            case.headers["x-serial"] = str(lead["lead"]["serial"])

    def _step(self, pipeline_id: str | None) -> Any:
        """A step of this pipeline, or of the default one."""
        for one in self._asker.told(KEY, "/pipelines"):
            if one["salesPipelineId"] == pipeline_id or (pipeline_id is None and one["isDefault"]):
                return self._chance.choice(one["steps"])
        return "Kontakt"

    def _lead(self, lead_id: str) -> Any:
        return self._asker.told(KEY, f"/leads/{lead_id}")

    def _fill(self, body: dict[str, Any], pool: Pool) -> None:
        for name, value in body.items():
            if isinstance(value, str) and (name.endswith("Id") or name == "step") and pool.has(name):
                body[name] = pool.draw(name, self._chance)
            elif isinstance(value, float) and value.is_integer():
                body[name] = int(value)  # to JSON Schema 1.0 is a whole number, to us it is not
            elif name.endswith("Ids") and isinstance(value, list) and pool.has(name[:-1]):
                body[name] = list({pool.draw(name[:-1], self._chance) for _ in value})
            elif name == "pseudonym" and pool.has("person"):
                body[name] = pool.draw("person", self._chance)
            elif name == "url" and isinstance(value, str):
                body[name] = HOOK
            elif name in LABELS and isinstance(value, list) and pool.has("label"):
                body[name] = [pool.draw("label", self._chance) for _ in value]
            elif name in ("prospect", "interest") and isinstance(value, dict) and pool.has("form"):
                body[name] = self._block(name, json.loads(pool.draw("form", self._chance)))
            elif isinstance(value, dict):
                self._fill(value, pool)

    def _block(self, name: str, form: dict[str, Any]) -> dict[str, Any]:
        """Choose some labels of a form and a value of each one's type."""
        told = form["definition"][name]["fields"]
        fields = {
            label: {"value": _value(told[label])}
            for label in self._chance.sample(list(told), self._chance.randint(0, len(told)))
        }
        return {"fields": fields, "fieldOrder": list(fields)}

    def filter_failure(self, _context: Any, failure: Any, case: Any, response: Any) -> bool:
        """Let a well-formed request be refused for a reason that the document lists by its ``type``."""
        if type(failure).__name__ != "RejectedPositiveData":
            return True
        if response.status_code == 303 and "303" in case.operation.definition.raw["responses"]:
            return False  # what a browser entered leads on
        try:
            told = response.json()
            kind = told.get("type", told.get("error"))
        except ValueError:
            return True
        return kind not in case.operation.definition.raw.get(BUSINESS, ())


def _value(field: dict[str, Any]) -> Any:
    if field["type"].startswith("bool"):
        return True
    items = field.get("items")
    if field["type"].startswith("number"):
        return "42"
    return items[0] if items else "Kiel"
