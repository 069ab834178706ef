"""Sign-in by keyed hash. Unknown, wrong, inactive and ended accounts cost the same time and look the same."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

from .logins import login_hash
from .models import User


class LoginBackend(BaseBackend):
    def authenticate(  # type: ignore[override]
        self, request: HttpRequest | None, username: str = "", password: str = "", login: str = "", **_: Any
    ) -> User | None:
        """``login`` is what was typed; ``username`` is already the hash (the form never lets the typed text go on)."""
        user = User.objects.filter(login=username or login_hash(login)).first()
        if user is None:
            make_password(password)  # same work as a real check
            return None
        return user if user.check_password(password) and user.is_open() else None

    def get_user(self, user_id: str) -> User | None:
        user = User.objects.filter(pk=user_id).first()
        return user if user is not None and user.is_open() else None
