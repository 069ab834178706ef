"""The kinds of deadline: the French words, who is told, and when (internal reminders, not law)."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from jalon.law.landmarks import LANDMARKS
from jalon.law.spec import REMINDER_DAYS


class Kind(NamedTuple):
    label: str | Promise
    # Who is told, when the act that plans does not say otherwise.
    role: str = "REF"
    # Days before the due date on which a content-free message leaves.
    remind: tuple[int, ...] = (7,)
    # It still counts for the person once her file is closed: closing does not cancel it.
    outlives: bool = False
    # Owed by the State where it was asked: another department of the file does not move it.
    stays: bool = False
    # Once its day is over there is nothing left to do: it closes by itself, and is never late.
    passes: bool = False


KINDS: dict[str, Kind] = {
    "period_end": Kind(_("Fin de la période de parcours"), "REF", (*REMINDER_DAYS, 0)),
    "renewal_remind": Kind(_("Penser au renouvellement"), "REF", (0,)),
    "renewal_open": Kind(_("Ouvrir le dossier de renouvellement"), "REF", (0,)),
    "renewal_file": Kind(_("Déposer le dossier de renouvellement"), "REF", (14, 0)),
    "renewal_session": Kind(_("Dernière séance utile"), "SEC", (30, 0)),
    "renewal_decision": Kind(_("Décision de renouvellement attendue"), "PRE", (0,)),
    "journey_cap": Kind(_("Terme des 24 mois"), "REF", (120, 60, 0)),
    "silence_2m": Kind(_("Deux mois depuis la demande"), "SEC", (15, 0), stays=True),
    "complement": Kind(_("Complément demandé"), "REF", (7, 0)),
    "convocation": Kind(_("Dernier jour pour convoquer"), "SEC", (7, 1)),
    "meeting": Kind(_("Séance de la commission"), "REF", (5,)),
    "yearly_meeting": Kind(_("Réunir la commission dans l'année"), "SEC", (90, 30)),
    "mandate_end": Kind(_("Fin d'un mandat à la commission"), "SEC", (90, 30), passes=True),
    "notification": Kind(_("Décision à notifier"), "SEC", (0,), outlives=True, stays=True),
    "observations": Kind(_("Observations avant une fin anticipée"), "REF", (7, 1), passes=True),
    "appeal": Kind(_("Fin du délai de recours"), "REF", (30, 7), outlives=True, passes=True),
    "appeal_answer": Kind(_("Réponse au recours attendue"), "SEC", (7,), outlives=True, stays=True),
    "afis_silence": Kind(_("Préfecture : répondre à la demande d'AFIS (silence : refus)"), "SEC", (15, 0), stays=True),
    "aps_silence": Kind(_("Quatre mois depuis la demande de titre"), "REF", (15, 0)),
    "silence_appeal": Kind(_("Fin du délai de recours après un silence"), "REF", (30, 7), outlives=True, passes=True),
    "reasons_answer": Kind(_("Motifs d'un refus implicite attendus"), "SEC", (7, 0), outlives=True, stays=True),
    "afis_stop": Kind(_("Arrêt du versement de l'AFIS"), "REF", (7, 0), outlives=True, passes=True),
    "situation_report": Kind(_("Changement de situation à signaler"), "REF", (0,)),
    "aps_request": Kind(_("Demander l'autorisation de séjour"), "REF", (15, 0)),
    "permit_end": Kind(_("Fin du titre de séjour"), "REF", (60, 30, 7)),
    "permit_continuity": Kind(_("Prévenir de la fin du titre"), "REF", (0,)),
    "reflection_end": Kind(_("Fin du récépissé"), "REF", (10, 3), passes=True),
    "safe_contact_check": Kind(_("Contact sûr à vérifier avec elle"), "REF", (7, 0)),
    "answer": Kind(_("Réponse attendue"), "REF", (1, 0)),
    "answer_again": Kind(_("Réponse toujours attendue"), "REF", (0,), passes=True),
    "answer_alert": Kind(_("Demande restée sans réponse"), "REF", (0,)),
    "answer_path": Kind(_("Demande sans réponse : proposer une autre voie"), "REF", (0,)),
    "orientation": Kind(_("Réponse attendue d'une structure"), "REF", (0,)),
    "application": Kind(_("Réponse attendue à une candidature"), "REF", (0,)),
    "plan_step": Kind(_("Étape du plan"), "REF", (3, 0)),
    "appointment": Kind(pgettext_lazy("title of one", "Rendez-vous"), "REF", (1,)),
    "missed_meeting": Kind(_("L'appeler après une absence"), "REF", (0,)),
    "clock_day30": Kind(_("À un mois : droits ouverts, logement sûr, binôme nommé"), "REF", (0,), passes=True),
    "clock_day75": Kind(_("À deux mois et demi : plan écrit, premier entretien à trois"), "REF", (0,), passes=True),
    "clock_day150": Kind(_("À cinq mois : un métier découvert en immersion"), "EMP", (0,), passes=True),
    "clock_month5": Kind(_("Mois 5 : bilan et premier renouvellement"), "REF", (0,), passes=True),
    "clock_month11": Kind(_("Mois 11 : bilan, contrat ou formation engagés"), "REF", (0,), passes=True),
    "clock_month17": Kind(_("Mois 17 : bilan, formation ou emploi en cours"), "REF", (0,), passes=True),
    "clock_month20": Kind(_("Mois 20 : préparer la sortie, le titre et le relais"), "REF", (0,), passes=True),
    "after_exit": Kind(_("Prendre de ses nouvelles après la sortie"), "MGR", (7, 0), outlives=True),
    "contract_due": Kind(_("Contrat d'engagement à signer"), "REF", (14, 3)),
    "pass_end": Kind(_("Fin du parcours d'insertion par l'activité économique"), "REF", (120, 60), passes=True),
    "immersion_end": Kind(_("Fin de l'immersion"), "REF", (7, 0), passes=True),
    "commitment": Kind(_("Engagement de convention"), "MGR", (14, 0)),
    "hand_over": Kind(_("Fin de l'accès après un relais"), "REF", (3, 0), passes=True),
    "convention_end": Kind(_("Fin de la convention"), "MGR", (90, 30)),
    "accreditation_complete": Kind(_("Demande d'agrément à vérifier"), "SEC", (15, 0)),
    "accreditation_tacit": Kind(_("Agrément tacite si rien n'est décidé"), "PRE", (60, 30, 7)),
    "accreditation_piece": Kind(_("Pièce d'agrément demandée"), "MGR", (7, 0)),
    "accreditation_observations": Kind(_("Observations avant un retrait d'agrément"), "MGR", (7, 0)),
    "accreditation_appeal": Kind(_("Fin du délai de recours sur l'agrément"), "MGR", (30, 7), passes=True),
    "accreditation_answer": Kind(_("Réponse à un recours sur l'agrément"), "SEC", (30, 7, 0)),
    "accreditation_renewal": Kind(_("Préparer le renouvellement de l'agrément"), "MGR", (30, 0)),
    "accreditation_end": Kind(_("Fin de l'agrément"), "MGR", (60, 30)),
    "share_end": Kind(_("Fin d'un partage"), "REF", (7,), passes=True),
    "rights": Kind(_("Demande de la personne sur ses données"), "DPO", (14, 3, 0), outlives=True),
    "person_request": Kind(_("Demande de la personne"), "REF", (7, 0), outlives=True),
    "retention": Kind(_("Conservation à revoir"), "DPO", (30, 0), outlives=True),
}

# The internal targets before the end of a period, by their names in the law room (REN-1), which gives the days.
RENEWAL = {f"renewal_{name}": name for name in ("remind", "open", "file", "session", "decision")}
# What falls due with a period: its end and the targets of its renewal.
OF_PERIOD = ("period_end", *RENEWAL)
# What falls due with a request between the two structures: its answer, then what is done while there is none.
UNANSWERED = ("answer_again", "answer_alert", "answer_path")
OF_ANSWER = ("answer", *UNANSWERED)
# Hints to think of it in time: never late by themselves, and silent once a later target of the series has come.
HINTS = ("renewal_remind", "renewal_open", *UNANSWERED, *LANDMARKS)
OUTLIVING = frozenset(name for name, kind in KINDS.items() if kind.outlives)
PASSING = frozenset(name for name, kind in KINDS.items() if kind.passes)
STAYING = frozenset(name for name, kind in KINDS.items() if kind.stays)


def label(kind: str) -> str:
    return str(KINDS[kind].label)
