"""Puts the demo's files at their leads as uploads do, at past times, once the server is ready (P13)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from leaddesk.contract.ids import member_urn
from leaddesk.server.commands.attachments.uploading import Intake, Ticket
from leaddesk.server.commands.office import Office
from leaddesk.server.seed.papers.pictures import cellar
from leaddesk.server.seed.papers.sheets import offer
from leaddesk.server.seed.population import Population
from leaddesk.server.seed.sources import source
from leaddesk.server.seed.world import fixed_id


def place_files(office: Office, population: Population) -> None:
    """Put every file of ``files.json`` at its lead, oldest first, where the population has that lead."""
    for row in source("files"):
        if population.has(row["lead"]):
            _place(office, population, row)


def _place(office: Office, population: Population, row: dict[str, Any]) -> None:
    world, moment = population.world, population.base - timedelta(minutes=row["ago"])
    person = world.person(row["by"])
    tenant, lead_id = world.tenant(person.tenant), population.named(row["lead"])
    file_id = fixed_id(f"attachment/{row['lead']}/{row['name']}")
    who = (member_urn(person.member_id), True)
    ticket = Ticket(tenant.tenant_id, lead_id, file_id, *who, row["name"], row["type"])
    intake = Intake(replace(office, clock=lambda: moment), ticket)
    intake.add(_drawn(tenant.name, row))
    intake.finish(scanned=False)


def _drawn(firm: str, row: dict[str, Any]) -> bytes:
    if "offer" in row:
        return offer(firm, row["offer"])
    return cellar() if row["type"] == "image/png" else "\n".join(row["words"]).encode()
