"""The one way the floors below web say no."""

from leaddesk.contract.problems import ProblemType


class Refused(Exception):
    """A request that the rules do not allow; web turns it into the problem of the same name.

    ``field`` names what was wrong and ``expected`` what was expected; neither ever holds a value of a lead.
    """

    def __init__(
        self,
        kind: ProblemType,
        *,
        field: str | None = None,
        expected: str | None = None,
        current_serial: int | None = None,
    ) -> None:
        super().__init__(kind.value)
        self.kind = kind
        self.field = field
        self.expected = expected
        self.current_serial = current_serial


def not_found() -> Refused:
    """Say that there is no such thing for this caller; an invisible one does not exist."""
    return Refused(ProblemType.NOT_FOUND)


def invalid(field: str, expected: str) -> Refused:
    """Say which input was wrong and what was expected."""
    return Refused(ProblemType.INVALID_INPUT, field=field, expected=expected)


def limit_reached(field: str, expected: str) -> Refused:
    """Say of what there are as many as there may be, the limit, and what to do."""
    return Refused(ProblemType.LIMIT_REACHED, field=field, expected=expected)


def forbidden() -> Refused:
    """Say that the caller may see but not do this."""
    return Refused(ProblemType.FORBIDDEN)


def stale(current_serial: int) -> Refused:
    """Say that somebody was quicker; the current serial goes back."""
    return Refused(ProblemType.STALE_SERIAL, current_serial=current_serial)
