"""The session store: cookie values kept as keyed hashes, idle and absolute limits, and how many browsers at once.

It measures real time, never the demonstration's clock. No limit costs a query: all are read from the row and its data.
"""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import transaction

from jalon.config import clock, prepared
from jalon.vault import keys

TOUCH_EVERY = timedelta(seconds=60)
SHORT = "short"  # in a session: nothing of it may stay open on a screen, whatever it shows


def hashed(session_key: str) -> str:
    """The only form under which a cookie's value reaches the database or the journal."""
    return keys.mac("web session", session_key).hex()


def idle_limit(data: dict[str, Any], seen_at: datetime) -> timedelta:
    """Twenty minutes; ten when the last page came under a proof of identity: a sensitive part may be on the screen."""
    if data.get(SHORT):
        return timedelta(seconds=settings.SESSION_IDLE_SENSITIVE_SECONDS)
    proofs = [row["at"] for row in data.get(AUTHENTICATION_METHODS_SESSION_KEY, ()) if row.get("reauthenticated")]
    if proofs:
        lasts = timedelta(seconds=settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)
        # ``seen_at`` may be a minute late: then the shorter limit holds a minute longer.
        if seen_at < datetime.fromtimestamp(max(proofs), UTC) + lasts:
            return timedelta(seconds=settings.SESSION_IDLE_SENSITIVE_SECONDS)
    return timedelta(seconds=settings.SESSION_IDLE_SECONDS)


def outlived(store: Any, roles: Collection[str]) -> bool:
    """Is this session older than one of these roles allows?"""
    hours = min((settings.SESSION_HOURS[role] for role in roles if role in settings.SESSION_HOURS), default=0)
    started = getattr(store, "started_at", None)
    return bool(hours and started) and clock.machine() - started > timedelta(hours=hours)


def most_at_once(roles: Collection[str]) -> int:
    return min((settings.SESSIONS_AT_ONCE_OF.get(role, settings.SESSIONS_AT_ONCE) for role in roles), default=1)


def keep_latest(user_id: str, session_key: str, most: int) -> int:
    """End the account's other browsers beyond ``most`` in all, the longest unseen first; return how many ended."""
    from .models import WebSession

    others = WebSession.objects.filter(user_id=user_id).exclude(pk=hashed(session_key)).order_by("-seen_at", "pk")
    surplus = list(others.values_list("pk", flat=True)[most - 1 :])
    return WebSession.objects.filter(pk__in=surplus).delete()[0] if surplus else 0


class SessionStore(DatabaseStore):
    _row: Any = None
    # Whose session this cookie was, when it has just ended by its own limits: what was typed can be kept for them.
    # Empty: nobody's any more. None: nothing is known of it, it was ended elsewhere, or wiped (``kept.author``).
    ended_user: str | None = None

    @classmethod
    def get_model_class(cls) -> Any:
        from .models import WebSession

        return WebSession

    def _get_session_from_db(self) -> Any:
        now = clock.machine()
        row = next(iter(prepared.run("accounts.session", self._kept, session_key=hashed(self.session_key))), None)
        self._data = self.decode(row.session_data) if row is not None else {}
        # Last seen later than now, the machine's clock having gone back: it proves no more than a long absence.
        if row is None or row.expire_date <= now or abs(now - row.seen_at) > idle_limit(self._data, row.seen_at):
            self.ended_user = row.user_id if row is not None else None
            self._session_key = None
            return None
        if abs(now - row.seen_at) > TOUCH_EVERY:
            self.model.objects.filter(session_key=row.session_key).update(seen_at=now)
        self._row = row
        return row

    def load(self) -> dict[str, Any]:
        return self._data if self._get_session_from_db() else {}

    @property
    def started_at(self) -> datetime | None:
        return self._row.started_at if self._row is not None else None

    def _kept(self, session_key: str) -> Any:
        return self.model.objects.filter(session_key=session_key)

    def exists(self, session_key: str) -> bool:
        return super().exists(hashed(session_key))

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        now = clock.machine()
        started = self._row.started_at if self._row is not None else now
        # The absolute limit counts from sign-in: saving the session does not prolong it.
        ends = min(self.get_expiry_date(), started + timedelta(seconds=settings.SESSION_COOKIE_AGE))
        return self.model(
            session_key=hashed(self._get_or_create_session_key()),
            session_data=self.encode(data),
            expire_date=ends,
            user_id=data.get(SESSION_KEY, ""),
            started_at=started,
            seen_at=now,
        )

    def flush(self) -> None:
        self._row = None
        super().flush()

    def delete(self, session_key: str | None = None) -> None:
        key = session_key if session_key is not None else self.session_key
        if key is not None:
            with transaction.atomic():
                self.model.objects.filter(session_key=hashed(key)).delete()
