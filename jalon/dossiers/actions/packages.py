"""The package: drafted, read back to her, signed, sent; and the session's copy under its own key."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import Actor, Refused
from jalon.config import clock
from jalon.directory import reads as directory
from jalon.dossiers import package as content
from jalon.dossiers import parts as form
from jalon.dossiers import redlist, seals, versions
from jalon.dossiers.models import SESSION_GROUP, Application, Package, Piece, SessionCopy
from jalon.dossiers.reads import packages as reads
from jalon.dossiers.states import APPLICATION, Kind, PackageState, PieceState
from jalon.notices import actions as notices
from jalon.people import access as people
from jalon.people.actions import move_stage
from jalon.ui.errors import Conflict
from jalon.vault import files, ids, keys

from . import silences
from .drafts import take_drafts
from .rows import locked, move


@transaction.atomic
def draft_package(
    actor: Actor,
    application: Application,
    *,
    summary: str,
    sentences: Mapping[str, list[str]] | None = None,
    opinion: str,
    requests: Mapping[str, Any],
) -> Package:
    """Write what would leave. Raises ``redlist.Blocked`` or ``package.TooLong`` and writes nothing when it may not.

    ``sentences`` are those chosen among ``package.proposals`` (all by default). A new draft replaces the former one and
    must be read back again.
    """
    locked(application)
    dossier = application.dossier
    used = people.require(actor, dossier, "C12", "create")
    APPLICATION.target(application.state, "edit")
    answers, identity = reads.answers_of(application)
    written = content.build(
        kind=application.kind,
        number=dossier.number,
        rank=application.rank,
        form_version=application.form_version,
        association=dossier.organisation.name_on(clock.today()),
        drafted_on=clock.today(),
        identity=identity,
        answers=answers,
        asked=versions.of(application.form_version).parts,
        summary=summary,
        sentences=sentences,
        opinion=opinion,
        requests=requests,
        pieces=reads.pieces_for_package(application),
    )
    row = application.packages.select_for_update().filter(state=PackageState.DRAFT).first()
    if row is None:
        row = Package(application=application, dossier=dossier, version=application.packages.count() + 1)
    new = row._state.adding
    row.seal(written)
    row.read_back_on = None
    row.save(force_insert=new)
    journal.record(actor, "draft_package", dossier, compartment="C12", conditions=used.used, sealed=[row])
    return row


def _as_seen(package: Package, seen: str) -> None:
    """Nobody signs, sends or says read what was written after her page was shown."""
    if seen and seen != package.seen_as:
        why = _("Le dossier de présentation a changé depuis que cette page est ouverte : relisez-le.")
        raise Conflict(why, back=reverse("dossiers:review", args=[package.application_id]))


@transaction.atomic
def record_read_back(
    actor: Actor,
    package: Package,
    *,
    language: str,
    interpreter: str = "",
    presence: Sequence[str] = (),
    seen: str = "",
) -> Package:
    """She has heard the whole package in her language; without it nothing is signed.

    ``presence``: codes of ``people.records.PRESENCE``, who was there. ``seen``: ``Package.seen_as`` of the page.
    """
    package.refresh_from_db(from_queryset=Package.objects.select_for_update().select_related("application__dossier"))
    dossier = package.application.dossier
    used = people.require(actor, dossier, "C12", "edit")
    APPLICATION.target(package.application.state, "edit")
    if package.state != PackageState.DRAFT:
        raise Conflict(_("Cette version est déjà signée."))
    _as_seen(package, seen)
    if not language.strip():
        raise Refused(_("Indiquez dans quelle langue le dossier a été relu."))
    today = clock.today()
    read_back: dict[str, Any] = {"language": language, "on": today.isoformat(), "interpreter": interpreter}
    if presence:
        read_back["presence"] = list(presence)
    package.seal({**package.unseal(), "read_back": read_back})
    package.read_back_on = today
    package.save(update_fields=["sealed", "revision", "read_back_on"])
    journal.record(actor, "record_read_back", dossier, compartment="C12", conditions=used.used, sealed=[package])
    return package


@transaction.atomic
def sign_package(actor: Actor, application: Application, *, seen: str = "") -> Package:
    """The manager signs what was read back: from now on the content is frozen under its fingerprint.

    ``seen``: ``Package.seen_as`` of the page that she read.
    """
    locked(application)
    dossier = application.dossier
    used = people.require(actor, dossier, "C12", "sign")
    APPLICATION.target(application.state, "sign_package")
    package = application.packages.select_for_update().filter(state=PackageState.DRAFT).first()
    if package is None:
        raise Refused(_("Le dossier de présentation n'est pas encore préparé."))
    _as_seen(package, seen)
    if package.read_back_on is None:
        raise Refused(_("Le dossier de présentation doit d'abord être relu avec elle."))
    if missing := reads.blocking_gaps(application):
        raise Refused(_("Il manque : %(what)s.") % {"what": ", ".join(missing)})
    written = package.unseal()
    _nothing_red(application, written)
    package.state = PackageState.SIGNED
    package.digest = content.digest(written)
    package.signed_by_id, package.signed_at = actor.user_id, clock.now()
    package.signature = seals.sign(package)
    package.save(update_fields=["state", "digest", "signature", "signed_by", "signed_at"])
    move(application, "sign_package")
    journal.record(actor, "sign_package", dossier, compartment="C12", conditions=used.used, sealed=[package])
    return package


@transaction.atomic
def submit_application(actor: Actor, application: Application, *, seen: str = "") -> Application:
    """Sent to the secretariat, with a dated receipt: the association must be approved in this department today."""
    locked(application)
    dossier = application.dossier
    used = people.require(actor, dossier, "C12", "transmit")
    APPLICATION.target(application.state, "submit_application")
    today = clock.today()
    if why := directory.why_not_accredited(dossier.organisation_id, dossier.department, today, lock=True):
        raise Refused(why)
    package = application.packages.select_for_update().get(state=PackageState.SIGNED)
    _as_seen(package, seen)
    written = package.unseal()
    if not seals.intact(package, written):
        raise Refused(_("Le dossier signé a été altéré : il ne peut pas partir."))
    _nothing_red(application, written)
    package.state = PackageState.SUBMITTED
    package.save(update_fields=["state"])
    _receive(application, today)
    copies, gone = copy_papers(application), take_drafts(application)
    if application.kind == Kind.ENGAGEMENT:
        move_stage(dossier, "submit_application")
    journal.record(
        actor,
        "submit_application",
        dossier,
        compartment="C12",
        conditions=used.used,
        sealed=[package, *copies],
        gone=gone,
    )
    if application.kind == Kind.RENEWAL:
        notices.complete(dossier, "renewal_remind", "renewal_open", "renewal_file", actor=actor)
    silences.plan(actor, application, afis=written["requests"]["afis"])
    for holder in directory.holders("SEC", application.department):
        notices.queue(holder.user_id, "task", f"received:{application.pk}", actor=actor)
    return application


def _nothing_red(application: Application, written: Mapping[str, Any]) -> None:
    """A name or an address may have been noted since the package was drafted: it does not leave either."""
    if places := content.blocked(written, redlist.red_list(*reads.answers_of(application))):
        raise redlist.Blocked(places)


def _receive(application: Application, today: date) -> None:
    """Sent today under a number drawn by lot: another, as long as it is taken."""
    dossier = application.dossier
    before = application.state, application.revision
    for _attempt in range(20):
        given = {"receipt_number": receipt(dossier.department, today), "submitted_on": today}
        given |= {"department": dossier.department, "organisation_id": dossier.organisation_id}
        try:
            with transaction.atomic():
                move(application, "submit_application", **given)
            return
        except IntegrityError:
            application.state, application.revision = before
    raise Conflict(_("Plusieurs demandes partent en même temps. Réessayez."))


def receipt(department: str, day: date) -> str:
    """R-31-2026-4821: department, year, a rank drawn by lot."""
    return f"R-{department}-{day.year}-{ids.rank()}"


def copy_papers(application: Application) -> list[Any]:
    """Seal a copy of each paper that leaves under the key of the package; return the new files."""
    copies = []
    rows = application.pieces.select_related("file").filter(state=PieceState.RECEIVED, file__isnull=False, sent=None)
    for row in rows:
        if form.PAPER_BY_CODE[row.code].leaves and row.file:
            bytes_, meta = files.read(row.file)
            row.sent = files.store(application.dossier_id, "G5a", bytes_, meta)
            Piece.objects.filter(pk=row.pk).update(sent=row.sent)
            copies.append(row.sent)
    return copies


# --- the commission's copy ------------------------------------------------------------------------------------


def make_session_copy(application: Application) -> SessionCopy:
    """The copy that members read, under a key that the end of the window destroys. The caller journals it."""
    package = application.packages.filter(state=PackageState.SUBMITTED).latest("version")
    copy = SessionCopy.objects.filter(package=package).first()
    if copy is not None and copy.destroyed_on is None:
        return copy
    copy = copy or SessionCopy(package=package, dossier_id=application.dossier_id)
    new = copy._state.adding
    slots = keys.ensure(application.dossier_id, SESSION_GROUP)
    copy.destroyed_on = None
    copy.seal({**package.unseal(), "digest": package.digest}, slots[SESSION_GROUP])
    copy.save(force_insert=new)
    return copy


def destroy_session_copies(dossier_ids: Iterable[str], *, on: date) -> int:
    """The window is over: destroy the keys, blank the copies; return how many. The caller journals it."""
    ids = list(dossier_ids)
    for dossier_id in ids:
        keys.destroy(dossier_id, [SESSION_GROUP])
    rows = SessionCopy.objects.filter(dossier_id__in=ids, destroyed_on=None)
    return rows.update(sealed=b"", revision=0, destroyed_on=on)
