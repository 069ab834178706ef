"""Who exists: organisations under the name of each date, their accreditation, and who works for them until when."""

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jalon.access import Role
from jalon.config import clock
from jalon.vault import keys
from jalon.vault.models import IdField, Sealed, SealedFile

from . import departments, lawful
from .states import APPROVED, AccreditationState, AppealKind, AppealOutcome, state_of

ONE_DAY = timedelta(days=1)
END_AFTER_START = _("La fin ne peut pas précéder le début.")
NOT_BY_MEMBERSHIP = _("Ce rôle ne se donne pas par une appartenance.")
# A dossier gives the roles COL and PER too; EXT and PUB have no account.
MEMBER_ROLES = [role for role in Role if role not in {Role.EXT, Role.PUB}]
OF_STAFF = [role for role in MEMBER_ROLES if role != Role.PER]  # hers is opened with her, by her referent (``space``)


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


class Accreditation(Sealed):
    """The approval (agrément) of an association in one department, from its request to its end.

    Only what was done is stored, with its day; the state of a day is computed (``states.state_of``) from these dates
    and the law. The words (who signs, reasons, observations) are sealed under the key of the association.
    """

    COMPARTMENT = "GS"

    id = IdField()
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="accreditations")
    department = models.CharField(max_length=3, validators=[departments.validate])
    renews = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    order_number = models.CharField(max_length=40, blank=True, default="")
    opened_on = models.DateField(default=clock.today)
    # The association itself was declared on this day: three years before it asks (CASF R.121-12-1).
    declared_on = models.DateField(null=True, blank=True)
    # What is sent here is received the same day; the receipt only tells it (CRPA L.112-11).
    received_on = models.DateField(null=True, blank=True)
    receipt_on = models.DateField(null=True, blank=True)
    missing_asked_on = models.DateField(null=True, blank=True)
    completed_on = models.DateField(null=True, blank=True)
    declared_complete_on = models.DateField(null=True, blank=True)
    granted_on = models.DateField(null=True, blank=True)
    refused_on = models.DateField(null=True, blank=True)
    observations_asked_on = models.DateField(null=True, blank=True)
    observations_due_on = models.DateField(null=True, blank=True)
    observations_given_on = models.DateField(null=True, blank=True)
    withdrawn_on = models.DateField(null=True, blank=True)
    # The refusal or the withdrawal was handed to the association on this day: the delay to challenge it runs.
    notified_on = models.DateField(null=True, blank=True)
    abandoned_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = _("agrément")
        indexes = [
            models.Index(fields=["organisation", "department"], name="directory_accreditation_org"),
            models.Index(fields=["department", "received_on"], name="directory_accreditation_dept"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(granted_on__isnull=True) | Q(granted_on__gte=models.F("received_on")),
                name="directory_accreditation_granted_after_received",
                violation_error_message=_("L'agrément ne peut pas précéder la réception de la demande."),
            ),
            models.CheckConstraint(
                condition=Q(granted_on__isnull=True) | Q(refused_on__isnull=True),
                name="directory_accreditation_one_decision",
                violation_error_message=_("L'agrément est accordé ou refusé, pas les deux."),
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on__isnull=True) | Q(observations_asked_on__isnull=False),
                name="directory_accreditation_heard_first",
                violation_error_message=_("L'association présente d'abord ses observations."),
            ),
        ]

    def __str__(self) -> str:
        return f"accreditation {self.id}"

    @property
    def key_owner(self) -> str:
        return str(self.organisation_id)

    def state_on(self, day: date) -> AccreditationState:
        return state_of(self, lawful.compute(self), day)

    def in_force(self, day: date) -> bool:
        return self.state_on(day) in APPROVED

    def approval(self, day: date) -> tuple[date, date] | None:
        """(first day, last day) of the approval, once it exists: a tacit one from its day on."""
        computed = lawful.compute(self)
        if computed is None or computed.valid_from is None or computed.valid_to is None or self.refused_on:
            return None
        if computed.valid_from > day or self.state_on(day) == AccreditationState.ABANDONED:
            return None
        last = self.withdrawn_on - ONE_DAY if self.withdrawn_on else computed.valid_to
        return computed.valid_from, min(last, computed.valid_to)

    @property
    def valid_from(self) -> date | None:
        found = self.approval(clock.today())
        return found[0] if found else None

    @property
    def valid_to(self) -> date | None:
        found = self.approval(clock.today())
        return found[1] if found else None


class AccreditationPiece(Sealed):
    """A piece of a request for accreditation: joined by the association, or asked for by the secretariat.

    Its file is an encrypted file; a piece without one was handed over on paper. The label and the request's words
    are sealed under the key of the association.
    """

    COMPARTMENT = "GS"

    id = IdField()
    accreditation = models.ForeignKey(Accreditation, on_delete=models.CASCADE, related_name="pieces")
    code = models.CharField(max_length=30)
    asked_on = models.DateField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    received_on = models.DateField(null=True, blank=True)
    file = models.OneToOneField(SealedFile, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("pièce d'agrément")
        constraints = [
            models.CheckConstraint(
                condition=Q(asked_on__isnull=False) | Q(received_on__isnull=False),
                name="directory_piece_asked_or_received",
                violation_error_message=_("Une pièce est demandée ou reçue."),
            )
        ]

    def __str__(self) -> str:
        return f"accreditation piece {self.id}"

    @property
    def key_owner(self) -> str:
        return str(self.accreditation.organisation_id)

    @property
    def awaited(self) -> bool:
        return self.received_on is None


class AccreditationAppeal(models.Model):
    """An appeal of the association against a refusal or a withdrawal: its kind and its dates, no word."""

    id = IdField()
    accreditation = models.ForeignKey(Accreditation, on_delete=models.CASCADE, related_name="appeals")
    kind = models.CharField(max_length=12, choices=AppealKind.choices)
    filed_on = models.DateField()
    answered_on = models.DateField(null=True, blank=True)
    outcome = models.CharField(max_length=20, choices=AppealOutcome.choices, blank=True)

    class Meta:
        verbose_name = _("recours d'une association")
        ordering = ("filed_on", "id")

    def __str__(self) -> str:
        return f"accreditation appeal {self.id}"


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
