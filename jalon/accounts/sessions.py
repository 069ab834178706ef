"""The session store: cookie values kept as keyed hashes, an idle limit, and the list of one's sessions.

It measures real time, never the demonstration's clock.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import transaction

from jalon.config import clock, prepared
from jalon.vault import keys

IDLE = timedelta(minutes=20)
TOUCH_EVERY = timedelta(seconds=60)


def hashed(session_key: str) -> str:
    """The only form under which a cookie's value reaches the database or the journal."""
    return keys.mac("web session", session_key).hex()


class SessionStore(DatabaseStore):
    _row: Any = None

    @classmethod
    def get_model_class(cls) -> Any:
        from .models import WebSession

        return WebSession

    def _get_session_from_db(self) -> Any:
        now = clock.machine()
        row = next(iter(prepared.run("accounts.session", self._kept, session_key=hashed(self.session_key))), None)
        idle = timedelta(seconds=getattr(settings, "SESSION_IDLE_SECONDS", IDLE.total_seconds()))
        if row is None or row.expire_date <= now or row.seen_at < now - idle:
            self._session_key = None
            return None
        if row.seen_at < now - TOUCH_EVERY:
            self.model.objects.filter(session_key=row.session_key).update(seen_at=now)
        self._row = row
        return row

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
