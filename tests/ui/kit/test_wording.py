"""Words: one look-up, two languages and a made one; numbers, money and times as people say them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from leaddesk.personal.masked import Personal
from leaddesk.ui.kit import phrases, wording
from leaddesk.ui.kit.wording import has_text, set_language, text
from tests.stories.registry import NOW
from tests.stories.stage import berlin


@pytest.fixture(autouse=True)
def _in_berlin() -> Iterator[None]:
    with berlin():
        set_language("de")
        yield
        set_language("de")


@pytest.fixture
def catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = {
        "count": {"one": "{n} Lead", "other": "{n} Leads"},
        "hello": "Guten Tag, {name}",
        "plain": "Anrufen",
    }
    monkeypatch.setattr(wording, "_catalogue", lambda _spoken, _feature: entries)


def test_a_sentence_takes_its_values(catalogue: None) -> None:
    assert text("x.hello", name="Anna") == "Guten Tag, Anna"


def test_one_and_many_are_two_sentences_and_figures_are_grouped(catalogue: None) -> None:
    assert [text("x.count", n=n) for n in (0, 1, 2, 12480)] == [
        "0 Leads",
        "1 Lead",
        "2 Leads",
        "12.480 Leads",
    ]
    set_language("en")
    assert text("x.count", n=12480) == "12,480 Leads"


def test_a_missing_key_file_or_value_is_an_error(catalogue: None) -> None:
    with pytest.raises(KeyError):
        text("x.nothing")
    with pytest.raises(KeyError):
        text("x.hello")
    with pytest.raises(KeyError):
        text("x.count")


def test_a_missing_catalogue_is_an_error() -> None:
    with pytest.raises(KeyError, match="no texts of nowhere"):
        text("nowhere.key")
    assert has_text("kit.close")
    assert not has_text("kit.nothing")


def test_personal_values_stay_masked_in_a_sentence(catalogue: None) -> None:
    assert "Anna" not in text("x.hello", name=Personal("Anna"))


def test_pseudo_is_longer_accented_bracketed_and_keeps_values(catalogue: None) -> None:
    set_language("pseudo")
    made = text("x.hello", name="Anna")
    assert made.startswith("[Gúté")
    assert made.endswith("]")
    assert "Anna" in made
    assert len(made) >= 1.4 * len("Guten Tag, Anna")
    assert text("x.plain") != "Anrufen"


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="de, en and pseudo"):
        set_language("fr")  # type: ignore[arg-type]


def test_numbers_and_money() -> None:
    amounts = [12000, Decimal("1999.5"), 0, -50, None]
    assert [phrases.money(amount) for amount in amounts] == [
        "12.000\u00a0€",
        "1.999,50\u00a0€",
        "0\u00a0€",
        "-50\u00a0€",
        "–",
    ]
    assert (phrases.number(12480), phrases.number(None)) == ("12.480", "–")
    set_language("en")
    assert [phrases.money(amount) for amount in (12000, -50)] == ["€12,000", "-€50"]
    assert phrases.number(12480) == "12,480"


MOMENTS = [
    (timedelta(minutes=38), "heute 14:20", "today 14:20"),
    (-timedelta(hours=21, minutes=42), "gestern 16:00", "yesterday 16:00"),
    (timedelta(hours=19, minutes=18), "morgen 9:00", "tomorrow 9:00"),
    (-timedelta(days=2), "Di 17. Nov.", "Tue 17 Nov"),
    (timedelta(days=400), "24. Dez. 2027", "24 Dec 2027"),
]


@pytest.mark.parametrize(("distance", "german", "english"), MOMENTS)
def test_moments(distance: timedelta, german: str, english: str) -> None:
    assert phrases.when(NOW + distance, NOW) == german
    set_language("en")
    assert phrases.when(NOW + distance, NOW) == english


def test_a_deadline_that_is_near_counts_down() -> None:
    near = [timedelta(seconds=40), timedelta(minutes=38), timedelta(hours=2, minutes=10)]
    assert [phrases.due(NOW + left, NOW) for left in near] == ["in 40 Sek.", "in 38 Min.", "in 2 Std."]
    assert phrases.due(NOW + timedelta(hours=4), NOW) == "heute 17:42"
    assert phrases.due(NOW - timedelta(minutes=1), NOW) == "heute 13:41"


def test_the_past_is_near_or_has_a_day() -> None:
    past = [timedelta(seconds=1), timedelta(seconds=2), timedelta(minutes=6), timedelta(hours=3)]
    assert [phrases.ago(NOW - each, NOW) for each in past] == [
        "gerade eben",
        "vor 2 Sek.",
        "vor 6 Min.",
        "vor 3 Std.",
    ]
    assert phrases.ago(NOW - timedelta(days=1), NOW) == "gestern 13:42"
    assert phrases.lately(NOW - timedelta(days=3), NOW) == "vor 3 Tagen"
    assert phrases.lately(NOW - timedelta(days=9), NOW) == "Di 10. Nov."


def test_spans_and_days() -> None:
    assert phrases.span(timedelta(hours=24)) == "24 Std."
    assert phrases.span(timedelta(days=3)) == "3 Tage"
    assert phrases.day(NOW + timedelta(days=1), NOW) == "morgen"


def test_a_tooltip_says_everything() -> None:
    assert phrases.full(NOW) == "Donnerstag, 19. November 2026, 13:42"
    set_language("en")
    assert phrases.full(NOW) == "Thursday, 19 November 2026, 13:42"


def test_days_turn_at_local_midnight() -> None:
    late = datetime(2026, 11, 19, 22, 30, tzinfo=UTC)  # 23:30 in Berlin
    assert phrases.when(late + timedelta(hours=1), late) == "morgen 0:30"
