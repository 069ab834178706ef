"""One part of the request, saved: answers, what she preferred not to say, whether it is finished."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import Actor, Refused
from jalon.config import clock
from jalon.dossiers import parts as form
from jalon.dossiers import stores, versions
from jalon.dossiers.models import Application, Draft, Part
from jalon.dossiers.states import APPLICATION, PartState
from jalon.people import access as people
from jalon.people.actions import update_identity, update_safe_contact
from jalon.ui.errors import Conflict

from .rows import locked

UPDATES = {"identity": update_identity, "safe_contact": update_safe_contact}


@transaction.atomic
def save_part(
    actor: Actor,
    application: Application,
    code: str,
    *,
    data: Mapping[str, Any],
    state: str,
    revision: int | None = None,
) -> Part:
    """Save the answers of one part; ``state`` says what she and the worker think of it.

    « Done » needs every required question answered (or declined). A stale ``revision`` raises Conflict with the saved
    answers. Identity and safe contact are kept in the person's file: they are asked once.
    """
    locked(application)
    part = asked_part(application, code)
    dossier = application.dossier
    used = people.require(actor, dossier, part.compartment, "edit")
    APPLICATION.target(application.state, "edit")
    row = Part.objects.select_for_update().get(application=application, code=code)
    state = PartState(state)
    if state == PartState.NOT_APPLICABLE and not part.may_not_apply:
        raise Refused(_("Cette partie ne peut pas être sans objet."))
    if revision is not None and revision != row.revision:
        if saved_already(row, part, data, state):
            return row
        raise Conflict(
            _("Quelqu'un a enregistré une autre version pendant que vous écriviez."),
            theirs=row.unseal(),
            revision=row.revision,
        )
    sealed: list[Any] = [row]
    if part.store:
        answers, kept = _in_the_file(actor, application, part, data)
        if kept is not None:
            sealed.append(kept)
    else:
        answers = form.clean(part, data)
    missing = form.gaps(part, answers) if state != PartState.NOT_APPLICABLE else []
    if state == PartState.DONE and missing:
        raise Refused(_("Il manque : %(what)s.") % {"what": ", ".join(form.gap_words(part, missing))})
    row.seal({} if part.store else answers)
    row.state, row.missing = state, ",".join(missing)
    row.updated_on, row.updated_by_id = clock.today(), actor.user_id
    row.save(update_fields=["sealed", "revision", "state", "missing", "updated_on", "updated_by"])
    drafts = list(Draft.objects.filter(part=row, author=actor.user_id))
    journal.record(
        actor,
        "save_part",
        dossier,
        compartment=part.compartment,
        conditions=used.used,
        sealed=sealed,
        gone=drafts,
        purpose=code,
    )
    Draft.objects.filter(pk__in=[draft.pk for draft in drafts]).delete()
    return row


def saved_already(row: Part, part: form.Part, data: Mapping[str, Any], state: str) -> bool:
    """The same form sent twice: the second finds what the first has saved."""
    return row.revision > 0 and not part.store and row.state == state and row.unseal() == form.clean(part, data)


def asked_part(application: Application, code: str) -> form.Part:
    """The part under the version of the form that the request follows."""
    part = versions.of(application.form_version).part(code)
    if part is None:
        raise ValueError(f"{code} is no part of form {application.form_version}")
    return part


def _in_the_file(
    actor: Actor, application: Application, part: form.Part, data: Mapping[str, Any]
) -> tuple[dict[str, Any], Any]:
    """Answers that live in the person's file: change there what is given, then look at the whole."""
    kept = UPDATES[part.store](actor, application.dossier, data=data) if data else None
    record = (kept or stores.MODELS[part.store].objects.get(dossier=application.dossier_id)).unseal()
    return stores.answers(part, record), kept
