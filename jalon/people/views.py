"""The pages of the person's file. Each goes through the scope and the matrix, and leaves its trace."""

from django.core import signing
from django.core.paginator import Page
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jalon import journal
from jalon.access import Hidden, Refused, breakglass, open_to, screen
from jalon.accounts.models import User
from jalon.config import clock
from jalon.directory import reads as directory
from jalon.directory.access import page_number
from jalon.directory.models import Organisation
from jalon.ui.errors import Conflict
from jalon.ui.forms import posted, saved
from jalon.ui.views import done, invalid, local_path, page
from jalon.vault.ids import new_id

from . import access, actions, agreement, forms, languages, oversight, reads, records, rights
from .actions import retention
from .models import Assignment, Dossier, Share
from .states import DOSSIER, Stage

GET_POST = require_http_methods(["GET", "POST"])
# The civil identity and the safe contact stay in the association, whatever she shares: others see what she names.
ASSOCIATION = ("REF", "COL", "MGR")
ONCE = "jalon.people.new"
NEVER = tuple(code for code, _words in records.NEVER_SHARED)
LISTED = tuple(stage for stage in Stage if stage != Stage.PURGED)


def fetch(request: HttpRequest, dossier_id: str, compartment: str, action: str) -> tuple[Dossier, str]:
    """The dossier of the actor's scope, and the word that names the person on this actor's screen."""
    dossier = access.get(request, dossier_id, compartment, action, reads.scope(request.actor))
    return dossier, reads.name(request.actor, dossier)


def back(request: HttpRequest, default: str) -> str:
    """Where the page before asked to return (« suite »), a path of ours only."""
    return local_path(request, request.GET.get("suite", "")) or default


def file_url(dossier: Dossier) -> str:
    return reverse("support:dossier", args=[dossier.pk])


# --- list, search, new ------------------------------------------------------------------------------------------


@screen("C1", "exist", roles=("REF", "COL", "MGR", "DPO"))
@GET_POST
def dossiers(request: HttpRequest) -> HttpResponse:
    """The persons of one's scope, fifty a page; the search words travel in the body, never in the address."""
    search = forms.SearchForm(request.POST if request.method == "POST" else None)
    stage = request.GET.get("stage", "")
    if stage and stage not in LISTED:
        raise Hidden
    pager: Page | None = None
    if search.is_bound and search.is_valid() and search.answers["q"]:
        rows = reads.search(request.actor, search.answers["q"])
    else:
        pager, rows = reads.dossiers(request.actor, stage=stage, page=page_number(request))
    journal.reading(request, "list_dossiers", count=len(rows), objects=[row.dossier for row in rows])
    context = {"rows": rows, "pager": pager, "search": search, "stage": stage, "stages": [(s, s.label) for s in LISTED]}
    answer = invalid if search.errors else page
    return answer(request, "people/dossiers.html", context, fragment="people/_dossiers.html")


@screen("C1", "create", roles=("REF",))
@GET_POST
def new(request: HttpRequest) -> HttpResponse:
    """Safe contact first, an alias already proposed; then straight to the task list."""
    access.require_opening(request.actor)
    pk = promised(request)
    try:
        form = new_person(request)
        if form.is_bound and form.is_valid():
            given = {name: value for name, value in form.answers.items() if name != "once"}
            alias, spoken = given.pop("alias"), [given["language"]]
            pk = actions.open_dossier(request.actor, alias=alias, languages=spoken, contact=given, pk=pk).pk
    except Refused:
        if not access.seen(request.actor, pk):
            raise
    if pk and access.seen(request.actor, pk):  # opened now, or by the same page a moment ago
        return done(request, reverse("dossiers:start", args=[pk]), _("Le dossier est ouvert."))
    return (invalid if form.is_bound else page)(request, "people/new.html", {"form": form})


def new_person(request: HttpRequest) -> forms.NewPersonForm:
    """The form, with an alias that is free and the identifier that it promises."""
    mine = reads.aliases(request.actor)
    journal.reading(request, "aliases", compartment="C1", count=len(mine.opened), objects=mine.opened)
    initial = {"alias": reads.free_alias(mine.used), "once": promise(request)}
    return forms.NewPersonForm(posted(request), initial=initial, used=mine.used)


def promise(request: HttpRequest) -> str:
    """The identifier of a file to come, signed for this actor."""
    return signing.dumps([request.actor.user_id, new_id()], salt=ONCE)


def promised(request: HttpRequest) -> str:
    """The identifier that this actor's page carries; nothing when it carries none of ours."""
    try:
        user_id, pk = signing.loads(request.POST.get("once", ""), salt=ONCE)
    except signing.BadSignature:
        return ""
    return str(pk) if user_id == request.actor.user_id else ""


# --- identity and contact -----------------------------------------------------------------------------------------


@screen("C1", "edit", roles=ASSOCIATION)
@GET_POST
def identity(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """Who she is; the civil identity stays here."""
    dossier, name = fetch(request, dossier_id, "C1", "read")
    row, record = reads.identity(dossier)
    form = forms.QuestionForm(records.IDENTITY_QUESTIONS, record, posted(request), revision=row.revision)
    form.fields["alias"].required = True
    context = {"dossier": dossier, "name": name, "form": form, "back": back(request, file_url(dossier))}
    context["editable"] = access.can(request.actor, dossier, "C1", "edit")
    if not form.is_bound:
        return page(request, "people/identity.html", context)
    access.require(request.actor, dossier, "C1", "edit")
    if not form.is_valid():
        return invalid(request, "people/identity.html", context)
    form.check_revision(row.revision, form.as_saved())
    actions.update_identity(request.actor, dossier, data=form.record(), revision=form.revision)
    return done(request, context["back"], _("L'identité est enregistrée."))


@screen("C2", "edit", roles=ASSOCIATION)
@GET_POST
def contact(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """How she may be reached without danger: everything off unless she said otherwise, checked every 90 days."""
    dossier, name = fetch(request, dossier_id, "C2", "read")
    known = reads.contact(dossier)
    saved = forms.ContactForm.shown(known.record)
    form = forms.ContactForm(posted(request), initial=saved, said=known.record, revision=known.row.revision)
    context = {"dossier": dossier, "name": name, "form": form, "contact": known}
    context |= {"back": back(request, file_url(dossier)), "editable": access.can(request.actor, dossier, "C2", "edit")}
    if not form.is_bound:
        return page(request, "people/contact.html", context)
    access.require(request.actor, dossier, "C2", "edit")
    if not form.is_valid():
        return invalid(request, "people/contact.html", context)
    form.check_revision(known.row.revision, forms.saved_text(forms.ContactForm(initial=saved, said=known.record)))
    actions.update_safe_contact(request.actor, dossier, data=form.answers, revision=form.revision)
    return done(request, context["back"], _("Le contact sûr est enregistré. À revoir avec elle dans 90 jours."))


@screen("C2", "edit", roles=ASSOCIATION)
@require_POST
def stop(request: HttpRequest, dossier_id: str) -> HttpResponse:
    dossier, _name = fetch(request, dossier_id, "C2", "edit")
    actions.stop_messages(request.actor, dossier)
    url = reverse("people:contact", args=[dossier.pk])
    return done(request, url, _("Aucun message ne partira tant que le contact n'est pas revu avec elle."))


# --- agreements and shares ----------------------------------------------------------------------------------------


@screen("C15", "read")
@require_GET
def agreements(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """Three records that are not one: her agreement, her shares, what the law makes compulsory."""
    dossier, name = fetch(request, dossier_id, "C15", "read")
    known = reads.agreements(dossier)
    context = {"dossier": dossier, "name": name, "known": known, "pages": agreement.PAGES}
    context["editable"] = access.can(request.actor, dossier, "C15", "create")
    context["closed"] = dossier.stage == Stage.CLOSED
    return page(request, "people/agreements.html", context)


@screen("C15", "create")
@GET_POST
def agree(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """What is read to her, one question a page, then what she answered. Nothing is kept before her answer."""
    dossier, name = fetch(request, dossier_id, "C15", "create")
    language = hers(request, dossier)
    form = forms.AgreementForm(posted(request), initial={"language": language})
    url = back(request, reverse("people:agreements", args=[dossier.pk]))
    context = {"dossier": dossier, "name": name, "form": form, "back": url, "language": language}
    if not form.is_bound:
        context |= reads.agreement_page(request.GET.get("page", ""), language)
        return page(request, "people/agree.html", context)
    try:
        given = saved(form, lambda: actions.record_agreement(request.actor, dossier, **form.answers))
    except Conflict:
        given = reads.agreements(dossier).agreement
        if given is None or given.recorded_by_id != request.actor.user_id or given.given_on != clock.today():
            raise
    if given is None:
        return invalid(request, "people/agree.html", context | reads.agreement_page("answer", language))
    return done(request, url, _("L'accord est enregistré. Elle peut le retirer à tout moment."))


def hers(request: HttpRequest, dossier: Dossier) -> str:
    """The language in which the page is read to her: the one asked for, else that of her messages."""
    asked = request.POST.get("language") or request.GET.get("langue", "")
    return asked if asked in languages.LANGUAGES else str(reads.contact(dossier).record.get("language", ""))


@screen("C15", "create")
@GET_POST
def inform(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """What the law makes compulsory, told again: a record of its own."""
    dossier, name = fetch(request, dossier_id, "C15", "create")
    language = hers(request, dossier)
    form = forms.InformationForm(posted(request), initial={"language": language})
    url = reverse("people:agreements", args=[dossier.pk])
    context = {"dossier": dossier, "name": name, "form": form, "back": url, "language": language}
    context |= reads.agreement_page("law", language)
    if not form.is_bound:
        return page(request, "people/inform.html", context)
    if saved(form, lambda: actions.record_information(request.actor, dossier, **form.answers)) is None:
        return invalid(request, "people/inform.html", context)
    return done(request, url, _("L'information est notée."))


@screen("C15", "withdraw")
@require_POST
def withdraw(request: HttpRequest, dossier_id: str) -> HttpResponse:
    dossier, _name = fetch(request, dossier_id, "C15", "withdraw")
    actions.withdraw_agreement(request.actor, dossier)
    url = reverse("people:agreements", args=[dossier.pk])
    return done(request, url, _("L'accord est retiré : plus rien ne peut être envoyé."))


@screen("C15", "create")
@GET_POST
def share(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """One share with one organisation of the department."""
    dossier, name = fetch(request, dossier_id, "C15", "create")
    kinds = ("employment_agency", "prefecture", "housing", "training_body", "childcare")
    choices = directory.organisations(*kinds, department=dossier.department)
    form = forms.ShareForm(posted(request), organisations=choices)
    context = {"dossier": dossier, "name": name, "form": form, "never": reads.shared_words(NEVER)}
    if not form.is_bound:
        return page(request, "people/share.html", context)
    if not form.is_valid():
        return invalid(request, "people/share.html", context)
    chosen = {**form.answers, "organisation": next(row for row in choices if row.pk == form.answers["organisation"])}
    actions.grant_share(request.actor, dossier, not_shared=NEVER, **chosen)
    return done(request, reverse("people:agreements", args=[dossier.pk]), _("Le partage est enregistré."))


@screen("C15", "withdraw")
@require_POST
def revoke(request: HttpRequest, share_id: str) -> HttpResponse:
    row = Share.objects.filter(pk=share_id).first()
    if row is None:
        raise Hidden
    dossier, _name = fetch(request, row.dossier_id, "C15", "withdraw")
    actions.revoke_share(request.actor, row)
    return done(request, reverse("people:agreements", args=[dossier.pk]), _("Le partage est retiré."))


# --- who works with her -------------------------------------------------------------------------------------------


@screen("C16", "read", roles=("REF", "MGR"))
@require_GET
def workers(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """Referent, delegations, adviser, with their dates."""
    dossier, name = fetch(request, dossier_id, "C16", "read")
    context = {"dossier": dossier, "name": name, "workers": reads.workers(dossier)}
    context["editable"] = access.leads(request.actor, dossier) and access.can(request.actor, dossier, "C16", "edit")
    context["closed"] = dossier.stage == Stage.CLOSED
    context["openings"], context["categories"] = reads.openings_of(dossier), forms.CATEGORY_WORDS
    context["tells"] = request.actor.role == "REF" and access.can(request.actor, dossier, "C15", "edit")
    return page(request, "people/workers.html", context)


@screen("C16", "edit", roles=("REF", "MGR"))
@GET_POST
def assign(request: HttpRequest, dossier_id: str, kind: str) -> HttpResponse:
    """Name a colleague of the association, or an adviser of the department's agency."""
    dossier, name = fetch(request, dossier_id, "C16", "edit")
    if kind not in ASSIGN:
        raise Hidden
    access.require_lead(request.actor, dossier)
    form, organisation = assign_form(request, dossier, kind)
    context = {"dossier": dossier, "name": name, "form": form, "kind": kind, "title": assign_title(kind)}
    if not form.is_bound:
        return page(request, "people/assign.html", context)
    if not form.is_valid():
        return invalid(request, "people/assign.html", context)
    user = User.objects.get(pk=form.answers["user"])
    where = organisation[user.pk]
    ends_on = form.answers.get("ends_on")
    actions.assign(request.actor, dossier, user=user, organisation=where, kind=kind, ends_on=ends_on)
    return done(request, reverse("people:assignments", args=[dossier.pk]), _("La personne est nommée."))


ASSIGN = {"referent": ("REF",), "delegate": ("REF", "COL"), "adviser": ("EMP",)}


def assign_title(kind: str) -> str:
    return {
        "referent": _("Réattribuer le dossier"),
        "delegate": _("Déléguer dans l'équipe"),
        "adviser": _("Nommer à l'agence emploi"),
    }[kind]


def assign_form(request: HttpRequest, dossier: Dossier, kind: str) -> tuple[forms.AssignForm, dict[str, Organisation]]:
    """The form with the accounts that may be named, and the organisation of each."""
    places = reads.agencies(dossier.department) if kind == "adviser" else [dossier.organisation]
    where = {user.pk: place for place in places for user in directory.people_in(place.pk, *ASSIGN[kind])}
    users = directory.users_named(sorted(where))
    ordered = sorted(users.values(), key=lambda user: user.name)
    form = forms.AssignForm(posted(request), users=ordered, label=_("Qui"), ends=kind == "delegate")
    return form, where


@screen("C16", "edit", roles=("REF", "MGR"))
@require_POST
def end_assignment(request: HttpRequest, assignment_id: str) -> HttpResponse:
    row = Assignment.objects.filter(pk=assignment_id).first()
    if row is None:
        raise Hidden
    dossier, _name = fetch(request, row.dossier_id, "C16", "edit")
    actions.end_assignment(request.actor, row)
    return done(request, reverse("people:assignments", args=[dossier.pk]), _("La nomination prend fin."))


# --- exceptional access, trail ------------------------------------------------------------------------------------


@screen("C15", "read", roles=("MGR",))
@GET_POST
def exceptional(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """A reason, one file, one hour, read only."""
    dossier, name = fetch(request, dossier_id, "C15", "read")
    form = forms.BreakGlassForm(posted(request))
    context = {"dossier": dossier, "name": name, "form": form, "left": breakglass.left(request.actor.user_id)}
    if not form.is_bound:
        return page(request, "people/break_glass.html", context)
    if not form.is_valid():
        return invalid(request, "people/break_glass.html", context)
    actions.open_exceptionally(request.actor, dossier, **form.answers)
    return done(request, file_url(dossier), _("Le dossier est ouvert en lecture pendant une heure."))


@screen("C15", "read", roles=("DPO",))
@GET_POST
def review_openings(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """The officer reads why this file was opened, says whether it was justified, and may give openings back."""
    dossier, name = fetch(request, dossier_id, "C15", "read")
    if request.method == "POST":
        opening, verdict = request.POST.get("opening", ""), request.POST.get("verdict", "")
        if verdict == "give_back":
            actions.give_openings_back(request.actor, dossier, opening)
        else:
            actions.review_opening(request.actor, dossier, opening, verdict=verdict)
        return done(request, reverse("people:review_openings", args=[dossier.pk]), _("C'est enregistré."))
    rows = reads.openings_of(dossier, review=True)
    left = {user: breakglass.left(user) for user in {line.row.user for line in rows}}
    context = {"dossier": dossier, "name": name, "rows": [(line, left[line.row.user]) for line in rows]}
    context["categories"] = forms.CATEGORY_WORDS
    return page(request, "people/review_openings.html", context)


@screen("C15", "edit", roles=("REF",))
@require_POST
def tell_opening(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """She was told that her file was opened by exception."""
    dossier, _name = fetch(request, dossier_id, "C15", "edit")
    actions.tell_opening(request.actor, dossier, request.POST.get("opening", ""))
    return done(request, reverse("people:assignments", args=[dossier.pk]), _("C'est noté."))


@screen("C17", "read", roles=("MGR", "DPO"))
@require_GET
def trail(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """Who looked at this file, and who acted on it."""
    dossier, name = fetch(request, dossier_id, "C17", "read")
    pager, rows = reads.trail(request.actor, dossier, page_number(request))
    context = {"dossier": dossier, "name": name, "pager": pager, "rows": rows, "roles": directory.ROLE_NAMES}
    return page(request, "people/trail.html", context)


@screen("C17", "read", roles=("DPO",))
@GET_POST
def trail_month(request: HttpRequest, month: str) -> HttpResponse:
    """A month of the organisation's trail: what rules found unusual, events drawn by lot, and the officer's answer."""
    access.require_oversight(request.actor)
    first = oversight.first_day(month)
    form = forms.TrailReviewForm(posted(request))
    if saved(form, lambda: actions.review_trail(request.actor, first, **form.answers)):
        return done(request, reverse("home"), _("La lecture du mois est enregistrée."))
    found = oversight.month(request.actor, first)
    shown = [row.dossier for row in found.drawn if row.dossier]
    journal.reading(request, "read", compartment="C17", count=found.events, objects=shown)
    context = {"found": found, "form": form, "rules": oversight.RULES, "roles": directory.ROLE_NAMES}
    return (invalid if form.is_bound else page)(request, "people/trail_month.html", context)


@open_to("DPO", "MGR", why="the table of rights is the product's own rule: it holds nothing about anyone")
@require_GET
def table_of_rights(request: HttpRequest) -> HttpResponse:
    """What a role may do, from the matrix itself."""
    role = request.GET.get("role", request.actor.role)
    if role not in directory.ROLE_NAMES:
        raise Hidden
    context = {"role": role, "roles": directory.ROLE_NAMES, "lines": rights.lines(role)}
    return page(request, "people/rights.html", context)


# --- erasure ------------------------------------------------------------------------------------------------------


@open_to("DPO", why="the officer's home lists closed files by number, openings and agreements to erase; nothing sealed")
@require_GET
def officer_home(request: HttpRequest) -> HttpResponse:
    """What the data protection officer must look at."""
    rows = reads.erasable(request.actor)
    journal.reading(request, "list_closed", count=len(rows), objects=[row.dossier for row in rows])
    context = {"rows": rows, "openings": reads.openings(request.actor), "categories": forms.CATEGORY_WORDS}
    context["months"] = oversight.to_review(request.actor)
    context["alerts"] = reads.reading_alerts(request.actor)
    return page(request, "people/officer_home.html", context)


@screen("C16", "edit", roles=("MGR",))
@GET_POST
def consent(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """The second pair of eyes: the manager agrees that a closed file be erased, or thinks again."""
    dossier, name = fetch(request, dossier_id, "C16", "edit")
    mine = [row for row in reads.consents(dossier) if row.user_id == request.actor.user_id]
    if request.method == "POST":
        act = actions.withdraw_consent if mine else actions.consent_to_erasure
        act(request.actor, dossier)
        return done(request, reverse("people:consent", args=[dossier.pk]), _("C'est enregistré."))
    DOSSIER.target(dossier.stage, "erase")
    context = {"dossier": dossier, "name": name, "mine": mine, "review_on": records.review_on(dossier)}
    return page(request, "people/consent.html", context)


@screen("C16", "create", roles=("MGR",))
@GET_POST
def hold(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """Something under way needs this file: nothing of it is erased until a day; or it is over."""
    dossier, name = fetch(request, dossier_id, "C16", "create")
    url, found = reverse("people:hold", args=[dossier.pk]), reads.hold(dossier)
    context = {"dossier": dossier, "name": name, "found": found, "words": dict(forms.HOLD_WORDS)}
    if found and request.method == "POST":
        actions.lift_hold(request.actor, dossier)
        return done(request, url, _("La retenue est levée."))
    context["form"] = form = forms.HoldForm(posted(request))
    if saved(form, lambda: actions.place_hold(request.actor, dossier, **form.answers)):
        return done(request, url, _("Le dossier est retenu : rien n'en sera effacé avant ce jour."))
    return (invalid if form.is_bound else page)(request, "people/hold.html", context)


@open_to("DPO", why="the officer's list of eliminations: numbers and dates of erased files, nothing sealed")
@require_GET
def eliminations(request: HttpRequest) -> HttpResponse:
    """What was erased, when, why, and under which visa of the archives: the list to give them, without names."""
    rows = reads.eliminations(request.actor)
    journal.reading(request, "list_eliminations", count=len(rows))
    return page(request, "people/eliminations.html", {"rows": rows, "words": dict(forms.ERASURE_WORDS)})


@screen("C15", "read", roles=("DPO",))
@GET_POST
def erase(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """Destroy the keys of a closed file, once somebody else has agreed."""
    dossier, name = fetch(request, dossier_id, "C15", "read")
    second = next((row for row in reads.consents(dossier) if row.user_id != request.actor.user_id), None)
    form = forms.ErasureForm(posted(request), why_not=lambda reason: retention.why_not(dossier, reason))
    context = {"dossier": dossier, "name": name, "form": form, "second": second}
    context |= {"review_on": records.review_on(dossier), "preview": reads.preview(dossier)}
    if not form.is_bound or second is None:
        DOSSIER.target(dossier.stage, "erase")
        return page(request, "people/erase.html", context, status=409 if form.is_bound else 200)
    if not form.is_valid():
        return invalid(request, "people/erase.html", context)
    reason, visa = form.answers["reason"], form.answers["visa"]
    actions.erase_dossier(request.actor, dossier, second_user=second.user, visa=visa, reason=reason)
    return done(request, reverse("home"), _("Le dossier %s est effacé.") % dossier.number)
