"""States of a meeting and of its agenda items."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from jalon.access.machine import Machine, step


class MeetingKind(TextChoices):
    ORDINARY = "ordinary", _("séance ordinaire")
    INSTALLATION = "installation", _("installation")
    WRITTEN = "written", _("consultation écrite")


class MeetingState(TextChoices):
    PLANNED = "planned", _("prévue")
    CONVENED = "convened", _("convoquée")
    OPEN = "open", _("ouverte")
    HELD = "held", _("tenue")
    SIGNED = "signed", _("procès-verbal signé")
    FAILED = "failed", _("sans quorum")
    CANCELLED = "cancelled", _("annulée")


class ItemState(TextChoices):
    SCHEDULED = "scheduled", _("inscrit")
    OPINED = "opined", _("avis rendu")
    POSTPONED = "postponed", _("ajourné")
    REMOVED = "removed", _("retiré")


class Outcome(TextChoices):
    FAVOURABLE = "favourable", _("favorable")
    UNFAVOURABLE = "unfavourable", _("défavorable")
    NONE = "none", _("pas d'avis (partage des voix)")


class Presence(TextChoices):
    EXPECTED = "expected", _("présence à noter")
    PRESENT = "present", pgettext_lazy("présence", "en séance")
    REMOTE = "remote", _("à distance")
    PROXY = "proxy", _("a donné mandat")
    WRITTEN = "written", _("a répondu par écrit")
    ABSENT = "absent", _("absence")


# No opinion can come of them: their window is closed, their day is free of files.
VOID = (MeetingState.CANCELLED, MeetingState.FAILED)

M = MeetingState
MEETING = Machine(
    dict(M.choices),
    step("edit_agenda", [M.PLANNED], None, "SEC"),
    step("convene", [M.PLANNED], M.CONVENED, "SEC"),
    step("move_meeting", [M.PLANNED, M.CONVENED], None, "SEC"),
    step("call_deputies", [M.CONVENED, M.OPEN], None, "SEC"),
    step("declare_conflict", [M.CONVENED, M.OPEN], None, "MEM"),
    step("note_conflict", [M.CONVENED, M.OPEN], None, "SEC"),
    step("lift_conflict", [M.CONVENED, M.OPEN], None, "SEC", requires="declared, not by rule"),
    step("give_written_opinion", [M.CONVENED], None, "MEM", requires="a written consultation, before its end"),
    step("record_attendance", [M.CONVENED, M.OPEN], None, "SEC"),
    step("open_meeting", [M.CONVENED], M.OPEN, "SEC", requires="quorum or second convocation"),
    step("read_item", [M.CONVENED, M.OPEN], None, "MEM"),
    step("record_hearing", [M.OPEN], None, "SEC"),
    step("record_opinion", [M.OPEN], None, "SEC"),
    step("correct_opinion", [M.OPEN, M.HELD], None, "SEC", requires="a reason; no decision drafted"),
    step("postpone_item", [M.PLANNED, M.CONVENED, M.OPEN], None, "SEC"),
    step("close_meeting", [M.OPEN], M.HELD, "SEC", requires="every item has an outcome"),
    step("record_failure", [M.CONVENED], M.FAILED, "SEC", requires="its day has come; no quorum"),
    step("convene_again", [M.FAILED], None, "SEC"),
    step("generate_minutes", [M.HELD, M.FAILED], None, "SEC", requires="not signed"),
    step("edit_minutes", [M.HELD, M.FAILED], None, "SEC", requires="not signed"),
    step("sign_minutes", [M.HELD], M.SIGNED, "SEC"),
    step("sign_failure", [M.FAILED], None, "SEC", requires="not signed"),
    step("cancel_meeting", [M.PLANNED, M.CONVENED], M.CANCELLED, "SEC"),
)

I = ItemState  # noqa: E741
ITEM = Machine(
    dict(I.choices),
    step("record_opinion", [I.SCHEDULED], I.OPINED, "SEC"),
    step("correct_opinion", [I.OPINED], I.OPINED, "SEC"),
    step("read_item", [I.SCHEDULED], None, "MEM"),
    step("declare_conflict", [I.SCHEDULED], None, "MEM"),
    step("note_conflict", [I.SCHEDULED], None, "SEC"),
    step("lift_conflict", [I.SCHEDULED], None, "SEC"),
    step("give_written_opinion", [I.SCHEDULED], None, "MEM"),
    step("record_hearing", [I.SCHEDULED], None, "SEC"),
    step("postpone_item", [I.SCHEDULED], I.POSTPONED, "SEC"),
    step("remove_item", [I.SCHEDULED], I.REMOVED, "SEC"),
)
