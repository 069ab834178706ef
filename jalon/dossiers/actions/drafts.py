"""What is typed and not yet saved: kept sealed for whoever types it, so that a session's end loses nothing."""

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import Actor, Refused
from jalon.config import clock
from jalon.dossiers import access
from jalon.dossiers.models import Application, Draft, Part
from jalon.dossiers.states import APPLICATION

from .rows import locked

MOST_TYPED = 60_000  # characters: all the questions of the longest part, and room to spare


@transaction.atomic
def keep_draft(
    actor: Actor, application: Application, code: str, *, typed: Mapping[str, Sequence[str]], based_on: int
) -> Draft:
    """Keep the fields of a part as they stand on the screen, right or wrong; the saved answers do not move.

    ``based_on`` is the revision of the part on that screen: saving compares it. A proof of identity that has lapsed
    while she was writing does not lose the text: it is sealed in its compartment, and read again only with the proof.
    """
    locked(application)
    row = Part.objects.get(application=application, code=code)
    used = access.require_keeping(actor, application.dossier, row.compartment)
    APPLICATION.target(application.state, "edit")
    if sum(len(value) for values in typed.values() for value in values) > MOST_TYPED:
        raise Refused(_("Ce texte est trop long pour être gardé."))
    draft = Draft.objects.select_for_update().filter(part=row, author=actor.user_id).first()
    draft = draft or Draft(part=row, dossier=application.dossier, compartment=row.compartment, author_id=actor.user_id)
    new = draft._state.adding
    draft.seal({"typed": {name: list(values) for name, values in typed.items()}})
    draft.based_on, draft.kept_at = based_on, clock.now()
    draft.save(force_insert=new)
    journal.record(
        actor,
        "keep_draft",
        application.dossier,
        compartment=row.compartment,
        conditions=used.used,
        sealed=[draft],
        purpose=code,
    )
    return draft


@transaction.atomic
def forget_draft(actor: Actor, application: Application, code: str) -> None:
    """Come back to the saved answers."""
    locked(application)
    row = Part.objects.get(application=application, code=code)
    used = access.require_keeping(actor, application.dossier, row.compartment)
    gone = list(Draft.objects.select_for_update().filter(part=row, author=actor.user_id))
    journal.record(
        actor,
        "forget_draft",
        application.dossier,
        compartment=row.compartment,
        conditions=used.used,
        gone=gone,
        purpose=code,
    )
    Draft.objects.filter(pk__in=[draft.pk for draft in gone]).delete()


def take_drafts(application: Application) -> list[Draft]:
    """The drafts that nothing can save any more: the request has left, or is withdrawn. The caller journals them."""
    gone = list(Draft.objects.filter(part__application=application))
    Draft.objects.filter(pk__in=[draft.pk for draft in gone]).delete()
    return gone
