"""Who exists: organisations under the name of each date, their accreditation, and who works for them until when."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jalon.access import Role
from jalon.config import clock
from jalon.vault import keys
from jalon.vault.models import IdField, Sealed

from . import departments

END_AFTER_START = _("La fin ne peut pas précéder le début.")
NOT_BY_MEMBERSHIP = _("Ce rôle ne se donne pas par une appartenance.")
# A dossier gives the roles COL and PER too; EXT and PUB have no account.
MEMBER_ROLES = [role for role in Role if role not in {Role.EXT, Role.PUB}]


class Kind(models.TextChoices):
    ASSOCIATION = "association", _("Association agréée")
    EMPLOYMENT_AGENCY = "employment_agency", _("Opérateur de l'emploi")
    PREFECTURE = "prefecture", _("Préfecture")
    DDETS = "ddets", _("Direction départementale (emploi, travail, solidarités)")
    DEPARTMENT_COUNCIL = "department_council", _("Conseil départemental")
    TOWN = "town", _("Commune")
    PAYER = "payer", _("Organisme payeur")
    HOUSING = "housing", _("Hébergement, logement")
    TRAINING_BODY = "training_body", _("Organisme de formation")
    WORK_INTEGRATION = "work_integration", _("Structure d'insertion par l'activité économique")
    EMPLOYER = "employer", _("Employeur")
    CHILDCARE = "childcare", _("Garde d'enfants")


def on_day(day: date) -> Q:
    """Rows in force on a day: both ends included, no end means still in force."""
    return Q(starts_on__lte=day) & (Q(ends_on__isnull=True) | Q(ends_on__gte=day))


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def named(self, day: date | None = None) -> "OrganisationQuerySet":
        """With ``label``, the name on this day (today by default), in the same query."""
        return self.annotate(label=name_subquery(models.OuterRef("pk"), day or clock.today()))


class Organisation(models.Model):
    id = IdField()
    kind = models.CharField(max_length=20, choices=Kind.choices)
    department = models.CharField(max_length=3, blank=True, default="", validators=[departments.validate])
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        indexes = [models.Index(fields=["kind", "department"], name="directory_org_kind_dept")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=Kind.values),
                name="directory_org_kind",
                violation_error_message=_("Choisissez une sorte d'organisation."),
            )
        ]

    def __str__(self) -> str:
        return f"organisation {self.id}"

    def name_on(self, day: date) -> str:
        """The name at the date of the act; before the first known name, the first; after a gap, the last one known."""
        names = sorted(self.names.all(), key=lambda n: (n.starts_on is not None, n.starts_on or date.min))
        if not names:
            return ""
        known = [n for n in names if n.starts_on is None or n.starts_on <= day]
        return (known[-1] if known else names[0]).name

    @property
    def name(self) -> str:
        """Today's name, brought by ``named()`` or by the actor's query when there is one."""
        label = self.__dict__.get("label")
        return label if label is not None else self.name_on(clock.today())


class OrganisationName(models.Model):
    """One name and its time. The first has no start, the present one no end."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="names")
    name = models.CharField(max_length=160)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(starts_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
                name="directory_name_end_after_start",
                violation_error_message=END_AFTER_START,
            ),
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(ends_on__isnull=True),
                name="directory_name_one_present",
                violation_error_message=_("Une organisation n'a qu'un nom à la fois."),
            ),
        ]

    def __str__(self) -> str:
        return f"name {self.pk}"


def name_subquery(organisation: Any, day: date) -> models.Subquery:
    """The name of an organisation on a day, as a subquery on its primary key."""
    known = OrganisationName.objects.filter(organisation=organisation)
    order = models.Case(
        models.When(Q(starts_on__isnull=True) | Q(starts_on__lte=day), then=models.Value(0)), default=models.Value(1)
    )
    return models.Subquery(
        known.order_by(order, models.F("starts_on").desc(nulls_last=True)).values("name")[:1],
        output_field=models.CharField(),
    )


class Accreditation(models.Model):
    """The approval (agrément) of an association in one department. Its state is computed, never stored."""

    id = IdField()
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="accreditations")
    department = models.CharField(max_length=3, validators=[departments.validate])
    order_number = models.CharField(max_length=40, blank=True, default="")
    received_on = models.DateField()
    missing_asked_on = models.DateField(null=True, blank=True)
    completed_on = models.DateField(null=True, blank=True)
    granted_on = models.DateField(null=True, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = _("agrément")
        indexes = [models.Index(fields=["organisation", "department", "valid_to"], name="directory_accreditation_org")]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=models.F("valid_from")),
                name="directory_accreditation_end_after_start",
                violation_error_message=END_AFTER_START,
            ),
            models.CheckConstraint(
                condition=Q(granted_on__isnull=True) | Q(granted_on__gte=models.F("received_on")),
                name="directory_accreditation_granted_after_received",
                violation_error_message=_("L'agrément ne peut pas précéder la réception de la demande."),
            ),
        ]

    def __str__(self) -> str:
        return f"accreditation {self.id}"

    def in_force(self, day: date) -> bool:
        return self.valid_from is not None and self.valid_to is not None and self.valid_from <= day <= self.valid_to


class Membership(Sealed):
    """Somebody's role in an organisation, always with an end. The title is sealed."""

    COMPARTMENT = "GS"
    key_owner = keys.STAFF

    id = IdField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(
        max_length=3,
        choices=[(role, role) for role in MEMBER_ROLES],
        error_messages={"invalid_choice": NOT_BY_MEMBERSHIP},
    )
    department = models.CharField(max_length=3, blank=True, default="", validators=[departments.validate])
    college = models.CharField(max_length=80, blank=True, default="")
    starts_on = models.DateField()
    ends_on = models.DateField()
    granted_by = models.CharField(max_length=22, blank=True, default="")

    class Meta:
        verbose_name = _("appartenance")
        indexes = [
            models.Index(fields=["user", "ends_on"], name="directory_member_user"),
            models.Index(fields=["organisation", "ends_on"], name="directory_member_org"),
            models.Index(fields=["department", "role", "ends_on"], name="directory_member_dept"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=models.F("starts_on")),
                name="directory_member_end_after_start",
                violation_error_message=END_AFTER_START,
            ),
            models.CheckConstraint(
                condition=Q(role__in=[str(role) for role in MEMBER_ROLES]),
                name="directory_member_role",
                violation_error_message=NOT_BY_MEMBERSHIP,
            ),
            models.CheckConstraint(
                condition=Q(role__in=["STA", "OPS", "DPO", "ADM"]) | ~Q(department=""),
                name="directory_member_department",
                violation_error_message=_("Indiquez le département : ce rôle s'exerce dans un département."),
            ),
            models.UniqueConstraint(
                fields=["user", "organisation", "role", "department", "starts_on"],
                name="directory_member_once",
                violation_error_message=_("Cette appartenance existe déjà."),
            ),
        ]

    def __str__(self) -> str:
        return f"membership {self.id}"

    @property
    def title(self) -> str:
        return str(self.unseal().get("title", ""))

    def in_force(self, day: date) -> bool:
        return self.starts_on <= day <= self.ends_on
