"""The task list: where each part stands, what is missing by its name, where to go on."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from jalon.access import Actor
from jalon.dossiers import access, stores, versions
from jalon.dossiers import parts as form
from jalon.dossiers.models import Application, Package, Part, Piece
from jalon.dossiers.states import ApplicationState, Kind, PackageState, PartState, PieceState
from jalon.people import access as people
from jalon.people.models import Dossier
from jalon.ui.html import Task
from jalon.vault import keys

from .packages import current_package

TONES = {
    PartState.TODO: ("neutral", ""),
    PartState.IN_PROGRESS: ("info", "half"),
    PartState.DONE: ("ok", "check"),
    PartState.NOT_APPLICABLE: ("neutral", "dash"),
}


@dataclass
class Item:
    """One part on the list."""

    part: form.Part
    state: str
    gaps: list[str] = field(default_factory=list)
    url: str = ""
    hint: str = ""

    @property
    def done(self) -> bool:
        return self.state in (PartState.DONE, PartState.NOT_APPLICABLE)

    @property
    def lacking(self) -> list[str]:
        """What is missing in words, but for the part itself."""
        return form.besides(self.part, self.gaps)

    @property
    def task(self) -> Task:
        tone, drawing = TONES[PartState(self.state)]
        return Task(self.part.label, self.url, capfirst(PartState(self.state).label), tone, self.hint, drawing)


@dataclass
class TaskList:
    """The whole page: parts by group, how many are finished, what is missing."""

    items: list[Item]
    counted: int

    @property
    def done(self) -> int:
        return sum(item.done for item in self.items if not item.part.optional)

    @property
    def groups(self) -> list[tuple[Any, list[Task]]]:
        return [
            (label, [item.task for item in self.items if item.part.group == code])
            for code, label in form.GROUPS.items()
            if any(item.part.group == code for item in self.items)
        ]

    @property
    def missing(self) -> list[Item]:
        return [item for item in self.items if item.gaps]

    @property
    def following(self) -> Item | None:
        """Where « Continuer » leads: what was begun, else the first not begun."""
        open_ = [item for item in self.items if item.url and not item.done and not item.part.optional]
        begun = [item for item in open_ if item.state == PartState.IN_PROGRESS]
        return next(iter(begun or open_), None)


def before(dossier: Dossier, actor: Actor) -> TaskList:
    """The list before a request exists: identity and contact can be filled, the rest waits for her agreement."""
    back = reverse("dossiers:start", args=[dossier.pk])
    asked, items = versions.current(dossier.department), []
    for part in asked.parts_of(Kind.ENGAGEMENT):
        item = Item(part, PartState.TODO, hint=_("après son accord"))
        if part.store:
            record = _record(part, dossier)
            item.hint, item.gaps = "", form.gap_words(part, form.gaps(part, stores.answers(part, record)))
            item.state = PartState.IN_PROGRESS if item.gaps else PartState.DONE
            item.url = person_url(part, dossier, back)
        items.append(item)
    return TaskList(items, len(asked.counted(Kind.ENGAGEMENT)))


def prepared(applications: QuerySet[Application]) -> QuerySet[Application]:
    """With what ``of`` reads, for several requests at once: three statements more, whatever their number."""
    versions = Package.objects.exclude(state=PackageState.SUPERSEDED).order_by("-version").defer("sealed")
    return applications.prefetch_related(
        Prefetch("parts", Part.objects.defer("sealed")),
        Prefetch("pieces", Piece.objects.only("application", "code", "state")),
        Prefetch("packages", versions, to_attr="standing"),
    )


def of(application: Application, actor: Actor) -> TaskList:
    """The list of a request. Parts that the actor may not open say so and are not opened here either."""
    rows = {row.code: row for row in application.parts.all()}
    papers = sorted((row.code, row.state) for row in application.pieces.all())
    back = reverse("dossiers:application", args=[application.pk])
    asked, items = versions.of(application.form_version), []
    for part in asked.parts_of(application.kind):
        item = _item(application, actor, part, rows[part.code], papers, back)
        item.hint = item.hint or _hint(item)
        items.append(item)
    return TaskList(items, len(asked.counted(application.kind)))


def _item(
    application: Application, actor: Actor, part: form.Part, row: Part, papers: list[tuple[str, str]], back: str
) -> Item:
    dossier = application.dossier
    if part.code in ("pieces", "review"):
        item = _papers(application, part, papers) if part.code == "pieces" else _review(application, part)
        if not people.can(actor, dossier, "C12", "read"):
            item.url = ""
        return item
    if not access.opens(actor, dossier, part.compartment, "read"):
        return Item(part, row.state, hint=_("réservé à la personne référente"))
    if part.store:
        gaps = form.gaps(part, stores.answers(part, _record(part, dossier)))
        state = PartState.IN_PROGRESS if gaps else PartState.DONE
        return Item(part, state, form.gap_words(part, gaps), person_url(part, dossier, back))
    gaps = [] if row.state == PartState.NOT_APPLICABLE else [name for name in row.missing.split(",") if name]
    state = PartState.IN_PROGRESS if row.state == PartState.DONE and gaps else row.state
    url = reverse("dossiers:part", args=[application.pk, part.code])
    again = row.revision and row.updated_on is None and not gaps
    return Item(part, state, form.gap_words(part, gaps), url, _("repris de la demande précédente") if again else "")


def _hint(item: Item) -> str:
    if not item.gaps or item.state == PartState.TODO:
        return _("facultatif") if item.part.optional else ""
    return _("Il manque : %(what)s") % {"what": ", ".join(item.lacking)} if item.lacking else ""


def _papers(application: Application, part: form.Part, papers: list[tuple[str, str]]) -> Item:
    waiting = [str(form.PAPER_BY_CODE[code].label) for code, state in papers if state == PieceState.EXPECTED]
    here = len(papers) - len(waiting)
    begun = PartState.IN_PROGRESS if here else PartState.TODO
    item = Item(part, begun if waiting else PartState.DONE, waiting)
    item.url = reverse("dossiers:pieces", args=[application.pk])
    item.hint = _("%(here)d sur %(all)d") % {"here": here, "all": len(papers)}
    if waiting and here:
        item.hint += " · " + _("Il manque : %(what)s") % {"what": ", ".join(waiting)}
    return item


def _review(application: Application, part: form.Part) -> Item:
    found = getattr(application, "standing", None)
    package = current_package(application) if found is None else next(iter(found), None)
    url = reverse("dossiers:review", args=[application.pk])
    if package is None:
        return Item(part, PartState.TODO, url=url)
    if package.state == PackageState.DRAFT and package.read_back_on is None:
        return Item(part, PartState.IN_PROGRESS, url=url, hint=_("à relire avec elle"))
    if package.state == PackageState.DRAFT:
        return Item(part, PartState.IN_PROGRESS, url=url, hint=_("relu avec elle, à signer"))
    return Item(part, PartState.DONE, url=url, hint=str(application.get_state_display()))


def _record(part: form.Part, dossier: Dossier) -> dict[str, Any]:
    if hasattr(dossier, "key_G1"):
        return getattr(dossier, part.store).unseal(dossier.key_G1)
    model = stores.MODELS[part.store]
    row = keys.with_key(model.objects.filter(dossier=dossier), "G1", owner="dossier_id").get()
    return row.unseal(row.key_G1)


def person_url(part: form.Part, dossier: Dossier, back: str) -> str:
    """The page of the person's file, which comes back here."""
    name = {"identity": "people:identity", "safe_contact": "people:contact"}[part.store]
    return f"{reverse(name, args=[dossier.pk])}?{urlencode({'suite': back})}"


def editable(application: Application, actor: Actor) -> bool:
    return application.state == ApplicationState.DRAFT and people.can(actor, application.dossier, "C12", "edit")
