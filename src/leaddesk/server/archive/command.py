"""``leaddesk server verify FILE`` and ``leaddesk server public-key FILE``; what is wrong is one line each."""

import base64
import sys
from collections.abc import Sequence
from pathlib import Path

from leaddesk.server.archive.databases import Asked, CannotCheck, public_from, verify_databases
from leaddesk.server.archive.outside import Outside
from leaddesk.server.archive.verify import Report, verify
from leaddesk.server.evidence.signing import KeyUnusable, signer_from_file
from leaddesk.server.evidence.sink import FileSink
from leaddesk.server.operations.service.arguments import Parser

EXIT_BAD, EXIT_USAGE = 1, 2
_SHOWN = 20


def run_verification(words: Sequence[str]) -> int:
    """Read the arguments behind ``verify`` and check an export, or databases. Returns the exit code."""
    options = _parser().parse_args(words)
    if (options.file is None) == (options.config is None):
        return _refused("verify: expected an export or --config, one of both")
    if options.config is None:
        if options.restored_to or options.on_record or len(options.sink) > 1:
            return _refused("verify: of an export one --sink is expected, and no restore")
        return run_verify(options.file, next(iter(options.sink), None), options.public_key)
    key = Path(options.public_key) if options.public_key else None
    sinks = [Path(sink) for sink in options.sink]
    return verify_databases(Asked(Path(options.config), sinks, key, options.restored_to, options.on_record))


def _parser() -> Parser:
    parser = Parser(
        "leaddesk server verify",
        description="Compute every link anew and hold it against what was signed and kept outside. FILE: an "
        "export. --config: the databases of a server on PostgreSQL, as the auditor; each fault is a line. "
        "Exit code 0: as it was written and signed; 1: it is not; 2: it cannot be told.",
    )
    parser.add_argument("file", metavar="FILE", nargs="?", help="an export (docs/encryption.md)")
    parser.add_argument("--config", metavar="FILE", help="the databases that a configuration names")
    parser.add_argument("--restored-to", metavar="TIME", help="they were brought back to that moment")
    parser.add_argument("--on-record", action="store_true", help="and the sink shall say so from now on")
    parser.add_argument("--sink", metavar="FILE", action="append", default=[], help="what was kept outside")
    parser.add_argument("--public-key", metavar="FILE", help="the key it was signed with")
    return parser


def run_verify(file: str, sink: str | None, public_key: str | None) -> int:
    """Check an export and say what was found; 0 if nothing is wrong with it."""
    try:
        outside = _outside(sink, public_key)
        with Path(file).open("rb") as lines:
            report = verify(lines, outside)
    except (OSError, ValueError, CannotCheck) as wrong:
        return _refused(_sentence(wrong))
    for finding in report.findings[:_SHOWN]:
        sys.stdout.write(finding + "\n")
    sys.stdout.write(_summary(report, outside) + "\n")
    return EXIT_BAD if report.findings else 0


def run_public_key(file: str) -> int:
    """Print the public half of a signing key, to lie with the sink."""
    try:
        signer = signer_from_file(Path(file))
    except KeyUnusable as wrong:
        return _refused(str(wrong))
    sys.stdout.write(base64.b64encode(signer.public).decode() + "\n")
    return 0


def _outside(sink: str | None, public_key: str | None) -> Outside | None:
    """Read both, or neither. Raises ``OSError``, ``ValueError``, ``CannotCheck``."""
    if sink is None and public_key is None:
        return None
    if sink is None or public_key is None:
        raise ValueError("--sink and --public-key belong together")
    return Outside(public_from(Path(public_key)), FileSink(Path(sink)).lines())


def _summary(report: Report, outside: Outside | None) -> str:
    what = f"{report.events} events, {report.entries} accesses, {report.signatures} signatures"
    if report.findings:
        return f"NOT as it was written: {len(report.findings)} findings, the first above ({what})"
    if outside is None:
        return f"consistent in itself, held against nothing outside: {what}; --sink and --public-key say more"
    return f"as it was written and signed: {what}"


def _sentence(wrong: Exception) -> str:
    if isinstance(wrong, OSError):
        return f"{wrong.filename}: {wrong.strerror}"
    return str(wrong) if str(wrong).startswith(("--", "the ")) else "the sink holds a line that is none"


def _refused(sentence: str) -> int:
    sys.stderr.write(f"leaddesk server: {sentence}\n")
    return EXIT_USAGE
