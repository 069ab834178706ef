"""Checks an uploaded file and builds a clean one from it. Bytes in, bytes out: no temporary file, no Django.

A picture is painted on a new canvas and encoded again, so that its place, its date and its thumbnail are gone. A PDF is
rebuilt page by page without scripts, actions, attachments, forms or metadata. What cannot be parsed whole is refused.
"""

import io
import re
import resource
import struct
import subprocess
import sys
import warnings
from dataclasses import dataclass

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 40_000_000
MAX_PAGES = 200
MAX_OBJECTS = 100_000
SECONDS = 20
MEMORY = 1024 * 1024 * 1024

PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"
SIGNATURES = {b"%PDF-": PDF, b"\xff\xd8\xff": JPEG, b"\x89PNG\r\n\x1a\n": PNG}
EXTENSION = {PDF: "pdf", JPEG: "jpg", PNG: "png"}
ALLOWED = {"pdf": PDF, "jpg": JPEG, "jpeg": JPEG, "png": PNG}
CODES = (
    "empty",
    "too_large",
    "type",
    "extension",
    "unreadable",
    "pixels",
    "encrypted",
    "xfa",
    "no_page",
    "pages",
    "slow",
    "virus",
    "unchecked",
)


class BadFile(Exception):
    """``code`` is one of CODES; the sentences for people are in ``fields.FILE_ERRORS``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Clean:
    """The rebuilt content, its media type and its number of pages."""

    content: bytes
    kind: str
    pages: int = 1

    @property
    def extension(self) -> str:
        return EXTENSION[self.kind]


def check(content: bytes, name: str = "") -> Clean:
    """The clean file, or BadFile."""
    if not content:
        raise BadFile("empty")
    if len(content) > MAX_BYTES:
        raise BadFile("too_large")
    kind = next((kind for start, kind in SIGNATURES.items() if content.startswith(start)), None)
    if kind is None:
        raise BadFile("type")
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    if extension and ALLOWED.get(extension) != kind:
        raise BadFile("extension" if extension in ALLOWED else "type")
    return _pdf(content) if kind == PDF else _picture(content, kind)


# --- pictures -------------------------------------------------------------------------------------------------


def _picture(content: bytes, kind: str) -> Clean:
    from PIL import Image, ImageOps

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=("JPEG" if kind == JPEG else "PNG",)) as picture:
                width, height = picture.size
                if width * height > MAX_PIXELS:
                    raise BadFile("pixels")
                picture.load()
                upright = ImageOps.exif_transpose(picture)
                canvas = _canvas(upright)
    except BadFile:
        raise
    except Image.DecompressionBombError:
        raise BadFile("pixels") from None
    except Exception:
        raise BadFile("unreadable") from None
    out = io.BytesIO()
    if kind == JPEG:
        canvas.save(out, "JPEG", quality=88, optimize=True)
    else:
        canvas.save(out, "PNG", optimize=True)
    if out.tell() > MAX_BYTES:
        raise BadFile("too_large")
    return Clean(out.getvalue(), kind)


def _canvas(picture):  # type: ignore[no-untyped-def]
    """A new white canvas with the picture painted on it: only the points pass."""
    from PIL import Image

    grey = picture.mode in {"1", "L"}
    canvas = Image.new("L" if grey else "RGB", picture.size, "white")
    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        canvas = canvas.convert("RGB")
        canvas.paste(layer, mask=layer.getchannel("A"))
    else:
        canvas.paste(picture.convert(canvas.mode))
    return canvas


# --- PDF ------------------------------------------------------------------------------------------------------

# What a page needs to be seen. Everything else (actions, annotations, metadata, private data…) stays behind.
PAGE_KEYS = ("/MediaBox", "/CropBox", "/Rotate", "/UserUnit")
DROPPED = ("/AA", "/A", "/Metadata", "/PieceInfo", "/AF", "/Alternates", "/OPI", "/EF", "/JS", "/LastModified",
           "/StructParent", "/StructParents", "/OC", "/Measure", "/PtData", "/Ref", "/PS")  # fmt: skip
# Of a stream (a form, a picture, a pattern, a shading, a function, a profile, a font, its characters) only this is
# kept: neither the bytes that it says are in another file, nor the keys that nobody knows.
DRAWS = frozenset({
    "/Length", "/Filter", "/DecodeParms", "/Type", "/Subtype", "/Name", "/FormType", "/BBox", "/Matrix",
    "/Resources", "/Group", "/Width", "/Height", "/ColorSpace", "/BitsPerComponent", "/Intent", "/ImageMask",
    "/Mask", "/Decode", "/Interpolate", "/SMask", "/SMaskInData", "/Matte", "/PatternType", "/PaintType",
    "/TilingType", "/XStep", "/YStep", "/ShadingType", "/Background", "/AntiAlias", "/BitsPerCoordinate",
    "/BitsPerFlag", "/Function", "/VerticesPerRow", "/FunctionType", "/Domain", "/Range", "/Size",
    "/BitsPerSample", "/Order", "/Encode", "/N", "/Alternate", "/Length1", "/Length2", "/Length3",
    "/CMapName", "/CIDSystemInfo", "/WMode", "/UseCMap",
})  # fmt: skip
MENDED = "/QPDFFake"  # what the reader of a damaged file makes of a value without a name
# In these dictionaries of a page's resources the keys are names that the drawing instructions use, whatever they are.
NAMED = ("/Font", "/XObject", "/ExtGState", "/ColorSpace", "/Pattern", "/Shading", "/Properties")


def _pdf(content: bytes) -> Clean:
    import pikepdf

    try:
        source = pikepdf.open(io.BytesIO(content), attempt_recovery=False, suppress_warnings=True)
    except pikepdf.PasswordError:
        raise BadFile("encrypted") from None
    except Exception:
        raise BadFile("unreadable") from None
    with source:
        try:
            if source.is_encrypted:
                raise BadFile("encrypted")
            form = source.Root.get("/AcroForm")
            if "/NeedsRendering" in source.Root or (isinstance(form, pikepdf.Dictionary) and "/XFA" in form):
                raise BadFile("xfa")
            if len(source.objects) > MAX_OBJECTS:
                raise BadFile("slow")
            count = len(source.pages)
            if count == 0:
                raise BadFile("no_page")
            if count > MAX_PAGES:
                raise BadFile("pages")
            return Clean(_rebuilt(source), PDF, count)
        except BadFile:
            raise
        except Exception:
            raise BadFile("unreadable") from None


def _rebuilt(source) -> bytes:  # type: ignore[no-untyped-def]
    import pikepdf

    target = pikepdf.new()
    for page in source.pages:
        fresh = pikepdf.Dictionary(Type=pikepdf.Name.Page)
        for key in PAGE_KEYS:
            if (value := _inherited(page.obj, key)) is not None:
                fresh[key] = target.copy_foreign(source.make_indirect(value)) if _is_object(value) else value
        contents = page.obj.get("/Contents")
        stream = pikepdf.Stream(target, _contents(contents))
        fresh["/Contents"] = target.make_indirect(stream)
        resources = _inherited(page.obj, "/Resources")
        if resources is not None:
            fresh["/Resources"] = target.copy_foreign(source.make_indirect(resources))
        target.pages.append(pikepdf.Page(target.make_indirect(fresh)))
    named = {
        held.objgen
        for thing in target.objects
        for holder in [thing.stream_dict if isinstance(thing, pikepdf.Stream) else thing]
        if isinstance(holder, pikepdf.Dictionary) and isinstance(holder.get("/Resources"), pikepdf.Dictionary)
        for key in NAMED
        if (held := holder["/Resources"].get(key)) is not None and held.is_indirect
    }
    for thing in list(target.objects):
        _scrub(thing, thing.objgen in named)
        if isinstance(thing, pikepdf.Stream):
            _scrub_picture(target, thing)
    out = io.BytesIO()
    target.remove_unreferenced_resources()
    target.save(out, linearize=False, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    if out.tell() > MAX_BYTES:
        raise BadFile("too_large")
    return out.getvalue()


def _scrub(thing, named: bool = False, depth: int = 0) -> None:  # type: ignore[no-untyped-def]
    """Take out of an object, and of what is written inside it, every key that is not for drawing."""
    import pikepdf

    if depth > 50:
        raise BadFile("slow")
    if isinstance(thing, pikepdf.Array):
        inside = [(None, value) for value in thing]
    elif isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        stream = isinstance(thing, pikepdf.Stream)
        holder = thing.stream_dict if stream else thing
        for key in list(holder.keys()):
            if key not in DRAWS if stream else not named and (key in DROPPED or key.startswith(MENDED)):
                del holder[key]
        inside = list(holder.items())
    else:
        return
    for key, value in inside:
        if _is_object(value) and not value.is_indirect:
            _scrub(value, key in NAMED, depth + 1)


def _is_object(value) -> bool:  # type: ignore[no-untyped-def]
    import pikepdf

    return isinstance(value, pikepdf.Object)


def _inherited(page, key: str):  # type: ignore[no-untyped-def]
    node, depth = page, 0
    while node is not None and depth < 50:
        if key in node:
            return node[key]
        node, depth = node.get("/Parent"), depth + 1
    return None


def _contents(contents) -> bytes:  # type: ignore[no-untyped-def]
    """The drawing instructions of a page, decoded, so that a damaged page is found now."""
    import pikepdf

    if contents is None:
        return b""
    parts = contents if isinstance(contents, pikepdf.Array) else [contents]
    return _drawn(b"\n".join(part.read_bytes() for part in parts))


# --- pictures inside a PDF --------------------------------------------------------------------------------------
# A camera's picture put in a PDF as it is keeps its place, its date and its author, as a picture alone would.
INLINE = re.compile(rb"/(DCT|DCTDecode)\b")
JFIF = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
SCAN_ENDS = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
DRAWN_BOXES = (b"jP  ", b"ftyp", b"rreq", b"jp2h", b"jpch", b"jplh", b"jp2c")


def _drawn(instructions: bytes) -> bytes:
    """The same instructions; a photograph written among them, which nobody would look into, is refused."""
    if INLINE.search(instructions):
        raise BadFile("unreadable")
    return instructions


def _scrub_picture(target, stream) -> None:  # type: ignore[no-untyped-def]
    """Leave of a photograph what draws it."""
    import pikepdf

    if stream.get("/Subtype") == pikepdf.Name.Form:
        _drawn(stream.read_bytes())
    filters, parms = (_list(stream.get(key)) for key in ("/Filter", "/DecodeParms"))
    names = [str(one) for one in filters]
    if not any(name in BARE for name in names):
        return
    data = stream.read_raw_bytes()
    if len(names) > 1:
        wrapped = pikepdf.Stream(target, data, Filter=filters[:-1], DecodeParms=parms[:-1])
        data = wrapped.read_bytes()
    bare = BARE[names[-1]](data)
    stream.write(bare, filter=filters[-1], decode_parms=parms[-1] if parms else None)


def _list(value) -> list:  # type: ignore[no-untyped-def, type-arg]
    import pikepdf

    return [] if value is None else list(value) if isinstance(value, pikepdf.Array) else [value]


def _bare_jpeg(data: bytes) -> bytes:
    """The segments that draw; neither what a camera wrote in its own, nor comments, nor what follows the end."""
    out, at = bytearray(data[:2]), 2
    if out != b"\xff\xd8":
        raise BadFile("unreadable")
    while data[at] == 0xFF and data[at + 1] != 0xD9:
        marker = data[at + 1]
        if marker == 0xFF:  # filling
            at += 1
            continue
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == 0xDA:  # the points, up to the next marker
            found = SCAN_ENDS.search(data, end)
            end = found.start() if found else len(data)
        if marker == 0xE0 and data[at + 4 : at + 9] == b"JFIF\x00":
            out += JFIF
        elif marker == 0xEE and data[at + 4 : at + 9] == b"Adobe":  # which colours the numbers are
            out += b"\xff\xee\x00\x0e" + data[at + 4 : at + 16]
        elif not (0xE0 <= marker <= 0xEF or marker == 0xFE):
            out += data[at:end]
        if end >= len(data):
            break
        at = end
    return bytes(out + b"\xff\xd9")


def _bare_jpeg2000(data: bytes) -> bytes:
    """The boxes that draw; a bare drawing has none."""
    if data[4:8] != b"jP  ":
        return data
    out, at = bytearray(), 0
    while at + 8 <= len(data):
        size, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        if size == 1:
            size = int.from_bytes(data[at + 8 : at + 16], "big")
        end = at + size if size else len(data)
        if end <= at:
            raise BadFile("unreadable")
        if kind in DRAWN_BOXES:
            out += data[at:end]
        at = end
    return bytes(out)


BARE = {"/DCTDecode": _bare_jpeg, "/DCT": _bare_jpeg, "/JPXDecode": _bare_jpeg2000}


# --- in a process of its own ------------------------------------------------------------------------------------


def check_apart(content: bytes, name: str = "", seconds: int = SECONDS, memory: int = MEMORY) -> Clean:
    """``check`` in another process: limits on time, processor and memory, no new file, no network.

    The bytes go and come back through pipes; a bomb hurts nobody else.
    """
    if not content:
        raise BadFile("empty")
    if len(content) > MAX_BYTES:
        raise BadFile("too_large")
    extension = re.sub(r"[^a-z]", "", name.rpartition(".")[2].lower())[:5] if "." in name else ""
    try:
        child = subprocess.run(  # noqa: S603
            [sys.executable, "-I", "-m", "jalon.ui.files", str(seconds), str(memory), extension],
            input=content, capture_output=True, timeout=seconds + 5, check=False, env={},
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise BadFile("slow") from None
    head, body = child.stdout[:8], child.stdout[8:]
    if child.returncode or len(head) != 8:
        raise BadFile("slow" if child.returncode else "unreadable")
    code, pages = struct.unpack("!II", head)
    if code < len(CODES):
        raise BadFile(CODES[code])
    return Clean(body, (PDF, JPEG, PNG)[code - len(CODES)], pages)


def _confined(seconds: int, memory: int) -> None:
    """What the parsers may use from now on: no file, no socket (no descriptor is left), no core on a disk.

    They import what they need as they go: a small file of each kind makes them do it first.
    """
    import pikepdf
    from PIL import Image

    for kind in ("JPEG", "PNG"):
        out = io.BytesIO()
        Image.new("RGBA" if kind == "PNG" else "RGB", (1, 1)).save(out, kind, exif=Image.Exif())
        check(out.getvalue())
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(out := io.BytesIO())
        check(out.getvalue())
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))


def _child(seconds: int, memory: int, extension: str) -> None:
    _confined(seconds, memory)
    content = sys.stdin.buffer.read(MAX_BYTES + 1)
    try:
        clean = check(content, f"x.{extension}" if extension else "")
    except BadFile as error:
        sys.stdout.buffer.write(struct.pack("!II", CODES.index(error.code), 0))
    except MemoryError:
        sys.stdout.buffer.write(struct.pack("!II", CODES.index("slow"), 0))
    else:
        code = len(CODES) + (PDF, JPEG, PNG).index(clean.kind)
        sys.stdout.buffer.write(struct.pack("!II", code, clean.pages) + clean.content)


if __name__ == "__main__":
    _child(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
