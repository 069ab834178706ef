"""84 bad inputs, one numbered row each, sent to the pages of the world ``proof``.

« Refused »: 422, a French sentence at the field, what was typed still there, no row written. « Kept »: what the page
shows once it is opened again. The whole way is walked (middleware, form, verb); the world forgets each row.
"""

import csv
import html
import io
import re
import tempfile
import time
import zipfile
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from jalon.config import clock
from jalon.dossiers.models import Application, Piece
from jalon.people.models import Dossier
from jalon.support.models import Note
from jalon.ui import fields
from jalon.ui.tests.test_files import document, huge_png, photo, picture
from jalon.ui.tests.test_intake import EICAR, bomb, clamd
from tests.hostile.inside import NOW, filled, form_with, undone, written
from tests.hostile.test_bad_input import forms_of

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("bad input"), pytest.mark.proof]

FORM = "application/x-www-form-urlencoded"
ENGLISH = re.compile(r"\b(This|Enter|Select|Ensure|valid|required|invalid|Please)\b")
NUL, BELL, ESCAPE, RTL, NOTHING = "\x00", "\x07", "\x1b[2J", "\u202e", "\u200b"


class Place(NamedTuple):
    """A field of a page, and what else is typed beside it for the form to be whole."""

    account: str
    path: str
    field: str
    beside: dict[str, str] = {}  # noqa: RUF012


IDENTITY, CONTACT = "/dossiers/{D2}/identity/", "/dossiers/{D2}/contact/"
MEETING = {"at_0": "20/03/2026", "at_1": "14:00", "title": "Rendez-vous", "place": ""}
PLACES = {
    "birth": Place("ref.a1", IDENTITY, "birth_date"),
    "name": Place("ref.a1", IDENTITY, "given_name"),
    "family name": Place("ref.a1", IDENTITY, "family_name"),
    "alias": Place("ref.a1", IDENTITY, "alias"),
    "code word": Place("ref.a1", CONTACT, "code_word"),
    "hours": Place("ref.a1", CONTACT, "safe_hours"),
    "phone": Place("ref.a1", CONTACT, "phone"),
    "email": Place("ref.a1", CONTACT, "email"),
    "note": Place("ref.a1", "/notes/{D2}/", "text"),
    "day": Place("ref.a1", "/plan/{D6}/", "due_on", {"text": "Une étape", "holder": "person"}),
    "end": Place("ref.a1", "/placements/{D6}/new/training/", "ends_on", {"title": "Stage"}),
    "meeting day": Place("ref.a1", "/appointments/{D2}/", "at_0", MEETING),
    "meeting title": Place("ref.a1", "/appointments/{D2}/", "title", MEETING),
    "money": Place("ref.a1", "/applications/{A2}/parts/resources/", "resources_last_month", {"state": "done"}),
    "count": Place("ref.a1", "/applications/{A2}/parts/related_requests/", "children"),
    "search": Place("ref.a1", "/search/", "q"),
    "address": Place("adm.a", "/memberships/invite/", "login"),
}


@pytest.fixture
def there(world, settings):
    """The world, the addresses of its objects, and the day of its accounts."""
    ids = {f"D{number[-1]}": pk for number, pk in Dossier.objects.filter(number__startswith="31-2026-00")
           .values_list("number", "pk")}  # fmt: skip
    ids |= {f"A{number[-1]}": pk for number, pk in Application.objects.filter(dossier__number__startswith="31-2026-00")
            .values_list("dossier__number", "pk")}  # fmt: skip
    with clock.at(NOW), undone():
        yield There(world, ids)


def errors_of(answer: Any) -> Any:
    return [form.errors for form in forms_of(answer).values() if form.is_bound]


class There:
    def __init__(self, world: Any, ids: dict[str, str]) -> None:
        self.world, self.ids = world, ids

    def send(self, name: str, value: Any, **also: Any) -> tuple[Place, Any]:
        """The answer to this value in this field of its page."""
        place = PLACES[name]
        client, path = self.world[place.account], place.path.format(**self.ids)
        where, pairs = form_with(client, path, place.field)
        return place, client.post(where, filled(pairs, {**place.beside, place.field: value, **also}))

    def refused(self, name: str, value: str, *says: str, **also: Any) -> None:
        with written() as tables:
            place, answer = self.send(name, value, **also)
        assert answer.status_code == 422, f"{value[:40]!r}: {answer.status_code}"
        assert tables == set()
        page = answer.content.decode()
        field = place.field.rpartition("_")[0] if place.field.startswith("at_") else place.field
        found = re.search(rf'id="id_{field}_error"[^>]*>(.*?)</', page, re.DOTALL)
        assert found, "no sentence at the field"
        told = html.unescape(re.sub(r"<[^>]+>|\s+", " ", page[found.start() : found.start() + 700]))
        assert not ENGLISH.search(told)
        assert all(word in told for word in says), told
        if value.strip() and value.isprintable():
            assert html.escape(value) in page, "what was typed is lost"

    def kept(self, name: str, value: str, shown: str, *says: str) -> None:
        place, answer = self.send(name, value)
        assert answer.status_code in (302, 303), f"{value[:40]!r}: {answer.status_code} {errors_of(answer)}"
        client = self.world[place.account]
        after = client.get(answer["Location"]).content.decode()
        assert all(html.escape(word) in after for word in says), "the change is not told"
        _where, pairs = form_with(client, place.path.format(**self.ids), place.field)
        assert dict(pairs)[place.field].replace("\u202f", " ") == shown

    def noted(self, value: str, shown: str = "") -> str:
        """The history of the file once this note is written."""
        _place, answer = self.send("note", value)
        assert answer.status_code == 303
        page = self.world["ref.a1"].get(f"/notes/{self.ids['D2']}/all/").content.decode()
        assert html.escape(shown or value) in page
        return page

    def raw(self, body: bytes, kind: str = FORM, path: str = "/notes/{D2}/", **headers: Any) -> int:
        """The status of a body that no page sends; nothing is written."""
        with written() as tables:
            client = self.world["ref.a1"]
            answer = client.generic("POST", path.format(**self.ids), body, content_type=kind, **headers)
        assert tables == set()
        assert b"Traceback" not in answer.content
        return int(answer.status_code)

    def upload(self, content: bytes, name: str = "piece.pdf", **also: Any) -> Any:
        path = f"/applications/{self.ids['A2']}/pieces/"
        where, pairs = form_with(self.world["ref.a1"], path, "received_on")
        given = {"code": "identity_document", "file": SimpleUploadedFile(name, content), **also}
        return self.world["ref.a1"].post(where, filled(pairs, given))

    def no_file(self, content: bytes, name: str, code: str) -> None:
        with written() as tables:
            answer = self.upload(content, name)
        assert (answer.status_code, tables) == (422, set()), name
        assert html.escape(str(fields.FILE_ERRORS[code])) in answer.content.decode()

    def file(self, content: bytes, name: str) -> bytes:
        """What was kept of a file."""
        assert self.upload(content, name).status_code == 303, name
        piece = Piece.objects.exclude(file=None).latest("received_on", "pk")
        got = self.world["ref.a1"].get(f"/pieces/{piece.pk}/file/")
        assert re.fullmatch(r'attachment; filename="piece-[\w-]{6}\.(pdf|jpg|png)"', got["Content-Disposition"])
        assert "sandbox" in got["Content-Security-Policy"]
        return b"".join(got.streaming_content) if got.streaming else got.content


Check = Callable[[There], object]
ROWS: list[tuple[tuple[int, ...], str, Check]] = []


def row(*numbers: int, what: str) -> Callable[[Check], Check]:
    def keep(check: Check) -> Check:
        ROWS.append((numbers, what, check))
        return check

    return keep


def refuse(number: int, name: str, value: str, *says: str, **also: Any) -> None:
    ROWS.append(((number,), f"{name} {value[:24]!r}", lambda there: there.refused(name, value, *says, **also)))


def accept(number: int, name: str, value: str, shown: str = "", *says: str) -> None:
    ROWS.append(((number,), f"{name} {value[:24]!r}", lambda there: there.kept(name, value, shown or value, *says)))


# --- days -----------------------------------------------------------------------------------------------------------
refuse(1, "birth", "31/02/1990", "31 février 1990")
refuse(2, "birth", "1990-02-31", "31 février 1990")
refuse(3, "day", "29/02/2023", "29 février 2023", "28 jours")
refuse(4, "birth", "01/01/0001", "0001", "1900")
refuse(4, "birth", "01/01/2016", "16/03/2014")
accept(4, "birth", "01/01/2010", "01/01/2010", "moins de dix-huit ans")
refuse(5, "birth", "01/01/9999", "9999")
refuse(6, "birth", "01/02/90", "quatre chiffres")
refuse(7, "birth", "13/13/2000", "13")
refuse(7, "day", "00/00/0000")
accept(7, "birth", "00/00/1990", "1990")
accept(8, "birth", "２０/٠٢/1990", "20/02/1990")
refuse(9, "birth", "17/03/2026", "trop tard")
refuse(16, "end", "15/03/2026", starts_on="16/03/2026")


@row(10, what="a session before its request, a decision before its session")
def order(there: There) -> None:
    """The order is that of the states: an agenda takes lodged requests, a decision needs the opinion of a session."""
    client = there.world["sec.31"]
    where, pairs = form_with(client, "/meetings/new/", "on")
    answer = client.post(where, filled(pairs, {"on": "10/03/2026", "files_due_on": ""}))
    assert answer.status_code == 422
    assert "16/03/2026" in answer.content.decode()
    with written() as tables:
        early = client.post(f"/decisions/requests/{there.ids['A4']}/", {"kind": "authorise", "appeal_routes": "x"})
    assert (early.status_code in (403, 409), tables) == (True, set())
    simulate(
        there, {**HERS, "aid_requested_on": "10/03/2026", "aid_decided_on": "01/03/2026"}, "l'ordre des deux dates"
    )


HERS = {"birth_date": "01/01/1990", "resources": "0"}


def simulate(there: There, given: dict[str, Any], *says: str, status: int = 422) -> str:
    """Sends orders to the simulator, which asks the law what every act asks it."""
    client = there.world["ref.a1"]
    where, pairs = form_with(client, "/simulator/", "as_of")
    first = {"orders_0_kind": "authorise", "orders_0_signed_on": "01/09/2025", "orders_0_notified_on": "01/09/2025"}
    answer = client.post(where, filled(pairs, {**first, **given}))
    page = html.unescape(answer.content.decode())
    assert answer.status_code == status, answer.status_code
    assert [word for word in says if word not in page] == []
    return page


def order_of(rank: int, kind: str, signed: str, effective: str = "", ends: str = "") -> dict[str, str]:
    start = f"orders_{rank}_"
    dates = {"signed_on": signed, "notified_on": signed, "effective_on": effective, "ends_on": ends}
    return {f"{start}kind": kind, **{f"{start}{name}": value for name, value in dates.items()}}


@row(11, what="a renewal that begins before the current period ends")
def overlap(there: There) -> None:
    simulate(there, order_of(1, "renew", "01/02/2026", "10/02/2026"), "commence avant la fin de la précédente")


@row(12, what="one day without cover between two periods")
def gap(there: There) -> None:
    simulate(there, order_of(1, "renew", "25/02/2026", "02/03/2026"), "ne sont couverts", status=200)


@row(13, what="a fifth period of six months")
def fifth(there: There) -> None:
    dates = ["01/09/2023", "01/03/2024", "01/09/2024", "01/03/2025", "01/09/2025"]
    given: dict[str, str] = {}
    for rank, day in enumerate(dates):
        given |= order_of(rank, "renew" if rank else "authorise", day, day)
    page = simulate(there, given, "24 mois", status=200)
    assert "R. 121-12-13" in page or "L. 121-9" in page


@row(14, what="29/03/2026 02:30, which does not exist")
def skipped(there: There) -> None:
    there.refused("meeting day", "29/03/2026", "02:30", at_1="02:30")


@row(15, what="25/10/2026 02:30, which comes twice")
def twice(there: There) -> None:
    _place, answer = there.send("meeting day", "25/10/2026", at_1="02:30")
    page = there.world["ref.a1"].get(answer["Location"]).content.decode()
    assert "la première est retenue" in page


# --- characters -----------------------------------------------------------------------------------------------------
JSON = "application/json"
refuse(17, "name", f"Iris{NUL}", "caractère de commande")
refuse(20, "name", "Iris\ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace"), "pas pu être lu")
refuse(21, "name", f"Iris{RTL}sirI", "inverse le sens de lecture")
accept(22, "name", f"Ali{NOTHING}zé", "Alizé", "invisible a été retiré")
refuse(23, "alias", NOTHING * 3)
refuse(24, "alias", "\u00a0\u00a0")
accept(26, "name", "Rene\u0301", "Ren\u00e9")
refuse(27, "name", "e" + "\u0301" * 79, "accents")
refuse(28, "name", "Rose \U0001f339", "lettres")
refuse(32, "hours", "10:00\r\nBcc: autre@exemple.fr", "une seule ligne")
refuse(33, "note", f"avant\x0b{BELL}après", "caractère de commande")
refuse(33, "code word", f"avant{ESCAPE}après", "caractère de commande")
refuse(34, "alias", "x" * 41, "41 caractères", "enlevez-en 1")
for one in ("O'", "N'Guessan", "–", "Anne-Lise", "x" * 60):
    accept(35, "family name", one)
for one in ("مريم", "ნინო", "ሰላም", "Ọlábísí"):
    accept(37, "name", one)


@row(
    18,
    19,
    54,
    55,
    56,
    57,
    what="a NUL, a lone surrogate, NaN, an array, a hundred thousand levels, an object, in JSON",
)
def no_json(there: There) -> None:
    """Nothing here reads JSON: whatever it holds, it is not opened (415), a stronger answer than 400."""
    deep = b"[" * 100_000
    for body in (b'{"text": "a\\u0000"}', b'{"text": "\\ud800"}', b"NaN", b"[1]", deep, b'{"text": {"a": 1}}'):
        assert there.raw(body, JSON) == 415


@row(25, what="a Cyrillic letter in a name")
def look_alike(there: There) -> None:
    there.kept("alias", "Маrie", "Маrie", "plusieurs alphabets")
    _place, answer = there.send("search", "marie")
    assert (answer.status_code, there.ids["D2"] in answer.headers.get("Location", "")) == (303, True)


@row(28, what="an emoji with joiners in a note")
def family(there: There) -> None:
    there.noted("Venue avec \U0001f469\u200d\U0001f467")


@row(29, 30, 31, what="<script> as a name; templates as a name; SQL as a name")
def literal(there: There) -> None:
    client = there.world["ref.a1"]
    for value in ("<script>alert(1)</script>", "{{7*7}} {% debug %} ${7*7}", "'; DROP TABLE x; --", '" OR 1=1'):
        there.kept("alias", value[:40], value[:40])
        there.kept("name", value, value)
        seen = 0
        for path in ("/", "/dossiers/", f"/dossiers/{there.ids['D2']}/", f"/dossiers/{there.ids['D2']}/identity/"):
            page = client.get(path).content.decode()
            assert "<script>alert" not in page
            assert ">49<" not in page
            seen += html.escape(value[:40]) in page
        assert seen >= 2
    there.kept("alias", "Bleuet", "Bleuet")


@row(36, what="one name only")
def mononym(there: There) -> None:
    """Without a family name the record is kept, and she may say that she has none to give: the part is then whole."""
    client, path = there.world["ref.a1"], f"/dossiers/{there.ids['D2']}/identity/"
    where, pairs = form_with(client, path, "family_name")
    answer = client.post(where, filled(pairs, {"family_name": "", "given_name": "Madonna", "declined": "family_name"}))
    assert answer.status_code == 303
    _where, after = form_with(client, path, "family_name")
    assert ("declined", "family_name") in after


# --- lengths --------------------------------------------------------------------------------------------------------
@row(38, what="ten million characters")
def huge(there: There) -> None:
    assert there.raw(b"visibility=team&kind=interview&text=" + b"a" * 10_000_000) == 413


@row(39, what="exactly the limit, and one more")
def limit(there: There) -> None:
    there.noted("a" * 8_000)
    there.refused("note", "a" * 8_001, "8001 caractères", "enlevez-en 1")


@row(40, what="two thousand fields")
def crowd(there: There) -> None:
    assert there.raw(b"&".join(b"f%d=x" % n for n in range(2000))) == 400


# --- figures --------------------------------------------------------------------------------------------------------
refuse(41, "money", "-5", "négatif")
for one in ("NaN", "Infinity"):
    refuse(42, "money", one, "en chiffres")
refuse(43, "money", "1e3", "en chiffres")
refuse(44, "money", "1e400", "en chiffres")
accept(45, "money", "１２", "12,00")
accept(45, "money", "٣", "3,00")
accept(46, "money", "1 234,50", "1 234,50")
refuse(47, "money", "0,001", "deux chiffres")
refuse(47, "money", "99999999.999")


@row(48, what="an aid of more than three times the scale")
def scale(there: There) -> None:
    given = {
        "afis-granted": "oui",
        "afis-children": "0",
        "afis-amount": "1 500,00",
        "afis-reason": "",
        "afis-appeal_routes": "",
    }
    with written() as tables:
        answer = there.world["pre.31"].post(f"/journeys/{there.ids['D6']}/aid/", given)
    assert (answer.status_code, tables) == (422, set())
    assert "dépasse trois fois le barème" in answer.content.decode()


refuse(49, "count", "99999999999999999999", "trop grand")
for one in ("1_000", "+1", "-0"):
    refuse(50, "count", one)


# --- addresses and bodies -------------------------------------------------------------------------------------------
@row(51, 52, what="an endless id; the id of another kind, of nobody, with a dot, with an encoded slash")
def ids(there: There) -> None:
    client, known = there.world["ref.a1"], there.ids["D2"]
    bodies = set()
    note = Note.objects.filter(dossier=known).first()
    for one in ("9" * 4000, note.pk, "A" * 22, f"{known}.", f"{known}%2f", f"{known}%00", known.swapcase()):
        answer = client.get(f"/dossiers/{one}/")
        assert answer.status_code == 404, one
        bodies.add(answer.content)
    assert len(bodies) == 1


@row(53, what="the same key twice")
def doubles(there: There) -> None:
    assert there.raw(b"text=a&text=b&kind=interview&visibility=team") == 400


@row(58, what="bytes that are no UTF-8")
def not_text(there: There) -> None:
    for body in (b"text=\xff\xfe", b"text=%FF%FE", b"text=%ED%A0%80"):
        assert there.raw(body + b"&kind=interview&visibility=team") == (422 if b"%" in body else 400)


@row(59, what="an unknown charset")
def charset(there: There) -> None:
    assert there.raw(b"text=a", f"{FORM}; charset=nope") == 415


@row(60, what="several parts without their boundary")
def boundary(there: There) -> None:
    assert there.raw(b"x", "multipart/form-data") == 400


@row(61, what="the host of somebody else")
def host(there: There) -> None:
    for name in ("evil.example", "localhost:1@evil.example", "localhost.evil.example"):
        answer = there.world["ref.a1"].get("/aide/", HTTP_HOST=name)
        assert (answer.status_code, b"evil" in answer.content) == (400, False)


@row(62, what="a cookie of eight kilobytes")
def cookie(there: There) -> None:
    from django.test import Client

    for value in ("A" * 8000, "'; DROP TABLE", "é", "..", "a" * 32):
        client = Client(HTTP_HOST="localhost", raise_request_exception=False)
        client.cookies["jalon"] = value
        answer = client.get("/")
        assert answer.status_code == 302
        assert "/comptes/connexion/" in answer["Location"]


@row(63, what="keys that no form has")
def strangers(there: There) -> None:
    for name in (b"stage=S5", b"role=PRE", b"organisation=org-b", b"is_staff=1", b"author_id=x", b"dossier=x"):
        assert there.raw(b"text=a&kind=interview&visibility=team&" + name) == 400


@row(64, what="another method in the place of POST")
def method(there: There) -> None:
    path = f"/notes/{there.ids['D2']}/"
    assert there.raw(b"text=a&kind=interview&visibility=team&_method=DELETE") == 400
    client, before = there.world["ref.a1"], Note.objects.count()
    for name in ("HTTP_X_HTTP_METHOD_OVERRIDE", "HTTP_X_METHOD_OVERRIDE", "HTTP_X_HTTP_METHOD"):
        assert client.get(path, **{name: "DELETE"}).status_code == 200
    for verb in ("DELETE", "PUT", "PATCH"):
        assert client.generic(verb, path, b"text=a", content_type=FORM).status_code in (403, 405)
    assert Note.objects.count() == before


# --- ways to reach her ----------------------------------------------------------------------------------------------
for one in ("a@b..c", "x" * 300 + "@exemple.fr", '"a b"@exemple.fr'):
    refuse(65, "email", one)
    refuse(65, "address", one)
accept(65, "email", "iris@exämple.fr")
accept(66, "phone", "+33 6 12 34 56 78", "06 12 34 56 78")
accept(66, "phone", "06.12.34.56.78", "06 12 34 56 78")
accept(66, "phone", "+234 803 123 4567", "+2348031234567")
refuse(66, "phone", "0000000000", "numéro complet")
for one in ("Rendez-vous à la commission", "Voir https://exemple.fr", "Parcours de sortie"):
    refuse(67, "meeting title", one, "D'autres peuvent lire")


@row(67, what="a message to her: two fixed sentences, no word of ours")
def messages(there: There) -> None:
    from jalon.notices import sms
    from jalon.papers import vocabulary

    texts = [text for name, text in vars(sms).items() if name.isupper() and isinstance(text, str)]
    assert not [text for text in texts if "http" in text or vocabulary.found([text])]


@row(68, what="postcodes 2A004, 97400, 99999")
def postcodes(there: There) -> None:
    """No page asks for one today (an address of hers is never written down); the field is there for the day it does."""
    field = fields.PostcodeField()
    assert [field.clean(one) for one in ("2A004", "97400")] == ["2A004", "97400"]
    with pytest.raises(Exception, match="n'existe pas"):
        field.clean("99999")


# --- files ----------------------------------------------------------------------------------------------------------
@row(69, 70, what="a name that climbs; names with a NUL, a reversal, 300 letters, a device, a hidden file")
def names(there: There) -> None:
    for name in ("../../etc/passwd.png", "a/b.png", f"a{RTL}gnp.png", "x" * 300 + ".png", "con.png", "..png"):
        there.file(picture("PNG"), name)
    there.no_file(picture("PNG"), ".htaccess.pdf", "extension")


@row(71, what="an empty file, a PDF without a page")
def empty(there: There) -> None:
    there.no_file(b"", "x.pdf", "empty")
    there.no_file(document(pages=0), "x.pdf", "no_page")


@row(72, what="sixty megabytes")
def too_large(there: There) -> None:
    seen = set(there.tmp.iterdir())
    with written() as tables:
        answer = there.upload(b"%PDF-1.4" + bytes(60_000_000))
    assert (answer.status_code, tables) == (413, set())
    assert set(there.tmp.iterdir()) == seen


def active(pdf: Any) -> None:
    import pikepdf

    script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert('SECRET')"))
    launch = pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String("SECRET.exe"))
    pdf.Root.OpenAction = pdf.make_indirect(script)
    pdf.pages[0].AA = pdf.make_indirect(pikepdf.Dictionary(O=launch))
    pdf.attachments["SECRET.txt"] = b"SECRET"
    pdf.docinfo["/Author"] = "SECRET"


@row(73, what="a PDF that is also a ZIP and a page")
def polyglot(there: There) -> None:
    tail = io.BytesIO()
    with zipfile.ZipFile(tail, "w") as archive:
        archive.writestr("SECRET.html", "<script>SECRET</script>")
    kept = there.file(document() + b"<html>SECRET</html>" + tail.getvalue(), "x.pdf")
    assert kept.startswith(b"%PDF")
    assert b"SECRET" not in kept
    assert b"PK\x03\x04" not in kept


@row(74, what="a PDF with scripts, actions, an attachment; a dynamic form")
def actions(there: There) -> None:
    import pikepdf

    kept = there.file(document(change=active), "x.pdf")
    for word in (b"SECRET", b"JavaScript", b"Launch", b"EmbeddedFile", b"OpenAction", b"/AA"):
        assert word not in kept

    def dynamic(pdf: Any) -> None:
        pdf.Root.AcroForm = pdf.make_indirect(pikepdf.Dictionary(XFA=pikepdf.String("x"), Fields=pikepdf.Array()))

    there.no_file(document(change=dynamic), "x.pdf", "xfa")


@row(75, what="a PDF under a password, of too many pages, that swells")
def heavy(there: There) -> None:
    import pikepdf

    there.no_file(document(encryption=pikepdf.Encryption(owner="a", user="b")), "x.pdf", "encrypted")
    there.no_file(document(pages=201), "x.pdf", "pages")
    assert there.upload(bomb(50_000_000)).status_code in (303, 422)  # larger ones: ``jalon/ui/tests/test_intake.py``


@row(76, 79, what="a drawing or a page under another name; archives")
def masks(there: There) -> None:
    for content, name in (
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "x.png"),
        (b"<!doctype html><script>alert(1)</script>", "x.pdf"),
        (b"PK\x03\x04" + bytes(100), "x.pdf"),
        (b"PK\x03\x04word/vbaProject.bin", "x.docx"),
    ):
        there.no_file(content, name, "type")


@row(77, what="a photo that tells a place, and keeps the face that was cut away")
def secrets(there: There) -> None:
    dirty = photo()
    kept = there.file(dirty, "IMG_1.JPG")
    assert (b"SECRET" in dirty, b"SECRET" in kept, b"Exif" in kept) == (True, False, False)
    assert kept.count(b"\xff\xd8\xff") == 1, "one picture, no thumbnail"


@row(78, what="20,000 × 20,000 points in 200 bytes")
def bombs(there: There) -> None:
    there.no_file(huge_png(20_000), "x.png", "pixels")


@row(80, what="EICAR")
def virus(there: There) -> None:
    with clamd() as (address, _heard):
        there.settings.CLAMD = address
        there.no_file(picture("PNG") + EICAR, "x.png", "virus")


@row(81, what="cells that are formulas")
def formulas(there: There) -> None:
    from jalon.reporting import exports

    for value in ("=HYPERLINK(1)", "+cmd", "-1+1", "@SUM", "\t=1", "\r=1", "\x00=1", "\uff1d1", " =1"):
        assert exports.neutral(value).startswith("'"), value
    sheet = there.world["sec.31"].get("/steering/figures.csv")
    lines = csv.reader(io.StringIO(sheet.getvalue().decode("utf-8-sig")), delimiter=";")
    cells = [cell for line in lines for cell in line]
    assert len(cells) > 20
    assert not [cell for cell in cells if cell[:1] in tuple("=+@\t\r")]


@row(82, what="words to look for")
def searches(there: There) -> None:
    there.refused("search", "a", "2 caractères")
    there.refused("search", "x" * 10_000, "la limite est de 100")
    for words in ("%", "_", "*", "(a+)+$", "%%", "__", ".*", "[", "\\"):
        started = time.monotonic()
        _place, answer = there.send("search", words.ljust(2, words[0]))
        assert answer.status_code == 200, words
        assert "Bleuet" not in answer.content.decode(), words
        assert time.monotonic() - started < 1


# --- twice, too late ------------------------------------------------------------------------------------------------
@row(83, what="the same form twenty times")
def again(there: There) -> None:
    """One after the other here; at the same instant in ``tests/stories/test_together.py``."""
    client = there.world["ref.a1"]
    where, pairs = form_with(client, f"/notes/{there.ids['D2']}/", "text")
    before = Note.objects.count()
    answers = {client.post(where, filled(pairs, {"text": "Appelée."})).status_code for _ in range(20)}
    assert Note.objects.count() == before + 1
    assert answers <= {303, 409}


@row(84, what="a form opened before the agreement was withdrawn")
def late(there: There) -> None:
    client, application = there.world["ref.a1"], there.ids["A2"]
    where, pairs = form_with(client, f"/applications/{application}/parts/project/", "goal")
    page = f"/dossiers/{there.ids['D2']}/agreements/withdraw/"
    assert client.post(page).status_code == 303
    with written() as tables:
        answer = client.post(where, filled(pairs, {"goal": "Autre projet"}))
    assert answer.status_code in (403, 404, 409)
    assert tables == set()


@pytest.mark.parametrize(
    "check", [pytest.param(check, id=f"{'-'.join(map(str, numbers))} {what[:40]}") for numbers, what, check in ROWS]
)
def test_row(check: Check, there: There, settings: Any, tmp_path: Any, monkeypatch: Any) -> None:
    there.settings, there.tmp = settings, tmp_path
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    check(there)


def test_eighty_four_of_eighty_four():
    assert sorted({number for numbers, _what, _check in ROWS for number in numbers}) == list(range(1, 85))
