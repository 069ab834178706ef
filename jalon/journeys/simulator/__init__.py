"""The simulator: what if, on typed values. It opens no dossier, writes nothing, journals nothing."""

from .calculation import simulate
from .forms import SimulatorForm
from .misfit import Misfit
from .result import Challenge, MonthDue, Simulation
from .scenario import Child, Cover, Order, Scenario, Settings
from .shown import shown
from .words import DECIDES_NOTHING, HEALTH_IS_TYPED, LEGEND, Shown

__all__ = [
    "DECIDES_NOTHING",
    "HEALTH_IS_TYPED",
    "LEGEND",
    "Challenge",
    "Child",
    "Cover",
    "Misfit",
    "MonthDue",
    "Order",
    "Scenario",
    "Settings",
    "Shown",
    "Simulation",
    "SimulatorForm",
    "shown",
    "simulate",
]
