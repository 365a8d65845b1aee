"""A page to read the document: plain HTML without scripts, written from the document itself."""

from collections.abc import Iterable, Mapping
from html import escape
from json import dumps
from typing import Any

STYLE = "/docs/style.css"
_REF = "$ref"


def page(told: Mapping[str, Any]) -> str:
    """Write the page. Invariant: every text passes ``escape``; nothing is loaded from elsewhere."""
    info = told["info"]
    body = [
        f"<header><h1>{escape(info['title'])}</h1><p>{_prose(info['description'])}</p>",
        '<p><a href="/openapi.json">openapi.json</a></p></header>',
        _navigation(told),
        "<main>",
        *(_section(told, tag["name"]) for tag in told["tags"]),
        _models(told["components"]["schemas"]),
        "</main>",
    ]
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f'<title>{escape(info["title"])}</title><link rel="stylesheet" href="{STYLE}">'
    )
    return f'<!doctype html><html lang="en"><head>{head}</head><body>{"".join(body)}</body></html>\n'


def _operations(told: Mapping[str, Any], tag: str) -> Iterable[tuple[str, str, Mapping[str, Any]]]:
    for path, methods in told["paths"].items():
        for method, operation in methods.items():
            if operation["tags"] == [tag]:
                yield method.upper(), path, operation


def _navigation(told: Mapping[str, Any]) -> str:
    groups = []
    for tag in (one["name"] for one in told["tags"]):
        links = [
            f'<li><a href="#{one["operationId"]}"><b class="{method}">{method}</b> {escape(path)}</a></li>'
            for method, path, one in _operations(told, tag)
        ]
        groups.append(f"<li>{escape(tag)}<ul>{''.join(links)}</ul></li>")
    return f'<nav><ul>{"".join(groups)}<li><a href="#models">models</a></li></ul></nav>'


def _section(told: Mapping[str, Any], tag: str) -> str:
    shown = [_operation(*one, told) for one in _operations(told, tag)]
    return f"<section><h2>{escape(tag)}</h2>{''.join(shown)}</section>"


def _operation(method: str, path: str, operation: Mapping[str, Any], told: Mapping[str, Any]) -> str:
    parts = [
        f'<h3><b class="{method}">{method}</b> <code>{escape(path)}</code></h3>',
        f"<p>{_prose(operation['summary'])}. {_prose(operation['description'])}</p>",
        _parameters(operation.get("parameters", [])),
        _body(operation.get("requestBody")),
        _responses(operation["responses"], told["components"]["responses"]),
    ]
    return f'<article id="{operation["operationId"]}">{"".join(parts)}</article>'


def _parameters(parameters: list[Mapping[str, Any]]) -> str:
    rows = [
        (
            f"<code>{escape(one['name'])}</code>" + (" *" if one.get("required") else ""),
            escape(one["in"]),
            _type(one["schema"]),
            _prose(one["description"]),
        )
        for one in parameters
    ]
    return _table(("parameter", "in", "type", "meaning"), rows, "parameters")


def _body(body: Mapping[str, Any] | None) -> str:
    if body is None:
        return ""
    return "".join(f"<h4>Body: {escape(kind)}</h4>{_content(part)}" for kind, part in body["content"].items())


def _content(part: Mapping[str, Any]) -> str:
    shown = f"<p>{_type(part['schema'])}</p>"
    if "properties" in part["schema"]:
        shown += _properties(part["schema"])
    if "example" in part:
        text = escape(dumps(part["example"], indent=2, ensure_ascii=False))
        shown += f"<details><summary>example</summary><pre>{text}</pre></details>"
    return shown


def _responses(responses: Mapping[str, Any], shared: Mapping[str, Any]) -> str:
    rows = []
    for status, one in responses.items():
        full = shared[one[_REF].rpartition("/")[2]] if _REF in one else one
        headers = ", ".join(f"<code>{escape(name)}</code>" for name in full.get("headers", ()))
        content = "".join(
            f"<div>{escape(kind)}</div>{_content(part)}" for kind, part in full.get("content", {}).items()
        )
        problem = _REF in one
        rows.append((escape(status), _prose(one["description"]), "" if problem else content, headers))
    return _table(("status", "meaning", "content", "headers"), rows, "responses")


def _models(schemas: Mapping[str, Any]) -> str:
    shown = [
        f'<article id="model-{escape(name)}"><h3>{escape(name)}</h3>'
        f"<p>{_prose(schema.get('description', ''))}</p>{_properties(schema)}</article>"
        for name, schema in sorted(schemas.items())
    ]
    return f'<section id="models"><h2>models</h2>{"".join(shown)}</section>'


def _properties(schema: Mapping[str, Any]) -> str:
    if "properties" not in schema:
        return f"<p>{_type(schema)}</p>"
    needed = schema.get("required", ())
    rows = [
        (
            f"<code>{escape(name)}</code>" + (" *" if name in needed else ""),
            _type(part),
            _prose(part.get("description", "")),
        )
        for name, part in schema["properties"].items()
    ]
    return _table(("property", "type", "meaning"), rows, "properties")


def _type(schema: Mapping[str, Any]) -> str:
    if _REF in schema:
        name = escape(schema[_REF].rpartition("/")[2])
        return f'<a href="#model-{name}">{name}</a>'
    choices = [schema["const"]] if "const" in schema else schema.get("enum")
    if choices:
        return " | ".join(f"<code>{escape(str(one))}</code>" for one in choices)
    parts = [_type(one) for union in ("anyOf", "oneOf", "allOf") for one in schema.get(union, ())]
    return " | ".join(parts) if parts else _plain_type(schema)


def _plain_type(schema: Mapping[str, Any]) -> str:
    if schema.get("type") == "array":
        return f"array of {_type(schema.get('items', {}))}"
    extra = schema.get("additionalProperties")
    if isinstance(extra, Mapping) and schema.get("type") == "object":
        return f"object of {_type(extra)}"
    return escape(" ".join(str(one) for one in (schema.get("type", "anything"), *_limits(schema))))


def _limits(schema: Mapping[str, Any]) -> Iterable[str]:
    if "format" in schema:
        yield f"({schema['format']})"
    for key, sign in (
        ("minLength", "≥"),
        ("maxLength", "≤"),
        ("minimum", "≥"),
        ("maximum", "≤"),
        ("pattern", "~"),
    ):
        if key in schema:
            yield f"{sign} {schema[key]}"


def _table(titles: tuple[str, ...], rows: Iterable[tuple[str, ...]], kind: str) -> str:
    head = "".join(f"<th>{title}</th>" for title in titles)
    lines = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    body = f"<thead><tr>{head}</tr></thead><tbody>{lines}</tbody>"
    return f'<table class="{kind}">{body}</table>' if lines else ""


def _prose(text: str) -> str:
    """Escape; what stands between backticks is code."""
    parts = escape(text).split("`")
    return "".join(f"<code>{part}</code>" if index % 2 else part for index, part in enumerate(parts))
