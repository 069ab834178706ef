"""What gunicorn serves in the browser tests: the product as it is, on the day that the test chooses.

A demonstration lives on fixed days; a story moves. The day is one line of the file ``day.txt`` of the data folder, or
one ``department day`` pair a line.
"""

from pathlib import Path

from django.conf import settings

from jalon.config.wsgi import application
from tests.browser.serving import DAY_FILE

__all__ = ["application", "days"]


def days() -> dict[str, str]:
    """``settings.DEMO_CLOCK``, read again at each request."""
    lines = (Path(settings.DATA_DIR) / DAY_FILE).read_text(encoding="ascii").splitlines()
    pairs = [line.split() for line in lines if line.strip()]
    return {pair[0] if len(pair) == 2 else "*": pair[-1] for pair in pairs}


settings.DEMO_CLOCK = f"{__name__}.days"
