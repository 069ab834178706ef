"""What a test reads of a PDF: its words, its language, its title, its metadata."""

import io
import os
import re
from pathlib import Path
from typing import NamedTuple

import pikepdf
from pypdf import PdfReader

ALLOWED_XMP = {"title", "Alt", "li", "language", "Bag", "part", "Description", "RDF", "xmpmeta"}


class Sheet(NamedTuple):
    """``pages``: the words of each page, spaces made single, apostrophes straight as they are typed."""

    pages: list[str]
    title: str
    language: str
    tagged: bool
    content: bytes

    @property
    def text(self) -> str:
        return " ".join(self.pages)


def read(content: bytes) -> Sheet:
    """Read a paper; whatever its kind, it is an accessible file whose metadata tell nothing but its title.

    With PAPERS_TO=folder in the environment each paper that a test reads is kept there, to be looked at.
    """
    if folder := os.environ.get("PAPERS_TO"):
        name = os.environ.get("PYTEST_CURRENT_TEST", "x").rpartition("::")[2].split(" ")[0]
        Path(folder, f"{re.sub(r'[^a-z0-9_-]', '', name)}-{hash(content) % 997}.pdf").write_bytes(content)
    words = [" ".join(page.extract_text().replace("’", "'").split()) for page in PdfReader(io.BytesIO(content)).pages]
    with pikepdf.open(io.BytesIO(content)) as document:
        assert set(document.docinfo.keys()) == {"/Title"}
        xmp = document.Root.Metadata.read_bytes().decode()
        assert set(re.findall(r"<\w+:(\w+)", xmp)) <= ALLOWED_XMP
        assert "Typst" not in xmp
        assert b"Typst" not in content
        title, language = str(document.docinfo["/Title"]), str(document.Root.Lang)
        assert f">{language}<" in xmp
        assert "<pdfuaid:part>1<" in xmp
        assert document.Root.ViewerPreferences.DisplayDocTitle
        assert not {"/OpenAction", "/AA", "/AcroForm", "/Names"} & set(document.Root.keys())
        tagged = bool(document.Root.MarkInfo.Marked) and "/StructTreeRoot" in document.Root
    assert tagged
    assert all(words)
    return Sheet(words, title, language, tagged, content)
