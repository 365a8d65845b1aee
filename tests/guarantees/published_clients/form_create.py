"""Enters leads as a website does: reads the forms, fills every field by its type, sends, reads it back."""

from __future__ import annotations

from typing import Any

from tests.guarantees.published_clients.wire import start


def main() -> None:
    """Enter one lead for each form, and send a label that is in no form."""
    api, steps = start()
    status, _, forms = api.call("GET", "/forms")
    steps.take("forms", status == 200 and forms, status)
    for form in forms:
        sent = {name: block(form["definition"][name]) for name in ("prospect", "interest")}
        status, _, lead = api.call("POST", "/leads", sent)
        if not steps.take(
            f"a lead by form {form['id'][:8]}", status in (200, 201) and lead["leadId"], (status, lead)
        ):
            continue
        status, _, read = api.call("GET", f"/leads/{lead['leadId']}")
        for name, told in sent.items():
            got = {label: entry["value"] for label, entry in read[name]["fields"].items()}
            wanted = {label: entry["value"] for label, entry in told["fields"].items()}
            steps.take(f"{name} came as it was sent", got == wanted, (got, wanted))
            steps.take(
                f"the order of {name}", (read[name].get("fieldOrder") or list(got)) == told["fieldOrder"]
            )
    unknown = {
        "fields": {"No such label": {"type": "text:singleline", "value": "x"}},
        "fieldOrder": ["No such label"],
    }
    empty: dict[str, Any] = {"fields": {}, "fieldOrder": []}
    status, _, _ = api.call("POST", "/leads", {"prospect": unknown, "interest": empty})
    steps.take("a label of no form is refused", status == 400, status)


def block(definition: dict[str, Any]) -> dict[str, Any]:
    """Fill one block: every field, by its type."""
    order = definition.get("fieldOrder") or list(definition["fields"])
    fields = {label: value_of(definition["fields"][label]) for label in order}
    return {"fields": fields, "fieldOrder": order}


def value_of(field: dict[str, Any]) -> dict[str, Any]:
    """A choice is sent as text unless several are allowed; a number travels as text."""
    kind, items = field["type"], field.get("items")
    if kind.startswith("bool"):
        return {"type": kind, "value": True}
    if kind.startswith("number"):
        return {"type": kind, "value": "42"}
    if items and field.get("multiSelectAllowed"):
        return {"type": kind, "value": items[:2]}
    if items:
        return {"type": "text:singleline", "value": items[0]}
    return {"type": kind, "value": "Grüße aus Köln"}


if __name__ == "__main__":
    main()
