"""Break-glass, an exceptional opening by an association's manager; and alerts on unusual reading."""

from django.db import models

from jalon.vault.models import IdField, Sealed


class BreakGlass(Sealed):  # type: ignore[django-manager-missing]  # people gives the manager (vault.scope)
    """One opening: who, which dossier, from when to when, and what became of it. The reason is sealed.

    ``counted`` is False once the officer has given the month's openings back; ``verdict`` says what she found.
    """

    COMPARTMENT = "C15"
    WALL = ("dossier_id",)

    id = IdField()
    user = models.CharField(max_length=22)
    dossier_id = models.CharField(max_length=22, db_index=True)
    category = models.CharField(max_length=20)
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.CharField(max_length=22, blank=True, default="")
    verdict = models.CharField(max_length=12, blank=True, default="")
    told_on = models.DateField(null=True, blank=True)
    counted = models.BooleanField(default=True)

    class Meta:
        indexes = [models.Index(fields=["user", "expires_at"], name="access_bg_user_expires")]

    def __str__(self) -> str:
        return f"break-glass {self.id}"


class ReadingAlert(models.Model):  # type: ignore[django-manager-missing]  # people gives the manager (vault.scope)
    """One account opened more files in an hour, or in a day, than its work explains; its organisation was told.

    A ``stop`` opens no further file to it until somebody has lifted it; ``files`` is then the count at the stop.
    """

    WALL = ("organisation_id",)

    id = IdField()
    user = models.CharField(max_length=22)
    organisation_id = models.CharField(max_length=22)
    span = models.CharField(max_length=4)  # "hour", "day" or "stop"
    on = models.DateField()
    files = models.PositiveIntegerField()
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.CharField(max_length=22, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["organisation_id", "-on"], name="access_alert_org")]
        constraints = [
            models.UniqueConstraint(fields=["user", "organisation_id", "span", "on"], name="access_alert_once")
        ]

    def __str__(self) -> str:
        return f"reading alert {self.id}"
