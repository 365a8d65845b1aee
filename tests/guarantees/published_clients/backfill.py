"""Goes through all leads changed since a time and writes one field of each: the whole list is sent back.

A list that is sent replaces the whole list, so everything read is sent again, of whatever type it is.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from tests.guarantees.published_clients.wire import Api, Steps, start

SINCE = "2000-01-01T00:00:00.000Z"
MOST = 40
"""Leads that are written."""


def main() -> None:
    """Backfill, then read again what was written."""
    api, steps = start()
    written = {}
    for row in changed_since(api, steps)[:MOST]:
        lead_id = row["lead"]["leadId"]
        status, _, lead = api.call("GET", f"/leads/{lead_id}")
        if not steps.take("one lead", status == 200, status):
            continue
        fields = lead["prospect"]["fields"]
        label = next(label for label, entry in fields.items() if isinstance(entry.get("value"), str))
        changed = {**fields, label: {**fields[label], "value": "Nachgetragen"}}
        body = {
            "prospect": {"fields": changed, "fieldOrder": lead["prospect"].get("fieldOrder") or list(fields)}
        }
        status, _, said = api.call("PATCH", f"/leads/{lead_id}", body)
        if steps.take("the list is replaced", status == 204, (status, said)):
            written[lead_id] = (lead, body)
    for lead_id, (before, body) in written.items():
        status, _, after = api.call("GET", f"/leads/{lead_id}")
        steps.take("the sent list is the whole list", values(after["prospect"]) == values(body["prospect"]))
        steps.take("the other list stays", values(after["interest"]) == values(before["interest"]))
    latest = max((row["modifiedAt"] for row in changed_since(api, steps)), default=SINCE)
    status, _, rows = api.call("GET", f"/leads?modifiedAt=gte:{quote(latest)}")
    steps.take("asking again finds the last one", status == 200 and len(rows) >= 1, status)
    if steps.take("something was written", written):
        delete_one_field(api, steps, next(iter(written)))


def changed_since(api: Api, steps: Steps) -> list[dict[str, Any]]:
    """List by the time of change, with a plus sign that nobody escaped."""
    query = f"/leads?modifiedAt=gte:{SINCE}&sort=+modifiedAt&maxResults=100"
    rows: list[dict[str, Any]] = []
    continuation = ""
    while len(rows) < 10_000:
        status, headers, page = api.call("GET", query + continuation)
        if not steps.take("a page of changes", status == 200, (status, page)):
            break
        rows += page
        if not page or "x-continuation" not in headers:
            break
        continuation = "&continuation=" + quote(headers["x-continuation"])
    times = [row["modifiedAt"] for row in rows]
    steps.take("oldest change first", times == sorted(times))
    return rows


def delete_one_field(api: Api, steps: Steps, lead_id: str) -> None:
    """Send all fields but one: that one is deleted."""
    lead = api.call("GET", f"/leads/{lead_id}")[2]
    fields = dict(lead["interest"]["fields"])
    required = lead["interest"].get("required", [])
    gone = next((label for label in fields if label not in required), None)
    if gone is None:
        return
    del fields[gone]
    status, _, said = api.call(
        "PATCH", f"/leads/{lead_id}", {"interest": {"fields": fields, "fieldOrder": list(fields)}}
    )
    steps.take("a shorter list is taken", status == 204, (status, said))
    after = api.call("GET", f"/leads/{lead_id}")[2]
    steps.take("what is left out is deleted", gone not in after["interest"]["fields"])


def values(block: dict[str, Any]) -> dict[str, Any]:
    """What a block holds, by label; an absent value is none."""
    return {label: entry.get("value") for label, entry in block["fields"].items()}


if __name__ == "__main__":
    main()
