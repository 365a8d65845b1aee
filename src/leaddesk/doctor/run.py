"""``leaddesk doctor``: prints what was found, for people, machines or support."""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Callable
from dataclasses import asdict

from leaddesk.doctor.locking import lock_signals
from leaddesk.doctor.looking import Finding, examine
from leaddesk.doctor.managing import managing
from leaddesk.doctor.reaching import reaching
from leaddesk.doctor.signing_in import signing_in
from leaddesk.doctor.words import in_german, speaks_german
from leaddesk.settings.environment import disarm


def run_doctor(*, as_json: bool = False, as_report: bool = False, language: str | None = None) -> int:
    """Look, print to stdout, return the exit code: 1 if the client could not even open.

    ``language``: what people are spoken to in; nothing: as the environment says.
    """
    disarm(os.environ)
    findings = [*examine(os.environ), *signing_in(os.environ), lock_signals(), managing()]
    findings += reaching(os.environ)
    if as_report:
        from leaddesk.doctor.report import report

        told = report(findings, os.environ)
    else:
        say = in_german if speaks_german(os.environ, language) else str
        told = _json(findings) if as_json else _text(findings, say)
    sys.stdout.write(told)
    return 0 if not findings[0].cannot else 1


def _json(findings: list[Finding]) -> str:
    checks = [asdict(finding) for finding in findings]
    return json.dumps({"leaddesk": _version(), "system": platform.system(), "checks": checks}) + "\n"


def _text(findings: list[Finding], say: Callable[[str], str]) -> str:
    wide = max(len(say(finding.name)) for finding in findings)
    lines = [say(f"leaddesk {_version()} on {platform.system()} {platform.release()}"), ""]
    lines += [f"  {say(finding.name):<{wide}}  {say(finding.says)}" for finding in findings]
    lines += ["", say("What this workstation cannot promise:")]
    lines += [f"  - {say(finding.cannot)}" for finding in findings if finding.cannot]
    return "\n".join(lines) + "\n"


def _version() -> str:
    from importlib.metadata import version

    return version("leaddesk")
