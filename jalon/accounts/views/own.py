"""One's own account: profile, password, browsers, and what one was writing."""

from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from jalon import journal
from jalon.access import Refused, open_to
from jalon.ui.forms import posted
from jalon.ui.views import YEAR, done, invalid, page

from .. import actions, forms, kept, proconnect, reads, stepup
from ..models import User
from ..sessions import hashed

PROVE_FIRST = gettext_lazy("Confirmez votre identité pour relire ce que vous écriviez.")
OWN = "everyone sees and changes one's own account only"


@open_to(why=OWN)
@require_http_methods(["GET", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """One's name, phone, language, password and signed-in browsers."""
    user = request.user
    kept = {**user.profile, "language": user.language, "density": user.density}
    form = forms.ProfileForm(posted(request), initial=kept)
    context = {"form": form, "browsers": reads.browsers(user, hashed(request.session.session_key))}
    context |= {"proconnect": proconnect.enabled(), "taken": request.GET.get("deja") == "1"}
    if request.method == "GET":
        return page(request, "accounts/account.html", context)
    if not form.is_valid():
        return invalid(request, "accounts/account.html", context)
    user = actions.update_profile(request.actor, user, **form.answers)
    return with_preferences(done(request, reverse("account"), _("C'est enregistré.")), user)


@open_to(why=OWN)
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("street", "postcode", "town")
def street(request: HttpRequest) -> HttpResponse:
    """Give one's street, or withdraw it: what was given is not shown again."""
    if request.method == "POST" and "withdraw" in request.POST:
        actions.withdraw_street(request.actor, request.user)
        return done(request, reverse("account"), _("Ce qui était gardé de votre rue est effacé."))
    form = forms.StreetForm(posted(request))
    if not form.is_bound:
        return page(request, "accounts/street.html", {"form": form})
    if not form.is_valid():
        return invalid(request, "accounts/street.html", {"form": form})
    actions.keep_street(request.actor, request.user, **form.answers)
    return done(request, reverse("account"), _("Votre rue est renseignée. Elle ne sera montrée à personne."))


@open_to(why=OWN)
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("current", "new")
def password(request: HttpRequest) -> HttpResponse:
    """Asks for a fresh proof first, so that a stolen browser cannot try passwords here."""
    if not request.actor.stepped_up:
        raise Refused(_("Confirmez votre identité avant de changer de mot de passe."), frozenset({"stepup"}))
    form = forms.PasswordForm(posted(request), user=request.user)
    if request.method == "GET":
        return page(request, "accounts/password.html", {"form": form})
    if not form.is_valid():
        return invalid(request, "accounts/password.html", {"form": form})
    key = request.session.session_key
    actions.change_password(request.actor, request.user, new=form.answers["new"], keep_session=hashed(key))
    update_session_auth_hash(request, request.user)
    return done(
        request, reverse("account"), _("Votre mot de passe est changé. Les autres navigateurs sont déconnectés.")
    )


@open_to(why=OWN)
@require_POST
def end_session(request: HttpRequest) -> HttpResponse:
    """One browser, or all but this one when none is named."""
    here, named = hashed(request.session.session_key), request.POST.get("session", "")
    if named:
        ended = actions.end_session(request.actor, request.user, session=named)
        return done(request, reverse("account"), _("Ce navigateur est déconnecté.") if ended else "")
    actions.end_other_sessions(request.actor, request.user, keep_session=here)
    return done(request, reverse("account"), _("Les autres navigateurs sont déconnectés."))


@open_to(why=OWN)
@require_http_methods(["GET", "POST"])
def kept_form(request: HttpRequest) -> HttpResponse:
    """What was typed before the session or the proof of identity lapsed: send it, or throw it away."""
    if request.method == "POST":
        actions.drop_form(request.user.pk, browser=kept.of_browser(request))
        request.session.pop(kept.WAITING, None)
        return done(request, reverse("home"), _("Le texte gardé est effacé."))
    if not stepup.just_proved(request):
        raise Refused(PROVE_FIRST, frozenset({"stepup"}))
    compartment, form = reads.kept_form(request.user, kept.of_browser(request)) or ("", None)
    found = kept.shown_to(request.actor, form) if form is not None else None
    if found is None:
        return page(request, "accounts/kept_form.html", {"form": None})
    policy, named = found
    if policy.kind == "screen" and not request.actor.stepped_up:  # about somebody: signing in is not enough
        raise Refused(PROVE_FIRST, frozenset({"stepup"}))
    journal.reading(request, "read_kept_form", compartment=compartment or policy.compartment, objects=named)
    request.session[kept.WAITING] = form["path"]
    return page(request, "accounts/kept_form.html", {"form": form})


def with_preferences(response: HttpResponse, user: User) -> HttpResponse:
    """The cookies of the layout follow the account."""
    for name, value in ((settings.LANGUAGE_COOKIE_NAME, user.language), ("densite", user.density)):
        response.set_cookie(name, value, max_age=YEAR, secure=settings.SECURE, httponly=True, samesite="Lax")
    return response
