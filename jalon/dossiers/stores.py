"""Parts whose answers live in the person's file: asked once, read there."""

from collections.abc import Mapping
from typing import Any

from jalon.people.models import Identity, SafeContact

from . import parts as form

MODELS: dict[str, type[Identity] | type[SafeContact]] = {"identity": Identity, "safe_contact": SafeContact}


def answers(part: form.Part, record: Mapping[str, Any]) -> dict[str, Any]:
    """What the person's file answers to the questions of this part."""
    asked = {question.name for question in part.questions} | {form.DECLINED}
    return form.clean(part, {name: value for name, value in record.items() if name in asked})
