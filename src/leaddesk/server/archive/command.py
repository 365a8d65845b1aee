"""``leaddesk server verify FILE`` and ``leaddesk server public-key FILE``; what is wrong is one line each."""

import base64
import binascii
import sys
from pathlib import Path

from leaddesk.server.archive.verify import Outside, Report, verify
from leaddesk.server.evidence.signing import KeyUnusable, signer_from_file
from leaddesk.server.evidence.sink import FileSink

EXIT_BAD, EXIT_USAGE = 1, 2
_SHOWN = 20
_PUBLIC_BYTES = 32


def run_verify(file: str, sink: str | None, public_key: str | None) -> int:
    """Check an export and say what was found; 0 if nothing is wrong with it."""
    try:
        outside = _outside(sink, public_key)
        with Path(file).open("rb") as lines:
            report = verify(lines, outside)
    except (OSError, ValueError) as wrong:
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
    """Read both, or neither. Raises ``OSError``, ``ValueError``."""
    if sink is None and public_key is None:
        return None
    if sink is None or public_key is None:
        raise ValueError("--sink and --public-key belong together")
    try:
        public = base64.b64decode(Path(public_key).read_text("ascii").strip(), validate=True)
    except (binascii.Error, UnicodeDecodeError):
        public = b""
    if len(public) != _PUBLIC_BYTES:
        raise ValueError(f"the public key must be {_PUBLIC_BYTES} bytes in base64")
    return Outside(public, FileSink(Path(sink)).lines())


def _summary(report: Report, outside: Outside | None) -> str:
    what = f"{report.events} events, {report.entries} accesses, {report.signatures} signatures"
    if report.findings:
        return f"NOT as it was written: {len(report.findings)} findings, the first above ({what})"
    if outside is None:
        return f"consistent in itself, held against nothing outside: {what}; --sink and --public-key say more"
    return f"as it was written and signed: {what}"


def _sentence(wrong: OSError | ValueError) -> str:
    if isinstance(wrong, OSError):
        return f"{wrong.filename}: {wrong.strerror}"
    return str(wrong) if str(wrong).startswith(("--", "the ")) else "the sink holds a line that is none"


def _refused(sentence: str) -> int:
    sys.stderr.write(f"leaddesk server: {sentence}\n")
    return EXIT_USAGE
