"""Logs say what happened, never about whom: no query string, no address, no link, no message of an exception.

Nor a path that leads nowhere: whoever typed it may have typed a name. A path of ours holds opaque ids only.
"""

import logging
import re
import traceback

QUERY = re.compile(r"\?[^\s\"'<>)\]]*")
LINK = re.compile(r"(?<=/invitation/)[^\s/]+")  # it still serves when a password was refused
ADDRESS = re.compile(r"[^\s\"'<>()@]+@[^\s\"'<>()@]+")


CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")  # a line stays one line, whatever a path holds


def clean(text: str) -> str:
    return CONTROL.sub(" ", ADDRESS.sub("…@…", LINK.sub("…", QUERY.sub("?…", text))))


class Scrub(logging.Filter):
    """Rewrites each record: the text without query strings, the traceback without the values in its messages."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.__dict__.setdefault("scrubbed", False):  # another handler did it
            return True
        record.__dict__["scrubbed"] = True
        try:
            nowhere = getattr(record, "status_code", 0) == 404
            record.msg = "Not Found" if nowhere else clean(record.getMessage())
        except (TypeError, ValueError):
            record.msg = "unreadable log message"
        record.args = None
        if record.exc_info:
            record.exc_text = _traceback(record.exc_info[1])
            record.exc_info = None
        elif record.exc_text:
            record.exc_text = ""
        record.__dict__.pop("request", None)
        return True


def _traceback(error: BaseException | None) -> str:
    parts: list[str] = []
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        kind = type(error)
        parts.append("".join(traceback.format_tb(error.__traceback__)) + f"{kind.__module__}.{kind.__qualname__}")
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\n-- from --\n".join(reversed(parts))
