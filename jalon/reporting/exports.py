"""The figures as a file: lines of aggregates, never a line about a person."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

RUN_BY_SPREADSHEETS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")  # no sheet holds them
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Rows = Iterable[Sequence[Any]]


def neutral(cell: Any) -> Any:
    """A text that no spreadsheet takes for a formula; a number stays a number."""
    if cell is None:
        return ""
    if isinstance(cell, int | float):
        return cell
    text = UNWRITABLE.sub("", str(cell))  # first: what is taken away must not uncover a formula
    start = text.lstrip(" \u00a0")
    return f"'{text}" if start.startswith(RUN_BY_SPREADSHEETS) else text


class _Echo:
    def write(self, text: str) -> str:
        return text


def as_csv(heads: Sequence[Any], rows: Rows) -> Iterator[bytes]:
    """Line by line, for a French spreadsheet: UTF-8 with its mark, semicolons."""
    writer = csv.writer(_Echo(), delimiter=";", quoting=csv.QUOTE_MINIMAL)
    yield b"\xef\xbb\xbf" + writer.writerow([neutral(head) for head in heads]).encode()
    for row in rows:
        yield writer.writerow([neutral(cell) for cell in row]).encode()


def as_xlsx(heads: Sequence[Any], rows: Rows, title: str) -> bytes:
    """One sheet, its first line frozen."""
    from openpyxl import Workbook  # late: a worker that exports nothing does not pay for it

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"
    sheet.append([neutral(head) for head in heads])
    for row in rows:
        sheet.append([neutral(cell) for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
