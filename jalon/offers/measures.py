"""What the catalogue tells of a convention: the cards up to date, and those to check before the next meeting."""

from datetime import date, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from jalon.config import clock
from jalon.conventions.agenda import Entry
from jalon.conventions.measures import NOTHING, Point, share_of
from jalon.conventions.models import Convention

from .models import Service
from .reads.cards import old

# What a card was before it was last checked is not kept: a day further back than this is not measured.
KNOWN_FOR = timedelta(days=7)


def _cards(convention: Convention) -> QuerySet[Service]:
    return Service.objects.filter(Q(gone_on=None), department=convention.department)


def cards_up_to_date(convention: Convention, day: date) -> Point:
    """Of the cards of the department, those that somebody vouched for within six months."""
    if day < clock.today() - KNOWN_FOR:
        return NOTHING
    cards = _cards(convention)
    whole = cards.count()
    return share_of(whole - old(cards).count(), whole)


def to_check(convention: Convention, _day: date) -> Entry | None:
    count = old(_cards(convention)).count()
    lines = [_("Fiches à revérifier : %(n)d") % {"n": count}]
    return Entry("catalogue", _("Catalogue commun"), lines) if count else None
