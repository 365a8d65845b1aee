"""Examples, drawn from a schema: by the name of a property where that says enough, else by its type."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

UUIDS = "3f2b8c1e-6d4a-4f7b-9a10-5c8e7d2b1a90"
TENANT = "urn:lt:tenants:tenant:8a1d6c3e-52b7-4c0f-9e64-2f7b3d9a5c18"
MEMBER = "urn:lt:members:member:c4e9a7b2-1f36-4d85-8b0a-6e2d7f5c9341"
TIME = "2026-01-01T09:30:00.000Z"
_FIELDS = {
    "Vorname": {"type": "text:singleline:firstname", "value": "Anna"},
    "PLZ": {"type": "text:singleline", "value": "24103"},
}

BY_NAME: Mapping[str, Any] = MappingProxyType(
    {
        "name": "Wärme Nord",
        "text": "Rückruf am Montag vereinbart",
        "reason": "Liegt außerhalb unseres Gebiets",
        "email": "anna.meyer@example.de",
        "label": "Vorname",
        "step": "Kontakt",
        "steps": ["Neu", "Kontakt", "Angebot", "Abschluss"],
        "title": "Wärmepumpe",
        "place": "Kiel",
        "owner": TENANT,
        "serial": 7,
        "leadSerial": 7,
        "currentSerial": 8,
        "labels": ["Vorname", "PLZ"],
        "fieldOrder": ["Vorname", "PLZ"],
        "url": "https://hooks.example.com/leads",
        "filename": "angebot.pdf",
        "contentType": "application/pdf",
        "codeChallenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        "person": "person-202601-5f0c6d6e3a514c1b9f570f1a2b3c4d5e",
        "pseudonym": "person-202601-5f0c6d6e3a514c1b9f570f1a2b3c4d5e",
        "object": "lead-202601-9d6f1d4c0a9b8e777d0f5b4e2f0a4a53",
        "token_type": "Bearer",
        "expires_in": 600,
    }
)
"""What properties hold, by name."""

_BY_FORMAT = {
    "uuid": UUIDS,
    "date-time": TIME,
    "date": "2026-01-01",
    "uri": "https://example.com/",
    "email": "a@b.example",
}
_BY_TYPE = {"boolean": True, "null": None, "number": 1.5}
_DEEPEST = 12


def example_of(schema: Mapping[str, Any], schemas: Mapping[str, Any], name: str = "", depth: int = 0) -> Any:
    """Draw one example. Invariant: the same schema gives the same one."""
    if "$ref" in schema:
        return example_of(schemas[schema["$ref"].rpartition("/")[2]], schemas, name, depth + 1)
    for told in ("const", "default"):
        if schema.get(told) is not None:
            return schema[told]
    if schema.get("examples"):
        return schema["examples"][0]
    if name in BY_NAME and _fits(BY_NAME[name], schema):
        return BY_NAME[name]
    for union in ("anyOf", "oneOf", "allOf"):
        if union in schema:
            return example_of(_telling(schema[union]), schemas, name, depth + 1)
    return _by_type(schema, schemas, name, depth)


def _telling(parts: list[dict[str, Any]]) -> dict[str, Any]:
    """Prefer a part that says something over null."""
    return next((part for part in parts if part.get("type") != "null"), parts[0])


def _by_type(schema: Mapping[str, Any], schemas: Mapping[str, Any], name: str, depth: int) -> Any:
    kind = schema.get("type")
    if "enum" in schema:
        return schema["enum"][0]
    if kind == "object" or "properties" in schema:
        return _object(schema, schemas, name, depth)
    if kind == "array":
        return [] if depth > _DEEPEST else [example_of(schema.get("items", {}), schemas, name, depth + 1)]
    if kind == "integer":
        return max(int(schema.get("minimum", 1)), min(1, int(schema.get("maximum", 1))))
    if kind in _BY_TYPE:
        return _BY_TYPE[kind]
    return _text(schema)


def _object(schema: Mapping[str, Any], schemas: Mapping[str, Any], name: str, depth: int) -> Any:
    if name == "fields" and "properties" not in schema:
        return _FIELDS if "$ref" in schema.get("additionalProperties", {}) else {}
    return {
        key: example_of(part, schemas, key, depth + 1)
        for key, part in schema.get("properties", {}).items()
        if depth < _DEEPEST or key in schema.get("required", ())
    }


def _text(schema: Mapping[str, Any]) -> str:
    if "urn:lt" in schema.get("pattern", ""):
        return MEMBER
    text = _BY_FORMAT.get(schema.get("format", ""), "Beispiel")
    return str(text + "x" * max(0, schema.get("minLength", 0) - len(text)))[: schema.get("maxLength", 1_000)]


def _fits(value: Any, schema: Mapping[str, Any]) -> bool:
    kinds = {part.get("type") for part in (schema, *schema.get("anyOf", ()))}
    wanted = {str: "string", int: "integer", list: "array"}[type(value)]
    if wanted == "array":
        return "array" in kinds and schema.get("items", {}).get("type") == "string"
    return wanted in kinds and "enum" not in schema and "const" not in schema
