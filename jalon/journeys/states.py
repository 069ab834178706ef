"""Kinds of decision, states of a decision and of a journey. A journey's status at a day is derived by the law room."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from jalon.access.machine import Machine, step
from jalon.directory.states import AppealKind as AppealKind
from jalon.directory.states import AppealOutcome as AppealOutcome


class DecisionKind(TextChoices):
    AUTHORISE = "authorise", _("autorisation d'engagement")
    RENEW = "renew", _("renouvellement")
    REFUSE = "refuse", _("refus d'engagement")
    REFUSE_RENEWAL = "refuse_renewal", _("refus de renouvellement")
    END_EARLY = "end_early", _("fin anticipée")
    CORRECT = "correct", _("rectification")


OPENING = (DecisionKind.AUTHORISE, DecisionKind.RENEW)
ADVERSE = (DecisionKind.REFUSE, DecisionKind.REFUSE_RENEWAL, DecisionKind.END_EARLY)


class DecisionState(TextChoices):
    DRAFT = "draft", _("à signer")
    SIGNED = "signed", _("signée")
    NOTIFIED = "notified", _("notifiée")


D = DecisionState
DECISION = Machine(
    dict(D.choices),
    step("draft", [D.DRAFT], None, "SEC", "PRE"),
    step(
        "sign", [D.DRAFT], D.SIGNED, "PRE", requires="opinion given; reasons of law and fact and routes for a refusal"
    ),
    step("notify", [D.SIGNED], D.NOTIFIED, "SEC"),
    step("explain_decision", [D.SIGNED, D.NOTIFIED], None, "REF"),
    step("correct", [D.SIGNED, D.NOTIFIED], None, "PRE", requires="a material error; never an edit"),
)


class Misprint(TextChoices):
    """The material error that a rectification corrects."""

    EFFECTIVE_ON = "effective_on", _("la date d'effet")
    ENDS_ON = "ends_on", _("la fin écrite dans l'arrêté")
    WORDS = "words", _("une autre mention (nom d'un service, article, numéro…)")


class HearingState(TextChoices):
    """The adversarial step before an end on the préfet's own motion."""

    OPEN = "open", _("observations attendues")
    USED = "used", _("suivie d'une fin anticipée")
    DROPPED = "dropped", _("abandonnée")


H = HearingState
HEARING = Machine(
    dict(H.choices),
    step("receive_observations", [H.OPEN], None, "SEC", "PRE"),
    step("drop_hearing", [H.OPEN], H.DROPPED, "PRE"),
    step("end_early", [H.OPEN], H.USED, "PRE", requires="the delay given to answer is over"),
)


class PermitKind(TextChoices):
    APS = "aps_l425_4", _("autorisation provisoire de séjour (APS)")
    FIRST_RECEIPT = "first_receipt", _("récépissé de première demande")
    RENEWAL_RECEIPT = "renewal_receipt", _("récépissé de renouvellement")
    CARD = "card_l425_1", _("carte de séjour temporaire")
    RESIDENT = "resident_card", _("carte de résident")
    REFLECTION = "reflection_receipt", _("récépissé de réflexion")
    OTHER_APS = "aps_other", _("autre autorisation provisoire")
    OTHER = "other_permit", _("autre document de séjour")


class Silent(TextChoices):
    """Requests that silence refuses."""

    AFIS = "afis", _("la demande d'aide financière")
    APS = "aps", _("la demande de document de séjour")


class AfisState(TextChoices):
    GRANTED = "granted", _("accordée")
    REFUSED = "refused", _("refusée")
    ENDED = "ended", _("terminée")


class PayerEvent(TextChoices):
    """What the payer of the aid is told."""

    GRANTED = "granted", _("accordée")
    EXTENDED = "extended", _("période modifiée")
    CHILDREN = "children", _("enfants à charge modifiés")
    ENDED = "ended", _("terminée")


class SheetState(TextChoices):
    PREPARED = "prepared", _("à valider")
    RELEASED = "released", _("validée")


S = SheetState
SHEET = Machine(
    dict(S.choices),
    step("release_sheet", [S.PREPARED], S.RELEASED, "SEC", requires="another person of the same service"),
    step("discard_sheet", [S.PREPARED], None, "SEC"),
)


class ExitReason(TextChoices):
    TERM = "term_24m", _("terme des 24 mois")
    PERMANENT_JOB = "employment_permanent", _("emploi durable")
    FIXED_JOB = "employment_fixed", _("emploi à durée déterminée")
    TRAINING = "training", _("formation qualifiante")
    OTHER_RESIDENCE = "other_residence_right", _("autre droit au séjour")
    ASYLUM = "asylum_granted", _("protection internationale")
    AUTONOMOUS = "rsa_opened_and_autonomous", _("autonomie, droits ouverts")
    ABROAD = "moved_abroad", _("départ à l'étranger")
    STOP = "voluntary_stop", _("choix de la personne")
    COMMITMENTS = "commitments_not_kept", _("engagements non tenus")
    NOT_RENEWED = "renewal_refused", _("renouvellement refusé")
    LOST = "lost_contact", _("contact perdu")
    DEATH = "death", _("décès")


class ExitKind(TextChoices):
    """Where she goes, a code that becomes a figure. To stop is her choice, not a failure."""

    DURABLE_JOB = "durable_job", _("emploi durable (sans terme, ou six mois et plus)")
    OTHER_JOB = "other_job", _("autre emploi")
    QUALIFIED = "qualified", _("formation qualifiante terminée")
    IN_TRAINING = "in_training", _("formation qualifiante en cours")
    OTHER_STEP = "other_step", _("autre étape")
    MOVED = "moved", _("départ ailleurs")
    STOPPED = "stopped", _("arrêt à sa demande")
    PERMIT_REFUSED = "permit_refused", _("droit au séjour refusé")
    LOST = "lost_contact", _("plus de nouvelles")


class News(TextChoices):
    """What she says of herself some months after the exit: a code, no words."""

    WORKING = "working", _("en emploi")
    TRAINING = "training", _("en formation")
    OTHER = "other", _("autre situation")
    DECLINED = "declined", _("ne souhaite pas répondre")
    NO_ANSWER = "no_answer", _("pas jointe")
