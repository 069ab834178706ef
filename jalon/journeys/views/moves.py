"""Renewal, transfer, end of the pathway."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from jalon.access import Actor, screen
from jalon.config import clock
from jalon.directory import reads as directory
from jalon.journeys import actions, reads, wording
from jalon.journeys.forms import Confirm, ExitForm, PlaceForm, TransferForm
from jalon.people import access as people
from jalon.people.models import Dossier
from jalon.ui.forms import attempt, posted
from jalon.ui.html import Row
from jalon.ui.rules import why
from jalon.ui.views import done, invalid, page


def _journey(dossier: Dossier) -> str:
    return reverse("journeys:journey", args=[dossier.id])


@screen("C12", "create", roles=("REF",))
def renew(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """What the renewal would be; beyond the 24 months, why there is none."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    dossier = people.get(request, dossier_id, "C12", "create")
    pathway = reads.clock(dossier)
    form = Confirm(posted(request))
    if request.method == "POST" and form.is_valid():
        application = actions.prepare_renewal(actor, dossier)
        return done(request, reverse("dossiers:application", args=[application.id]), _("Renouvellement ouvert."))
    context = {"dossier": dossier, "who": reads.called(dossier, actor), "pathway": pathway, "today": pathway.today}
    context |= {"next": reads.next_step(pathway), "form": form}
    return page(request, "journeys/renew.html", context)


@screen("C16", "edit", roles=("REF", "MGR"))
def transfer(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """Where first, then with whom: the clock goes on, the former unit sees nothing more."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    dossier = people.get(request, dossier_id, "C16", "edit")
    places = reads.places(dossier)
    chosen = places.get(str((request.POST or request.GET).get("place", "")))
    users = directory.people_in(chosen.organisation.pk, "REF", department=chosen.department) if chosen else []
    referents = {user.pk: user for user in users}
    listed = [(key, place.label) for key, place in places.items()]
    if chosen is None:
        form: PlaceForm = PlaceForm(listed, posted(request))
    else:
        named = [(key, user.name) for key, user in referents.items()]
        form = TransferForm(listed, named, posted(request), initial={"place": chosen.key})
    if chosen and request.method == "POST" and form.is_valid():
        given = {"to_organisation": chosen.organisation, "to_department": chosen.department}
        given |= {"new_referent": referents[form.cleaned_data["new_referent"]], "reason": form.cleaned_data["reason"]}
        if attempt(form, lambda: actions.transfer(actor, dossier, **given)):
            return done(request, "/", _("Dossier transféré. Le compteur continue ; vous ne le voyez plus."))
    context = {"dossier": dossier, "who": reads.called(dossier, actor), "form": form, "chosen": chosen}
    context["rules"] = why("TRF-1", "DUR-4")
    return (invalid if form.is_bound else page)(request, "journeys/transfer.html", context)


@screen("C16", "edit", roles=("REF", "MGR"))
def exit_journey(request: HttpRequest, dossier_id: str) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    dossier = people.get(request, dossier_id, "C16", "edit")
    form = ExitForm(posted(request), initial={"on": clock.today()})
    if (
        form.is_bound
        and form.is_valid()
        and attempt(form, lambda: actions.exit_journey(actor, dossier, **form.answers))
    ):
        return done(request, _journey(dossier), _("Fin du parcours enregistrée."))
    pathway = reads.clock(dossier)
    used = pathway.computed.months_used
    facts = [Row(_("Temps autorisé"), wording.duration(used.months, used.days)), Row(_("Terme"), _day(pathway))]
    context = {
        "title": _("%(who)s · Fin du parcours") % {"who": reads.called(dossier, actor)},
        "lead": _("L'accompagnement peut continuer hors parcours. Le dossier est clos, les échéances tombent."),
        "facts": facts,
        "rules": pathway.rules,
        "form": form,
        "verb": _("Enregistrer la fin du parcours"),
        "back": _journey(dossier),
    }
    return (invalid if form.is_bound else page)(request, "ui/confirm.html", context)


def _day(pathway: reads.Pathway) -> str:
    return f"{pathway.current.end:%d/%m/%Y}" if pathway.current else ""
