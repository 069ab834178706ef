"""Joint support: notes, plan, appointments, progress scale and the liaison thread with the employment side."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from jalon.conventions.models import Exchange
from jalon.people.models import Dossier
from jalon.vault.models import IdField, Sealed

from .states import (
    Holder,
    JointMeetingState,
    NoteKind,
    ObjectiveState,
    PlacementKind,
    PlanStepState,
    Rater,
    Visibility,
)


class Note(Sealed):
    """C11 (private or team) or C10 (shared with the employment side): what happened, in a few words."""

    GOES_WHOLE = True

    id = IdField()
    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_on = models.DateField()
    written_at = models.DateTimeField()
    kind = models.CharField(max_length=12, choices=NoteKind.choices, default=NoteKind.INTERVIEW)
    visibility = models.CharField(max_length=8, choices=Visibility.choices, default=Visibility.TEAM)

    class Meta:
        indexes = [models.Index(fields=["dossier", "-written_on", "-written_at"], name="note_dossier")]

    def __str__(self) -> str:
        return f"note {self.id}"

    @property
    def compartment(self) -> str:
        return "C10" if self.visibility == Visibility.EMPLOYMENT else "C11"


class Layered(Sealed):
    """A line of the joint plan in one of its two layers: C10 when the agency reads it too, C11 when it does not.

    The layer is chosen before writing and never changes: what was shared stays shared, what was not never leaves.
    """

    shared = models.BooleanField(default=True)

    class Meta:
        abstract = True

    @property
    def compartment(self) -> str:
        return "C10" if self.shared else "C11"


class Objective(Layered):
    """What she aims at: the family, its words and hers are sealed."""

    id = IdField()
    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="objectives")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=ObjectiveState.choices, default=ObjectiveState.OPEN)
    created_on = models.DateField()
    closed_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["created_on", "id"]
        indexes = [models.Index(fields=["dossier", "state"], name="objective_dossier")]

    def __str__(self) -> str:
        return f"objective {self.id}"


class PlanStep(Layered):
    """One action of the plan, in the layer of its objective: what and with which result (sealed), who, by when."""

    id = IdField()
    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="plan_steps")
    objective = models.ForeignKey(Objective, null=True, blank=True, on_delete=models.CASCADE, related_name="steps")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    holder = models.CharField(max_length=12, choices=Holder.choices)
    state = models.CharField(max_length=10, choices=PlanStepState.choices, default=PlanStepState.TODO)
    created_on = models.DateField()
    due_on = models.DateField(null=True, blank=True)
    done_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["due_on", "id"]
        indexes = [models.Index(fields=["dossier", "due_on"], name="plan_step_dossier")]

    def __str__(self) -> str:
        return f"plan step {self.id}"


class Appointment(Sealed):
    """C16: an appointment: the instant in clear, the neutral title and the place sealed."""

    COMPARTMENT = "C16"

    id = IdField()
    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="appointments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    with_adviser = models.BooleanField(default=False)
    attended = models.BooleanField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at"]
        indexes = [models.Index(fields=["dossier", "at"], name="appointment_dossier")]

    def __str__(self) -> str:
        return f"appointment {self.id}"


class JointMeeting(Sealed):
    """C10: adviser, worker and she around the shared plan: the agenda, then what was decided (sealed).

    When and where is its appointment's; whether it was held, missed or cancelled is read there too.
    """

    COMPARTMENT = "C10"

    id = IdField()
    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="joint_meetings")
    appointment = models.OneToOneField(Appointment, on_delete=models.CASCADE, related_name="joint_meeting")
    held_on = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["dossier", "held_on"], name="joint_meeting_dossier")]

    def __str__(self) -> str:
        return f"joint meeting {self.id}"

    @property
    def state(self) -> str:
        """Derived from its appointment, which must be loaded."""
        if self.appointment.cancelled_at is not None:
            return JointMeetingState.CANCELLED
        if self.held_on is not None:
            return JointMeetingState.HELD
        return JointMeetingState.MISSED if self.appointment.attended is False else JointMeetingState.PLANNED


class ProgressScale(Sealed):
    """C10: the six scales, 0 to 4, as she or her worker sees them on a day. Two rows, never their mean."""

    COMPARTMENT = "C10"

    id = IdField()
    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="scales")
    filled_on = models.DateField()
    by = models.CharField(max_length=8, choices=Rater.choices)

    class Meta:
        ordering = ["filled_on"]
        constraints = [models.UniqueConstraint(fields=["dossier", "filled_on", "by"], name="one_scale_a_day_each")]

    def __str__(self) -> str:
        return f"progress scale {self.id}"


class CalendarFeed(models.Model):
    """The secret address of one worker's calendar: only its fingerprint is kept; another one replaces it."""

    id = IdField()
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendar_feed")
    secret_hash = models.CharField(max_length=64, unique=True)
    opened_on = models.DateField()

    def __str__(self) -> str:
        return f"calendar feed {self.id}"


class LiaisonThread(models.Model):
    """One thread a person between the association and the employment side; readable while the share is in force."""

    id = IdField()
    dossier = models.OneToOneField(Dossier, on_delete=models.CASCADE, related_name="liaison")
    opened_on = models.DateField()

    def __str__(self) -> str:
        return f"liaison thread {self.id}"


class LiaisonMessage(Exchange):
    """C10: one message about one person. A message that expects an answer has a due day and points to its answer."""

    COMPARTMENT = "C10"

    id = IdField()
    thread = models.ForeignKey(LiaisonThread, on_delete=models.CASCADE, related_name="messages")
    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="+")

    class Meta(Exchange.Meta):
        indexes = [models.Index(fields=["answer_due_on", "answered_by"], name="liaison_due")]
        constraints = [
            models.CheckConstraint(condition=~Q(answered_by=F("id")), name="message_not_its_own_answer"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(answer_due_on__isnull=True) | Q(answered_by__isnull=False),
                name="message_closed_once_answered",
                violation_error_message=_("Cette demande attend encore sa réponse."),
            ),
        ]

    def __str__(self) -> str:
        return f"liaison message {self.id}"


class Placement(Sealed):
    """C10: a job, a training, an immersion, a work-integration path, an orientation: what (sealed), from when to when.

    The kind is in clear: the law gives some of them an end. An orientation ends when the contract is signed.
    """

    COMPARTMENT = "C10"

    id = IdField()
    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="placements")
    kind = models.CharField(max_length=12, choices=PlacementKind.choices, default=PlacementKind.TRAINING)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["starts_on"]

    def __str__(self) -> str:
        return f"placement {self.id}"
