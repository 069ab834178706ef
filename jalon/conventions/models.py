"""Agreements between structures: a convention, its axes, its steering meetings, its thread; pairs and hand-overs."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from jalon.directory.models import Organisation
from jalon.people.models import Dossier
from jalon.vault import keys
from jalon.vault.models import IdField, Sealed

from .states import CommitmentState, ConventionState, HandOverState, Side


class Convention(models.Model):
    """Two structures that decide to work as one in a department, from a day to a day, after a predecessor."""

    id = IdField()
    department = models.CharField(max_length=3)
    title = models.CharField(max_length=160)
    association = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    predecessor = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="successor"
    )
    state = models.CharField(max_length=10, choices=ConventionState.choices, default=ConventionState.DRAFT)
    starts_on = models.DateField()
    ends_on = models.DateField()
    signed_on = models.DateField(null=True, blank=True)
    next_committee_on = models.DateField(null=True, blank=True)
    # How many persons the two structures accompany at once; no limit when nothing is written.
    places = models.PositiveSmallIntegerField(null=True, blank=True)
    # The neutral name under which the adviser records her: it says neither the programme nor the association.
    neutral_label = models.CharField(max_length=60, blank=True)
    immersion_delegation = models.BooleanField(default=False)
    prescriber_authorisation = models.BooleanField(default=False)
    data_annex = models.BooleanField(default=False)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["department", "starts_on"], name="convention_department")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="convention_end_after_start",
                violation_error_message=_("La fin de la convention ne peut pas précéder son début."),
            ),
            models.CheckConstraint(
                condition=Q(places__isnull=True) | Q(places__gte=1),
                name="convention_places",
                violation_error_message=_("Une convention offre au moins une place."),
            ),
        ]

    def __str__(self) -> str:
        return f"convention {self.id}"


class ConventionSignature(models.Model):
    """One party's signature. The convention is signed when both parties have signed."""

    id = IdField()
    convention = models.ForeignKey(Convention, on_delete=models.CASCADE, related_name="signatures")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    signed_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["convention", "organisation"],
                name="one_signature_a_party",
                violation_error_message=_("Cette structure a déjà signé."),
            )
        ]

    def __str__(self) -> str:
        return f"signature {self.id}"


class Axis(models.Model):
    """One axis: relations, mutual knowledge of the offers, global support."""

    id = IdField()
    convention = models.ForeignKey(Convention, on_delete=models.CASCADE, related_name="axes")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=160)
    objective = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["convention", "number"], name="axis_number")]

    def __str__(self) -> str:
        return f"axis {self.id}"


class Commitment(models.Model):
    """What one party does on an axis, by a day, with its state and its evidence."""

    id = IdField()
    axis = models.ForeignKey(Axis, on_delete=models.CASCADE, related_name="commitments")
    title = models.CharField(max_length=200)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    due_on = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=CommitmentState.choices, default=CommitmentState.TODO)
    done_on = models.DateField(null=True, blank=True)
    evidence = models.CharField(max_length=300, blank=True)
    # The steering meeting that decided it; none for what the convention itself says.
    meeting = models.ForeignKey(
        "SteeringMeeting", null=True, blank=True, on_delete=models.PROTECT, related_name="decisions"
    )
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["due_on", "id"]

    def __str__(self) -> str:
        return f"commitment {self.id}"


class Indicator(models.Model):
    """A figure that tells whether an axis works: what it measures (``measures``), and the target."""

    id = IdField()
    axis = models.ForeignKey(Axis, on_delete=models.CASCADE, related_name="indicators")
    measure = models.CharField(max_length=30)
    target = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)

    class Meta:
        ordering = ["measure"]
        constraints = [
            models.UniqueConstraint(
                fields=["axis", "measure"],
                name="one_indicator_a_measure",
                violation_error_message=_("Cet axe suit déjà cet indicateur."),
            )
        ]

    def __str__(self) -> str:
        return f"indicator {self.id}"


class IndicatorValue(models.Model):
    """What was measured of a month that is over (its first day), on how many facts. Kept when files are erased."""

    id = IdField()
    indicator = models.ForeignKey(Indicator, on_delete=models.CASCADE, related_name="values")
    month = models.DateField()
    value = models.DecimalField(max_digits=8, decimal_places=2)
    facts = models.PositiveIntegerField()

    class Meta:
        ordering = ["month"]
        constraints = [models.UniqueConstraint(fields=["indicator", "month"], name="one_value_a_month")]

    def __str__(self) -> str:
        return f"indicator value {self.id}"


class SteeringMeeting(models.Model):
    """A steering meeting that was held: its agenda as it stood that day, and what was said of each point.

    ``points``: [{"kind", "title", "lines", "said"}], about structures and figures, never about a person.
    """

    id = IdField()
    convention = models.ForeignKey(Convention, on_delete=models.CASCADE, related_name="meetings")
    held_on = models.DateField()
    present = models.CharField(max_length=300, blank=True)
    points = models.JSONField(default=list)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-held_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["convention", "held_on"],
                name="one_committee_a_day",
                violation_error_message=_("Ce comité est déjà noté."),
            )
        ]

    def __str__(self) -> str:
        return f"steering meeting {self.id}"


class Exchange(Sealed):
    """A message between the two structures: sent, seen, answered, closed. One that expects an answer has a due day."""

    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    from_agency = models.BooleanField()
    sent_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)
    answer_due_on = models.DateField(null=True, blank=True)
    answered_by = models.OneToOneField("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="answers")
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
        ordering = ["sent_at"]

    @property
    def waits(self) -> bool:
        return self.answer_due_on is not None and self.answered_by_id is None


class ConventionMessage(Exchange):
    """A message about the convention itself, and about no person: sealed as the words of staff are."""

    COMPARTMENT = "GS"
    key_owner = keys.STAFF

    id = IdField()
    convention = models.ForeignKey(Convention, on_delete=models.CASCADE, related_name="messages")

    class Meta(Exchange.Meta):
        constraints = [
            models.CheckConstraint(condition=~Q(answered_by=F("id")), name="convention_message_not_its_own_answer"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(answer_due_on__isnull=True) | Q(answered_by__isnull=False),
                name="convention_message_closed_once_answered",
                violation_error_message=_("Cette demande attend encore sa réponse."),
            ),
        ]

    def __str__(self) -> str:
        return f"convention message {self.id}"


class Pair(models.Model):
    """The named pair for one person: the association's referent and the agency's adviser."""

    id = IdField()
    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="pairs")
    convention = models.ForeignKey(Convention, null=True, blank=True, on_delete=models.PROTECT, related_name="pairs")
    referent = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    adviser = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    # Who answers when one of the two is away.
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    named_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dossier"],
                condition=Q(ended_on__isnull=True),
                name="one_pair_in_force",
                violation_error_message=_("Un binôme est déjà nommé pour cette personne."),
            ),
            models.CheckConstraint(
                condition=~Q(referent=F("adviser")),
                name="pair_of_two",
                violation_error_message=_("Un binôme réunit deux personnes."),
            ),
            models.CheckConstraint(
                condition=Q(deputy__isnull=True) | (~Q(deputy=F("referent")) & ~Q(deputy=F("adviser"))),
                name="deputy_is_another",
                violation_error_message=_("La suppléance revient à une autre personne."),
            ),
        ]

    def __str__(self) -> str:
        return f"pair {self.id}"


class HandOver(models.Model):
    """One passes a person's file on to another of the same structure, and keeps access until a minute.

    ``done``: the codes of the checklist that are ticked. The access ends at ``ends_at`` whatever is ticked.
    """

    id = IdField()
    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="hand_overs")
    side = models.CharField(max_length=12, choices=Side.choices)
    leaving = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    arriving = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=HandOverState.choices, default=HandOverState.RUNNING)
    opened_on = models.DateField()
    ends_at = models.DateTimeField()
    told_on = models.DateField(null=True, blank=True)
    done = models.JSONField(default=list)
    finished_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-opened_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "side"],
                condition=Q(state="running"),
                name="one_hand_over_a_side",
                violation_error_message=_("Un passage de relais est déjà en cours."),
            ),
            models.CheckConstraint(
                condition=~Q(leaving=F("arriving")),
                name="hand_over_of_two",
                violation_error_message=_("Un relais se passe à une autre personne."),
            ),
        ]

    def __str__(self) -> str:
        return f"hand-over {self.id}"
