"""Joint support: notes, plan, appointments, progress scale and the liaison thread with the employment side."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from jalon.conventions.models import Exchange
from jalon.people.models import Dossier
from jalon.vault.models import IdField, Sealed

from .states import Holder, NoteKind, PlacementKind, PlanStepState, Visibility


class Note(Sealed):
    """C11 (private or team) or C10 (shared with the employment side): what happened, in a few words."""

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


class PlanStep(Sealed):
    """C10: one step of the joint plan: what (sealed), who, by when, done when."""

    COMPARTMENT = "C10"

    id = IdField()
    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="plan_steps")
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


class ProgressScale(Sealed):
    """C10: the eight domains, 1 to 5, filled together with her on a day."""

    COMPARTMENT = "C10"

    id = IdField()
    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="scales")
    filled_on = models.DateField()
    with_person = models.BooleanField(default=True)

    class Meta:
        ordering = ["filled_on"]
        constraints = [models.UniqueConstraint(fields=["dossier", "filled_on"], name="one_scale_a_day")]

    def __str__(self) -> str:
        return f"progress scale {self.id}"


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
