"""What every message has in common: camelCase, frozen, three-decimal UTC times."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, PlainSerializer, WithJsonSchema
from pydantic.alias_generators import to_camel


def format_time(moment: datetime) -> str:
    """Write an aware time as UTC with exactly three decimals, ``2026-01-01T00:00:00.000Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


Timestamp = Annotated[
    AwareDatetime,
    AfterValidator(lambda moment: moment.astimezone(UTC)),
    PlainSerializer(format_time, return_type=str, when_used="json"),
    WithJsonSchema(
        {"type": "string", "format": "date-time", "pattern": r"\.[0-9]{3}Z$"}, mode="serialization"
    ),
]


class WireModel(BaseModel):
    """An answer. Unknown keys are ignored, so that an older client reads a newer server.

    ``repr`` and validation errors name fields, never values (guarantee A8). A model is compiled at its first
    use: neither side waits at its start for messages it may never see (P1, P13).
    """

    model_config = ConfigDict(
        frozen=True,
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        extra="ignore",
        hide_input_in_errors=True,
        defer_build=True,
    )

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    __str__ = __repr__

    def to_json(self) -> bytes:
        """Encode as it travels; absent values are left out."""
        return self.model_dump_json(by_alias=True, exclude_none=True).encode()


class WireRequest(WireModel):
    """A request body. Unknown keys are refused, so that a typing error is not silently lost."""

    model_config = ConfigDict(extra="forbid")
