"""Whatever problem a server can answer, a person reads what it means, in German and English."""

from __future__ import annotations

import pytest

from leaddesk.api.errors import Obstacle, Refused, Throttled
from leaddesk.contract.problems import Problem, ProblemType
from leaddesk.desk import outcomes
from leaddesk.desk.outcomes import Reason, failure_of
from tests.house.test_wording import ENGLISH, GERMAN


@pytest.mark.parametrize("kind", list(ProblemType))
def test_every_problem_has_a_sentence_of_its_own(kind: ProblemType) -> None:
    """A new problem type needs an entry in desk/outcomes and one in outcome.json."""
    problem = Problem(type=kind, title="t", status=400)
    outcome = failure_of(Refused(400, problem))
    assert getattr(outcome, "reason", None) is not Reason.OTHER, f"{kind} has no reason in desk/outcomes.py"
    assert f"outcome.{outcome.code}" in GERMAN, "no sentence"
    assert failure_of(Throttled(problem, 1.0)).code == "refused.too-many"


def test_every_reason_and_every_obstacle_has_a_sentence() -> None:
    keys = {f"outcome.refused.{reason}" for reason in Reason} | {
        f"outcome.obstacle.{one}" for one in Obstacle
    }
    assert keys <= set(GERMAN) and keys <= set(ENGLISH)


def test_no_two_reasons_say_the_same() -> None:
    said = [GERMAN[f"outcome.refused.{reason}"] for reason in Reason]
    assert len(set(map(str, said))) == len(said)


def test_what_a_newer_server_answers_is_refused_in_general_words() -> None:
    unknown = Problem(type="urn:leaddesk:problem:of-tomorrow", title="t", status=409)
    assert failure_of(Refused(409, unknown)) == outcomes.Refused(Reason.OTHER)
