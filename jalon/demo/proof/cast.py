"""Who and what there is in the world ``proof``: organisations, accounts, one case a dossier, ways to reach her."""

from dataclasses import dataclass
from typing import Any

from jalon.demo.accounts import Account

ORGANISATIONS = (
    ("org-a", "association", "Association A (fictive)", "31"),
    ("org-b", "association", "Association B (fictive)", "31"),
    ("org-c", "association", "Association C (fictive)", "13"),
    ("pub-ft-31", "employment_agency", "France Travail Haute-Garonne", "31"),
    ("pub-ddets-31", "ddets", "DDETS (Haute-Garonne)", "31"),
    ("pub-ddets-13", "ddets", "DDETS (Bouches-du-Rhône)", "13"),
    ("pub-prefecture-31", "prefecture", "Préfecture de la Haute-Garonne", "31"),
    ("pub-prefecture-13", "prefecture", "Préfecture des Bouches-du-Rhône", "13"),
    ("pub-cd-31", "department_council", "Conseil départemental de la Haute-Garonne", "31"),
    ("pub-ville-31", "town", "Commune d'essai (fictive)", "31"),
)
ACCOUNTS = (
    Account("ref.a1", "Ada Premier", "REF", "org-a", "31"),
    Account("ref.a2", "Bea Deuxième", "REF", "org-a", "31"),
    Account("col.a", "Cléo Collègue", "COL", "org-a", "31"),
    Account("mgr.a", "Dora Cheffe", "MGR", "org-a", "31"),
    Account("adm.a", "Elsa Comptes", "ADM", "org-a", "31"),
    Account("dpo.a", "Flore Données", "DPO", "org-a", "31"),
    Account("ref.b1", "Gaëlle Voisine", "REF", "org-b", "31"),
    Account("mgr.b", "Hanna Voisine", "MGR", "org-b", "31"),
    Account("ref.c1", "Inès Lointaine", "REF", "org-c", "13"),
    Account("emp.31", "Jean Emploi", "EMP", "pub-ft-31", "31"),
    Account("sec.31", "Katia Secrétariat", "SEC", "pub-ddets-31", "31"),
    Account("sec.13", "Lise Secrétariat", "SEC", "pub-ddets-13", "13"),
    Account("mem.31.1", "Marc Membre", "MEM", "pub-prefecture-31", "31", college="magistrat judiciaire"),
    Account("mem.31.2", "Nina Membre", "MEM", "pub-cd-31", "31", college="conseil départemental"),
    Account("mem.31.3", "Omar Membre", "MEM", "pub-ville-31", "31", college="commune"),
    Account("pre.31", "Paule Préfète", "PRE", "pub-prefecture-31", "31"),
    Account("pre.13", "Rita Préfète", "PRE", "pub-prefecture-13", "13"),
    Account("etr.31", "Sami Séjour", "ETR", "pub-prefecture-31", "31"),
    Account("ops", "Tom Technique", "OPS", "pub-ddets-31"),
    Account("sta", "Uma Statistique", "STA", "pub-ddets-31"),
)
# Their own spaces: a neutral channel, « never », a check that expired.
PERSONS = (
    Account("per.1", "", "PER", "org-a", "31", dossier="31-2026-006"),
    Account("per.2", "", "PER", "org-a", "31", dossier="31-2026-002"),
    Account("per.3", "", "PER", "org-a", "31", dossier="31-2026-005"),
)
MANAGERS = {"org-a": "mgr.a", "org-b": "mgr.b"}
SEATED_LATER = "mem.31.3"  # her seat begins after the convocations: she is convoked to nothing yet
RECUSED = "mem.31.2"

PAST, OPEN, FUTURE = "past", "open", "future"
ALL = tuple(f"C{n}" for n in range(1, 17))


@dataclass(frozen=True)
class Case:
    """One dossier: whose, how far it has come, at which meeting it is, how she may be reached."""

    number: str
    alias: str
    referent: str
    stage: str
    meeting: str = ""
    contact: str = "open"  # open, neutral, never, expired


CASES = (
    Case("31-2026-001", "Ancolie", "ref.a1", "S0"),
    Case("31-2026-002", "Bleuet", "ref.a1", "S1", contact="never"),
    Case("31-2026-003", "Camomille", "ref.a2", "S2", FUTURE),
    Case("31-2026-004", "Euphorbe", "ref.a1", "S3", OPEN),
    Case("31-2026-005", "Ficaire", "ref.a1", "S4", PAST, contact="expired"),
    Case("31-2026-006", "Giroflée", "ref.a1", "S5", PAST, contact="neutral"),
    Case("31-2026-007", "Houx", "ref.a2", "S6", PAST),
    Case("31-2026-101", "Jacinthe", "ref.b1", "S3", OPEN),
    Case("31-2026-102", "Lierre", "ref.b1", "S5", PAST),
    Case("13-2026-001", "Mélisse", "ref.c1", "S1"),
)
SHARED = "31-2026-006"  # with the employment agency, the residence desk and a colleague
CONTACTS: dict[str, dict[str, Any]] = {
    "open": {"phone": "0639980101", "sms_ok": True, "call_ok": True, "safe_hours": "10:00-17:00"},
    "neutral": {"phone": "0639980106", "sms_ok": True, "sender_label": "Atelier", "safe_hours": "14:00-16:00"},
    "never": {"do_not": ["sms", "appel", "courriel", "courrier"]},
    "expired": {"phone": "0639980105", "sms_ok": True, "sender_label": "Marie"},
}
ARTICLE = "Articles L. 121-9 et R. 121-12-9 du code de l'action sociale et des familles."
