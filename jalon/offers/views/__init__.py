"""The pages of the catalogue, of an orientation, of one person's matching and of her papers."""

from .catalogue import check, facts, keep, offer, offers, service, services, training, trainings, weights
from .matches import aside, integration, matches, proposal, propose_job, propose_training, step, wishes
from .orientations import move, orient, orientation, orientations, person
from .papers import paper, resume, rights

__all__ = [
    "aside",
    "check",
    "facts",
    "integration",
    "keep",
    "matches",
    "move",
    "offer",
    "offers",
    "orient",
    "orientation",
    "orientations",
    "paper",
    "person",
    "proposal",
    "propose_job",
    "propose_training",
    "resume",
    "rights",
    "service",
    "services",
    "step",
    "training",
    "trainings",
    "weights",
    "wishes",
]
