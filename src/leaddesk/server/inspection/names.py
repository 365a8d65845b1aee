"""Names of files from outside: shown as plain text, without tricks, never of anything that can be run.

Refused is by the last extension, and by any that only programs have (``a.exe.pdf``); before that whatever
hides an extension from people is taken away: look-alike full stops and letters (NFKC), trailing dots and
spaces, streams (``a.exe:x.pdf``). A name that turns its direction around (U+202E) has no honest use here.
"""

import re
import unicodedata

LONGEST = 120
NAMELESS = "attachment"

_RUNNABLE = (
    "ade adp apk app appimage applescript appx appxbundle asp aspx bas bat cgi chm class cmd com command cpl"
    " crt csh deb dex dll dmg docm dotm drv efi elf exe fxp gadget hta htm html img inf ins iqy iso isp jar"
    " js jse jsp ksh lib lnk mam maw mda mdb mde mht mhtml mjs msc msh msi msix msp mst ocx ops pcd php phtml"
    " pif pkg pl potm ppam ppsm pptm prf prg ps1 ps1xml ps2 psc1 psd1 psm1 py pyc pyw pyz rb reg rpm run scf"
    " scr sct service settingcontent-ms sh shb shs shtml slk sldm so svg svgz swf sys tcl url vb vbe vbs vhd"
    " vhdx vxd wasm ws wsc wsf wsh xbap xhtml xla xlam xll xlm xlsm xltm xsl xslt zsh"
)
RUNNABLE = frozenset(_RUNNABLE.split())
"""Extensions of programs, scripts, documents with macros, and of what mounts or links to such."""

_WORDS = "app class com command deb gadget img inf ins iso lib mam ops pl reg run service sh so url ws"
_ALSO_A_WORD = frozenset(_WORDS.split())
"""Of these only as the last one: ``www.wagner.com.pdf`` is a name people give."""

_MARKUP = "crt htm html inf mht mhtml shtml svg url xhtml xsl xslt"
_PARTS = RUNNABLE - frozenset(_MARKUP.split())
"""Refused inside archives; office documents hold pictures and styles as markup."""

_TURNING = re.compile("[\u202d\u202e]")
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
_FORBIDDEN = re.compile(r'[<>:"|?*\\/]')
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def fault_of_name(raw: str) -> str | None:
    """Say what was expected instead of this name, or nothing if it is fine."""
    if _TURNING.search(raw):
        return "a name without characters that turn its direction"
    if is_runnable(raw):
        return "a document or picture, not a program, script or document with macros"
    return None


def is_runnable(raw: str, inside: bool = False) -> bool:
    """Tell whether a name is one of something that can be run; ``inside`` an archive."""
    refused = _PARTS if inside else RUNNABLE
    plain = _UNSEEN.sub("", unicodedata.normalize("NFKC", raw)).casefold()
    last = re.split(r"[/\\]", plain)[-1]
    pieces = [piece.strip(" .") for piece in re.split(r"[.:]", last)[1:]]
    pieces = [piece for piece in pieces if piece]
    certain = any(piece in refused and piece not in _ALSO_A_WORD for piece in pieces)
    return certain or bool(pieces and pieces[-1] in refused)


def safe_name(raw: str) -> str:
    """Return the name as it is kept and shown: one line of plain text, no path, at most 120 characters."""
    text = unicodedata.normalize("NFC", raw)
    last = re.split(r"[/\\]", text)[-1]
    seen = "".join(
        " " if unicodedata.category(one) in ("Zs", "Zl", "Zp") else one
        for one in _UNSEEN.sub("", last)
        if unicodedata.category(one) not in ("Cc", "Cs", "Co", "Cn")
    )
    name = re.sub(r" +", " ", _FORBIDDEN.sub("_", seen)).strip(" .")
    name = f"_{name}" if _DEVICES.fullmatch(name) else name
    return _shortened(name) or NAMELESS


def _shortened(name: str) -> str:
    if len(name) <= LONGEST:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > 10:
        return name[:LONGEST].rstrip(" .")
    return f"{stem[: LONGEST - len(extension) - 1].rstrip(' .')}.{extension}"
