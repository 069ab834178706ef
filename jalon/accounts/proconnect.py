"""ProConnect (OpenID Connect) in place of the password, for the State's staff; off unless an issuer is set.

One file knows the protocol: authorization code with PKCE, state and nonce, the signed identity token and nothing else
(no name, no address is asked for). What it proves is kept as a keyed hash. The second factor stays ours.
"""

import base64
import hashlib
import json
import time
import urllib.error
import urllib.request
from functools import lru_cache
from secrets import token_urlsafe
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from jalon.vault import keys

ALGORITHMS = ["RS256", "ES256"]
PATIENCE = 5  # seconds for an answer of the provider
LARGEST = 200_000  # bytes of one
RECENT = 3600  # seconds since the person proved who she is to the provider
LEEWAY = 30


class Unproved(Exception):
    """The provider did not say who comes, or said it in a way that proves nothing. Never holds what was received."""


class Errand(NamedTuple):
    """What waits in a signed cookie of this browser while the person is at the provider."""

    state: str
    nonce: str
    verifier: str
    purpose: str  # "sign_in" or "link"


COOKIE = "__Host-proconnect" if settings.SECURE else "proconnect"
WAITS = 600  # seconds


def remember(response: HttpResponse, waiting: Errand) -> None:
    """Lax, because the provider sends the browser back from another site; nothing is signed in by this cookie."""
    response.set_signed_cookie(
        COOKIE, json.dumps(waiting), COOKIE, max_age=WAITS, secure=settings.SECURE, httponly=True, samesite="Lax"
    )


def remembered(request: HttpRequest) -> Errand:
    """Raises Unproved when this browser did not set out, or too long ago."""
    found = request.get_signed_cookie(COOKIE, default=None, salt=COOKIE, max_age=WAITS)
    if found is None:
        raise Unproved
    return Errand(*json.loads(found))


def enabled() -> bool:
    return bool(settings.PROCONNECT_ISSUER)


def errand(purpose: str) -> Errand:
    return Errand(token_urlsafe(32), token_urlsafe(32), token_urlsafe(48), purpose)


def address(waiting: Errand) -> str:
    """Where the browser goes to prove who it is."""
    challenge = base64.urlsafe_b64encode(hashlib.sha256(waiting.verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code",
        "client_id": settings.PROCONNECT_CLIENT,
        "redirect_uri": _return_address(),
        "scope": "openid",
        "state": waiting.state,
        "nonce": waiting.nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        "acr_values": " ".join(settings.PROCONNECT_ACR),
        "max_age": str(RECENT),
    }
    return f"{_configuration()['authorization_endpoint']}?{urlencode(asked)}"


def identify(waiting: Errand, state: str, code: str) -> str:
    """The keyed hash of whoever the provider names. Raises Unproved."""
    if not state or not code or not constant_time_compare(waiting.state, state):
        raise Unproved
    given = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": _return_address(),
        "client_id": settings.PROCONNECT_CLIENT,
        "client_secret": settings.PROCONNECT_SECRET,
        "code_verifier": waiting.verifier,
    }
    answer = _fetch(_configuration()["token_endpoint"], urlencode(given).encode())
    claims = _claims(answer.get("id_token"))
    if not constant_time_compare(str(claims["nonce"]), waiting.nonce) or claims["acr"] not in settings.PROCONNECT_ACR:
        raise Unproved
    if not 0 <= claims["iat"] + LEEWAY - claims["auth_time"] <= RECENT + 2 * LEEWAY:
        raise Unproved
    return keys.mac("proconnect", settings.PROCONNECT_ISSUER, str(claims["sub"])).hex()


def _claims(token: Any) -> dict[str, Any]:
    """The claims of the identity token: signed by the provider, for us, in force. Raises Unproved."""
    required = ["iss", "aud", "exp", "iat", "sub", "nonce", "acr", "auth_time"]
    import jwt  # only where this way in is set: a server starts without it

    try:
        wanted = jwt.get_unverified_header(token)
        known = jwt.PyJWKSet.from_dict(_fetch(_configuration()["jwks_uri"]))
        return jwt.decode(
            token,
            known[wanted["kid"]],
            algorithms=ALGORITHMS,
            audience=settings.PROCONNECT_CLIENT,
            issuer=settings.PROCONNECT_ISSUER,
            leeway=LEEWAY,
            options={"require": required},
        )
    except (jwt.PyJWTError, KeyError, TypeError, ValueError):
        raise Unproved from None


def _configuration() -> dict[str, Any]:
    """What the provider says of itself, asked once an hour. Raises Unproved."""
    return _described(settings.PROCONNECT_ISSUER, int(time.time()) // 3600)


@lru_cache(maxsize=1)
def _described(issuer: str, _hour: int) -> dict[str, Any]:
    found = _fetch(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    if found.get("issuer") != issuer:
        raise Unproved
    return found


def _fetch(url: str, body: bytes | None = None) -> dict[str, Any]:
    """A JSON object from the provider's own host: no other scheme, no other place, no redirection."""
    here, issuer = urlsplit(url), urlsplit(settings.PROCONNECT_ISSUER)
    if (here.scheme, here.netloc) != (issuer.scheme, issuer.netloc) or here.scheme not in settings.PROCONNECT_SCHEMES:
        raise Unproved
    request = urllib.request.Request(url, body, {"Accept": "application/json"})  # noqa: S310
    try:
        with urllib.request.build_opener(_NoRedirection).open(request, timeout=PATIENCE) as answer:
            found = json.loads(answer.read(LARGEST))
    except (OSError, ValueError, RecursionError):
        raise Unproved from None
    if not isinstance(found, dict):
        raise Unproved
    return found


class _NoRedirection(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: Any) -> None:
        return None


def _return_address() -> str:
    return f"{settings.BASE_URL}{reverse('account_proconnect_back')}"
