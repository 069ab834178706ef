"""What the screens and the commands read: how fresh a source is, the occupations, the lists and the cards."""

from .fresh import Freshness, freshness
from .occupations import label_of, release

__all__ = ["Freshness", "freshness", "label_of", "release"]
