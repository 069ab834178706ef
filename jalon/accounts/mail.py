"""The link of an invitation: one sentence, one address, one recipient. The message names nobody and no work."""

import logging

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from jalon.vault.ids import new_id

log = logging.getLogger(__name__)


def send_link(address: str, language: str, secret: str) -> None:
    """Called after commit. When it cannot leave, the keeper sends another: the link is not kept anywhere."""
    _send(address, language, reverse("account_invitation", args=[secret]))


def send_notice(address: str, language: str) -> None:
    """To who was invited with an address that already opens an account: her own page says what to do."""
    _send(address, language, reverse("account") + "?deja=1")


def _send(address: str, language: str, path: str) -> None:
    with translation.override(language):
        sentence = _("Une tâche vous attend")
    # An identifier of our own: the default one would name the machine.
    headers = {"Message-ID": f"<{new_id()}@jalon>", "Auto-Submitted": "auto-generated"}
    body = f"{sentence}\n{settings.BASE_URL}{path}\n"
    try:
        EmailMessage(subject=sentence, body=body, to=[address], headers=headers).send()
    except OSError as error:
        log.warning("an invitation could not leave (%s)", type(error).__name__)
