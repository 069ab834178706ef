"""What the package is made of, and what it says. The caller has checked the right to read it."""

from typing import Any

from django.utils.translation import override

from jalon.dossiers import parts as form
from jalon.dossiers import redlist, stores, versions
from jalon.dossiers.models import Application, Package, Part, SessionCopy
from jalon.dossiers.package import LANGUAGE
from jalon.dossiers.states import PackageState, PartState, PieceState
from jalon.people.models import Identity
from jalon.vault import keys


def answers_of(application: Application) -> tuple[dict[str, dict[str, Any]], dict[str, Any]]:
    """(answers by part, identity record), opened in two queries and one of keys; not for a screen."""
    rows = list(application.parts.all())
    slots = keys.fetch_many([application.dossier_id], {row.key_group for row in rows} | {"G1"})
    answers = {
        row.code: row.unseal(slots.get((application.dossier_id, row.key_group)))
        for row in rows
        if row.revision and row.state != PartState.NOT_APPLICABLE
    }
    identity = Identity.objects.get(dossier_id=application.dossier_id)
    return answers, identity.unseal(slots.get((application.dossier_id, "G1")))


def pieces_for_package(application: Application) -> list[dict[str, Any]]:
    """The list of papers as it leaves: what each is and whether it is there, without its own name."""
    with override(LANGUAGE):
        return [
            {
                "code": row.code,
                "label": str(form.PAPER_BY_CODE[row.code].label),
                "state": str(row.state),
                "received_on": row.received_on.isoformat() if row.received_on else None,
            }
            for row in application.pieces.order_by("code", "received_on", "pk")
            if form.PAPER_BY_CODE[row.code].leaves
        ]


def blocking_gaps(application: Application) -> list[str]:
    """Everything without which the manager cannot sign, named part by part."""
    missing = []
    rows = {row.code: row for row in application.parts.all()}
    slots = keys.fetch_many([application.dossier_id], ["G1"])
    for part in versions.of(application.form_version).parts_of(application.kind):
        row = rows.get(part.code)
        if row is None or row.state == PartState.NOT_APPLICABLE or part.computed:
            continue
        names = store_gaps(part, row, slots) if part.store else row.missing.split(",")
        if words := form.gap_words(part, filter(None, names)):
            more = form.besides(part, words)
            missing.append(f"{part.label} ({', '.join(more)})" if more else str(part.label))
    expected = application.pieces.filter(state=PieceState.EXPECTED).values_list("code", flat=True)
    missing += [str(form.PAPER_BY_CODE[code].label) for code in expected if form.PAPER_BY_CODE[code].blocking]
    return missing


def store_gaps(part: form.Part, row: Any, slots: dict[tuple[str, str], bytes]) -> list[str]:
    """The gaps of a part whose answers are in the person's file."""
    record = stores.MODELS[part.store].objects.get(dossier_id=row.dossier_id)
    return form.gaps(part, stores.answers(part, record.unseal(slots.get((row.dossier_id, "G1")))))


def red_in(application: Application, part: form.Part, record: dict[str, Any]) -> list[str]:
    """What is to be taken out of a part before it can leave, told by its place; for who may draft the package (C12)."""
    if part.code not in redlist.SENT:
        return []
    answers, identity = answers_of(application)
    found = redlist.red_places(part, record, answers, identity)
    return [redlist.sentence("", ranks, part.question(name).label) for name, ranks in found.items()]


def current_package(application: Application) -> Package | None:
    """The version that counts: the last one that was not replaced."""
    return application.packages.exclude(state=PackageState.SUPERSEDED).order_by("-version").first()


def package_for(application: Application) -> dict[str, Any]:
    """The content of the current package, ``{}`` before the first draft."""
    package = current_package(application)
    return package.unseal() if package else {}


def session_copy_for(application: Application) -> dict[str, Any]:
    """The commission's copy, ``{}`` before the convocation and after the window."""
    copy = SessionCopy.objects.filter(package__application=application).order_by("-package__version").first()
    return copy.unseal() if copy and copy.destroyed_on is None else {}


def project_of(dossier_id: str) -> dict[str, Any]:
    """The project of the latest request (C10), for a caller who may read that compartment; ``{}`` before any."""
    rows = Part.objects.filter(dossier=dossier_id, code="project", revision__gt=0).order_by("-application__rank")
    row = keys.with_key(rows, "G1", owner="dossier_id").first()
    return row.unseal(row.key_G1) if row else {}
