"""The session room, the reading sheet, and what happens to one point."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from jalon import journal
from jalon.access import Actor, Hidden, open_to, screen
from jalon.commissions import access, actions, reads
from jalon.commissions.forms import (
    AttendanceForm,
    Confirm,
    ConflictForm,
    CorrectionForm,
    HearingForm,
    OpinionForm,
    PostponeForm,
    ReadingForm,
    SheetForm,
    WrittenForm,
)
from jalon.commissions.models import AgendaItem, Meeting, Recusal
from jalon.commissions.states import MEETING, ItemState, MeetingKind, MeetingState
from jalon.config import clock
from jalon.papers.rights import offered
from jalon.ui import paging
from jalon.ui.forms import attempt, posted, saved
from jalon.ui.views import done, invalid, page

SESSION = "the session belongs to the secretariat of the department"


def url_of(meeting: Meeting) -> str:
    return reverse("commissions:meeting", args=[meeting.id])


def url_of_item(item: AgendaItem) -> str:
    return reverse("commissions:item", args=[item.id])


def show_room(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """The agenda with attendance and quorum; the State's side opens a point from there."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    room = reads.room(actor, meeting)
    seen = [line.item.application.dossier for line in room.lines if line.item and line.item.application]
    journal.reading(request, "list", compartment="C13", count=len(seen), objects=seen)
    waiting = (line.item for line in room.lines if line.item and line.opens and line.item.state == ItemState.SCHEDULED)
    first = next(waiting, None)
    context = {"meeting": meeting, "room": room, "today": clock.today(), "first": first, **_facts(actor, meeting)}
    context["held"] = (
        reads.copies_held(actor, meeting.pk, paging.asked(request, "held")) if actor.role in access.STATE_SIDE else []
    )
    context["minutes_open"] = access.minutes_verdict(actor, meeting, reads.minutes_of(meeting)).allowed
    context["convocation"] = access.convocation_verdict(actor, meeting).allowed
    return page(request, "commissions/meeting.html", context)


def _facts(actor: Actor, meeting: Meeting) -> dict[str, object]:
    return {
        "secretariat": actor.role == "SEC",
        "state_side": actor.role in access.STATE_SIDE,
        "member": actor.role == "MEM",
        "in_window": access.in_window(meeting),
        "opened": meeting.state == MeetingState.OPEN,
    }


def told_when_gone(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """One clear page for the member whose point left while she was reading: what she typed is shown, not kept."""

    @wraps(view)
    def inner(request: HttpRequest, item_id: str) -> HttpResponse:
        try:
            return view(request, item_id)
        except access.Gone as gone:
            meeting = gone.item.meeting
            context = {"meeting": meeting, "item": gone.item, "typed": request.POST.get("note", "")[:4000]}
            return page(request, "commissions/gone.html", context, status=410)

    return inner


@screen("C12", "read", roles=("SEC", "PRE", "MEM"))
@told_when_gone
def item(request: HttpRequest, item_id: str) -> HttpResponse:
    """A member's reading sheet; for the State's side, the point in the session room with the opinion beside it."""
    row = access.get_item(request, item_id, "C12", "read")
    return show_item(request, row)


def show_item(request: HttpRequest, row: AgendaItem, status: int = 200, **forms: object) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    sheet = reads.sheet(actor, row)
    context: dict[str, object] = {"meeting": row.meeting, "item": row, "sheet": sheet, "today": clock.today()}
    context |= _facts(actor, row.meeting)
    if actor.role == "MEM":
        context["form"] = ReadingForm(initial={"note": sheet.note, "wish": sheet.wish})
        context["comment"] = access.can(actor, row, "C13", "comment")
        context["now"] = clock.now()
        if row.meeting.kind == MeetingKind.WRITTEN:
            given = reads.own_answer(actor, row)
            context |= {"given": given, "written_form": WrittenForm(prefix="written", initial=given)}
        template = "commissions/sheet.html"
    else:
        base = reads.voting_base(row)
        context |= {"room": reads.room(actor, row.meeting), "base": base, "recused": reads.recused(row)}
        context |= {"opinion": reads.opinion_words(row), "heard": reads.heard(row)}
        answers = reads.written(row) if row.meeting.kind == MeetingKind.WRITTEN else []
        context["answers"] = answers
        context["form"] = OpinionForm(base, initial=reads.tally(answers) if any(one.sense for one in answers) else None)
        if actor.role == "SEC" and MEETING.allows(row.meeting.state, "note_conflict"):
            context["conflict_form"] = ConflictForm(reads.taking_part(row), prefix="conflict")
        if actor.role == "SEC" and row.meeting.state == MeetingState.OPEN:
            context["hearing_form"] = HearingForm(prefix="heard", initial=context["heard"])
        context["postpone_form"] = PostponeForm(prefix="postpone")
        if offered(access.sheet_verdict(actor, row)):
            context["sheet_form"] = SheetForm(reads.taking_part(row), prefix="sheet")
        template = "commissions/room.html"
    context |= forms
    return invalid(request, template, context) if status == 422 else page(request, template, context)


@require_POST
@screen("C13", "create", roles=("SEC",))
def opinion(request: HttpRequest, item_id: str) -> HttpResponse:
    row = access.get_item(request, item_id, "C13", "create")
    form = OpinionForm(reads.voting_base(row), request.POST)
    if form.is_valid() and attempt(form, lambda: actions.record_opinion(request.actor, row, **form.votes)):  # type: ignore[attr-defined]
        return done(request, _next(row), _("Avis enregistré."))
    return show_item(request, row, 422, form=form)


def _next(row: AgendaItem) -> str:
    """The next point that waits, else the meeting."""
    waiting = row.meeting.items.filter(state=ItemState.SCHEDULED, application__isnull=False).order_by("position")
    following = waiting.filter(position__gt=row.position).first() or waiting.first()
    return url_of_item(following) if following else url_of(row.meeting)


@screen("C13", "edit", roles=("SEC",))
def correct(request: HttpRequest, item_id: str) -> HttpResponse:
    row = access.get_item(request, item_id, "C13", "edit")
    given = reads.opinion_words(row)
    initial = {name: given[name] for name in ("votes_for", "votes_against", "abstentions", "reasons") if name in given}
    form = CorrectionForm(reads.voting_base(row), posted(request), initial=initial)
    if form.is_bound and form.is_valid():
        why = form.cleaned_data["why"]
        if attempt(form, lambda: actions.correct_opinion(request.actor, row, why=why, **form.votes)):  # type: ignore[attr-defined]
            return done(request, url_of(row.meeting), _("Avis corrigé."))
    context = {
        "meeting": row.meeting,
        "item": row,
        "form": form,
        "verb": _("Corriger l'avis"),
        "back": url_of(row.meeting),
    }
    context |= {"title": _("Corriger l'avis sur le dossier %(number)s") % {"number": number_of(row)}}
    return invalid(request, "ui/confirm.html", context) if form.is_bound else page(request, "ui/confirm.html", context)


def number_of(row: AgendaItem) -> str:
    return row.application.dossier.number if row.application else row.title


@require_POST
@screen("C13", "edit", roles=("SEC",))
def postpone(request: HttpRequest, item_id: str) -> HttpResponse:
    row = access.get_item(request, item_id, "C13", "edit")
    form = PostponeForm(request.POST, prefix="postpone")
    if form.is_valid() and attempt(form, lambda: actions.postpone_item(request.actor, row, **form.answers)):  # type: ignore[attr-defined]
        return done(request, _next(row), _("Point ajourné."))
    return show_item(request, row, 422, postpone_form=form)


@require_POST
@screen("C13", "comment", roles=("MEM",))
@told_when_gone
def note(request: HttpRequest, item_id: str) -> HttpResponse:
    """Read, with the private note and the wish; then the next one that she has not read."""
    row = access.get_item(request, item_id, "C13", "comment")
    form = ReadingForm(request.POST)
    if form.is_valid():
        actor: Actor = request.actor  # type: ignore[attr-defined]
        actions.mark_read(actor, row, note=form.cleaned_data["note"])
        if form.cleaned_data["wish"] != reads.sheet(actor, row).wish:
            actions.record_wish(actor, row, wish=form.cleaned_data["wish"])
        following = reads.sheet(actor, row).next_unread
        return done(request, url_of_item(following) if following else "/", _("Lecture enregistrée."))
    return show_item(request, row, 422, form=form)


@require_POST
@screen("C13", "comment", roles=("MEM",))
@told_when_gone
def written(request: HttpRequest, item_id: str) -> HttpResponse:
    """A member answers in a written consultation."""
    row = access.get_item(request, item_id, "C13", "comment")
    form = WrittenForm(request.POST, prefix="written")
    if saved(form, lambda: actions.give_written_opinion(request.actor, row, **form.answers)):  # type: ignore[attr-defined]
        return done(request, url_of_item(row), _("Votre avis est enregistré. Il peut changer jusqu'à la clôture."))
    return show_item(request, row, 422, written_form=form)


@screen("C13", "comment", roles=("MEM",))
@told_when_gone
def conflict(request: HttpRequest, item_id: str) -> HttpResponse:
    """A member declares that she takes no part; the point disappears for her."""
    row = access.get_item(request, item_id, "C13", "comment")
    form = Confirm(posted(request))
    if request.method == "POST" and form.is_valid():
        actions.declare_conflict(request.actor, row)  # type: ignore[attr-defined]
        return done(request, url_of(row.meeting), _("C'est noté : vous ne prenez pas part à ce point."))
    context = {
        "title": _("Ne pas prendre part à ce point"),
        "lead": _("Vous ne verrez plus ce dossier. Le secrétariat le sait, et le procès-verbal le dira."),
        "form": form,
        "verb": _("Je ne prends pas part à ce point"),
        "back": url_of_item(row),
    }
    return page(request, "ui/confirm.html", context)


@require_POST
@screen("C13", "edit", roles=("SEC",))
def hear(request: HttpRequest, item_id: str) -> HttpResponse:
    """Who was heard on this point."""
    row = access.get_item(request, item_id, "C13", "edit")
    form = HearingForm(request.POST, prefix="heard")
    if saved(form, lambda: actions.record_hearing(request.actor, row, **form.answers)):  # type: ignore[attr-defined]
        return done(request, url_of_item(row), _("Auditions enregistrées."))
    return show_item(request, row, 422, hearing_form=form)


@require_POST
@screen("C13", "edit", roles=("SEC",))
def note_conflict(request: HttpRequest, item_id: str) -> HttpResponse:
    """A member told the secretariat that she takes no part."""
    row = access.get_item(request, item_id, "C13", "edit")
    form = ConflictForm(reads.taking_part(row), request.POST, prefix="conflict")
    if saved(form, lambda: actions.note_conflict(request.actor, row, **form.answers)):  # type: ignore[attr-defined]
        return done(request, url_of_item(row), _("C'est noté : ce membre ne prend pas part à ce point."))
    return show_item(request, row, 422, conflict_form=form)


@require_POST
@screen("C13", "edit", roles=("SEC",))
def lift_conflict(request: HttpRequest, recusal_id: str) -> HttpResponse:
    """A conflict declared by mistake."""
    found = Recusal.objects.filter(pk=recusal_id).first()
    if found is None:
        raise Hidden
    row = access.get_item(request, found.item_id, "C13", "edit")
    actions.lift_conflict(request.actor, row, found)  # type: ignore[attr-defined]
    return done(request, url_of_item(row), _("Le déport est levé : ce membre prend part à ce point."))


@open_to("SEC", why=SESSION)
def attendance(request: HttpRequest, meeting_id: str) -> HttpResponse:
    row = access.get_meeting(request, meeting_id)
    form = AttendanceForm(reads.attendances(row), posted(request))
    if form.is_bound and form.is_valid():
        given = {"presences": form.presences(), "proxies": form.proxies()}
        if attempt(form, lambda: actions.record_attendance(request.actor, row, **given)):  # type: ignore[attr-defined]
            return done(request, url_of(row), _("Présences enregistrées."))
    context = {"meeting": row, "form": form, "today": clock.today()}
    show = invalid if form.is_bound else page
    return show(request, "commissions/attendance.html", context)


@require_POST
@open_to("SEC", why=SESSION)
def open_meeting(request: HttpRequest, meeting_id: str) -> HttpResponse:
    row = access.get_meeting(request, meeting_id)
    actions.open_meeting(request.actor, row)  # type: ignore[attr-defined]
    first = row.items.filter(state=ItemState.SCHEDULED, application__isnull=False).order_by("position").first()
    return done(request, url_of_item(first) if first else url_of(row), _("La séance est ouverte."))


@require_POST
@open_to("SEC", why=SESSION)
def close_meeting(request: HttpRequest, meeting_id: str) -> HttpResponse:
    """Close, and write the minutes at once."""
    row = access.get_meeting(request, meeting_id)
    actions.close_meeting(request.actor, row)  # type: ignore[attr-defined]
    actions.generate_minutes(request.actor, row)  # type: ignore[attr-defined]
    return done(request, reverse("commissions:minutes", args=[row.id]), _("Séance close. Le procès-verbal est prêt."))
