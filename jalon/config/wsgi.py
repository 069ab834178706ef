"""The entry point of gunicorn: ``jalon.config.wsgi:application``. A server with misplaced keys does not start."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jalon.config.settings")
application = get_wsgi_application()

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

# What is loaded now lives as long as the server: the collector need not walk it again at each full pass.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)
