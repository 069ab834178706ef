"""The full table of calculations: importing this module imports every module that enters some in it."""

from typing import Final

from jalon.law import (
    accreditation,
    afis,
    appeal,
    commission,
    compensation,
    decision,
    immersion,
    journey,
    residence,
    retention,
    rsa,
    silence,
    work,
)
from jalon.law.calculation import CALCULATIONS

__all__ = ["CALCULATIONS", "SUBJECTS"]

SUBJECTS: Final = (
    journey,
    decision,
    afis,
    rsa,
    residence,
    appeal,
    silence,
    commission,
    accreditation,
    retention,
    compensation,
    work,
    immersion,
)
