"""Templates and their rendering: bytes out, nothing on disk, no network, no Django model.

A template is a Typst source of the project. What fills it is JSON that the source reads as data: a name made of markup
stays a name. Its context is allow-listed: ``fields`` gives each key its type, and only that.
"""

import io
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from django.utils import formats, translation

HERE = Path(__file__).parent
ROOT = HERE / "sources"  # all that a source may import
FONTS = HERE / "fonts"
NOWHERE = "/nonexistent"  # packages are fetched from the network: there are none
LONGEST, MOST = 20_000, 2_000
CODE = re.compile(r"[a-z][a-z0-9_]{1,31}")


class BadContext(ValueError):
    """What was given is not what the template declares. Names keys, never values."""


class Undisplayable(ValueError):
    """``character`` has no glyph in the fonts of the papers: a name must be written in letters they know."""

    def __init__(self, character: str) -> None:
        super().__init__("a character cannot be displayed")
        self.character = character


class Broken(RuntimeError):
    """The source of a template does not compile. Without the compiler's words: they may quote the data."""


class maybe(NamedTuple):  # noqa: N801 - reads as a word in the fields of a template
    """A field that may be None."""

    spec: Any


class one_of(NamedTuple):  # noqa: N801
    """A code of a closed list."""

    codes: frozenset[str]


@dataclass(frozen=True)
class Template:
    """``fields``: key → str, int, bool, date, Decimal, ``maybe(x)``, ``one_of(codes)``, ``[x]`` or a dict.

    ``languages``: those it may be written in. ``dates_in``: further languages in which it quotes a date.
    ``outward``: it goes to a third party, hence bears no word of the programme and no name of a service.
    """

    code: str
    version: int
    source: Path
    fields: Mapping[str, Any]
    languages: frozenset[str] = frozenset({"fr"})
    dates_in: frozenset[str] = frozenset()
    outward: bool = False


_templates: dict[tuple[str, int], Template] = {}

# Added by ``make_paper``: what the footer says of the copy.
FOOTER: Mapping[str, Any] = {"number": str, "made_on": maybe(date), "copy": str}
UNNUMBERED: Mapping[str, Any] = {"number": "", "made_on": None, "copy": ""}


def register(
    code: str,
    version: int,
    source: Path,
    fields: Mapping[str, Any],
    *,
    languages: Any = ("fr",),
    dates_in: Any = (),
    outward: bool = False,
) -> Template:
    """Make a template known. The same (code, version) twice is an error, unless it is the same template."""
    if not CODE.fullmatch(code) or "paper" in fields:
        raise ValueError(f"bad template: {code}")
    template = Template(code, version, source, fields, frozenset(languages), frozenset(dates_in), outward)
    if _templates.setdefault((code, version), template) != template:
        raise ValueError(f"template {code} {version} is registered twice")
    return template


def registered() -> list[Template]:
    return list(_templates.values())


def get(code: str, version: int) -> Template:
    return _templates[code, version]


def render(
    template: str,
    version: int,
    context: Mapping[str, Any],
    language: str = "fr",
    footer: Mapping[str, Any] = UNNUMBERED,
) -> bytes:
    """The PDF. Raises KeyError (unknown template), BadContext, Undisplayable."""
    import typst

    chosen = get(template, version)
    try:
        return _clean(pdf(chosen, context, language, footer))
    except typst.TypstError as error:
        missing = re.search(r'the text `"(.+?)"` could not be displayed', str(error.message), re.DOTALL)
        if missing:
            raise Undisplayable(missing[1][:1]) from None
    raise Broken(f"the template {template} {version} does not compile")


def pdf(template: Template, context: Mapping[str, Any], language: str, footer: Mapping[str, Any]) -> bytes:
    """What the compiler answers, before its own marks are taken away."""
    return _compile(template, context, language, footer, format="pdf", pdf_standards=["ua-1"])


def pictures(
    template: str,
    version: int,
    context: Mapping[str, Any],
    language: str = "fr",
    footer: Mapping[str, Any] = UNNUMBERED,
) -> list[bytes]:
    """The pages as PNG, to be looked at."""
    answer = _compile(get(template, version), context, language, footer, format="png", ppi=80)
    return answer if isinstance(answer, list) else [answer]


def _compile(
    template: Template, context: Mapping[str, Any], language: str, footer: Mapping[str, Any], **options: Any
) -> Any:
    import typst  # late: a worker that makes no paper does not load it

    if language not in template.languages:
        raise BadContext(f"{template.code}: language {language}")
    languages = {language, *template.dates_in}
    data = _checked({"paper": FOOTER, **template.fields}, {"paper": footer, **context}, template.code, languages)
    compiler = typst.Compiler(
        root=str(ROOT),
        font_paths=_fonts(),
        sys_inputs={"data": json.dumps(data, ensure_ascii=False), "language": language},
        package_path=NOWHERE,
        package_cache_path=NOWHERE,
    )
    return compiler.compile(input=template.source.read_bytes(), timestamp=0, **options)


@cache
def _fonts() -> Any:
    """Our fonts, then those inside the engine; never those of the machine, or two machines would differ."""
    import typst

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(FONTS)])


# --- the context --------------------------------------------------------------------------------------------------


def _checked(spec: Any, value: Any, where: str, languages: set[str]) -> Any:
    """The value as JSON, or BadContext."""
    if isinstance(spec, maybe):
        return None if value is None else _checked(spec.spec, value, where, languages)
    if isinstance(spec, one_of):
        if not isinstance(value, str) or value not in spec.codes:
            raise BadContext(f"{where}: unknown code")
        return str(value)
    if isinstance(spec, Mapping):
        if not isinstance(value, Mapping):
            raise BadContext(f"{where}: not a mapping")
        if spec.keys() != value.keys():
            unlike = sorted(map(str, spec.keys() ^ value.keys()))
            raise BadContext(f"{where}: {', '.join(unlike)}")
        return {key: _checked(spec[key], value[key], f"{where}.{key}", languages) for key in spec}
    if isinstance(spec, list):
        if not isinstance(value, list | tuple) or len(value) > MOST:
            raise BadContext(f"{where}: not a list, or a long one")
        return [_checked(spec[0], item, f"{where}[]", languages) for item in value]
    return _scalar(spec, value, where, languages)


def _scalar(spec: Any, value: Any, where: str, languages: set[str]) -> Any:
    if spec is str and isinstance(value, str):
        if len(value) > LONGEST:
            raise BadContext(f"{where}: too long")
        return plain(value)
    if spec is date and type(value) is date:
        # the day and its month stay on one line
        worded = {language: in_words(value, language).replace(" ", "\u00a0", 1) for language in languages}
        return worded | {"iso": value.isoformat()}
    if spec is Decimal and isinstance(value, Decimal):
        return {language: amount(value, language) for language in languages}
    if spec in (int, bool) and type(value) is spec:
        return value
    raise BadContext(f"{where}: not a {getattr(spec, '__name__', spec)}")


def plain(text: str) -> str:
    """Composed letters and line ends; no control character, and none that turns the direction of the line."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(
        c for c in text if c in "\n\u200c\u200d" or unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
    )


# Django's name of a language whose code differs, and the languages that write months in small letters.
LOCALES = {"zh": "zh-hans"}
SMALL_MONTHS = frozenset({"fr", "es", "pt", "ro", "bg"})
DAY_FIRST = frozenset({"fr", "en", "ro", "bg"})


def in_words(day: date, language: str) -> str:
    """24 novembre 2026, in the language."""
    with translation.override(LOCALES.get(language, language)):
        text = formats.date_format(day, "j F Y" if language in DAY_FIRST else "DATE_FORMAT", use_l10n=True)
    text = text.lower() if language in SMALL_MONTHS else text
    return f"1er{text[1:]}" if language == "fr" and day.day == 1 else text


def amount(value: Decimal, language: str) -> str:
    with translation.override(LOCALES.get(language, language)):
        return formats.number_format(value, decimal_pos=2, use_l10n=True, force_grouping=True)


# --- the file ------------------------------------------------------------------------------------------------------

# PDF/UA asks for the title and its own mark in XMP. Nothing else is said: no author, no tool, no date.
XMP = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">'
    '<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>'
    "<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>"
    "<pdfuaid:part>1</pdfuaid:part></rdf:Description></rdf:RDF></x:xmpmeta>"
    '<?xpacket end="r"?>'
)


def _clean(content: bytes) -> bytes:
    """The same pages without the tool's name and dates; only the title and the language stay."""
    from html import escape

    import pikepdf

    with pikepdf.open(io.BytesIO(content)) as document:
        title, language = str(document.docinfo["/Title"]), str(document.Root.Lang)
        for key in list(document.docinfo.keys()):
            if key != "/Title":
                del document.docinfo[key]
        words = XMP.format(title=escape(title), language=escape(language)).encode()
        document.Root.Metadata = document.make_stream(words, Type=pikepdf.Name.Metadata, Subtype=pikepdf.Name.XML)
        out = io.BytesIO()
        document.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()
