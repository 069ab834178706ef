"""How old what we have is, and whether the source could be asked: an outage never looks like an empty list."""

from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jalon.config import clock
from jalon.ui import html

from ..models import SourceFetch
from ..states import Reason, Source

LATE_HOURS = 36  # a night without an answer


class Freshness(NamedTuple):
    """``answered_at``: the last answer. ``failed_at``: the last time that there was none, if later."""

    source: str
    answered_at: datetime | None = None
    failed_at: datetime | None = None
    reason: str = ""
    complete: bool = True

    @property
    def asked(self) -> bool:
        """Was it ever answered? Otherwise an empty list says nothing."""
        return self.answered_at is not None

    @property
    def trusted(self) -> bool:
        """The last asking was answered, not long ago."""
        return self.asked and self.failed_at is None and not self.late

    @property
    def late(self) -> bool:
        if self.answered_at is None:
            return True
        return (clock.now() - self.answered_at).total_seconds() > LATE_HOURS * 3600

    @property
    def tone(self) -> str:
        return "ok" if self.trusted and self.complete else "warn"

    @property
    def sentence(self) -> str:
        """What the screen says above a list, empty or not."""
        who = WHO[self.source]
        if self.failed_at is not None:
            failed = {"who": who, "at": html.moment(self.failed_at), "why": Reason(self.reason).label}
            said = _("%(who)s : pas pu interroger le %(at)s (%(why)s).") % failed
            return f"{said} {self._kept()}"
        if self.answered_at is None:
            return _("%(who)s : pas encore interrogé.") % {"who": who}
        told = {"who": who, "at": html.moment(self.answered_at), "age": self._age()}
        said = _("%(who)s, interrogé le %(at)s, %(age)s.") % told
        return said if self.complete else f"{said} {_('La liste est incomplète.')}"

    def _kept(self) -> str:
        if self.answered_at is None:
            return _("Aucune liste n'est gardée : cela ne veut pas dire qu'il n'y a rien.")
        kept = {"at": html.moment(self.answered_at), "age": self._age()}
        return _("La liste est celle du %(at)s, %(age)s.") % kept

    def _age(self) -> str:
        assert self.answered_at is not None
        hours = int((clock.now() - self.answered_at).total_seconds() // 3600)
        if hours < 1:
            return _("il y a moins d'une heure")
        if hours < 48:
            return ngettext("il y a %(n)d heure", "il y a %(n)d heures", hours) % {"n": hours}
        return ngettext("il y a %(n)d jour", "il y a %(n)d jours", hours // 24) % {"n": hours // 24}


WHO = {Source.OFFERS: "France Travail", Source.SERVICES: "data·inclusion"}


def freshness(source: str, department: str) -> Freshness:
    """One statement: the last answer, and the last failure after it."""
    rows = SourceFetch.objects.filter(source=source, department=department).order_by("-asked_at")
    answered = failed = None
    # Failures in a row are few: the latest answer is soon met. Beyond the limit, it is as good as none.
    for row in rows.values("asked_at", "failure", "complete")[:60]:
        if not row["failure"]:
            answered = row
            break
        failed = failed or row
    return Freshness(
        source,
        answered["asked_at"] if answered else None,
        failed["asked_at"] if failed else None,
        failed["failure"] if failed else "",
        answered["complete"] if answered else True,
    )
