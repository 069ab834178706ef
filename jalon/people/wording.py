"""The trail in words: what each verb of the trail means to somebody who asks « who looked at this file »."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jalon.vault.classification import COMPARTMENTS

VERBS: dict[str, str | Promise] = {
    "read": gettext_lazy("lecture"),
    "exist": gettext_lazy("lecture"),
    "export": gettext_lazy("copie"),
    "aliases": gettext_lazy("liste"),
    "list_dossiers": gettext_lazy("liste"),
    "open_dossier": gettext_lazy("ouverture du dossier"),
    "update_identity": gettext_lazy("identité modifiée"),
    "update_safe_contact": gettext_lazy("contact sûr revu"),
    "stop_messages": gettext_lazy("messages coupés"),
    "record_agreement": gettext_lazy("accord recueilli"),
    "withdraw_agreement": gettext_lazy("accord retiré"),
    "grant_share": gettext_lazy("partage donné"),
    "revoke_share": gettext_lazy("partage retiré"),
    "assign_referent": gettext_lazy("personne référente nommée"),
    "assign_delegate": gettext_lazy("délégation donnée"),
    "assign_adviser": gettext_lazy("personne nommée à l'agence emploi"),
    "end_assignment": gettext_lazy("nomination terminée"),
    "move_dossier": gettext_lazy("dossier transféré"),
    "close": gettext_lazy("dossier clos"),
    "break_glass": gettext_lazy("accès exceptionnel"),
    "consent_to_erasure": gettext_lazy("accord pour effacer"),
    "withdraw_consent": gettext_lazy("accord pour effacer retiré"),
    "open_application": gettext_lazy("demande ouverte"),
    "open_renewal": gettext_lazy("renouvellement ouvert"),
    "save_part": gettext_lazy("partie enregistrée"),
    "add_piece": gettext_lazy("pièce ajoutée"),
    "waive_piece": gettext_lazy("pièce sans objet"),
    "draft_package": gettext_lazy("dossier de présentation préparé"),
    "record_read_back": gettext_lazy("dossier relu avec elle"),
    "sign_package": gettext_lazy("dossier signé"),
    "reopen_application": gettext_lazy("signature reprise"),
    "submit_application": gettext_lazy("demande envoyée"),
    "withdraw_application": gettext_lazy("demande retirée"),
    "ask_for_complement": gettext_lazy("complément demandé"),
    "answer_complement": gettext_lazy("complément envoyé"),
    "declare_complete": gettext_lazy("demande déclarée complète"),
    "plan_deadlines": gettext_lazy("échéance notée"),
    "complete_deadlines": gettext_lazy("échéance tenue"),
    "cancel_deadlines": gettext_lazy("échéance levée"),
    "move_deadlines": gettext_lazy("échéances transférées"),
}


def verb(code: str) -> str:
    """A verb of a room above says its own name, readable if not pretty."""
    return str(VERBS.get(code) or code.partition(":")[2].replace("_", " ") or code.replace("_", " "))


def compartment(code: str) -> str:
    return str(COMPARTMENTS[code]) if code in COMPARTMENTS else _("dossier")
