"""Agreements between structures: a convention, its three axes, its commitments, and the named pairs."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from jalon.directory.models import Organisation
from jalon.people.models import Dossier
from jalon.vault.models import IdField

from .states import CommitmentState, ConventionState


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
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["due_on", "id"]

    def __str__(self) -> str:
        return f"commitment {self.id}"


class Indicator(models.Model):
    """A figure that tells whether an axis works, with its target."""

    id = IdField()
    axis = models.ForeignKey(Axis, on_delete=models.CASCADE, related_name="indicators")
    code = models.CharField(max_length=30)
    label = models.CharField(max_length=200)
    target = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return f"indicator {self.id}"


class IndicatorValue(models.Model):
    """The value noted for a month (its first day)."""

    id = IdField()
    indicator = models.ForeignKey(Indicator, on_delete=models.CASCADE, related_name="values")
    month = models.DateField()
    value = models.DecimalField(max_digits=8, decimal_places=2)

    class Meta:
        ordering = ["month"]
        constraints = [models.UniqueConstraint(fields=["indicator", "month"], name="one_value_a_month")]

    def __str__(self) -> str:
        return f"indicator value {self.id}"


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
