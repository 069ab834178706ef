"""What the screens and the commands read: how fresh a source is, the occupations, the lists and the cards."""

from .cards import Card, card, last_seen, noted, old, standing
from .fresh import Freshness, freshness
from .lists import contracts, offer, offers, places, services, training, trainings
from .occupations import label_of, release
from .orientations import chosen, need_of, orientation, orientations
from .rights import right_page
from .subjects import communes

__all__ = [
    "chosen",
    "need_of",
    "orientation",
    "orientations",
    "Card",
    "Freshness",
    "card",
    "communes",
    "contracts",
    "freshness",
    "label_of",
    "last_seen",
    "noted",
    "old",
    "offer",
    "offers",
    "places",
    "release",
    "right_page",
    "services",
    "standing",
    "training",
    "trainings",
]
