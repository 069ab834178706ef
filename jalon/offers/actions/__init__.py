"""The verbs of this room: what the nightly jobs keep, what an import changes, what a professional notes."""

from .cards import check_service, keep_service, note_facts, remind_owners
from .fetches import record_failure, record_offers
from .imports import import_catalogue, import_rome, import_trainings, import_travel, mirror_catalogue
from .orientations import (
    agree_orientation,
    answer_orientation,
    attend_orientation,
    drop_orientation,
    prepare_orientation,
    send_orientation,
)
from .proposals import (
    agree_proposal,
    answer_proposal,
    apply_proposal,
    decline_proposal,
    drop_proposal,
    propose_offer,
    start_proposal,
)
from .wishes import note_wishes, write_resume

__all__ = [
    "agree_orientation",
    "agree_proposal",
    "answer_proposal",
    "apply_proposal",
    "decline_proposal",
    "drop_proposal",
    "note_wishes",
    "propose_offer",
    "start_proposal",
    "write_resume",
    "answer_orientation",
    "attend_orientation",
    "drop_orientation",
    "prepare_orientation",
    "send_orientation",
    "check_service",
    "import_catalogue",
    "import_rome",
    "import_trainings",
    "import_travel",
    "keep_service",
    "mirror_catalogue",
    "note_facts",
    "record_failure",
    "record_offers",
    "remind_owners",
]
