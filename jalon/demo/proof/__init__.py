"""The world ``proof``: two associations of one department, one of another, a dossier in every stage, canaries."""

from .canaries import canaries
from .cast import ACCOUNTS, PERSONS
from .telling import load_proof

__all__ = ["ACCOUNTS", "PERSONS", "canaries", "load_proof"]
