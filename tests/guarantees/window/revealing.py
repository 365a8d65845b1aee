"""C4: a window nobody is at shows nobody, and what stays masked until asked is on record when it is seen.

One person works in the real detail over the real desk on a real server, at random: opens leads, asks for
their contact, leaves and comes back, loses the connection or an answer, while the policy allows looking
without a connection or not. After each act everything the window tells is searched for the canaries of the
leads. Each time a contact became readable counts; in the end the server's access log is compared with it.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
from collections.abc import Mapping
from contextlib import AsyncExitStack, nullcontext
from dataclasses import dataclass, field
from unittest.mock import patch

from leaddesk.contract.people import TenantPolicy
from leaddesk.desk.leads import Leads
from leaddesk.desk.outcomes import Ok, Outcome
from leaddesk.server.identity.people import TenantRecord
from leaddesk.server.oversight import reading
from tests.desk.conftest import Town, served
from tests.guarantees.figure import Figure
from tests.guarantees.window.person import Person
from tests.stories.stage import Stage
from tests.support.trade import Trade, opened

SHORT, FULL = 400, 10_000
LEADS, LIMIT_MS = 6, 100.0
POLICY = TenantPolicy(leads_visible_to_reps="all", mask_until_asked=True, reveal_offline=True)
ACTS = {"open": 5, "ask": 8, "leave": 2, "return": 5, "cut": 1, "mend": 2, "lose": 1, "rule": 1}


@dataclass
class Seen:
    """What was counted."""

    acts: int = 0
    reveals: int = 0
    masked_ms: list[float] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)

    def told(self, count: int) -> Figure:
        """Say it."""
        slowest = max(self.masked_ms, default=0.0)
        usual = sorted(self.masked_ms)[len(self.masked_ms) // 2] if self.masked_ms else 0.0
        if usual > LIMIT_MS:
            self.findings.append(f"masking took {usual:.0f} ms")
        sentence = f"masked or on record: {{found}} of {{looked:,}} acts wrong, {self.reveals:,} revealed = "
        sentence += f"logged, masked in {usual:.1f} ms (slowest {slowest:.0f})"
        return Figure(sentence, self.acts, tuple(self.findings[:20]), enough=count - 1)


async def guarantee(env: Mapping[str, str], *, planted: bool = False, count: int | None = None) -> Figure:
    """Work at random; with ``planted`` the clerk says yes without putting anything on record."""
    count = count or (FULL if os.environ.get("FULL") == "1" else SHORT)
    command = (sys.executable, "-B", "-m", __name__, str(count), "planted" if planted else "")
    surroundings = {**os.environ, **env, "QT_QPA_PLATFORM": "offscreen"}
    work = await asyncio.create_subprocess_exec(*command, env=surroundings, stdout=asyncio.subprocess.PIPE)
    said, _ = await work.communicate()
    if work.returncode:
        return Figure("masked: it broke off ({found} of {looked})", 0, ("it broke off",))
    found = json.loads(said.splitlines()[-1])
    seen = Seen(found["acts"], found["reveals"], found["masked"], found["findings"])
    return seen.told(count)


async def _yes(_clerk: Leads, _lead: str, **_: object) -> Outcome[None]:
    return Ok(None)


async def work(count: int, planted: bool) -> Seen:
    """Do ``count`` things at random and count."""
    seen, drawn = Seen(), random.Random(4)
    broken = patch.object(Leads, "reveal", _yes) if planted else nullcontext()
    async with opened() as trade, served(trade.app) as url, AsyncExitStack() as stack:
        leads = [trade.add_lead(keeper="Maren", marker=f"-canary{number}") for number in range(LEADS)]
        trade.people.add_tenant(TenantRecord(trade.wagner, "Wagner AG", POLICY))
        office = await Town(trade, url, stack).office("Maren")
        with broken:
            person = stack.enter_context(Person(office, leads).at_work())
            for _ in range(count):
                await _do(person, drawn, seen)
            await person.finish()
            logged = _logged(trade)
        if logged != seen.reveals:
            seen.findings.append(f"{seen.reveals} were revealed, {logged} are on record")
    return seen


async def _do(person: Person, drawn: random.Random, seen: Seen) -> None:
    act = drawn.choices(list(ACTS), list(ACTS.values()))[0]
    await getattr(person, f"do_{act}")(drawn)
    if act == "leave":
        seen.masked_ms.append(person.masking * 1000)
    seen.acts += 1
    for finding in person.look():
        seen.findings.append(f"after {act}: {finding}")
    seen.reveals = person.reveals


def _logged(trade: Trade) -> int:
    """How many different reveals are on record: one asked for twice names the same act."""
    wanted = reading.Wanted((("action = ?", "lead.reveal"),))
    entries = reading.page(trade.services.access_log.storage, trade.wagner, wanted, 2**62, 10**6)
    return len({json.loads(entry.detail)["filter"]["idempotencyKey"] for entry in entries})


def main() -> int:
    """Run as a process of its own: it has an application of its own."""
    Stage()
    seen = asyncio.run(work(int(sys.argv[1]), planted="planted" in sys.argv))
    found = {"acts": seen.acts, "reveals": seen.reveals, "masked": seen.masked_ms, "findings": seen.findings}
    sys.stdout.write(json.dumps(found) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
