"""From the decision to the exit: decisions, periods, residence permits, AFIS, transfers."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from jalon.directory.models import Organisation
from jalon.dossiers.models import Application
from jalon.people.models import Dossier
from jalon.vault.models import IdField, Sealed

from .states import (
    AfisState,
    AppealKind,
    AppealOutcome,
    DecisionKind,
    DecisionState,
    ExitKind,
    ExitReason,
    HearingState,
    News,
    PayerEvent,
    PermitKind,
    SheetState,
    Silent,
)


class Decision(Sealed):
    """C14: a decision of the préfet: kind and dates in clear (deadlines need them), reasons and signatory sealed.

    The coded grounds of a refusal are in clear as the way a pathway ends is: they become a figure.
    """

    COMPARTMENT = "C14"

    id = IdField()
    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="decisions")
    application = models.OneToOneField(
        Application, null=True, blank=True, on_delete=models.PROTECT, related_name="decision"
    )
    # A rectification: the order whose dates must now be read as its own.
    corrects = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="corrections")
    department = models.CharField(max_length=3)
    kind = models.CharField(max_length=16, choices=DecisionKind.choices)
    state = models.CharField(max_length=10, choices=DecisionState.choices, default=DecisionState.DRAFT)
    drafted_on = models.DateField()
    signed_on = models.DateField(null=True, blank=True)
    effective_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    notified_on = models.DateField(null=True, blank=True)
    explained_on = models.DateField(null=True, blank=True)
    follows_opinion = models.BooleanField(null=True, blank=True)
    grounds = models.CharField(max_length=60, blank=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        indexes = [
            models.Index(fields=["department", "state", "drafted_on"], name="decision_dep_state"),
            models.Index(fields=["dossier", "signed_on"], name="decision_dossier"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(notified_on__isnull=True) | Q(notified_on__gte=F("signed_on")),
                name="notified_after_signed",
                violation_error_message=_("La notification ne peut pas précéder la signature."),
            )
        ]

    def __str__(self) -> str:
        return f"decision {self.id}"

    @property
    def drafting(self) -> bool:
        return self.signed_on is None


class Hearing(Sealed):
    """C14: before an end on the préfet's own motion, the person is invited to answer by a day (CRPA L.121-1, L.122-1).

    What is considered against her and what she answers are sealed; ``decision`` is the end that followed.
    """

    COMPARTMENT = "C14"

    id = IdField()
    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="hearings")
    department = models.CharField(max_length=3)
    state = models.CharField(max_length=8, choices=HearingState.choices, default=HearingState.OPEN)
    sent_on = models.DateField()
    reply_by = models.DateField()
    received_on = models.DateField(null=True, blank=True)
    decision = models.OneToOneField(Decision, null=True, blank=True, on_delete=models.CASCADE, related_name="hearing")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dossier"],
                condition=Q(state=HearingState.OPEN),
                name="one_open_hearing",
                violation_error_message=_("La personne est déjà invitée à présenter ses observations."),
            ),
            models.CheckConstraint(condition=Q(reply_by__gt=F("sent_on")), name="reply_after_letter"),
        ]

    def __str__(self) -> str:
        return f"hearing {self.id}"


class Journey(Sealed):
    """The pathway opened by an authorisation. Its periods are computed by the law room from the decisions.

    C14: how it ended is a code in clear (it becomes a figure); the words about it are sealed.
    """

    COMPARTMENT = "C14"

    id = IdField()
    dossier = models.OneToOneField(Dossier, on_delete=models.CASCADE, related_name="journey")
    starts_on = models.DateField()
    # Last day of the last period known, and last day that the 24 months allow: computed, kept for lists and deadlines.
    ends_on = models.DateField()
    cap_on = models.DateField()
    exited_on = models.DateField(null=True, blank=True)
    exit_reason = models.CharField(max_length=30, choices=ExitReason.choices, blank=True)
    exit_kind = models.CharField(max_length=15, choices=ExitKind.choices, blank=True)
    # She accepts to give news after the exit, until she says no.
    news_agreed_on = models.DateField(null=True, blank=True)
    news_withdrawn_on = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["ends_on"], name="journey_ends_on")]

    def __str__(self) -> str:
        return f"journey {self.id}"


class FollowUp(models.Model):
    """News of her so many months after the exit, because she agreed to give some: a day and a code, never a word."""

    id = IdField()
    journey = models.ForeignKey(Journey, on_delete=models.CASCADE, related_name="follow_ups")
    months = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    answered_on = models.DateField(null=True, blank=True)
    news = models.CharField(max_length=10, choices=News.choices, blank=True)

    class Meta:
        ordering = ["due_on"]
        constraints = [
            models.UniqueConstraint(fields=["journey", "months"], name="follow_up_once"),
            models.CheckConstraint(
                condition=Q(answered_on__isnull=True, news="") | (Q(answered_on__isnull=False) & ~Q(news="")),
                name="follow_up_day_and_news",
            ),
        ]

    def __str__(self) -> str:
        return f"follow-up {self.id}"


class Period(models.Model):
    """One period, as the law room computed it from the orders; printed dates win."""

    id = IdField()
    journey = models.ForeignKey(Journey, on_delete=models.CASCADE, related_name="periods")
    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="periods")
    number = models.PositiveSmallIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    computed_end_on = models.DateField(null=True, blank=True)
    end_reason = models.CharField(max_length=12)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["journey", "number"], name="period_number"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="period_end_after_start"),
        ]

    def __str__(self) -> str:
        return f"period {self.id}"


class Permit(Sealed):
    """C7: a residence document: kind and dates in clear, number and remarks sealed."""

    COMPARTMENT = "C7"

    id = IdField()
    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="permits")
    kind = models.CharField(max_length=20, choices=PermitKind.choices)
    requested_on = models.DateField(null=True, blank=True)
    issued_on = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    extended_to = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["dossier", "issued_on"], name="permit_dossier")]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("issued_on")),
                name="permit_end_after_issue",
                violation_error_message=_("La fin de validité ne peut pas précéder la délivrance."),
            )
        ]

    def __str__(self) -> str:
        return f"permit {self.id}"


class AfisGrant(Sealed):
    """C8: the AFIS decision for a period: granted or refused, with the children counted (sealed)."""

    COMPARTMENT = "C8"

    id = IdField()
    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="afis_grants")
    state = models.CharField(max_length=10, choices=AfisState.choices)
    decided_on = models.DateField()
    notified_on = models.DateField(null=True, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dossier"],
                condition=Q(state=AfisState.GRANTED),
                name="one_running_grant",
                violation_error_message=_("L'aide est déjà accordée pour ce parcours."),
            )
        ]

    def __str__(self) -> str:
        return f"afis grant {self.id}"


class AfisMonth(Sealed):
    """C8: one month of AFIS: due on a day, paid on a day or not yet. Amount and children are sealed."""

    COMPARTMENT = "C8"

    id = IdField()
    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="afis_months")
    month = models.DateField()
    due_on = models.DateField()
    paid_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["month"]
        # « Late » is asked file by file: one probe of this index each.
        indexes = [models.Index(fields=["dossier", "paid_on", "due_on"], name="afis_month_late")]
        constraints = [models.UniqueConstraint(fields=["dossier", "month"], name="afis_month_once")]

    def __str__(self) -> str:
        return f"afis month {self.id}"


class PayerSheet(models.Model):
    """The list that tells the payer what was decided: one person prepares it, another of her service releases it."""

    WALL = ("department",)

    id = IdField()
    department = models.CharField(max_length=3)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=SheetState.choices, default=SheetState.PREPARED)
    prepared_on = models.DateField()
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    released_on = models.DateField(null=True, blank=True)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(released_by__isnull=True) | ~Q(released_by=F("prepared_by")), name="sheet_four_eyes"
            )
        ]

    def __str__(self) -> str:
        return f"payer sheet {self.id}"


class PayerLine(Sealed):
    """C14: one thing that the payer must know of a decided aid: dates in clear, amount and children sealed."""

    COMPARTMENT = "C14"

    id = IdField()
    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="+")
    department = models.CharField(max_length=3)
    event = models.CharField(max_length=10, choices=PayerEvent.choices)
    on = models.DateField()
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    sheet = models.ForeignKey(PayerSheet, null=True, blank=True, on_delete=models.SET_NULL, related_name="lines")

    class Meta:
        indexes = [models.Index(fields=["department", "sheet"], name="payer_line_waiting")]

    def __str__(self) -> str:
        return f"payer line {self.id}"


class Transfer(Sealed):
    """C14: the move to another department: the clock goes on, the old unit reads nothing more."""

    COMPARTMENT = "C14"

    id = IdField()
    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="transfers")
    on = models.DateField()
    from_department = models.CharField(max_length=3)
    to_department = models.CharField(max_length=3)
    from_organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    to_organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"transfer {self.id}"


class Appeal(Sealed):
    """C14: an appeal against a decision: kind and dates in clear, the answer sealed."""

    COMPARTMENT = "C14"

    id = IdField()
    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="+")
    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="appeals")
    kind = models.CharField(max_length=12, choices=AppealKind.choices)
    filed_on = models.DateField()
    answered_on = models.DateField(null=True, blank=True)
    outcome = models.CharField(max_length=20, choices=AppealOutcome.choices, blank=True)

    def __str__(self) -> str:
        return f"appeal {self.id}"


class ReasonsRequest(models.Model):
    """The reasons of an implicit refusal: which silence, asked on a day, given or not. Dates only."""

    id = IdField()
    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="+")
    about = models.CharField(max_length=4, choices=Silent.choices)
    # The request that nobody answered: an application or a permit.
    request = models.CharField(max_length=22)
    asked_on = models.DateField()
    given_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request"],
                name="reasons_asked_once",
                violation_error_message=_("Les motifs sont déjà demandés."),
            ),
            models.CheckConstraint(
                condition=Q(given_on__isnull=True) | Q(given_on__gte=F("asked_on")),
                name="reasons_after_request",
                violation_error_message=_("La réponse ne peut pas précéder la demande."),
            ),
        ]

    def __str__(self) -> str:
        return f"reasons request {self.id}"
