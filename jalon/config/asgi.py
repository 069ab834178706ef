"""The same application for an asynchronous server. A server with misplaced keys does not start."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jalon.config.settings")
application = get_asgi_application()

from .start import (  # noqa: E402
    refuse_a_fallen_wall,
    refuse_another_schema,
    refuse_forgotten_erasures,
    refuse_misplaced_keys,
)

refuse_misplaced_keys()
refuse_forgotten_erasures()
refuse_a_fallen_wall()
refuse_another_schema()
