"""Uploads stay in memory, under a hard cap, and lose their name: no clear temporary file, ever."""

from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler

FORM_SLACK = 64 * 1024
DRAIN = 100 * 1024 * 1024
EXTENSIONS = (".pdf", ".jpg", ".jpeg", ".png")


class UploadTooLarge(RequestDataTooBig):
    """Answered with the 413 page by ``ui.errors.bad_request``."""


def safe_name(name: str) -> str:
    """A neutral name that keeps only a known extension."""
    dot = name.rfind(".")
    extension = name[dot:].lower() if dot >= 0 else ""
    return "fichier" + (extension if extension in EXTENSIONS else "")


class CappedMemoryHandler(FileUploadHandler):
    """Refuses what is announced too large before reading it, and what lies about its size while reading it."""

    def handle_raw_input(
        self, input_data: Any, META: Any, content_length: int, boundary: Any, encoding: Any = None
    ) -> None:
        self.cap = settings.UPLOAD_MAX_BYTES
        self.total = 0
        if content_length > self.cap + FORM_SLACK:
            self._drain(input_data, content_length)
            raise UploadTooLarge

    def _drain(self, stream: Any, length: int) -> None:
        """Read the body away, so that the browser shows our page rather than a broken connection."""
        left = min(length, DRAIN)
        while left > 0:
            chunk = stream.read(min(left, 64 * 1024))
            if not chunk:
                return
            left -= len(chunk)

    def new_file(self, field_name: str, file_name: str, *args: Any, **kwargs: Any) -> None:
        super().new_file(field_name, safe_name(file_name), *args, **kwargs)
        self.buffer = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.total += len(raw_data)
        if self.total > self.cap:
            raise UploadTooLarge
        self.buffer.write(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        self.buffer.seek(0)
        return InMemoryUploadedFile(
            file=self.buffer,
            field_name=self.field_name,
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )
