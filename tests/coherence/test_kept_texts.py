"""A session that is wiped, ended elsewhere or outlived takes no text with it, wherever long texts are typed."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import resolve, reverse
from django.utils import timezone

from jalon.access import SYSTEM
from jalon.accounts import actions as accounts
from jalon.accounts import kept
from jalon.accounts.models import KeptForm, WebSession
from jalon.accounts.tests.factories import sign_in
from jalon.dossiers.tests.factories import make_application
from jalon.journal.models import Entry
from jalon.journal.verify import verify
from jalon.offers import actions as offers
from jalon.offers.tests.factories import keep_services
from jalon.people.actions import withdraw_agreement
from jalon.people.tests.factories import make_prepared, make_team
from jalon.support.models import Note
from jalon.vault import keys

pytestmark = pytest.mark.django_db
KEPT = reverse("account_kept_form")
LONG = "Elle dit avoir peur, CanariTexte, depuis que le voisin est revenu."
ENDS = {
    "wiped": lambda user: WebSession.objects.all().delete(),
    "ended elsewhere": lambda user: accounts.end_sessions_of(SYSTEM, user),
    "outlived": lambda user: WebSession.objects.update(seen_at=timezone.now() - timedelta(minutes=21)),
}


@pytest.fixture
def team():
    cache.clear()
    return make_team("30")


def sent_too_late(browser, where, fields, end, user):
    """The page was open, the session ends, the form leaves: as a browser does, with its token."""
    browser.handler.enforce_csrf_checks = True
    browser.get("/")
    token = browser.cookies["csrf"].value
    end(user)
    return browser.post(where, {**fields, "csrfmiddlewaretoken": token})


def found(browser):
    """What the page of the kept text would send, and where; None when nothing waits."""
    page = browser.get(KEPT)
    if page.status_code != 200 or page.context["form"] is None:
        return None
    form = page.context["form"]
    return form["path"], dict(form["fields"])


# Where long texts are typed and sealed with what is the State's, the department's or the file's own first key.
FORMS = {
    "a message": ("EMP", "support:thread", "text"),
    "the plan": ("REF", "support:objectives", "what"),
    "a meeting of three": ("REF", "support:meeting", "decisions"),
    "an answer to her rights": ("MGR", "people:answer", "answer"),
    "what is missing": ("SEC", "commissions:missing", "text"),
    "an opinion": ("SEC", "commissions:opinion", "reasons"),
    "a member's note": ("MEM", "commissions:note", "note"),
    "the minutes": ("SEC", "commissions:edit_minutes", "debates"),
    "a refusal's reasons": ("PRE", "journeys:draft", "reasons_of_fact"),
    "an early end": ("PRE", "journeys:end_early", "reasons_of_fact"),
    "what she answers": ("SEC", "journeys:observations", "observations"),
    "a transfer": ("REF", "journeys:transfer", "reason"),
    "the convention's report": ("MGR", "conventions:meeting", "other"),
}


@pytest.mark.parametrize("name", list(FORMS))
def test_a_long_text_outlives_its_session(team, name):
    """Whoever typed it finds it whole, in her browser, with a proof of who she is; the form goes where it was going."""
    role, view, field = FORMS[name]
    user = getattr(team, role.lower()).user
    where = reverse(view, args=["A" * 22])
    browser = team.browser(role)
    answer = sent_too_late(browser, where, {field: LONG}, ENDS["wiped"], user)
    assert answer.url == f"{reverse('account_login')}?next={KEPT}"
    assert b"CanariTexte" not in bytes(KeptForm.objects.get().sealed)
    assert browser.get(KEPT).status_code == 302
    if resolve(where).func.policy.kind == "screen":  # about somebody: signing in is not enough
        assert found(sign_in(browser, user)) is None
    assert found(sign_in(browser, user, stepped_up=True)) == (where, {field: LONG})
    assert found(team.browser(role, stepped_up=True)) is None  # another browser of hers


def sealed_forms(team):
    """The forms whose text a dossier seals by itself: (address, fields, whose key)."""
    application = make_application(team)
    dossier = application.dossier
    service = keep_services()["sante"]
    moved = offers.prepare_orientation(team.actor("REF"), dossier, service, note="")
    note = {"text": LONG, "visibility": "team", "kind": "interview"}
    return dossier, {
        "a note": (reverse("support:note", args=[dossier.pk]), note, "C11"),
        "a note shared": (reverse("support:note", args=[dossier.pk]), {**note, "visibility": "shared"}, "C10"),
        "the life path": (reverse("dossiers:part", args=[application.pk, "life_path"]), {"story": LONG}, "C4"),
        "the project": (reverse("dossiers:part", args=[application.pk, "project"]), {"goal": LONG}, "C10"),
        "an orientation": (
            reverse("offers:orient", args=[service.pk]),
            {"person": dossier.pk, "note": LONG},
            "C11",
        ),
        "its next step": (reverse("offers:move", args=[moved.pk, "drop"]), {"drop-why": LONG}, "C11"),
    }


def test_what_a_dossier_seals_waits_under_its_key(team):
    """Nothing but that file's key opens it, and it goes with an agreement taken back."""
    dossier, forms = sealed_forms(team)
    browser, user = team.browser("REF"), team.ref.user
    for end, (name, (where, fields, compartment)) in zip([*ENDS.values()] * 2, forms.items(), strict=True):
        answer = sent_too_late(browser, where, fields, end, user)
        assert answer.url == f"{reverse('account_login')}?next={KEPT}", name
        row = KeptForm.objects.get()
        assert row.unseal()["under"] == [dossier.pk, compartment], name
        assert "CanariTexte" not in str(row.unseal()), name
        assert found(sign_in(browser, user)) is None
        assert found(sign_in(browser, user, stepped_up=True)) == (where, fields), name
        assert Entry.objects.filter(verb="read_kept_form", compartment=compartment).exists(), name
    where, fields, _compartment = forms["a note"]
    browser.handler.enforce_csrf_checks = False
    assert browser.post(where, fields).status_code == 303
    assert Note.objects.get().unseal()["text"] == LONG
    assert verify(records=True).status == 0


def test_what_waits_goes_with_what_allowed_it(team):
    """Her agreement, the key, the file handed to somebody else: each takes the text away, and none is kept after."""
    dossier, forms = sealed_forms(team)
    where, fields, _compartment = forms["the life path"]
    browser, user = team.browser("REF"), team.ref.user
    sent_too_late(browser, where, fields, ENDS["wiped"], user)
    assert found(sign_in(browser, user, stepped_up=True)) is not None
    slots = keys.KeySlot.objects.filter(owner=dossier.pk, group="G2")
    values = list(slots.values())
    slots.delete()
    keys.forget()
    assert found(browser) is None
    keys.KeySlot.objects.bulk_create(keys.KeySlot(**value) for value in values)
    assert found(browser) is not None
    withdraw_agreement(team.actor("REF"), dossier)
    assert not KeptForm.objects.exists()
    answer = sent_too_late(browser, where, fields, ENDS["wiped"], user)
    assert answer.url == f"{reverse('account_login')}?next={where}"
    assert not KeptForm.objects.exists()


def test_a_neighbour_learns_nothing_from_what_is_kept(team):
    """The same answer for a file of another house and for one that does not exist; nothing is sealed."""
    _dossier, forms = sealed_forms(team)
    stranger = make_team("30", "Voisine")
    browser, user = stranger.browser("REF"), stranger.ref.user
    unknown = {
        where.replace(part, "A" * 22)
        for where, _f, _c in forms.values()
        for part in where.split("/")
        if len(part) == 22
    }
    for where in [*(where for where, _fields, _compartment in forms.values()), *unknown]:
        answer = sent_too_late(
            sign_in(browser, user), where, {"text": LONG, "person": _dossier.pk}, ENDS["wiped"], user
        )
        assert answer.url == f"{reverse('account_login')}?next={where}"
    assert not KeptForm.objects.exists()


def test_nothing_comes_back_to_a_closed_account(team):
    """Neither what was kept before the closing, nor what is sent after it; nor to who signed out, or to a stranger."""
    where, fields = reverse("support:note", args=[make_prepared(team).pk]), {"text": LONG, "visibility": "team"}
    browser, user = team.browser("REF"), team.ref.user
    sent_too_late(browser, where, fields, ENDS["wiped"], user)
    assert KeptForm.objects.count() == 1
    accounts.close_account(SYSTEM, user)
    assert not KeptForm.objects.exists()
    token = browser.cookies["csrf"].value
    assert browser.post(where, {**fields, "csrfmiddlewaretoken": token}).url.endswith(where)
    other = team.browser("MGR")
    place = reverse("support:thread", args=["A" * 22])
    other.get("/")
    other.post(reverse("account_logout"))
    assert other.post(place, fields).url.endswith(place)
    forged = team.browser("MGR")
    forged.cookies[kept.COOKIE] = f"{'x' * 43}:{team.mgr.user_id}"
    WebSession.objects.all().delete()
    assert forged.post(place, fields).url.endswith(place)
    assert not KeptForm.objects.exists()


def test_the_cookie_is_made_once_and_never_on_her_host(team):
    browser = team.browser("REF")
    first = browser.get("/").cookies
    assert first[kept.COOKIE]["httponly"]
    assert first[kept.COOKIE]["samesite"] == "Strict"
    assert kept.COOKIE not in browser.get("/").cookies
    assert kept.COOKIE not in browser.get("/", HTTP_HOST="agenda.localhost").cookies
