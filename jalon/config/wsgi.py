"""The entry point of gunicorn: ``jalon.config.wsgi:application``. A server with misplaced keys does not start."""

import os
import sys

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jalon.config.settings")
application = get_wsgi_application()

from jalon.vault import providers  # noqa: E402
from jalon.vault.errors import VaultError  # noqa: E402

try:
    providers.verify()
except VaultError as refused:
    sys.exit(f"jalon: {refused}")
