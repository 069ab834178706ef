"""The list of persons, a new one, her identity and her safe contact."""

from django.core import signing
from django.core.paginator import Page
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from jalon import journal
from jalon.access import Hidden, Refused, screen
from jalon.people import access, actions, forms, reads, records
from jalon.ui import paging
from jalon.ui.forms import posted
from jalon.ui.views import done, invalid, page
from jalon.vault.ids import new_id

from .common import ASSOCIATION, GET_POST, LISTED, ONCE, back, fetch, file_url


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
        pager, rows = reads.dossiers(request.actor, stage=stage, page=paging.asked(request))
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


@screen("C1", "edit", roles=ASSOCIATION)
@GET_POST
def identity(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """Who she is; the civil identity stays here."""
    dossier, name = fetch(request, dossier_id, "C1", "read")
    row, record = reads.identity(dossier)
    form = forms.QuestionForm(records.IDENTITY_QUESTIONS, record, posted(request), revision=row.revision)
    form.fields["alias"].required = True
    context = {"dossier": dossier, "name": name, "form": form, "back": back(request, file_url(dossier))}
    context |= {"editable": access.can(request.actor, dossier, "C1", "edit"), "about": row.pk}
    context["revision"] = row.revision
    context["contests"] = access.leads(request.actor, dossier) and access.can(request.actor, dossier, "C16", "create")
    if not form.is_bound:
        if not context["editable"]:
            form.read_only()
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
        if not context["editable"]:
            form.read_only()
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
