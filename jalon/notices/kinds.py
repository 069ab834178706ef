"""The kinds of deadline: the French words, and the internal reminders (law.md REN-1: targets, not law)."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Kind(NamedTuple):
    label: str | Promise
    # Days before the due date on which a content-free message leaves.
    remind: tuple[int, ...] = (7,)


KINDS: dict[str, Kind] = {
    "period_end": Kind(_("Fin de la période de parcours"), (120, 90, 60, 30, 15, 0)),
    "renewal_remind": Kind(_("Penser au renouvellement"), (0,)),
    "renewal_open": Kind(_("Ouvrir le dossier de renouvellement"), (0,)),
    "renewal_file": Kind(_("Déposer le dossier de renouvellement"), (14, 0)),
    "renewal_session": Kind(_("Dernière séance utile"), (30, 0)),
    "renewal_decision": Kind(_("Décision de renouvellement attendue"), (0,)),
    "journey_cap": Kind(_("Terme des 24 mois"), (120, 60, 0)),
    "silence_2m": Kind(_("Deux mois depuis la demande"), (15, 0)),
    "complement": Kind(_("Complément demandé"), (7, 0)),
    "convocation": Kind(_("Dernier jour pour convoquer"), (7, 1)),
    "meeting": Kind(_("Séance de la commission"), (5,)),
    "window_end": Kind(_("Fermeture de la consultation"), ()),
    "appeal": Kind(_("Fin du délai de recours"), (30, 7)),
    "appeal_answer": Kind(_("Réponse au recours attendue"), (7,)),
    "afis_payment": Kind(_("Versement AFIS attendu"), ()),
    "afis_silence": Kind(_("Deux mois depuis la demande d'AFIS"), (15, 0)),
    "aps_request": Kind(_("Demander l'autorisation de séjour"), (15, 0)),
    "permit_end": Kind(_("Fin du titre de séjour"), (60, 30, 7)),
    "permit_continuity": Kind(_("Prévenir de la fin du titre"), (0,)),
    "notification": Kind(_("Décision à notifier"), (0,)),
    "safe_contact_check": Kind(_("Contact sûr à vérifier avec elle"), (7, 0)),
    "piece": Kind(_("Pièce attendue"), (7, 0)),
    "answer": Kind(_("Réponse attendue"), (1, 0)),
    "plan_step": Kind(_("Étape du plan"), (3, 0)),
    "appointment": Kind(_("Rendez-vous"), (1,)),
    "commitment": Kind(_("Engagement de convention"), (14, 0)),
    "convention_end": Kind(_("Fin de la convention"), (90, 30)),
    "accreditation_renewal": Kind(_("Préparer le renouvellement de l'agrément"), (30, 0)),
    "accreditation_end": Kind(_("Fin de l'agrément"), (60, 30)),
    "membership_end": Kind(_("Fin d'un accès"), (30, 7)),
    "share_end": Kind(_("Fin d'un partage"), (7,)),
    "retention": Kind(_("Conservation à revoir"), (30, 0)),
}

# Days before the inclusive end of a period: D-120 remind, D-90 file opened, D-60 at the secretariat, D-30 latest
# meeting, D-15 decision (rule REN-1).
RENEWAL = {
    "renewal_remind": (120, "REF"),
    "renewal_open": (90, "REF"),
    "renewal_file": (60, "REF"),
    "renewal_session": (30, "SEC"),
    "renewal_decision": (15, "PRE"),
}
# Hints to think of it in time: never late by themselves, and silent once a later target of the series has come.
HINTS = ("renewal_remind", "renewal_open")


def label(kind: str) -> str:
    return str(KINDS[kind].label)
