"""Her own space, and what she asks from it. What she reads there belongs to the rooms below."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from jalon.people.models import Dossier
from jalon.vault.models import IdField, Sealed

from .states import RequestKind


class Space(models.Model):
    """Her way in: one account for one file. Whether it is open is read from the account (``states.state_of``).

    That she may read her file comes from her assignment to it (``people.Assignment``, kind ``person``), not from here.
    """

    id = IdField()
    dossier = models.OneToOneField(Dossier, on_delete=models.CASCADE, related_name="space")
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="space")
    opened_on = models.DateField()
    # She asked to see her dates and her steps here; without it, only her appointments.
    shows_dates = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"space {self.id}"


class PersonRequest(Sealed):
    """C15: what she asked or did from her space, for her referent to see: kind and days in clear, her words sealed."""

    COMPARTMENT = "C15"

    id = IdField()
    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="person_requests")
    kind = models.CharField(max_length=14, choices=RequestKind.choices)
    made_at = models.DateTimeField()
    answer_by = models.DateField()
    answered_on = models.DateField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_on__isnull=True, answered_by__isnull=True)
                | Q(answered_on__isnull=False, answered_by__isnull=False),
                name="answered_by_somebody",
                violation_error_message=_("Une réponse a toujours un jour et une personne."),
            ),
        ]
        indexes = [
            models.Index(F("answer_by").asc(), condition=Q(answered_on__isnull=True), name="person_request_open")
        ]

    def __str__(self) -> str:
        return f"person request {self.id}"
