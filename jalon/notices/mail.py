"""Mail to professionals: one sentence, the bare address of the site, one recipient; nothing else, ever."""

import secrets
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import translation
from django.utils.translation import gettext as _

from jalon.config import clock


def write_once(folder: str | Path, suffix: str, content: bytes) -> Path:
    """One new file of the sink, readable by its owner only, named after the instant and nothing else."""
    sink = Path(folder)
    sink.mkdir(parents=True, exist_ok=True)
    path = sink / f"{clock.machine():%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}{suffix}"
    path.touch(mode=0o600, exist_ok=False)
    path.write_bytes(content)
    return path


class SinkBackend(BaseEmailBackend):
    """Writes each message to a file of ``settings.MAIL_SINK`` instead of sending it."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            write_once(settings.MAIL_SINK, ".eml", message.message().as_bytes())
        return len(email_messages)


def message_to(address: str, language: str, message_id: str) -> EmailMessage:
    """The one message there is. Its identifier is the row's, so that a retry is recognised as the same message."""
    with translation.override(language):
        sentence = _("Une tâche vous attend")
    return EmailMessage(
        subject=sentence,
        body=f"{sentence}\n{settings.BASE_URL}\n",
        to=[address],
        headers={"Message-ID": f"<{message_id}@jalon>", "Auto-Submitted": "auto-generated"},
    )
