"""One settings file, read from the environment (see docs/operating.md for the list of variables)."""

import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

BASE_DIR = Path(__file__).resolve().parent.parent.parent
PACKAGE_DIR = BASE_DIR / "jalon"


def env(name: str, default: str = "") -> str:
    return os.environ.get(f"JALON_{name}", default)


def flag(name: str, default: bool = False) -> bool:
    return env(name, "1" if default else "0") in {"1", "true", "yes"}


# --- where things are -------------------------------------------------------------------------------------
DATA_DIR = Path(env("DATA_DIR", str(BASE_DIR / "var" / "dev")))
MEDIA_DIR = Path(env("MEDIA_DIR", str(DATA_DIR / "media")))
# Keys are files, never environment variables: key-encryption key, journal key, token key (docs/operating.md).
KEY_DIR = Path(env("KEY_DIR", str(DATA_DIR.parent / (DATA_DIR.name + "-keys"))))
# Who may open a backup: age recipients (age1…), whose identities stay offline.
# Days that a backup is kept, and its keyring: an erasure is complete once no keyring holds the destroyed slots. 0: all.
BACKUP_DAYS, KEYRING_DAYS = int(env("BACKUP_DAYS", "35")), int(env("KEYRING_DAYS", "30"))
BACKUP_RECIPIENTS = [one for one in env("BACKUP_RECIPIENTS").split(",") if one]
# A key service (Vault Transit): address, mount, key, token file, authority, client certificate. Empty: the key folder.
KMS = (
    (
        env("KMS_URL"),
        env("KMS_MOUNT", "transit"),
        env("KMS_KEY", "jalon"),
        env("KMS_TOKEN_FILE", str(KEY_DIR / "kms.token")),
        env("KMS_CA"),
        env("KMS_CLIENT_CERT"),
    )
    if env("KMS_URL")
    else ()
)
MAIL_SINK = env("MAIL_SINK")
SMS_SINK = env("SMS_SINK")

DEMO = flag("DEMO")
# Only a demonstration or a test may say which day it is.
CLOCK_OVERRIDE = DEMO or flag("CLOCK_OVERRIDE")
# Explicit and only for demonstrations and tests: passwords hashed with little work.
PASSWORD_WORK = env("PASSWORD_WORK") if CLOCK_OVERRIDE else ""
DEBUG = False


def database(url: str) -> dict[str, object]:
    """The database of a DATABASE_URL: sqlite:///path or postgresql://user:password@host:port/name?option=value."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path[1:]) if parts.path != "/:memory:" else ":memory:",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON;"
                "PRAGMA cache_size=-8192; PRAGMA temp_store=MEMORY;",
            },
            "CONN_MAX_AGE": None,
        }
    if parts.scheme in {"postgres", "postgresql"}:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path[1:]),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
            "OPTIONS": dict(parse_qsl(parts.query)),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
        }
    raise ValueError("DATABASE_URL: expected sqlite:///… or postgresql://…")


DATABASES = {"default": database(os.environ.get("DATABASE_URL") or f"sqlite:///{DATA_DIR / 'jalon.sqlite3'}")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- web --------------------------------------------------------------------------------------------------
ALLOWED_HOSTS = [h for h in env("HOSTS", "localhost,127.0.0.1,[::1]").split(",") if h]
BASE_URL = env("BASE_URL", "http://127.0.0.1:8000")
SECURE = BASE_URL.startswith("https://")
# The host of the persons themselves, and where « Quitter » leads: a page without interest. Empty: no such host.
SPACE_URL = env("SPACE_URL")
SPACE_EXIT = env("SPACE_EXIT", "https://meteofrance.com/")
SPACE_COOKIE = "__Host-agenda" if SECURE else "agenda"
SPACE_URLCONF = "jalon.space.host"
ROOT_URLCONF = "jalon.config.urls"
WSGI_APPLICATION = "jalon.config.wsgi.application"
APPEND_SLASH = False

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "jalon.vault",
    "jalon.journal",
    "jalon.access",
    "jalon.ui",
    "jalon.accounts",
    "jalon.papers",
    "jalon.directory",
    "jalon.notices",
    "jalon.people",
    "jalon.conventions",
    "jalon.dossiers",
    "jalon.commissions",
    "jalon.journeys",
    "jalon.support",
    "jalon.offers",
    "jalon.space",
    "jalon.reporting",
    "jalon.demo",
]

# The second wall, on PostgreSQL: a request reaches only the rows and keys of its actor's house (people/wall.py).
WALL = flag("WALL")
MIDDLEWARE = [
    "jalon.config.hosts.HostMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "jalon.config.hosts.StaticMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "jalon.ui.middleware.HeadersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "jalon.ui.middleware.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Sets request.actor (membership, role, organisation) and, in a demonstration, the actor's day.
    "jalon.directory.middleware.ActorMiddleware",
    "jalon.accounts.kept.SignInMiddleware",
    *(["jalon.people.middleware.WallMiddleware"] if WALL else []),
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "jalon.access.middleware.RefusalMiddleware",
    "jalon.accounts.kept.KeptFormMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    # Innermost: readings are written to the journal before the page leaves, or the page does not leave.
    "jalon.journal.middleware.ReadingsMiddleware",
    "jalon.access.middleware.ReadOnlyMiddleware",
    "jalon.people.middleware.ScopeMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": False,
        "DIRS": [],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["jalon.ui.templates_loader.RoomsFirst", "django.template.loaders.app_directories.Loader"],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "jalon.ui.context.page",
            ],
            # ours last: some take the place of Django's (ui/fixed.py)
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "jalon.ui.templatetags.ui"],
        },
    }
]
FORM_RENDERER = "jalon.ui.forms.Renderer"
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "object-src": ["'none'"],
    }
}
SECURE_HSTS_SECONDS = 63072000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_SSL_REDIRECT = SECURE and flag("SSL_REDIRECT", True)
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if flag("BEHIND_PROXY") else None
# Limits count by address: behind a proxy, the one that the proxy saw, not the proxy's own, which is everybody's.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if flag("BEHIND_PROXY") else 0
X_FRAME_OPTIONS = "DENY"

# Cookie values are kept as keyed hashes; 20 minutes idle (10 once a sensitive part may be on the screen), 10 hours in
# all, 2 for a member of the commission, 1 for a person in her own space; browsers signed in at once for one account.
SESSION_ENGINE = "jalon.accounts.sessions"
SESSION_IDLE_SECONDS = 20 * 60
SESSION_IDLE_SENSITIVE_SECONDS = 10 * 60
SESSION_HOURS = {"MEM": 2, "PER": 1}
SESSIONS_AT_ONCE = 2
SESSIONS_AT_ONCE_OF = {"MEM": 1, "PRE": 1, "PER": 1}
SESSION_COOKIE_NAME = "__Host-jalon" if SECURE else "jalon"
SESSION_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_AGE = 10 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else "csrf"
CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_AGE = None  # gone with the browser, like the session: a telephone keeps no trace of her visit
CSRF_FAILURE_VIEW = "jalon.ui.errors.csrf_failure"

# Uploads stay in memory with a hard cap: no clear temporary file, ever.
FILE_UPLOAD_HANDLERS = ["jalon.ui.uploads.CappedMemoryHandler"]
UPLOAD_MAX_BYTES = 10 * 1024 * 1024
# An antivirus daemon, "unix:/path" or "tcp:host:port". Empty: none. Named and silent: no file enters.
CLAMD = env("CLAMD")
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000

STATIC_URL = "/static/"
STATIC_ROOT = env("STATIC_ROOT") or None  # only for a proxy that serves static files itself
STATICFILES_DIRS: list[object] = []
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.AppDirectoriesFinder", "jalon.ui.finders.BootstrapFinder"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_MAX_AGE = 3600

# --- who ------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["jalon.accounts.backends.LoginBackend"]
PASSWORD_HASHERS = ["jalon.accounts.hashers.Argon2idHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 15}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "jalon.accounts.passwords.KnownWordsValidator"},
    {"NAME": "jalon.accounts.passwords.ContextWordsValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "jalon.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = "login"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_RATE_LIMITS = {"login_failed": "30/h/ip,10/h/key", "reauthenticate": "20/m/user", "passkey": "60/m/ip"}
ACCOUNT_RATE_LIMITS["activate"] = "20/h/ip"
ACCOUNT_RATE_LIMITS["invite"] = "60/h/user"  # nobody tries a list of addresses
MFA_ADAPTER = "jalon.accounts.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
# Roles that enter and confirm by passkey only. A demonstration prints passwords and codes: it asks nobody for one.
PASSKEY_ROLES = frozenset("" if CLOCK_OVERRIDE else env("PASSKEY_ROLES", "SEC,PRE,MGR,DPO").split(",")) - {""}
MFA_TOTP_ISSUER = "Jalon"

# Files that one account may open in an hour before its manager and its officer are told, and in a day before no
# further one opens until they have looked; by role where it differs: the packages that a member reads in a day.
READING_STOP = "jalon.people.stops.answer"
READING_BUDGET = {"hour": int(env("READING_HOUR", "60")), "day": int(env("READING_DAY", "150"))}
READING_BUDGET["MEM"] = int(env("READING_MEMBER", "20"))
EXPORTS_A_DAY = int(env("EXPORTS_DAY", "5"))  # files of figures that one account takes away

# --- words, time, logs ------------------------------------------------------------------------------------
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "langue"
LOCALE_PATHS = [PACKAGE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Paris"
DATE_INPUT_FORMATS = ["%d/%m/%Y", "%Y-%m-%d"]

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "rate_limits",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"scrub": {"()": "jalon.ui.logs.Scrub"}},
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["scrub"]}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", "WARNING")},
}
EMAIL_BACKEND = "jalon.notices.mail.SinkBackend" if MAIL_SINK else "django.core.mail.backends.smtp.EmailBackend"
DEFAULT_FROM_EMAIL = env("MAIL_FROM", "jalon@localhost")
EMAIL_HOST, EMAIL_PORT = env("SMTP_HOST", "localhost"), int(env("SMTP_PORT", "25"))
EMAIL_TIMEOUT = 10.0  # a relay that accepts and says nothing holds neither the run nor the page of an invitation


# --- what is asked outside, by the operator's commands only (jalon offers …); no page ever does ----------------
OUTGOING_TIMEOUT = float(env("OUTGOING_TIMEOUT", "30"))
FRANCETRAVAIL_TOKEN_URL = env(
    "FRANCETRAVAIL_TOKEN_URL", "https://entreprise.francetravail.fr/connexion/oauth2/access_token?realm=%2Fpartenaire"
)
FRANCETRAVAIL_API_URL = env("FRANCETRAVAIL_API_URL", "https://api.francetravail.io/partenaire/offresdemploi/v2")
FRANCETRAVAIL_RATE = float(env("FRANCETRAVAIL_RATE", "3"))  # calls a second
DATA_INCLUSION_URL = env("DATA_INCLUSION_URL", "https://api.data.inclusion.gouv.fr/api/v1")
# Credentials are files that their owner alone reads, like the keys; a variable names the file, never the secret.
FRANCETRAVAIL_ID_FILE = Path(env("FRANCETRAVAIL_ID_FILE", str(KEY_DIR / "francetravail.id")))
FRANCETRAVAIL_SECRET_FILE = Path(env("FRANCETRAVAIL_SECRET_FILE", str(KEY_DIR / "francetravail.secret")))
DATA_INCLUSION_TOKEN_FILE = Path(env("DATA_INCLUSION_TOKEN_FILE", str(KEY_DIR / "data-inclusion.token")))


def read_secret(name: str) -> str:
    """A secret text kept in the key folder. Absent before the keys are made: then nothing can be signed."""
    path = KEY_DIR / name
    return path.read_text(encoding="ascii").strip() if path.is_file() else ""


SECRET_KEY = read_secret("web.key") or "not-a-key-run-jalon-keys-init"

# ProConnect for the State's staff: off while no issuer is set. Its secret is a file of the key folder.
PROCONNECT_ISSUER = env("PROCONNECT_ISSUER")
PROCONNECT_CLIENT = env("PROCONNECT_CLIENT")
PROCONNECT_SECRET = read_secret("proconnect.secret")
PROCONNECT_ACR = env("PROCONNECT_ACR", "eidas1 eidas2 eidas3").split()
PROCONNECT_SCHEMES = {"https"}
