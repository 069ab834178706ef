"""Uploads: what is accepted is rebuilt without hidden data, what is not is refused with a code that has a sentence."""

import io
import struct
import zlib
from contextlib import suppress

import pikepdf
import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from jalon.ui import fields, files

GPS = 0x8825


def picture(kind="JPEG", size=(40, 20), **extra):
    out = io.BytesIO()
    image = Image.new("RGB", size, "teal")
    image.putpixel((0, 0), (255, 0, 0))
    image.save(out, kind, **extra)
    return out.getvalue()


def photo():
    exif = Image.Exif()
    exif[0x010E] = "SECRET-PLACE"
    exif[0x0112] = 6  # turned
    exif.get_ifd(GPS)[1] = "N"
    exif.get_ifd(GPS)[2] = (43.0, 50.0, 0.0)
    return picture(exif=exif, comment=b"SECRET-COMMENT")


def document(pages=1, change=None, **options):
    pdf = pikepdf.new()
    for _ in range(pages):
        page = pdf.add_blank_page(page_size=(200, 300))
        page.Contents = pdf.make_stream(b"q 1 0 0 1 10 10 cm 0 0 50 50 re f Q")
    if change:
        change(pdf)
    out = io.BytesIO()
    pdf.save(out, **options)
    return out.getvalue()


def refused(content, name=""):
    with pytest.raises(files.BadFile) as caught:
        files.check(content, name)
    assert caught.value.code in fields.FILE_ERRORS
    return caught.value.code


def test_a_photo_loses_its_place_and_stands_upright():
    dirty = photo()
    assert b"SECRET" in dirty
    clean = files.check(dirty, "IMG_1.JPG")
    assert clean.kind == files.JPEG
    assert clean.extension == "jpg"
    assert b"SECRET" not in clean.content
    shown = Image.open(io.BytesIO(clean.content))
    assert not shown.getexif()
    assert shown.size == (20, 40)


def test_a_png_loses_its_texts_and_its_transparency():
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("Author", "SECRET")
    out = io.BytesIO()
    Image.new("RGBA", (5, 5), (0, 0, 0, 0)).save(out, "PNG", pnginfo=info)
    clean = files.check(out.getvalue() + b"PK\x03\x04tail", "x.png")
    assert b"SECRET" not in clean.content
    assert b"tail" not in clean.content
    assert Image.open(io.BytesIO(clean.content)).getpixel((2, 2)) == (255, 255, 255)


def test_grey_and_palette_pictures_pass():
    for mode in ("L", "P", "1", "LA", "CMYK"):
        out = io.BytesIO()
        Image.new(mode, (4, 4)).save(out, "JPEG" if mode == "CMYK" else "PNG")
        assert files.check(out.getvalue()).content


def huge_png(side):
    def chunk(name, data):
        return struct.pack("!I", len(data)) + name + data + struct.pack("!I", zlib.crc32(name + data))

    head = struct.pack("!IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [7_000, 12_000, 20_000])
def test_a_huge_picture_is_refused_before_it_is_decoded(side):
    assert refused(huge_png(side)) == "pixels"


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "x.pdf", "empty"),
        (b"<svg onload=alert(1)>", "x.png", "type"),
        (b"<html>", "x.pdf", "type"),
        (b"PK\x03\x04", "x.docx", "type"),
        (b"MZ", "x.exe", "type"),
        (picture(), "x.png", "extension"),
        (picture(), "x.exe", "type"),
        (picture()[:-30], "x.jpg", "unreadable"),
        (b"\xff\xd8\xff\xe0rubbish", "x.jpg", "unreadable"),
        (b"%PDF-1.7 rubbish", "x.pdf", "unreadable"),
        (b"%PDF-" + b"x" * files.MAX_BYTES, "x.pdf", "too_large"),
    ],
)
def test_what_is_refused(content, name, code):
    assert refused(content, name) == code


def poison(pdf):
    script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert('SECRET-JS')"))
    pdf.Root.OpenAction = script
    pdf.attachments["virus.exe"] = b"SECRET-ATTACHMENT"
    pdf.docinfo["/Title"] = "SECRET-TITLE"
    page = pdf.pages[0]
    page.Contents = pdf.make_stream(b"/F Do 0 0 50 50 re f")
    page.obj["/AA"] = pikepdf.Dictionary(O=script)
    link = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=script)
    page.obj["/Annots"] = pikepdf.Array([pdf.make_indirect(link)])
    page.obj["/Metadata"] = pdf.make_stream(b"SECRET-XMP")
    form = pdf.make_stream(b"0 0 5 5 re f", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form, BBox=[0, 0, 5, 5])
    form.stream_dict["/Metadata"] = pdf.make_stream(b"SECRET-FORM")
    form.stream_dict["/Ref"] = pikepdf.Dictionary(F=pikepdf.String("SECRET-OTHER-FILE"))
    mark = pikepdf.Dictionary(MC0=pikepdf.Dictionary(Metadata=pdf.make_stream(b"SECRET-MARK")))
    page.obj["/Resources"] = pikepdf.Dictionary(XObject=pikepdf.Dictionary(F=form), Properties=mark)
    pdf.Root.Names.JavaScript = pikepdf.Dictionary(Names=pikepdf.Array([pikepdf.String("a"), script]))


def everything(pdf):
    """Every object of the file, and every stream decoded."""
    out = b""
    for thing in pdf.objects:
        out += thing.unparse()
        if isinstance(thing, pikepdf.Stream):
            out += thing.read_bytes()
    return out


def test_a_pdf_is_rebuilt_without_scripts_attachments_or_metadata():
    clean = files.check(document(2, poison) + b"PK\x03\x04<html>SECRET-TAIL", "x.pdf")
    assert clean.pages == 2
    with pikepdf.open(io.BytesIO(clean.content)) as pdf:
        whole = everything(pdf)
        assert len(pdf.pages) == 2
        assert b"50 50 re" in pdf.pages[0].Contents.read_bytes()
        assert b"0 0 5 5 re f" in whole
        assert list(pdf.pages[0].MediaBox) == [0, 0, 200, 300]
        assert not pdf.attachments
    assert b"SECRET" not in whole
    assert b"JavaScript" not in whole
    assert b"SECRET" not in clean.content


def scan(content, filters, size=(40, 20)):
    """A page that shows a photograph as a camera gave it."""

    def put(pdf):
        width, height = size
        of = {"Type": pikepdf.Name.XObject, "Subtype": pikepdf.Name.Image, "Width": width, "Height": height}
        shown = pdf.make_stream(content, ColorSpace=pikepdf.Name.DeviceRGB, BitsPerComponent=8, **of)
        shown.write(content, filter=[pikepdf.Name(one) for one in filters])
        pdf.pages[0].obj["/Resources"] = pikepdf.Dictionary(XObject=pikepdf.Dictionary(I=shown))
        pdf.pages[0].Contents = pdf.make_stream(b"q 40 0 0 20 0 0 cm /I Do Q")

    return document(1, put, compress_streams=False)


def shown(content):
    """The picture of the first page, as the file keeps it."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return pdf.pages[0].Resources.XObject.I.read_raw_bytes()


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("filters", [["/DCTDecode"], ["/FlateDecode", "/DCTDecode"]])
def test_a_photo_inside_a_pdf_loses_its_place_and_keeps_its_points(filters, progressive):
    exif = Image.Exif()
    exif[0x010E] = "SECRET-PLACE"
    exif.get_ifd(GPS)[1] = "N"
    dirty = picture(exif=exif, comment=b"SECRET-COMMENT", progressive=progressive) + b"PK\x03\x04SECRET-TAIL"
    clean = shown(files.check(scan(zlib.compress(dirty) if filters[1:] else dirty, filters)).content)
    assert b"SECRET" not in clean
    assert b"Exif" not in clean
    with Image.open(io.BytesIO(clean)) as kept, Image.open(io.BytesIO(dirty)) as sent:
        assert kept.tobytes() == sent.tobytes()


def test_a_jpeg_2000_inside_a_pdf_keeps_only_what_draws_it():
    box = picture("JPEG2000")
    told = struct.pack("!I", 8 + 16 + 12) + b"uuid" + b"0" * 16 + b"SECRET-PLACE"
    clean = shown(files.check(scan(box + told, ["/JPXDecode"])).content)
    assert clean == box


def test_a_photo_among_the_drawing_instructions_is_refused():
    def inline(pdf):
        pdf.pages[0].Contents = pdf.make_stream(b"BI /W 1 /H 1 /BPC 8 /CS /RGB /F /DCT ID SECRET EI")

    assert refused(document(1, inline)) == "unreadable"
    assert refused(scan(picture()[2:], ["/DCTDecode"])) == "unreadable"


@pytest.mark.parametrize("indirect", [False, True])
def test_a_font_may_have_any_name(indirect):
    def named(pdf):
        font = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1))
        fonts = pikepdf.Dictionary(A=font, AA=font)
        resources = pikepdf.Dictionary(Font=pdf.make_indirect(fonts) if indirect else fonts)
        pdf.pages[0].obj["/Resources"] = pdf.make_indirect(resources) if indirect else resources
        pdf.pages[0].Contents = pdf.make_stream(b"BT /A 12 Tf (a) Tj /AA 12 Tf (b) Tj ET")

    with pikepdf.open(io.BytesIO(files.check(document(1, named)).content)) as pdf:
        assert set(pdf.pages[0].Resources.Font.keys()) == {"/A", "/AA"}


def test_inherited_page_attributes_are_kept():
    def inherit(pdf):
        box, resources = pdf.pages[0].obj["/MediaBox"], pikepdf.Dictionary(ExtGState=pikepdf.Dictionary())
        del pdf.pages[0].obj["/MediaBox"]
        pdf.Root.Pages.MediaBox = box
        pdf.Root.Pages.Resources = resources

    clean = files.check(document(1, inherit))
    with pikepdf.open(io.BytesIO(clean.content)) as pdf:
        assert list(pdf.pages[0].MediaBox) == [0, 0, 200, 300]
        assert "/Resources" in pdf.pages[0].obj


def test_pdf_that_are_refused():
    assert refused(document(encryption=pikepdf.Encryption(owner="a", user="b"))) == "encrypted"
    assert refused(document(encryption=pikepdf.Encryption(owner="a", user=""))) == "encrypted"
    assert refused(document(0)) == "no_page"
    assert refused(document(files.MAX_PAGES + 1)) == "pages"

    def xfa(pdf):
        pdf.Root.AcroForm = pikepdf.Dictionary(XFA=pikepdf.Array([]))

    assert refused(document(1, xfa)) == "xfa"
    assert refused(document()[:-200]) == "unreadable"


FORMS = {"pdf": document(2, poison), "jpg": photo(), "png": picture("PNG")}


@settings(max_examples=120)
@example("pdf", [(0.658203125, b"\0")], 0)  # a key loses its name
@given(
    st.sampled_from(sorted(FORMS)),
    st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=8)), max_size=6),
    st.integers(0, 40),
)
def test_a_damaged_file_is_rebuilt_or_refused_and_never_anything_else(kind, wounds, cut):
    content = bytearray(FORMS[kind])
    for place, put in wounds:
        at = int(place * len(content))
        content[at : at + len(put)] = put
    with suppress(files.BadFile):
        assert b"SECRET" not in files.check(bytes(content[: len(content) - cut]), f"x.{kind}").content


def test_the_same_file_is_rebuilt_in_the_same_way():
    assert files.check(document()).content == files.check(document()).content


def test_the_check_runs_in_a_process_of_its_own():
    clean = files.check_apart(photo(), "x.jpg")
    assert clean.kind == files.JPEG
    assert b"SECRET" not in clean.content
    with pytest.raises(files.BadFile) as caught:
        files.check_apart(b"<html>", "x.pdf")
    assert caught.value.code == "type"


def test_the_field_gives_clean_bytes_or_a_sentence():
    field = fields.UploadField()
    clean = field.clean(SimpleUploadedFile("../../etc/passwd.pdf", document()))
    assert clean.kind == files.PDF
    with pytest.raises(ValidationError, match="mot de passe"):
        field.clean(SimpleUploadedFile("x.pdf", document(encryption=pikepdf.Encryption(owner="a", user="b"))))
    with pytest.raises(ValidationError, match="Choisissez un fichier"):
        field.clean(None)
    assert fields.UploadField(required=False).clean(None) is None
