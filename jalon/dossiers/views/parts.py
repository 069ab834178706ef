"""One subject a page."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from jalon.access import Actor, Hidden, screen
from jalon.dossiers import access, actions, forms, package, reads, versions
from jalon.dossiers import parts as form_parts
from jalon.dossiers.models import Application, Draft
from jalon.dossiers.redlist import count_words
from jalon.people import access as people
from jalon.people.kept import waits
from jalon.ui.errors import Conflict
from jalon.ui.views import done, invalid, page

from .common import ASSOCIATION, GET_POST, application_url, named, opened, red_seen
from .drafts import asked, keep_what_was_typed, taken_up


def _typed_of(actor: Actor, typed: QueryDict, application_id: str, code: str) -> tuple[str, str, str] | None:
    spec = form_parts.BY_CODE.get(code)
    found = Application.objects.filter(pk=application_id).first()
    return (found.dossier_id, spec.compartment, "edit") if found is not None and spec is not None else None


@screen("C12", "read", roles=ASSOCIATION)
@waits(_typed_of)
@GET_POST
def part(request: HttpRequest, application_id: str, code: str) -> HttpResponse:
    """One subject a page. The compartment asked for is the part's own (C3 to C6 ask to confirm one's identity)."""
    spec = form_parts.BY_CODE.get(code)
    if spec is None or spec.store or spec.computed:
        raise Hidden
    if request.method == "POST":
        keep_what_was_typed(request, application_id, asked(request, application_id, code)[1])
    found = access.get(request, application_id, spec.compartment, "read")
    spec = versions.of(found.form_version).part(code)
    if spec is None or found.kind not in spec.kinds:
        raise Hidden
    row, said = reads.pages.part(found, spec)
    form, context = part_form(request, found, spec, row, said)
    if request.method == "GET":
        return page(request, "dossiers/part.html", context)
    people.require(request.actor, found.dossier, spec.compartment, "edit")
    if not (form.is_valid() and form.complete()):
        return invalid(request, "dossiers/part.html", context)
    return save(request, found, spec, form)


def part_form(
    request: HttpRequest, found: Application, spec: form_parts.Part, row: Any, said: dict[str, Any]
) -> tuple[forms.PartForm, dict[str, Any]]:
    """The form of this part, with what was typed and not saved, and the page around it."""
    editable = access.can_edit(request.actor, found, spec)
    draft = Draft.objects.filter(part=row, author=request.actor.user_id).first() if editable else None
    data = request.POST if request.method == "POST" else taken_up(draft)
    changed = reads.pages.changes(found, spec, said)
    contests = people.leads(request.actor, found.dossier) and bool(row.revision)
    more: dict[str, Any] = {
        "contests": contests,
        "changed": changed,
        "part": spec,
        "row": row,
        "editable": editable,
        "draft": draft,
    }
    more["frozen"] = spec.compartment in found.dossier.restricted.split()
    form: forms.PartForm
    if spec.code == "summary":
        readable = opened(request, found, spec.compartment)
        more["locked"] = readable.locked
        form = forms.SummaryForm(spec, said, data, revision=row.revision, sentences=readable.sentences)
        more["words"] = count_words(str(form["summary"].value() or ""))
        more["most"] = package.SUMMARY_WORDS
    else:
        form = forms.PartForm(spec, said, data, revision=row.revision)
    if editable and request.method == "GET":
        more["red"] = red_seen(request, found, spec, form.record() if form.is_valid() else said)
    elif request.method == "GET":
        form.read_only()
    return form, named(request, found, form=form, **more)


def save(request: HttpRequest, found: Application, spec: form_parts.Part, form: forms.PartForm) -> HttpResponse:
    """Written once: the same form sent twice finds it done, another version is shown beside this one (409)."""
    data = form.record()
    try:
        actions.save_part(request.actor, found, spec.code, data=data, state=form.state, revision=form.revision)
    except Conflict:
        row, form.said = reads.pages.part(found, spec)
        form.check_revision(row.revision, form.as_saved() | {"state": row.state})
        raise
    stays = isinstance(form, forms.SummaryForm) and form.added
    url = reverse("dossiers:part", args=[found.pk, spec.code]) if stays else application_url(found)
    for sentence in red_seen(request, found, spec, data):
        messages.warning(request, sentence)
    return done(request, url, _("Enregistré : %(part)s.") % {"part": spec.label})
