"""Lists leads, in both of the ways that clients page: until no header comes, and until a page is empty."""

from __future__ import annotations

import re
from urllib.parse import quote

from tests.guarantees.published_clients.wire import Api, Steps, start

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
MOST = 200
"""Pages after which a client is going round in circles."""


def main() -> None:
    """Check the key, list, filter, sort."""
    api, steps = start()
    steps.take("the key is good", api.call("GET", "/test")[0] in (200, 204))
    wrong = Api("http://" + api._base_url.partition("//")[2], "no-such-key")
    steps.take("a wrong key is refused", wrong.call("GET", "/test")[0] in (401, 403))
    one = until_no_header(api, steps)
    other = until_empty(api, steps)
    steps.take(
        "both ways list the same leads", one == other and len(one) == len(set(one)), (len(one), len(other))
    )
    sorts(api, steps)
    filters(api, steps)


def until_no_header(api: Api, steps: Steps) -> list[str]:
    """Page as the client does that stops when ``x-continuation`` is missing."""
    seen, continuation = [], ""
    for _ in range(MOST):
        status, headers, rows = api.call("GET", f"/leads?maxResults=50{continuation}")
        if not steps.take("a page of 50", status == 200 and isinstance(rows, list), status):
            break
        seen += [row["lead"]["leadId"] for row in rows]
        if "x-continuation" not in headers:
            steps.take(
                "X-Total is the number of leads", int(headers["x-total"]) == len(seen), headers.get("x-total")
            )
            break
        continuation = "&continuation=" + quote(headers["x-continuation"])
    return seen


def until_empty(api: Api, steps: Steps) -> list[str]:
    """Page as the guide says: until a page is empty; a missing header is the end as well."""
    seen: list[str] = []
    query = "/leads?maxResults=37&includeFieldLists=true"
    continuation = ""
    for _ in range(MOST):
        _, headers, rows = api.call("GET", query + continuation)
        if not rows:
            break
        seen += [row["lead"]["leadId"] for row in rows]
        good = all("prospect" in row["lead"] and "interest" in row["lead"] for row in rows)
        steps.take("a page of 37 with field lists", good)
        if not headers.get("x-continuation"):
            break
        continuation = "&continuation=" + quote(headers["x-continuation"])
    return seen


def sorts(api: Api, steps: Steps) -> None:
    """Sort with a minus, and with a plus sign that nobody escaped."""
    for sort, reverse in (
        ("+lead.createdAt", False),
        ("-lead.createdAt", True),
        ("+modifiedAt,-lead.leadId", None),
    ):
        status, _, rows = api.call("GET", f"/leads?maxResults=60&sort={sort}")
        times = [row["lead"]["createdAt"] for row in rows] if status == 200 else []
        good = bool(times) and (reverse is None or times == sorted(times, reverse=reverse))
        steps.take(f"sorted by {sort}", good, status)


def filters(api: Api, steps: Steps) -> None:
    """Filter by every operator and by step and responsible."""
    rows = api.call("GET", "/leads?maxResults=100&sort=-modifiedAt")[2]
    row = next(one for one in rows if one.get("commission"))
    steps.take("times have three decimals", all(TIME.fullmatch(one["modifiedAt"]) for one in rows))
    no_names = all(
        set(one["lead"]) <= {"leadId", "serial", "owner", "createdAt", "modifiedAt"} for one in rows
    )
    steps.take("without field lists there is no name in a row", no_names)
    when = row["modifiedAt"]
    for operator, good in (
        ("gte:", lambda at: at >= when),
        ("gt:", lambda at: at > when),
        ("lte:", lambda at: at <= when),
        ("lt:", lambda at: at < when),
        ("eq:", lambda at: at == when),
        ("", lambda at: at == when),
    ):
        status, _, found = api.call("GET", f"/leads?modifiedAt={operator}{when}")
        steps.take(
            f"modifiedAt={operator}", status == 200 and all(good(one["modifiedAt"]) for one in found), status
        )
    day = when[:10]
    found = api.call("GET", f"/leads?modifiedAt=eq:{day}")[2]
    steps.take("a date is that day", found and all(one["modifiedAt"][:10] == day for one in found))
    for name, value in (
        ("responsible", row["commission"]["responsible"]),
        ("stepName", row["commission"]["step"]),
    ):
        status, _, found = api.call("GET", f"/leads?commission.{name}={quote(value)}")
        key = "step" if name == "stepName" else name
        good = status == 200 and found and all(one["commission"][key] == value for one in found)
        steps.take(f"commission.{name}", good, status)


if __name__ == "__main__":
    main()
