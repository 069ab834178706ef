"""What the screens and the commands read: how fresh a source is, the occupations, the lists and the cards."""

from .cards import Card, card, last_seen, noted, old, standing
from .fresh import Freshness, freshness
from .lists import contracts, offer, offers, places, services, training, trainings
from .occupations import label_of, release
from .orientations import chosen, need_of, orientation, orientations

__all__ = [
    "chosen",
    "need_of",
    "orientation",
    "orientations",
    "Card",
    "Freshness",
    "card",
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
    "services",
    "standing",
    "training",
    "trainings",
]
