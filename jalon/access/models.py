"""Break-glass: an exceptional, dated, read-only opening by an association's manager."""

from django.db import models

from jalon.vault.models import IdField, Sealed


class BreakGlass(Sealed):
    """One opening: who, which dossier, from when to when. The reason is sealed."""

    COMPARTMENT = "C15"

    id = IdField()
    user = models.CharField(max_length=22)
    dossier_id = models.CharField(max_length=22, db_index=True)
    category = models.CharField(max_length=20)
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    reviewed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["user", "expires_at"], name="access_bg_user_expires")]

    def __str__(self) -> str:
        return f"break-glass {self.id}"
