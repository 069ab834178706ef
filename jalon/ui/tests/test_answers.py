"""Headers, languages, error pages, uploads that are too heavy, logs, the few pages of this room."""

import logging

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import include, path

from jalon.access import Refused, public
from jalon.ui import errors, fields, files, logs, middleware, nav, uploads, views
from jalon.ui.forms import Form
from jalon.vault.errors import KeysUnavailable

HOST = "localhost"


class Note(Form):
    text = fields.SafeTextField(label="Note", max_length=20)


class Paper(Form):
    paper = fields.UploadField(label="Pièce")


@public(why="test")
def note(request):
    form = Note(request.POST or None, revision=1)
    if request.method == "POST" and form.is_valid():
        form.check_revision(2, {"text": "Autre texte"})
        return views.done(request, "/aide/", "Note enregistrée")
    context = {"title": "Note", "form": form}
    return (
        views.invalid(request, "ui/confirm.html", context)
        if form.is_bound
        else views.page(request, "ui/confirm.html", context)
    )


@public(why="test")
def paper(request):
    form = Paper(request.POST, request.FILES)
    return HttpResponse(form.cleaned_data["paper"].kind if form.is_valid() else str(form.errors))


@public(why="test")
def refused(request):
    raise Refused("Votre mandat est terminé.", frozenset({"stepup"} if "stepup" in request.GET else ()))


@public(why="test")
def broken(request):
    raise ValueError(request.GET["nom"])


@public(why="test")
def unsuited(request):
    raise errors.at_field("line", "Choisissez une réponse de la liste.")


@public(why="test")
def down(request):
    raise KeysUnavailable if "keys" in request.GET else errors.Unavailable


urlpatterns = [
    path("", include("jalon.ui.urls")),
    path("note/", note),
    path("paper/", paper),
    path("refused/", refused),
    path("broken/", broken),
    path("down/", down),
    path("unsuited/", unsuited),
]
handler400 = "jalon.ui.errors.bad_request"
handler403 = "jalon.ui.errors.permission_denied"
handler404 = "jalon.ui.errors.not_found"
handler500 = "jalon.ui.errors.server_error"


@pytest.fixture
def client(settings):
    settings.ROOT_URLCONF = __name__
    settings.ALLOWED_HOSTS = [HOST]
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
    settings.SECRET_KEY = "only for these tests, and long enough for them"
    settings.MIDDLEWARE = [
        "django.middleware.security.SecurityMiddleware",
        "jalon.ui.middleware.HeadersMiddleware",
        "csp.middleware.CSPMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "jalon.ui.middleware.LocaleMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django_htmx.middleware.HtmxMiddleware",
    ]
    return Client(HTTP_HOST=HOST, raise_request_exception=False)


def text(response):
    return response.content.decode()


def test_every_page_carries_the_headers(client):
    for address in ("/aide/", "/nowhere/", "/broken/", "/refused/"):
        answer = client.get(address)
        for name, value in middleware.HEADERS.items():
            assert answer[name] == value, (address, name)
        assert "default-src 'none'" in answer["Content-Security-Policy"]
        assert "unsafe" not in answer["Content-Security-Policy"]
        assert "Server" not in answer


def test_french_first_whatever_the_browser_says(client):
    assert "Se repérer" in text(client.get("/aide/", headers={"accept-language": "en"}))
    client.cookies["langue"] = "en"
    answer = client.get("/aide/")
    assert '<html lang="en"' in text(answer)
    assert "Finding your way" in text(answer)
    assert answer["Content-Language"] == "en"
    client.cookies["langue"] = "xx"
    assert '<html lang="fr"' in text(client.get("/aide/"))


def test_preferences_are_cookies_and_lead_back_home_only(client):
    answer = client.post("/affichage/", {"langue": "en", "theme": "dark", "densite": "compact", "suite": "/aide/?x=1"})
    assert (answer.status_code, answer["Location"]) == (303, "/aide/?x=1")
    assert {name: cookie.value for name, cookie in answer.cookies.items()} == {
        "langue": "en", "theme": "dark", "densite": "compact",
    }  # fmt: skip
    assert all(cookie["httponly"] for cookie in answer.cookies.values())
    page = text(client.get("/aide/"))
    assert 'data-bs-theme="dark" data-density="compact"' in page
    here = "http://testserver"
    hidden = (f"{here}//evil.example/x", f"{here}/\\evil.example/x", f"{here}///evil.example/x", "/\\evil.example")
    for elsewhere in ("https://evil.example/", "//evil.example", "javascript:alert(1)", "", "/aide/\r\nX: y", *hidden):
        answer = client.post("/affichage/", {"theme": "pink", "suite": elsewhere})
        assert answer["Location"] == "/", elsewhere
        assert not answer.cookies
        answer = client.post("/affichage/", {"theme": "pink"}, headers={"Referer": elsewhere})
        assert answer["Location"] == "/", elsewhere
    assert client.get("/affichage/").status_code == 405


def test_unknown_pages_have_one_body(client):
    first, second = client.get("/nowhere/"), client.get("/other/thing/")
    assert first.status_code == second.status_code == 404
    assert first.content == second.content
    assert "n'existe plus" in text(first).replace("&#x27;", "'")


def test_a_refusal_says_why_and_offers_what_is_missing(client):
    answer = client.get("/refused/")
    assert answer.status_code == 403
    assert "Votre mandat est terminé." in text(answer)
    assert "Confirmez votre identité" not in text(answer)
    assert "Confirmez votre identité" in text(client.get("/refused/?stepup"))


def test_a_broken_page_says_nothing_and_logs_no_value(client, caplog):
    handler = caplog.handler
    handler.addFilter(scrub := logs.Scrub())
    try:
        answer = client.get("/broken/?nom=SECRET")
    finally:
        handler.removeFilter(scrub)
    assert answer.status_code == 500
    assert "SECRET" not in text(answer)
    assert "SECRET" not in caplog.text
    assert "builtins.ValueError" in caplog.text
    assert "test_answers.py" in caplog.text
    assert client.get("/down/").status_code == 503
    assert client.get("/down/?keys=1").status_code == 503  # the key service does not answer
    try:
        raise KeysUnavailable  # before any view: a session, an account
    except KeysUnavailable:
        assert errors.server_error(RequestFactory().get("/")).status_code == 503


def test_logs_lose_queries_addresses_and_requests():
    record = logging.LogRecord("x", 30, "f", 1, "GET %s by %s", ("/a/?q=SECRET&b=1", "iris@exemple.fr"), None)
    record.request = object()
    assert logs.Scrub().filter(record)
    assert record.getMessage() == "GET /a/?… by …@…"
    assert not hasattr(record, "request")
    nowhere = logging.LogRecord("x", 30, "f", 1, "Not Found: %s", ("/SECRET/",), None)
    nowhere.status_code = 404
    assert logs.Scrub().filter(nowhere)
    assert nowhere.getMessage() == "Not Found"
    wrong = logging.LogRecord("x", 30, "f", 1, "%d", ("SECRET",), None)
    logs.Scrub().filter(wrong)
    assert wrong.getMessage() == "unreadable log message"


def test_a_wrong_form_keeps_the_text_and_says_what_to_do(client):
    answer = client.post("/note/", {"text": "Un texte beaucoup trop long", "revision": "1"})
    assert answer.status_code == 422
    assert "Un texte beaucoup trop long</textarea>" in text(answer)
    assert "27 caractères : enlevez-en 7" in text(answer)
    assert "<title>Erreur : Note" in text(answer)


def test_a_stale_form_shows_both_versions_and_can_be_sent_again(client):
    answer = client.post("/note/", {"text": "Mon <b>texte", "revision": "1"})
    assert answer.status_code == 409
    page = text(answer)
    assert "Mon &lt;b&gt;texte" in page
    assert "Autre texte" in page
    assert '<input type="hidden" name="revision" value="2">' in page
    assert '<input type="hidden" name="text" value="Mon &lt;b&gt;texte">' in page
    assert client.post("/note/", {"text": "Mon <b>texte", "revision": "2"}).status_code == 303


def test_strangers_in_a_form_are_malformed(client):
    assert client.post("/note/", {"text": "a", "stage": "S4"}).status_code == 400
    assert client.post("/note/", {"text": ["a", "b"]}).status_code == 400
    assert client.post("/note/", "text=%ff", content_type="application/x-www-form-urlencoded").status_code == 422
    assert (
        client.post("/note/", "text=a", content_type="application/x-www-form-urlencoded; charset=utf-7").status_code
        == 415
    )
    assert client.post("/note/", "a", content_type="multipart/form-data").status_code == 400
    assert client.post("/note/", {f"f{n}": "x" for n in range(2000)}).status_code == 400
    assert client.post("/note/", {"text": "x" * 3_000_000}).status_code == 413
    assert Client(HTTP_HOST="evil.example", raise_request_exception=False).get("/aide/").status_code == 400


def test_what_an_action_refuses_of_a_button_is_told_on_a_page(client):
    answer = client.post("/unsuited/")
    assert answer.status_code == 422
    assert "Choisissez une réponse de la liste." in answer.content.decode()


def test_a_form_without_its_token_is_told_so(client):
    strict = Client(HTTP_HOST=HOST, enforce_csrf_checks=True)
    answer = strict.post("/note/", {"text": "a"})
    assert answer.status_code == 403
    assert "périmé" in text(answer)


class Silent:
    """A client that announces a body and says no more, until the server's patience ends (``config/gunicorn.py``)."""

    def read(self, *_size):
        raise TimeoutError("the socket")

    readline = read


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=a"])
@pytest.mark.parametrize("length", [5_000, 20_000_000])
def test_a_client_that_falls_silent_is_no_fault_of_ours(client, kind, length):
    sent = {"CONTENT_TYPE": kind, "CONTENT_LENGTH": str(length), "wsgi.input": Silent()}
    answer = client.generic("POST", "/note/", b"", **sent)
    assert answer.status_code == (413 if length > 5_000 and "urlencoded" in kind else 400)
    assert b"Traceback" not in answer.content


def test_an_upload_stays_in_memory_and_loses_its_name(client, settings, monkeypatch):
    seen = []
    monkeypatch.setattr(
        files,
        "check_apart",
        lambda content, name: seen.append(name) or files.Clean(content, "pdf"),
    )
    answer = client.post("/paper/", {"paper": SimpleUploadedFile("Iris Dupont\u202e.PDF", b"%PDF-1")})
    assert text(answer) == "pdf"
    assert seen == ["fichier.pdf"]
    settings.UPLOAD_MAX_BYTES = 1000
    assert client.post("/paper/", {"paper": SimpleUploadedFile("x.pdf", b"x" * 200_000)}).status_code == 413
    assert client.post("/paper/", {"paper": SimpleUploadedFile("x.pdf", b"x" * 2_000)}).status_code == 413
    two = {"paper": SimpleUploadedFile("x.pdf", b"x" * 600), "other": SimpleUploadedFile("y.pdf", b"x" * 600)}
    assert client.post("/paper/", two).status_code == 413


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "fichier"),
        ("a.PDF", "fichier.pdf"),
        ("x.htaccess", "fichier"),
        ("con.jpeg", "fichier.jpeg"),
    ],
)
def test_names_of_files(name, kept):
    assert uploads.safe_name(name) == kept


def test_after_a_post_htmx_is_told_where_to_go():
    request = RequestFactory().post("/x/")
    request.htmx = True
    answer = views.done(request, "/y/")
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/y/")
    assert "&lt;b&gt;" in views.announcement("<b>")
    assert 'id="annonce"' in views.announcement("x")


@pytest.mark.django_db
def test_small_pages(client):
    assert text(client.get("/robots.txt")) == "User-agent: *\nDisallow: /\n"
    answer = client.get("/sante/")
    assert (answer.status_code, text(answer)) == (200, "oui")
    assert "RGAA" in text(client.get("/accessibilite/"))


def test_the_navigation_is_short_current_and_checked(monkeypatch, settings):
    settings.ROOT_URLCONF = __name__
    monkeypatch.setattr(nav, "_main", [])
    nav.register("Aide", "help", order=20, under=("/notes/",))
    nav.register("Accessibilité", "accessibility", roles=("MGR",), order=10)
    try:
        assert [link.label for link in nav.links("MGR", "/aide/")] == ["Accessibilité", "Aide"]
        assert nav.links("REF", "/notes/x/") == (nav.Link("Aide", "/aide/", True),)
        assert nav.links("REF", "/") == (nav.Link("Aide", "/aide/", False),)
        nav.register("Perdue", "no-such-name")
        assert "ui.E001" in {error.id for error in nav.check()}
        assert len(nav.links("REF")) == 1
        for _ in range(6):
            nav.register("Encore", "help")
        assert "ui.E002" in {error.id for error in nav.check()}
    finally:
        nav.forget()
