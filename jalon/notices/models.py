"""What falls due, and the messages waiting to leave. Dates are in clear: they must work without any key."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jalon.access import Role
from jalon.config import clock
from jalon.directory.models import Organisation
from jalon.vault.models import IdField


class Deadline(models.Model):
    """One due date of a dossier (or of an organisation when ``dossier`` is empty), told to one role.

    ``key`` distinguishes two deadlines of the same kind (which period, which month).
    Late or soon is computed, never stored.
    """

    WALL = ("dossier", "organisation", "department")

    id = IdField()
    dossier = models.CharField(max_length=22, blank=True, default="", db_index=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="deadlines")
    department = models.CharField(max_length=3, blank=True, default="")
    kind = models.CharField(max_length=32)
    key = models.CharField(max_length=40, blank=True, default="")
    on = models.DateField()
    rule = models.CharField(max_length=20, blank=True, default="")
    role = models.CharField(max_length=3, choices=[(role, role) for role in Role])
    created_at = models.DateTimeField(default=clock.now, editable=False)
    done_on = models.DateField(null=True, blank=True)
    cancelled_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = _("échéance")
        ordering = ["on", "id"]
        indexes = [
            models.Index(
                fields=["dossier", "on"], name="notices_due_dossier", condition=Q(done_on=None, cancelled_on=None)
            ),
            models.Index(
                fields=["organisation", "role", "on"],
                name="notices_due_org",
                condition=Q(done_on=None, cancelled_on=None),
            ),
            models.Index(
                fields=["department", "role", "on"],
                name="notices_due_dept",
                condition=Q(done_on=None, cancelled_on=None),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "kind", "key"],
                condition=~Q(dossier=""),
                name="notices_deadline_once_dossier",
                violation_error_message=_("Cette échéance existe déjà."),
            ),
            models.UniqueConstraint(
                fields=["organisation", "kind", "key"],
                condition=Q(dossier=""),
                name="notices_deadline_once_organisation",
                violation_error_message=_("Cette échéance existe déjà."),
            ),
            models.CheckConstraint(
                condition=Q(done_on__isnull=True) | Q(cancelled_on__isnull=True),
                name="notices_deadline_done_or_cancelled",
                violation_error_message=_("Une échéance est faite ou annulée, pas les deux."),
            ),
        ]

    def __str__(self) -> str:
        return f"deadline {self.id}"

    @property
    def open(self) -> bool:
        return self.done_on is None and self.cancelled_on is None


class Outbox(models.Model):
    """A message to one professional: it says only that a task waits. Sent after commit, never twice."""

    id = IdField()
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    template = models.CharField(max_length=32)
    # Why it leaves, so that the same reason never gives two messages: a code such as "REN-1:<deadline>:60".
    reason = models.CharField(max_length=80)
    queued_at = models.DateTimeField(default=clock.now, editable=False)
    sent_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("message en attente")
        indexes = [models.Index(fields=["next_try_at"], name="notices_outbox_next", condition=Q(sent_at=None))]
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "template", "reason"],
                name="notices_outbox_once",
                violation_error_message=_("Ce message est déjà parti ou en attente."),
            )
        ]

    def __str__(self) -> str:
        return f"message {self.id}"
