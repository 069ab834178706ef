"""Her CV and letter as they stand, or begun from what her project says."""

from typing import Any, NamedTuple

from jalon.access import Actor
from jalon.dossiers import reads as dossiers
from jalon.people.languages import LANGUAGES
from jalon.people.models import Dossier
from jalon.vault import keys

from ..models import Resume
from .subjects import identity_of


class ResumePage(NamedTuple):
    """``written``: it was saved once; otherwise the fields are only proposed."""

    fields: dict[str, str]
    revision: int
    written: bool
    pk: str = ""


def resume(actor: Actor, dossier: Dossier) -> ResumePage:
    row = keys.with_key(Resume.objects.filter(dossier=dossier), "G1", owner="dossier_id").first()
    if row is not None:
        return ResumePage(row.unseal(row.key_G1), row.revision, True, row.pk)  # type: ignore[attr-defined]
    return ResumePage(_begun(actor, dossier), 0, False)


def _begun(actor: Actor, dossier: Dossier) -> dict[str, str]:
    """Neither name nor phone: she says herself what an employer may read."""
    project = dossiers.project_of(dossier.pk)
    spoken: Any = identity_of(actor, dossier).get("languages") or []
    codes = [one.get("code", "") if isinstance(one, dict) else str(one) for one in spoken]
    return {
        "title": str(project.get("goal") or "")[:120],
        "experiences": str(project.get("work_experience") or ""),
        "trainings": str(project.get("diplomas") or ""),
        "languages": "\n".join(str(LANGUAGES[code]) for code in codes if code in LANGUAGES),
    }
