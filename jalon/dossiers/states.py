"""States of an application, of its parts and of its package; the verbs that lead from one to the other."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from jalon.access.machine import Machine, step


class Kind(TextChoices):
    ENGAGEMENT = "engagement", _("demande d'entrée")
    RENEWAL = "renewal", _("demande de renouvellement")


class Unpresented(TextChoices):
    """Why the request of a person who could enter is not presented. Counted by code, never named."""

    WAITS = "E01", _("elle préfère attendre")
    FEARS = "E02", _("elle craint les suites, pour elle ou ses proches")
    PAPERS = "E03", _("il manque des pièces, ou une identité établie")
    STAY = "E04", _("une autre procédure de séjour ou d'asile est en cours")
    OTHER_RIGHT = "E05", _("un autre droit lui convient mieux")
    SESSION = "E06", _("aucune séance de la commission en temps utile")
    REFUSAL = "E07", _("un refus est attendu dans ce département")
    MEANS = "E08", _("l'association n'a pas la place de l'accompagner")
    LOST = "E09", _("le contact est perdu")
    OTHER = "E99", _("autre raison")


class ApplicationState(TextChoices):
    DRAFT = "draft", _("en préparation")
    SIGNED = "signed", _("signée par l'association")
    SUBMITTED = "submitted", _("transmise")
    INCOMPLETE = "incomplete", _("à compléter")
    COMPLETE = "complete", _("complète")
    SCHEDULED = "scheduled", _("inscrite à une séance")
    CONVENED = "convened", _("séance convoquée")
    OPINED = "opined", _("avis rendu")
    DECIDED = "decided", _("décidée")
    WITHDRAWN = "withdrawn", _("retirée")


A = ApplicationState

APPLICATION = Machine(
    dict(A.choices),
    step("edit", [A.DRAFT], None, "REF"),
    step("sign_package", [A.DRAFT], A.SIGNED, "MGR", requires="a package read back to her, no gap"),
    step("reopen", [A.SIGNED], A.DRAFT, "REF", "MGR"),
    step("submit_application", [A.SIGNED], A.SUBMITTED, "REF", requires="agreement, accreditation in force"),
    step("ask_for_complement", [A.SUBMITTED, A.COMPLETE], A.INCOMPLETE, "SEC"),
    step("answer_complement", [A.INCOMPLETE], A.SUBMITTED, "REF"),
    step("declare_complete", [A.SUBMITTED, A.INCOMPLETE], A.COMPLETE, "SEC"),
    step("schedule", [A.COMPLETE], A.SCHEDULED, "SEC"),
    step("unschedule", [A.SCHEDULED], A.COMPLETE, "SEC"),
    step("convene", [A.SCHEDULED], A.CONVENED, "SEC"),
    step("postpone", [A.SCHEDULED, A.CONVENED], A.COMPLETE, "SEC"),
    step("give_opinion", [A.CONVENED, A.SCHEDULED], A.OPINED, "SEC"),
    step("decide", [A.OPINED], A.DECIDED, "PRE"),
    step(
        "withdraw",
        [A.DRAFT, A.SIGNED, A.SUBMITTED, A.INCOMPLETE, A.COMPLETE, A.SCHEDULED, A.CONVENED],
        A.WITHDRAWN,
        "REF",
    ),
)

# The stage that the State's side sees, whatever the dossier's own stage (a renewal runs beside S5).
STAGE_OF = {
    A.DRAFT: "S1",
    A.SIGNED: "S1",
    A.SUBMITTED: "S2",
    A.INCOMPLETE: "S2",
    A.COMPLETE: "S2",
    A.SCHEDULED: "S2",
    A.CONVENED: "S3",
    A.OPINED: "S4",
    A.DECIDED: "S4",
    A.WITHDRAWN: "S6",
}
OPEN_STATES = tuple(s for s in A if s not in (A.DECIDED, A.WITHDRAWN))


class PartState(TextChoices):
    TODO = "todo", _("à commencer")
    IN_PROGRESS = "in_progress", _("en cours")
    DONE = "done", _("terminé")
    NOT_APPLICABLE = "not_applicable", _("sans objet")


# Parts written anew for each request: what is said of six other months would mislead.
STARTS_AGAIN = ("summary", "opinion", "review", "pieces", "report")


class PieceState(TextChoices):
    EXPECTED = "expected", _("attendue")
    RECEIVED = "received", _("reçue")
    WAIVED = "waived", _("sans objet")


class PackageState(TextChoices):
    DRAFT = "draft", _("brouillon")
    SIGNED = "signed", _("signé")
    SUBMITTED = "submitted", _("transmis")
    SUPERSEDED = "superseded", _("remplacé")
