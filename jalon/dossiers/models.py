"""The application: its parts (sealed, one compartment each), its pieces, and the package that leaves."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jalon.directory.models import Organisation
from jalon.people.models import Dossier
from jalon.vault.models import IdField, Sealed, SealedFile

from .states import OPEN_STATES, STAGE_OF, ApplicationState, Kind, PackageState, PartState, PieceState, Unpresented

SESSION_GROUP = "G5s"


class Application(models.Model):
    """One request to enter or to renew. Its answers are in its parts; what leaves is its package."""

    id = IdField()
    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="applications")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    rank = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=ApplicationState.choices, default=ApplicationState.DRAFT)
    previous = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # Dossier's department when it was submitted: a transfer does not move a request already lodged.
    department = models.CharField(max_length=3)
    # The association that prepared it, kept when it leaves: the file may be handed over to another one since.
    organisation = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    form_version = models.CharField(max_length=20)
    opened_on = models.DateField()
    submitted_on = models.DateField(null=True, blank=True)
    receipt_number = models.CharField(max_length=24, blank=True)
    complete_on = models.DateField(null=True, blank=True)
    decided_on = models.DateField(null=True, blank=True)
    withdrawn_on = models.DateField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["department", "state", "submitted_on"], name="application_dep_state")]
        constraints = [
            models.UniqueConstraint(fields=["dossier", "rank"], name="application_rank"),
            models.UniqueConstraint(
                fields=["dossier"],
                condition=Q(state__in=OPEN_STATES),
                name="one_open_application",
                violation_error_message=_("Une demande est déjà en cours pour cette personne."),
            ),
            models.UniqueConstraint(fields=["receipt_number"], condition=~Q(receipt_number=""), name="receipt_once"),
        ]

    def __str__(self) -> str:
        return f"application {self.id}"

    @property
    def prepared_by(self) -> str:
        """The association that answers for its content: the one that sent it, else the one that holds the file."""
        return self.organisation_id or self.dossier.organisation_id

    @property
    def stage(self) -> str:
        """The stage of this request, as the State's side knows it."""
        return STAGE_OF[ApplicationState(self.state)]


class Part(Sealed):
    """One subject of the application, in one compartment. ``code`` is a key of ``dossiers.parts.PARTS``."""

    id = IdField()
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="parts")
    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="+")
    code = models.CharField(max_length=30)
    compartment = models.CharField(max_length=3)
    state = models.CharField(max_length=16, choices=PartState.choices, default=PartState.TODO)
    # Codes of the required questions still without an answer: names of questions, the same for everybody.
    missing = models.CharField(max_length=200, blank=True, default="")
    updated_on = models.DateField(null=True, blank=True)
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "code"], name="part_once")]

    def __str__(self) -> str:
        return f"part {self.id}"


class Draft(Sealed):
    """What somebody is typing in a part and has not saved: sealed in the part's compartment, for its author alone."""

    GOES_WHOLE = True

    id = IdField()
    part = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="drafts")
    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    compartment = models.CharField(max_length=3)
    # The revision of the part that was on the screen.
    based_on = models.PositiveIntegerField()
    kept_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["part", "author"], name="draft_once")]

    def __str__(self) -> str:
        return f"draft {self.id}"


class Piece(Sealed):
    """A paper of the application: expected, received. Its name is sealed; its file is an encrypted file."""

    id = IdField()
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="pieces")
    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="+")
    code = models.CharField(max_length=30)
    compartment = models.CharField(max_length=3)
    state = models.CharField(max_length=10, choices=PieceState.choices, default=PieceState.EXPECTED)
    received_on = models.DateField(null=True, blank=True)
    file = models.OneToOneField(SealedFile, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    # It left with no request for so long: the day its file goes; once it is gone, the day it went.
    erasable_on = models.DateField(null=True, blank=True)
    # The copy that left with the request, under the key of the package: what the secretariat may open.
    sent = models.OneToOneField(SealedFile, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    def __str__(self) -> str:
        return f"piece {self.id}"


class Package(Sealed):
    """C12, association's copy: the frozen, dated projection written for the commission, hashed and signed."""

    COMPARTMENT = "C12"

    id = IdField()
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="packages")
    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="+")
    version = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=PackageState.choices, default=PackageState.DRAFT)
    digest = models.CharField(max_length=64, blank=True)
    # Ed25519, in hexadecimal (``seals``).
    signature = models.CharField(max_length=128, blank=True)
    read_back_on = models.DateField(null=True, blank=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    signed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "version"], name="package_version")]

    def __str__(self) -> str:
        return f"package {self.id}"

    @property
    def drafting(self) -> bool:
        """Once frozen it does not change: what is amended is another package, under the next number."""
        return self.signed_at is None

    @property
    def seen_as(self) -> str:
        """This version, at this revision: its page sends it back with what is signed, read back or sent."""
        return f"{self.id}.{self.revision}"


class SessionCopy(Sealed):
    """C12, the commission's copy under its own key (G5s): destroyed when the window closes."""

    COMPARTMENT = "C12"

    id = IdField()
    package = models.OneToOneField(Package, on_delete=models.CASCADE, related_name="session_copy")
    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="+")
    destroyed_on = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return f"session copy {self.id}"

    @property
    def key_group(self) -> str:
        """A key of its own: closing the window destroys it and leaves the association's copy."""
        return SESSION_GROUP


class NotPresented(models.Model):
    """C16: she could enter the pathway and her request is not presented: why, by a code, and since when. No word."""

    id = IdField()
    dossier = models.OneToOneField(Dossier, on_delete=models.CASCADE, related_name="not_presented")
    department = models.CharField(max_length=3)
    reason = models.CharField(max_length=3, choices=Unpresented.choices)
    noted_on = models.DateField()

    def __str__(self) -> str:
        return f"not presented {self.id}"


class ComplementRequest(Sealed):
    """C13: what the secretariat misses in an application, asked on a day, due on another."""

    COMPARTMENT = "C13"

    id = IdField()
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="complements")
    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="+")
    asked_on = models.DateField()
    due_on = models.DateField()
    answered_on = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return f"complement request {self.id}"
