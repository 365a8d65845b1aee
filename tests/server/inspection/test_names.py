"""Names of files: plain text, without tricks, nothing that can be run."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaddesk.server.inspection.names import LONGEST, fault_of_name, is_runnable, safe_name


@pytest.mark.parametrize(
    "name",
    [
        "a.exe",
        "a.EXE",
        "a.pdf.exe",
        "a.exe.pdf",
        "a.exe.",
        "a.exe .",
        "a.exe ",
        "a. exe",
        "a.exe::$DATA",
        "a.exe:b.pdf",
        "Rechnung\u202efdp.exe",
        "a.e\u200bxe",
        "a\uff0e\uff45\uff58\uff45",
        "a.e\u00adxe",
        "run.com",
        "b.ps1",
        "c.js",
        "d.html",
        "e.svg",
        "f.docm",
        "g.lnk",
        "h.jar",
        "C:\\x\\i.scr",
        "../../j.sh",
        "k.iso",
        "l.vbs.txt",
        "\u202egpj.exe",
    ],
)
def test_what_can_be_run_is_refused(name: str) -> None:
    assert fault_of_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "Angebot.pdf",
        "www.wagner.com.pdf",
        "Foto 1.jpeg",
        "Plan.v2.dwg",
        "brief",
        ".exe-Hinweise.txt",
        "exe.pdf",
        "js-liste.xlsx",
        "Grundriß Ölheizung.pdf",
        "عرض.pdf",
    ],
)
def test_names_of_documents_pass(name: str) -> None:
    assert fault_of_name(name) is None


def test_a_name_that_turns_is_refused_whatever_its_end() -> None:
    assert "direction" in (fault_of_name("Rechnung\u202etxt.pdf") or "")


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("C:\\Users\\x\\Angebot.pdf", "Angebot.pdf"),
        ("../../etc/passwd", "passwd"),
        ("a\r\nb\x00c.pdf", "abc.pdf"),
        ("  . .Angebot\u00a0 1 .pdf. ", "Angebot 1 .pdf"),
        ('a<b>:"|?*.pdf', "a_b______.pdf"),
        ("con.pdf", "_con.pdf"),
        ("LPT1", "_LPT1"),
        ("\u200e\u2066x\u2069.pdf", "x.pdf"),
        ("u\u0308ber.pdf", "über.pdf"),
        ("...", "attachment"),
        ("/", "attachment"),
        ("😀.pdf", "😀.pdf"),
        ("a" * 300 + ".pdf", "a" * 116 + ".pdf"),
    ],
)
def test_a_name_is_kept_as_one_line_of_plain_text(raw: str, shown: str) -> None:
    assert safe_name(raw) == shown


@given(st.text(max_size=300))
def test_any_text_becomes_a_name(raw: str) -> None:
    name = safe_name(raw)
    assert 1 <= len(name) <= LONGEST and name == name.strip(" .")
    assert not set(name) & set('<>:"|?*\\/\r\n\x00\u202e')
    assert safe_name(name) == name
    assert fault_of_name(raw) is not None or not is_runnable(name), "cleaning must not make a program of it"


def test_inside_archives_pictures_and_styles_pass() -> None:
    assert not is_runnable("word/media/image2.svg", inside=True)
    assert is_runnable("x/setup.exe", inside=True)
