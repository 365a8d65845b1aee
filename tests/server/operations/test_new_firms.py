"""From an empty installation to the main job: two firms, furnished by an operator's commands alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from leaddesk.server.door.command import run_order
from leaddesk.server.eventlog.postgres.walls import APPLICATION
from tests.server.operations.test_settings import written
from tests.support.folders import short_folder
from tests.support.postgres import Cluster
from tests.support.processes import Running, Tokens, configuration

WHY = ("--operator", "olga", "--reason", "Contract 2026-17 begins.", "--reference", "T-7")
ADA, BO, CY = "ada@wagner.example", "bo@wagner.example", "cy@nord.example"
NORTH = """
[[market]]
name = "North"
pipeline = "Standard"
response_hours = 4
visible = ["Interesse"]
masked = ["PLZ"]
accepted = ["Nachname", "Telefon"]
"""


class Operator:
    """Types commands."""

    def __init__(self, socket: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._socket = socket
        self._capsys = capsys

    def types(self, *words: str) -> dict[str, Any]:
        """Type one that succeeds; the answer for machines."""
        code = run_order([*words, "--socket", str(self._socket), "--json"])
        said = self._capsys.readouterr()
        assert code == 0, said.err
        answer: dict[str, Any] = json.loads(said.out)
        return answer


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with a name short enough for a socket."""
    with short_folder("firms-") as folder:
        (folder / "run").mkdir(0o700)
        yield folder


@pytest.fixture
def server(folder: Path, cluster: Cluster) -> Iterator[Running]:
    """A server of an empty database, with a door; who comes first is of no interest here."""
    name = cluster.database()
    bootstrap = written(folder / "first.toml")
    config = configuration(folder, cluster.conninfo(name, APPLICATION), cluster.key_stores(), bootstrap)
    running = Running(folder, f'{config}[operator]\nsocket = "{folder}/run/o.sock"\n')
    try:
        yield running.ready()
    finally:
        running.kill()
        cluster.take_back(name)


def done(server: Running, path: str, whose: Tokens, **body: Any) -> Any:
    answer = server.post(path, whose, **body)
    assert answer.status_code in (200, 201), (path, answer.status_code, answer.text)
    return answer.json()


def block(**values: str) -> dict[str, Any]:
    return {"fields": {label: {"value": value} for label, value in values.items()}}


def test_two_firms_work_a_lead_together(
    server: Running, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    operator = Operator(folder / "run" / "o.sock", capsys)
    wagner = operator.types("create-tenant", "Wagner AG", ADA, *WHY)
    nord = operator.types("create-tenant", "Solar Nord GmbH", CY, *WHY)
    rep = operator.types("add-person", wagner["tenant"], BO, "--role", "rep", *WHY)
    operator.types("add-partner", wagner["tenant"], nord["tenant"], "office@nord.example", *WHY)
    (folder / "north.toml").write_text(NORTH)
    operator.types("apply-blueprint", wagner["tenant"], str(folder / "north.toml"), *WHY)
    ada, bo, cy = (
        server.sign_in(email, made["password"]) for email, made in ((ADA, wagner), (BO, rep), (CY, nord))
    )
    lead = done(
        server,
        "/leads",
        bo,
        prospect=block(Nachname="Meyer", PLZ="24103", Telefon="0431 5550142"),
        interest=block(Interesse="Wärmepumpe"),
    )["leadId"]
    market = next(one for one in server.get("/markets", bo).json() if one["name"] == "North")
    assert (market["partnerCount"], market["responseWindowSeconds"]) == (1, 4 * 3600)
    asked = done(server, "/share-requests", bo, leadId=lead, marketId=market["marketId"])
    approve = f"/share-requests/{asked['shareRequestId']}/approve"
    serial = server.get(f"/leads/{lead}", ada).json()["lead"]["serial"]
    assert server.post(approve, bo, leadSerial=serial).status_code == 403
    done(server, approve, ada, leadSerial=serial)
    (offer,) = server.get("/offers", cy).json()
    shown = {field["label"]: field for field in offer["document"]["fields"]}
    assert (shown["PLZ"]["value"], shown["Nachname"]["state"]) == ("241••", "hidden")
    done(server, f"/offers/{offer['offerId']}/accept", cy)
    (theirs,) = server.get("/leads", cy).json()
    received = server.get(f"/leads/{theirs['lead']['leadId']}", cy).json()
    assert received["prospect"]["fields"]["Telefon"]["value"] == "0431 5550142"
    done(server, f"/leads/{theirs['lead']['leadId']}/commission/step", cy, step="Kontakt")
    assert server.get(f"/leads/{lead}", bo).json()["commission"]["step"] == "Kontakt"
    acts = [one["act"] for one in server.get("/operator-interventions", ada).json()]
    assert sorted(acts) == ["member.add", "partner.add", "tenant.blueprint", "tenant.create"]
