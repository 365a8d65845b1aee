"""Numbers, money and times the way people say them. Every function takes the present as ``now``."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from leaddesk.ui.kit.wording import grouped, language, text

DASH = "–"
_SOON = timedelta(hours=3)
_LONG_AGO = timedelta(hours=12)
_DAYS = {-1: "phrases.yesterday", 0: "phrases.today", 1: "phrases.tomorrow"}
_DAYS_AT = {-1: "phrases.yesterday_at", 0: "phrases.today_at", 1: "phrases.tomorrow_at"}


def number(value: int | None) -> str:
    """Return a whole number with the language's grouping: ``12.480``, ``12,480``; None is a dash."""
    return DASH if value is None else grouped(value)


def money(euros: Decimal | int | None) -> str:
    """Return whole euros (``12.000 €``, ``€12,000``), with cents where there are some; None is a dash."""
    if euros is None:
        return DASH
    amount = Decimal(euros)
    shown = f"{amount:,.0f}" if amount == amount.to_integral_value() else f"{amount:,.2f}"
    if language() == "en":
        return f"-€{shown[1:]}" if shown.startswith("-") else f"€{shown}"
    return shown.translate(str.maketrans(",.", ".,")) + "\u00a0€"


def clock_time(at: datetime) -> str:
    """Return the local time of day: ``14:20``, ``9:00``."""
    local = at.astimezone()
    return f"{local.hour}:{local.minute:02d}"


def when(at: datetime, now: datetime) -> str:
    """Return a moment as day and time where that helps: ``heute 14:20``, ``Di 17. Nov.``."""
    local = at.astimezone()
    return _when(local, _days_between(local, now), now)


def day(at: datetime, now: datetime) -> str:
    """Return a day: ``heute``, ``morgen``, ``Di 17. Nov.``, with the year if it is not this one."""
    local = at.astimezone()
    return _day(local, _days_between(local, now), now)


def _when(local: datetime, days: int, now: datetime) -> str:
    if days in (-1, 0, 1):
        return text(_DAYS_AT[days], time=f"{local.hour}:{local.minute:02d}")
    return _day(local, days, now)


def _day(local: datetime, days: int, now: datetime) -> str:
    if days in (-1, 0, 1):
        return text(_DAYS[days])
    same_year = local.year == now.astimezone().year
    return text(
        "phrases.date_short" if same_year else "phrases.date_short_year",
        weekday=text(f"phrases.weekday_short_{local.weekday()}"),
        day=local.day,
        month=text(f"phrases.month_short_{local.month}"),
        year=str(local.year),
    )


def due(at: datetime, now: datetime) -> str:
    """Return a deadline: ``in 38 Min.``, ``in 2 Std.`` while it is near, else as :func:`when`."""
    left = at - now
    if timedelta(0) < left < _SOON:
        return text("phrases.in_span", span=span(left))
    return when(at, now)


def ago(at: datetime, now: datetime) -> str:
    """Return how long ago: ``gerade eben``, ``vor 6 Min.``, ``vor 3 Std.``, then :func:`when`."""
    past = now - at
    if past < timedelta(seconds=2):
        return text("phrases.just_now")
    if past < _LONG_AGO and _days_between(at.astimezone(), now) == 0:
        return text("phrases.ago_span", span=span(past))
    return when(at, now)


def lately(at: datetime, now: datetime) -> str:
    """Return a past contact: ``heute 11:05``, ``gestern 17:40``, ``vor 3 Tagen``, later a day."""
    local = at.astimezone()
    days = _days_between(local, now)
    return text("phrases.days_ago", n=-days) if -7 < days < -1 else _when(local, days, now)


def span(length: timedelta) -> str:
    """Return a length in its largest unit, rounded down: ``40 Sek.``, ``3 Tage``."""
    seconds = max(0, int(length.total_seconds()))
    for unit, size in (("days", 172_800), ("hours", 3_600), ("minutes", 60)):
        if seconds >= size:
            return text(f"phrases.{unit}", n=seconds // (86_400 if unit == "days" else size))
    return text("phrases.seconds", n=seconds)


def full(at: datetime) -> str:
    """Return date and time without shortening, for tooltips: ``Donnerstag, 19. November 2026, 14:20``."""
    local = at.astimezone()
    return text(
        "phrases.date_full",
        weekday=text(f"phrases.weekday_{local.weekday()}"),
        day=local.day,
        month=text(f"phrases.month_{local.month}"),
        year=str(local.year),
        time=clock_time(at),
    )


def _days_between(local: datetime, now: datetime) -> int:
    return (local.date() - now.astimezone().date()).days
