"""What the two sides may propose: job offers kept from France Travail, trainings, services, and the words of ROME.

What is about a person is sealed: what she looks for (``Wishes``), what was proposed (``Proposal``, ``Orientation``),
her own CV (``Resume``). The records of others (``record``) are kept as
they publish them; what only we know of a service is apart (``ServiceFact``) and never leaves with an export.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jalon.config import clock
from jalon.directory import departments
from jalon.directory.models import Organisation
from jalon.people.models import Dossier
from jalon.vault import keys
from jalon.vault.models import IdField, Sealed

from .states import Fact, OfferKind, OrientationState, ProposalState, Reason, Source


class SourceFetch(models.Model):
    """One time that a source was asked for a department: what it answered, or why it could not be asked."""

    id = IdField()
    source = models.CharField(max_length=10, choices=Source.choices)
    department = models.CharField(max_length=3, validators=[departments.validate])
    asked_at = models.DateTimeField(default=clock.now)
    # Empty: the source answered.
    failure = models.CharField(max_length=12, choices=Reason.choices, blank=True, default="")
    total = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    gone = models.PositiveIntegerField(default=0)
    complete = models.BooleanField(default=True)

    class Meta:
        indexes = [models.Index(fields=["source", "department", "-asked_at"], name="offers_fetch_latest")]

    def __str__(self) -> str:
        return f"fetch {self.id}"


class Offer(models.Model):
    """A job offer as France Travail gave it. Withdrawn there, it is hidden here and its text is dropped."""

    id = IdField()
    department = models.CharField(max_length=3)
    number = models.CharField(max_length=20)
    title = models.CharField(max_length=300, blank=True, default="")
    rome = models.CharField(max_length=5, blank=True, default="")
    commune = models.CharField(max_length=5, blank=True, default="")
    place = models.CharField(max_length=100, blank=True, default="")
    contract = models.CharField(max_length=12, blank=True, default="")
    published_at = models.DateTimeField(null=True, blank=True)
    record = models.JSONField(default=dict)
    # The words that set it aside for everyone; empty: it may be shown.
    withheld = models.CharField(max_length=200, blank=True, default="")
    seen_at = models.DateTimeField(default=clock.now)
    hidden_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["department", "number"],
                name="offers_one_number",
                violation_error_message=_("Cette offre est déjà gardée."),
            )
        ]
        indexes = [models.Index(fields=["department", "hidden_at", "-published_at"], name="offers_open")]

    def __str__(self) -> str:
        return f"offer {self.id}"


class Training(models.Model):
    """One dated training (LHEO: formation, action, session) of a catalogue's file.

    ``record`` is what the file said; ``reading`` is what was read from its free text and checked by a person
    (language level, placement): LHEO has no element for it, and an import never overwrites it with nothing.
    """

    id = IdField()
    source = models.CharField(max_length=40)
    number = models.CharField(max_length=60)
    department = models.CharField(max_length=3, blank=True, default="")
    title = models.CharField(max_length=255)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    record = models.JSONField(default=dict)
    reading = models.JSONField(default=dict)
    seen_at = models.DateTimeField(default=clock.now)
    gone_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "number"],
                name="offers_one_training",
                violation_error_message=_("Cette session est déjà gardée."),
            ),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
                name="offers_training_end_after_start",
                violation_error_message=_("La fin ne peut pas précéder le début."),
            ),
        ]
        indexes = [models.Index(fields=["department", "gone_on", "starts_on"], name="offers_training_next")]

    def __str__(self) -> str:
        return f"training {self.id}"


class RomeVersion(models.Model):
    """One release of ROME that was imported: codes change meaning between releases, so they are all kept."""

    version = models.CharField(max_length=10, primary_key=True)
    published_on = models.DateField(null=True, blank=True)
    imported_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"ROME {self.version}"


class Occupation(models.Model):
    """A code of ROME in one release: its label, its other names, and the occupations one moves to from it."""

    id = IdField()
    version = models.ForeignKey(RomeVersion, on_delete=models.CASCADE, related_name="occupations")
    code = models.CharField(max_length=5)
    label = models.CharField(max_length=200)
    parent = models.CharField(max_length=5, blank=True, default="")
    # « O », « N », or empty, which is not « no ».
    regulated = models.CharField(max_length=1, blank=True, default="")
    names = models.JSONField(default=list)
    moves = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "code"], name="offers_one_code", violation_error_message=_("Ce code existe déjà.")
            )
        ]

    def __str__(self) -> str:
        return f"occupation {self.code}"


class Structure(models.Model):
    """Who offers services: a record of data·inclusion v1."""

    id = IdField()
    source = models.CharField(max_length=60)
    number = models.CharField(max_length=160, unique=True)
    department = models.CharField(max_length=3, blank=True, default="")
    name = models.CharField(max_length=150)
    record = models.JSONField(default=dict)
    updated_on = models.DateField()
    gone_on = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return f"structure {self.id}"


class Service(models.Model):
    """One service: a record of data·inclusion v1, and here who keeps the card and when it was last checked."""

    id = IdField()
    structure = models.ForeignKey(Structure, on_delete=models.CASCADE, related_name="services")
    source = models.CharField(max_length=60)
    number = models.CharField(max_length=160, unique=True)
    department = models.CharField(max_length=3, blank=True, default="")
    name = models.CharField(max_length=150)
    commune = models.CharField(max_length=5, blank=True, default="")
    # The needs (thématiques) between bars, « |famille--garde-denfants|… », so that one is found on every database.
    needs = models.CharField(max_length=4000, blank=True, default="")
    record = models.JSONField(default=dict)
    updated_on = models.DateField()
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    checked_on = models.DateField(null=True, blank=True)
    gone_on = models.DateField(null=True, blank=True)
    # Comes from the nightly mirror, which also says when it is gone.
    mirrored = models.BooleanField(default=False)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["department", "gone_on", "name"], name="offers_service_list")]

    def __str__(self) -> str:
        return f"service {self.id}"


class ServiceFact(Sealed):
    """What the national record cannot say of a service, one fact with its day and its author. Never exported.

    Coded facts are in clear, because one searches by them; the named contact is sealed as the names of staff are.
    """

    COMPARTMENT = "GS"

    id = IdField()
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="facts")
    fact = models.CharField(max_length=12, choices=Fact.choices)
    # Whose it is: none for what everybody who accompanies reads, the association for what it notes for itself.
    organisation = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    value = models.CharField(max_length=200, blank=True, default="")
    noted_on = models.DateField(default=clock.today)
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["service", "fact"],
                condition=Q(organisation=None),
                name="offers_one_fact",
                violation_error_message=_("Ce point est déjà noté."),
            ),
            models.UniqueConstraint(
                fields=["service", "fact", "organisation"],
                name="offers_one_fact_inside",
                violation_error_message=_("Ce point est déjà noté."),
            ),
        ]

    @property
    def key_owner(self) -> str:
        return keys.STAFF

    def kept(self, wrapped: bytes | None = None) -> str:
        """The fact itself. ``wrapped``: the key of the staff's records when the query brought it."""
        return str(self.unseal(wrapped).get("value", "")) if self.fact == Fact.CONTACT else self.value

    def __str__(self) -> str:
        return f"fact {self.id}"


class Orientation(Sealed):
    """C11: a service proposed to one person. Which one, what she lets them know, their answer: sealed.

    A need tells much of a life (health, violence, housing): the employment side does not read it here.
    """

    COMPARTMENT = "C11"

    GOES_WHOLE = True

    id = IdField()
    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="orientations")
    state = models.CharField(max_length=10, choices=OrientationState.choices, default=OrientationState.PREPARED)
    prepared_on = models.DateField()
    sent_on = models.DateField(null=True, blank=True)
    answered_on = models.DateField(null=True, blank=True)
    # The day of the first meeting there, or until when one waits.
    next_on = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["dossier", "state"], name="offers_orientation_file")]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_on__isnull=True) | Q(answered_on__gte=models.F("sent_on")),
                name="offers_orientation_answer_after_sending",
                violation_error_message=_("La réponse ne peut pas précéder l'envoi."),
            )
        ]

    def __str__(self) -> str:
        return f"orientation {self.id}"


class TravelTable(models.Model):
    """Door-to-door times between the communes of a department, computed beforehand: no service is ever asked."""

    department = models.CharField(max_length=3, primary_key=True)
    record = models.JSONField(default=dict)
    imported_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"travel {self.department}"


class Wishes(Sealed):
    """C10: what she looks for, and in which conditions. What she did not say is absent: neither yes nor no."""

    COMPARTMENT = "C10"

    id = IdField()
    dossier = models.OneToOneField(Dossier, on_delete=models.CASCADE, related_name="wishes")
    noted_on = models.DateField(default=clock.today)

    def __str__(self) -> str:
        return f"wishes {self.id}"


class Proposal(Sealed):
    """C10: an offer or a training that was proposed to one person, and what became of it. Her « no » in her words."""

    COMPARTMENT = "C10"

    id = IdField()
    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="proposals")
    kind = models.CharField(max_length=8, choices=OfferKind.choices)
    state = models.CharField(max_length=9, choices=ProposalState.choices, default=ProposalState.PROPOSED)
    proposed_on = models.DateField(default=clock.today)
    applied_on = models.DateField(null=True, blank=True)
    answered_on = models.DateField(null=True, blank=True)
    # The employment side may read her words: only when she says so.
    shared_words = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["dossier", "state"], name="offers_proposal_file")]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_on__isnull=True) | Q(answered_on__gte=models.F("applied_on")),
                name="offers_proposal_answer_after_applying",
                violation_error_message=_("La réponse ne peut pas précéder la candidature."),
            )
        ]

    def __str__(self) -> str:
        return f"proposal {self.id}"


class Resume(Sealed):
    """C10: her CV and letter, as she wants an employer to read them."""

    COMPARTMENT = "C10"

    id = IdField()
    dossier = models.OneToOneField(Dossier, on_delete=models.CASCADE, related_name="resume")

    def __str__(self) -> str:
        return f"resume {self.id}"
