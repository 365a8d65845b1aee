"""Content against the declared type; programs, scripts and macros are refused however they are called."""

import io
import zipfile

import pytest

from leaddesk.server.inspection.kinds import OPAQUE, Check, kind_of, media_type, served_type

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(range(256)) * 40
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXE = b"MZ\x90\0" + bytes(200) + b"PE\0\0"


def archive(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in names:
            made.writestr(name, bytes(range(256)) * 50)
    return out.getvalue()


def fault(content: bytes, declared: str, step: int = 1000) -> str | None:
    check = Check(declared)
    for start in range(0, len(content), step):
        check.feed(content[start : start + step])
    check.end()
    return check.fault


@pytest.mark.parametrize(
    ("content", "declared"),
    [
        (PDF, "application/pdf"),
        (b"\x89PNG\r\n\x1a\n" + bytes(5000), "image/png"),
        (b"\xff\xd8\xff\xe0" + bytes(10), "image/jpeg"),
        ("Grüße, BM Haustechnik".encode(), "text/plain"),
        (b"MZ-Angebot 7", "text/plain"),
        (b"BM Haustechnik", "text/plain"),
        ("Größe;Preis\n".encode("cp1252"), "text/csv"),
        ("Größe;Preis\n".encode("utf-16"), "text/csv"),
        (archive("word/document.xml", "word/media/image1.svg", "docProps/app.xml"), DOCX),
        (archive("a.pdf", "b/c.jpg"), "application/zip"),
        (b"\0\1\2 anything", OPAQUE),
        (b"\0\1\2 anything", "application/acad"),
    ],
)
@pytest.mark.parametrize("step", [1, 37, 100_000])
def test_what_it_says_it_is_passes(content: bytes, declared: str, step: int) -> None:
    assert fault(content, declared, step) is None


@pytest.mark.parametrize(
    "content",
    [
        EXE,
        b"\x7fELF\2\1\1" + bytes(50),
        b"\xcf\xfa\xed\xfe" + bytes(50),
        b"\xca\xfe\xba\xbe\0\0\0\2",
        b"#!/bin/sh\nrm -rf /\n",
        b"\xef\xbb\xbf#!/bin/sh\n",
        b"  \n<script>alert(1)</script>",
        b"<!DOCTYPE HTML><title>x",
        b'<?xml version="1.0"?>\n<svg onload="x">',
        b'<?xml version="1.0"?><!-- x --><html:html>',
        b"<?php echo 1;",
        b"@ECHO OFF\r\ndel",
        "<script>".encode("utf-16"),
        b"\0asm\1\0\0\0",
        b"L\0\0\0\x01\x14\x02\0" + bytes(20),
        archive("doc.txt", "inner/setup.exe"),
        archive("word/document.xml", "word/vbaProject.bin"),
    ],
)
@pytest.mark.parametrize("declared", ["application/pdf", OPAQUE, "application/zip", "text/plain"])
@pytest.mark.parametrize("step", [1, 100_000])
def test_what_can_be_run_is_refused(content: bytes, declared: str, step: int) -> None:
    assert fault(content, declared, step)


@pytest.mark.parametrize("declared", ["image/png", "text/plain", DOCX, "application/msword"])
def test_other_content_than_declared_is_refused(declared: str) -> None:
    assert fault(PDF, declared) == "content of the declared contentType"
    assert fault(b"", declared) == "a file that is not empty"


def test_a_program_deep_in_an_archive_is_found_at_any_cut() -> None:
    content = archive(*[f"photo-{number}.jpg" for number in range(40)], "tools/run-me.bat")
    for step in (1, 30, 599, 601, 4096):
        assert fault(content, "application/zip", step) == "an archive without programs or scripts"


def test_types_are_read_without_parameters_and_refused_where_they_run() -> None:
    assert media_type("Text/Plain; charset=utf-8") == "text/plain"
    assert media_type("image/jpg") == "image/jpeg"
    for wrong in ("text/html", "image/svg+xml", "application/x-msdownload", "text", "a/b/c", "a/ b", "ä/b"):
        assert media_type(wrong) is None
    assert served_type("application/pdf") == "application/pdf"
    assert served_type("application/acad") == OPAQUE


def test_kinds_by_their_marks() -> None:
    assert [kind_of(head) for head in (PDF[:100], b"PK\x03\x04" + bytes(9), b"{\\rtf1", b"x", b"\0")] == [
        "pdf",
        "zip",
        "rtf",
        "text",
        "unknown",
    ]
