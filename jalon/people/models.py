"""The person's file: the routing row in clear (``Dossier``), and what is sealed about her.

``Dossier`` is here, at the bottom of the domain, because every compartment hangs to it; the application and its
package are the room ``dossiers``.
"""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jalon.directory.models import Organisation
from jalon.vault.models import IdField, Sealed

from .states import AssignmentKind, Kept, RequestState, ReviewOutcome, Right, Stage


def new_salt() -> bytes:
    return secrets.token_bytes(16)


class Dossier(models.Model):
    """What may stay in clear: who holds the file, in which department, at which stage, and the next date."""

    id = IdField()
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="dossiers")
    department = models.CharField(max_length=3)
    number = models.CharField(max_length=16, unique=True)
    stage = models.CharField(max_length=2, choices=Stage.choices, default=Stage.CONTACT)
    opened_on = models.DateField()
    last_contact_on = models.DateField()
    next_due_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    erased_on = models.DateField(null=True, blank=True)
    # Her places are kept a month after it (DAT-2); noted at the closing, when it is known.
    housed_until = models.DateField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=0)
    # The parts (codes of compartments) frozen at her request: read in the association, neither written nor used.
    restricted = models.CharField(max_length=60, blank=True, default="")
    # She has written beside a record of the file: the pages that show it look for her words.
    contested = models.BooleanField(default=False)
    # Makes the trail's reference to this dossier; emptied at the purge, so that the trail points to nobody.
    audit_salt = models.BinaryField(default=new_salt, editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "next_due_on", "id"], name="dossier_org_due"),
            models.Index(fields=["organisation", "stage", "next_due_on", "id"], name="dossier_org_stage_due"),
            models.Index(fields=["department", "stage", "next_due_on"], name="dossier_dep_stage_due"),
        ]

    def __str__(self) -> str:
        return f"dossier {self.id}"


class Assignment(models.Model):
    """Who works with her, from when to when: referent, colleague with a delegation, employment adviser."""

    id = IdField()
    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="assignments")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="assignments")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=AssignmentKind.choices)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    # The minute, on the last day, at which a hand-over ends the access.
    ends_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            # who is in charge of each file of a list, and since when: found without opening the row
            models.Index(
                fields=["dossier", "user", "kind", "starts_on", "ends_on", "ends_at"], name="assignment_in_charge"
            ),
            models.Index(fields=["user", "ends_on"], name="assignment_user"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
                name="assignment_end_after_start",
                violation_error_message=_("La fin ne peut pas précéder le début."),
            ),
            models.CheckConstraint(
                condition=~Q(kind=AssignmentKind.DELEGATE) | Q(ends_on__isnull=False),
                name="delegation_has_end",
                violation_error_message=_("Une délégation a toujours une date de fin."),
            ),
        ]

    def __str__(self) -> str:
        return f"assignment {self.id}"


class Identity(Sealed):
    """C1: alias, usual name, civil identity, birth date, nationality, languages. One row a dossier."""

    COMPARTMENT = "C1"

    id = IdField()
    dossier = models.OneToOneField(Dossier, on_delete=models.CASCADE, related_name="identity")

    def __str__(self) -> str:
        return f"identity {self.id}"


class SafeContact(Sealed):
    """C2: how she may be reached without danger. Every channel is off until she says otherwise; valid 90 days."""

    COMPARTMENT = "C2"

    id = IdField()
    dossier = models.OneToOneField(Dossier, on_delete=models.CASCADE, related_name="safe_contact")
    reviewed_on = models.DateField()
    # Read by whoever would send a message, without opening the compartment.
    messages_stopped = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"safe contact {self.id}"


class Agreement(Sealed):
    """C15: her agreement to apply. In force until withdrawn; the wording and the language are sealed."""

    COMPARTMENT = "C15"

    id = IdField()
    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="agreements")
    given_on = models.DateField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dossier"],
                condition=Q(withdrawn_at__isnull=True),
                name="one_agreement_in_force",
                violation_error_message=_("Un accord est déjà en vigueur."),
            )
        ]

    def __str__(self) -> str:
        return f"agreement {self.id}"


class Information(Sealed):
    """C15: what the law makes compulsory was told to her. Not an agreement: nothing is asked."""

    COMPARTMENT = "C15"

    id = IdField()
    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="informations")
    told_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"information {self.id}"


class Share(Sealed):
    """C15: one optional share with one organisation: what (sealed), since when, until when, revocable at once."""

    COMPARTMENT = "C15"

    id = IdField()
    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="shares")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    given_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["organisation", "dossier"], name="share_org_dossier")]
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "organisation"],
                condition=Q(revoked_at__isnull=True),
                name="one_share_in_force",
                violation_error_message=_("Un partage avec cette organisation est déjà en vigueur."),
            )
        ]

    def __str__(self) -> str:
        return f"share {self.id}"


class LegalHold(Sealed):
    """C16: something under way needs this file, until a day. What it is for is sealed."""

    COMPARTMENT = "C16"

    id = IdField()
    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="holds")
    ends_on = models.DateField()
    placed_at = models.DateTimeField()
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"legal hold {self.id}"


class RightsRequest(Sealed):
    """C15: she uses a right over her data: which one, when, by when it is answered. Her words, the answer: sealed."""

    COMPARTMENT = "C15"

    id = IdField()
    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="rights_requests")
    right = models.CharField(max_length=13, choices=Right.choices)
    state = models.CharField(max_length=7, choices=RequestState.choices, default=RequestState.OPEN)
    asked_on = models.DateField()
    due_on = models.DateField()
    answered_on = models.DateField(null=True, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    def __str__(self) -> str:
        return f"rights request {self.id}"


class Statement(Sealed):
    """Her own words about one record that she contests (``about``: its id), shown beside it wherever it is shown.

    It is of the compartment of that record: who reads the one reads the other, and both go together.
    """

    GOES_WHOLE = True

    id = IdField()
    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="statements")
    about = models.CharField(max_length=22, db_index=True)
    part = models.CharField(max_length=4)
    written_on = models.DateField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    @property
    def compartment(self) -> str:
        return self.part

    def __str__(self) -> str:
        return f"statement {self.id}"


class Erasure(models.Model):
    """The end of a file, or of a part of it: when it was proposed, from when it may be, when it was.

    A line of the list of eliminations.
    """

    id = IdField()
    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="erasures")
    part = models.CharField(max_length=6, choices=Kept.choices, default=Kept.FILE)
    proposed_on = models.DateField(null=True, blank=True)
    erasable_on = models.DateField(null=True, blank=True)
    erased_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=10, blank=True, default="")
    visa = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "part"], condition=Q(erased_on__isnull=True), name="one_end_waits"
            )
        ]

    def __str__(self) -> str:
        return f"erasure {self.id}"


class ErasureConsent(models.Model):
    """The second pair of eyes: somebody of the association agreed, in her own session, that a closed file be erased."""

    id = IdField()
    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="erasure_consents")
    part = models.CharField(max_length=6, choices=Kept.choices, default=Kept.FILE)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    expires_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "part", "user"],
                name="one_consent_each",
                violation_error_message=_("Votre accord est déjà enregistré."),
            )
        ]

    def __str__(self) -> str:
        return f"erasure consent {self.id}"


class TrailReview(models.Model):
    """The officer reread one month of the organisation's trail: when, and whether something calls for a follow-up."""

    WALL = ("organisation",)

    id = IdField()
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    month = models.DateField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reviewed_on = models.DateField()
    outcome = models.CharField(max_length=8, choices=ReviewOutcome.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "month"],
                name="one_review_a_month",
                violation_error_message=_("Ce mois est déjà relu."),
            )
        ]

    def __str__(self) -> str:
        return f"trail review {self.id}"
