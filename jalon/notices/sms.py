"""SMS to a person: only set phrases, through ``people`` which alone knows her safe contact. Here: the carrier."""

import json
from typing import Protocol

from django.conf import settings

from .mail import write_once


class Carrier(Protocol):
    def __call__(self, number: str, text: str, sender: str) -> None: ...


class NoCarrier(RuntimeError):
    """No sink and no carrier: nothing leaves, and nothing pretends to have left."""


def send(number: str, text: str, *, sender: str = "") -> None:
    """Hand one message to the carrier; in a demonstration or a test, write it to ``settings.SMS_SINK``.

    The text comes from the set of templates (``phrases``), checked by the caller against the safe contact. It is not
    kept here.
    """
    if not settings.SMS_SINK:
        raise NoCarrier
    content = json.dumps({"to": number, "sender": sender, "text": text}, ensure_ascii=False)
    write_once(settings.SMS_SINK, ".json", content.encode())
