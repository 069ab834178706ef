"""The trail: one table, append-only by trigger on both engines, each event chained to the one before."""

from django.db import models

GENESIS = "0" * 64


class Entry(models.Model):
    """One event: who did what, to whom (keyed hash), in which compartment, and whether it was allowed.

    Never content, search words, old or new values, or an address. ``hash`` = SHA-256(``prev`` ‖ canonical JSON).
    """

    seq = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=22)
    role = models.CharField(max_length=8)
    organisation = models.CharField(max_length=22)
    relation = models.CharField(max_length=40)
    subject = models.CharField(max_length=32, db_index=True)
    compartment = models.CharField(max_length=4)
    verb = models.CharField(max_length=40)
    decision = models.CharField(max_length=8)
    conditions = models.CharField(max_length=80)
    purpose = models.CharField(max_length=40)
    session = models.CharField(max_length=32)
    request = models.CharField(max_length=22)
    count = models.PositiveIntegerField(null=True)
    objects_seen = models.TextField(db_column="objects")
    records = models.TextField()
    prev = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "seq"], name="journal_by_organisation"),
            # What one account read of late: asked before a page about a person leaves.
            models.Index(
                fields=["actor", "at", "subject"],
                condition=models.Q(verb="read", decision="allowed"),
                name="journal_opened_by",
            ),
        ]
        verbose_name_plural = "entries"

    def __str__(self) -> str:
        return f"entry {self.seq}"
