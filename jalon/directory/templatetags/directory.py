from typing import Any

from django import template

register = template.Library()


@register.filter
def role_name(names: dict[str, Any], code: str) -> Any:
    """The word for a role's code."""
    return names.get(str(code), code)
