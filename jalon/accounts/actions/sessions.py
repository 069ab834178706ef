"""Browsers signed out, and the sweep of what is past."""

from django.db import transaction

from jalon import journal
from jalon.access import SYSTEM, Actor
from jalon.config import clock

from ..models import KEPT_FOR, Invitation, KeptForm, User, WebSession
from .common import require_keeper, require_self


@transaction.atomic
def end_sessions_of(actor: Actor, user: User) -> int:
    """Sign somebody out everywhere: a lost computer."""
    require_keeper(actor)
    ended, _models = WebSession.objects.filter(user_id=user.pk).delete()
    journal.record(actor, "end_sessions_of", objects=[user.pk], count=ended)
    return ended


@transaction.atomic
def end_session(actor: Actor, user: User, *, session: str) -> bool:
    """Sign out one of one's browsers."""
    require_self(actor, user)
    ended, _models = WebSession.objects.filter(pk=session, user_id=user.pk).delete()
    if ended:
        journal.record(actor, "end_session", objects=[user.pk], count=ended)
    return bool(ended)


@transaction.atomic
def end_other_sessions(actor: Actor, user: User, *, keep_session: str) -> int:
    """Sign out every other browser of one's own."""
    require_self(actor, user)
    ended, _models = WebSession.objects.filter(user_id=user.pk).exclude(pk=keep_session).delete()
    journal.record(actor, "end_other_sessions", objects=[user.pk], count=ended)
    return ended


@transaction.atomic
def sweep() -> int:
    """Destroy what is past: ended sessions, kept texts and links too old. Run with the reminders; return how many."""
    now = clock.machine()
    old = list(KeptForm.objects.filter(kept_at__lt=now - KEPT_FOR))
    KeptForm.objects.filter(pk__in=[row.pk for row in old]).delete()
    ended, _models = WebSession.objects.filter(expire_date__lt=now).delete()
    over, _models = Invitation.objects.filter(expires_at__lt=now).delete()
    if old or ended or over:
        journal.record(SYSTEM, "sweep_accounts", count=len(old) + ended + over, gone=old)
    return len(old) + ended + over
