"""The entry point of gunicorn: ``jalon.config.wsgi:application``. A server with misplaced keys does not start."""

import gc
import os

# What is loaded here lives as long as the server: the collector would walk it again and again, for nothing.
gc.disable()

from django.core.wsgi import get_wsgi_application  # noqa: E402

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jalon.config.settings")
application = get_wsgi_application()

from django.urls import get_resolver  # noqa: E402

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
get_resolver().reverse("home")  # every page is loaded now, not under the first visitor

gc.freeze()
gc.enable()
gc.set_threshold(20_000, 20, 20)
