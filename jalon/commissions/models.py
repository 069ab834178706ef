"""The departmental commission: its seats, meetings, agenda, attendance, opinions and minutes."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jalon.directory.models import Organisation
from jalon.dossiers.models import Application, SessionCopy
from jalon.vault.models import IdField, Sealed

from .states import ItemState, MeetingKind, MeetingState, Outcome, Presence


class Seat(models.Model):
    """One member's mandate in the commission of a department: college, holder, dates.

    ``user`` null: held without an account. ``place``: which seat of the composition it fills (``composition``).
    ``deputy`` sits when the holder is replaced for a meeting (CRPA R.133-3).
    """

    id = IdField()
    department = models.CharField(max_length=3)
    college = models.CharField(max_length=120)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="seats"
    )
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    place = models.CharField(max_length=24, blank=True)
    is_chair = models.BooleanField(default=False)
    starts_on = models.DateField()
    ends_on = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["department", "ends_on"], name="seat_department")]

    def __str__(self) -> str:
        return f"seat {self.id}"


class Meeting(models.Model):
    """One meeting of a commission. Its window: from the convocation to ``window_days`` after the meeting."""

    id = IdField()
    department = models.CharField(max_length=3)
    on = models.DateField()
    starts_at = models.TimeField(null=True, blank=True)
    place = models.CharField(max_length=120, blank=True)
    kind = models.CharField(max_length=12, choices=MeetingKind.choices, default=MeetingKind.ORDINARY)
    state = models.CharField(max_length=10, choices=MeetingState.choices, default=MeetingState.PLANNED)
    files_due_on = models.DateField(null=True, blank=True)
    convened_on = models.DateField(null=True, blank=True)
    convened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    urgent = models.BooleanField(default=False)
    # The day for which its members were first convoked, and when they were told that it moved.
    moved_from = models.DateField(null=True, blank=True)
    moved_on = models.DateField(null=True, blank=True)
    second_convocation = models.BooleanField(default=False)
    window_days = models.PositiveSmallIntegerField(default=15)
    # The last day of the window (``on`` + ``window_days``), kept so that one index serves every scope.
    window_ends_on = models.DateField(editable=False)
    replaced_by = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    quorum_reached = models.BooleanField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["department", "on"], name="meeting_department_on"),
            models.Index(fields=["window_ends_on"], name="meeting_window"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "on"],
                condition=~Q(state=MeetingState.CANCELLED),
                name="one_meeting_a_day",
                violation_error_message=_("Une séance est déjà prévue ce jour-là dans ce département."),
            ),
            models.CheckConstraint(condition=Q(window_days__lte=30), name="window_at_most_30_days"),
        ]

    def __str__(self) -> str:
        return f"meeting {self.id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.window_ends_on = self.on + timedelta(days=self.window_days)
        super().save(*args, **kwargs)


class AgendaItem(Sealed):
    """One application (or one plain point) on an agenda. Why it was postponed and who was heard are sealed (C13)."""

    COMPARTMENT = "C13"

    id = IdField()
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="items")
    application = models.ForeignKey(
        Application, null=True, blank=True, on_delete=models.PROTECT, related_name="agenda_items"
    )
    title = models.CharField(max_length=160, blank=True)
    position = models.PositiveSmallIntegerField()
    minutes_planned = models.PositiveSmallIntegerField(default=15)
    state = models.CharField(max_length=10, choices=ItemState.choices, default=ItemState.SCHEDULED)
    postponed_to = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(state=ItemState.SCHEDULED, application__isnull=False),
                name="one_agenda_at_a_time",
                violation_error_message=_("Ce dossier est déjà inscrit à une séance."),
            )
        ]

    def __str__(self) -> str:
        return f"agenda item {self.id}"

    @property
    def key_owner(self) -> str:
        return str(self.application.dossier_id) if self.application else self.meeting_id


class Attendance(models.Model):
    """A seat convoked to a meeting: when, how it was held, by the deputy or not, to whom a proxy was given."""

    id = IdField()
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="attendances")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="attendances")
    convoked_on = models.DateField(null=True, blank=True)
    deputy = models.BooleanField(default=False)
    presence = models.CharField(max_length=10, choices=Presence.choices, default=Presence.EXPECTED)
    proxy_to = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="proxies")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["meeting", "seat"], name="convoked_once")]

    def __str__(self) -> str:
        return f"attendance {self.id}"

    @property
    def reader_id(self) -> str | None:
        """The one person who reads for this seat: its deputy when she is called, else its holder."""
        return self.seat.deputy_id if self.deputy else self.seat.user_id


class Recusal(models.Model):
    """A seat that takes no part in an item: by rule (it prepared the file) or by a declared conflict."""

    id = IdField()
    item = models.ForeignKey(AgendaItem, on_delete=models.CASCADE, related_name="recusals")
    seat = models.ForeignKey(Seat, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    by_rule = models.BooleanField(default=False)
    declared_at = models.DateTimeField()
    # Declared by mistake: from then on it has no effect. One by rule is never lifted.
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["item", "seat"], condition=Q(lifted_at=None, seat__isnull=False), name="recused_once"
            ),
            models.CheckConstraint(
                condition=Q(seat__isnull=False) | Q(organisation__isnull=False), name="recusal_names_someone"
            ),
        ]

    def __str__(self) -> str:
        return f"recusal {self.id}"


class Opinion(Sealed):
    """C13: the commission's opinion on an item: outcome in clear (it becomes public law), reasons sealed."""

    COMPARTMENT = "C13"

    id = IdField()
    item = models.OneToOneField(AgendaItem, on_delete=models.CASCADE, related_name="opinion")
    dossier = models.ForeignKey("people.Dossier", on_delete=models.CASCADE, related_name="+")
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    votes_for = models.PositiveSmallIntegerField(null=True, blank=True)
    votes_against = models.PositiveSmallIntegerField(null=True, blank=True)
    abstentions = models.PositiveSmallIntegerField(null=True, blank=True)
    casting_vote = models.BooleanField(default=False)
    given_on = models.DateField()

    def __str__(self) -> str:
        return f"opinion {self.id}"


class Reading(Sealed):
    """C13: a member's own reading of an item: read or not; her private note and her wish are sealed."""

    COMPARTMENT = "C13"

    id = IdField()
    item = models.ForeignKey(AgendaItem, on_delete=models.CASCADE, related_name="readings")
    dossier = models.ForeignKey("people.Dossier", on_delete=models.CASCADE, related_name="+")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+")
    # The holder and her deputy each have their own: neither reads the other's note.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    read_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "user"], name="one_reading_each")]

    def __str__(self) -> str:
        return f"reading {self.id}"


class CopyHold(Sealed):
    """C13: a session's copy kept past its window because its decision may be challenged. Why is sealed.

    Without a second person (``confirmed_at``) it keeps nothing.
    """

    COMPARTMENT = "C13"

    id = IdField()
    copy = models.ForeignKey(SessionCopy, on_delete=models.CASCADE, related_name="holds")
    dossier = models.ForeignKey("people.Dossier", on_delete=models.CASCADE, related_name="copy_holds")
    ends_on = models.DateField()
    placed_at = models.DateTimeField()
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["copy"],
                condition=Q(lifted_at=None),
                name="one_hold_a_copy",
                violation_error_message=_("Ce dossier de séance est déjà retenu."),
            )
        ]

    def __str__(self) -> str:
        return f"copy hold {self.id}"


class WrittenOpinion(Sealed):
    """C13: what one seat answered in a written consultation, until its end; sense and words are sealed."""

    COMPARTMENT = "C13"

    id = IdField()
    item = models.ForeignKey(AgendaItem, on_delete=models.CASCADE, related_name="written")
    dossier = models.ForeignKey("people.Dossier", on_delete=models.CASCADE, related_name="+")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+")
    # Who gave it: nobody else who comes to hold the seat is shown its words.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    given_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "seat"], name="one_written_opinion_a_seat")]

    def __str__(self) -> str:
        return f"written opinion {self.id}"


class Minutes(Sealed):
    """C13: the minutes of a meeting, numbers and outcomes only. Their key belongs to the meeting."""

    COMPARTMENT = "C13"

    id = IdField()
    meeting = models.OneToOneField(Meeting, on_delete=models.CASCADE, related_name="minutes")
    generated_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name_plural = "minutes"

    def __str__(self) -> str:
        return f"minutes {self.id}"

    @property
    def drafting(self) -> bool:
        return self.signed_at is None

    @property
    def key_owner(self) -> str:
        return self.meeting_id
