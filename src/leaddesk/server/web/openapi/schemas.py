"""JSON schemas of the contract's models as they travel: by alias, absent instead of null, ids as ids."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NewType, get_args

import msgspec
from pydantic.fields import FieldInfo
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, JsonSchemaValue, models_json_schema
from pydantic_core import core_schema

from leaddesk.contract.ids import Urn
from leaddesk.contract.wire import WireModel, WireRequest
from leaddesk.server.web.edge.spec import Answer

REF = "#/components/schemas/"
UUID = {"format": "uuid"}
URN = {"pattern": "^urn:lt(:[A-Za-z0-9-]+){3}$"}


def schemas_of(answers: Iterable[Answer], bodies: Iterable[type[WireRequest]]) -> dict[str, Any]:
    """Write the schemas of all answers and bodies and of what they are made of, by name."""
    structs = sorted({one for one in answers if issubclass(one, msgspec.Struct)}, key=_name)
    models = sorted({one for one in answers if issubclass(one, WireModel)}, key=_name)
    wanted: list[tuple[type[WireModel], JsonSchemaMode]] = [(model, "serialization") for model in models]
    wanted += [(body, "validation") for body in sorted(set(bodies), key=_name)]
    _, defined = models_json_schema(wanted, ref_template=REF + "{model}", schema_generator=_AsItTravels)
    found: dict[str, Any] = defined.get("$defs", {})
    _name_ids(found)
    _, rows = msgspec.json.schema_components(structs, ref_template=REF + "{name}")
    return {name: _tidied(schema) for name, schema in sorted((found | rows).items())}


def reference(model: Answer, many: bool = False) -> dict[str, Any]:
    """Point to a model's schema, or to an array of it."""
    one = {"$ref": REF + model.__name__}
    return {"type": "array", "items": one} if many else one


class _AsItTravels(GenerateJsonSchema):
    """Answers leave absent values out and hold all others; requests may say null for what is optional."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        if self.mode == "serialization":
            return self.generate_inner(schema["schema"])
        return super().nullable_schema(schema)

    def field_is_required(self, field: Any, total: bool) -> bool:
        if self.mode == "serialization":
            inner = field["schema"]
            return not (inner["type"] == "default" and inner.get("default", inner) is None)
        return super().field_is_required(field, total)

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        if self.mode == "serialization":
            return self.generate_inner(schema["schema"])
        return super().default_schema(schema)

    def str_schema(self, schema: core_schema.StringSchema) -> JsonSchemaValue:
        """Where blanks at the ends are cut off, a text of blanks is too short."""
        written = super().str_schema(schema)
        if schema.get("strip_whitespace") and schema.get("min_length") and "pattern" not in written:
            written["pattern"] = r"\S"
        return written


def _name(model: Answer) -> str:
    return model.__name__


def _name_ids(schemas: Mapping[str, Any]) -> None:
    """Ids are texts to pydantic; here they get their form."""
    for model in _all(WireModel):
        properties = schemas.get(model.__name__, {}).get("properties", {})
        for name, info in model.model_fields.items():
            form = _form_of(info)
            if form is not None and (info.alias or name) in properties:
                _leaf(properties[info.alias or name]).update(form)


def _form_of(info: FieldInfo) -> dict[str, str] | None:
    kinds = [kind for kind in _parts(info.annotation) if isinstance(kind, NewType)]
    if not kinds:
        return None
    return URN if kinds[0] is Urn else UUID


def _parts(annotation: Any) -> Iterator[Any]:
    yield annotation
    for part in get_args(annotation):
        yield from _parts(part)


def names_ids(model: type[WireModel]) -> bool:
    """Tell whether a body names things by id, so that what it names may not be there."""
    return any(_form_of(info) is not None for info in model.model_fields.values())


def _leaf(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of the text inside: of the items of an array, of the part that is not null."""
    if "items" in schema:
        return _leaf(schema["items"])
    for part in schema.get("anyOf", ()):
        if part.get("type") != "null":
            return _leaf(part)
    return schema


def _all(model: type[WireModel]) -> Iterator[type[WireModel]]:
    for child in model.__subclasses__():
        yield child
        yield from _all(child)


def _tidied(schema: Any, inside_properties: bool = False) -> Any:
    """Leave out generated titles; say in descriptions what docstrings mark up."""
    if isinstance(schema, list):
        return [_tidied(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {
        key: _tidied(value, key in ("properties", "$defs") and not inside_properties)
        for key, value in schema.items()
        if inside_properties or not (key == "title" and isinstance(value, str))
    }
    if not inside_properties and isinstance(kept.get("description"), str):
        kept["description"] = plain(kept["description"])
    return kept


def plain(text: str) -> str:
    """Turn a docstring into prose: one line a paragraph, Markdown instead of roles."""
    paragraphs = text.replace("``", "`").replace(":class:", "").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)
