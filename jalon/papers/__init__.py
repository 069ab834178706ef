"""Papers as PDF. ``make_paper`` is in ``papers.actions``, the answer that carries a paper in ``papers.views``."""

from .engine import BadContext, Template, Undisplayable, maybe, one_of, register, render

__all__ = ["BadContext", "Template", "Undisplayable", "maybe", "one_of", "register", "render"]
