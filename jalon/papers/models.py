"""One line for each paper that was made. The paper itself is not kept: it is made again from the same facts."""

from django.conf import settings
from django.db import models

from jalon.vault.models import IdField


class Paper(models.Model):
    """A numbered paper. ``sha256`` proves that a sheet of paper is the one that was made; no content is stored.

    The ids of the rooms above are kept as text, as the deadlines do: this room knows no person.
    """

    WALL = ("dossier", "organisation_id", "department")

    id = IdField()
    kind = models.CharField(max_length=32)
    version = models.PositiveSmallIntegerField()
    language = models.CharField(max_length=5)
    # One sequence for each kind, year and place: an organisation's, or a department's for the State's papers.
    year = models.PositiveSmallIntegerField()
    place = models.CharField(max_length=22)
    number = models.PositiveIntegerField()
    organisation_id = models.CharField(max_length=22, blank=True)
    department = models.CharField(max_length=3, blank=True)
    # What it is about (a decision, a meeting…), and whose file it belongs to when it is about a person.
    about = models.CharField(max_length=60, blank=True)
    dossier = models.CharField(max_length=22, blank=True, db_index=True)
    reader = models.CharField(max_length=22, blank=True)
    # Empty once the file is erased.
    sha256 = models.CharField(max_length=64, blank=True)
    made_on = models.DateField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["kind", "about"], name="papers_about")]
        constraints = [models.UniqueConstraint(fields=["kind", "year", "place", "number"], name="papers_number_once")]

    def __str__(self) -> str:
        return f"paper {self.id}"

    @property
    def label(self) -> str:
        """2026-0012: what the footer says."""
        return f"{self.year}-{self.number:04d}"

    @property
    def file_name(self) -> str:
        """Says neither who nor what."""
        return f"papier-{self.label}.pdf"
