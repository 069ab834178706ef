import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl import load_workbook

from jalon.reporting import exports


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_what_a_spreadsheet_would_run_is_neutralised(start):
    assert exports.neutral(f"{start}1+1") == f"'{start}1+1"


@example("\x1f=1+1")
@given(st.one_of(st.text(max_size=12), st.integers(), st.none()))
def test_a_cell_never_starts_a_formula(cell):
    shown = exports.neutral(cell)
    assert isinstance(shown, int) or not shown.startswith(exports.RUN_BY_SPREADSHEETS)


@given(st.lists(st.tuples(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8), st.integers(0, 99))))
def test_csv_reads_back(rows):
    content = b"".join(exports.as_csv(("mot", "nombre"), rows)).decode("utf-8-sig")
    read = list(csv.reader(io.StringIO(content), delimiter=";"))
    assert read[0] == ["mot", "nombre"]
    assert read[1:] == [[str(exports.neutral(word)), str(n)] for word, n in rows]


def test_xlsx_reads_back_without_a_formula():
    content = exports.as_xlsx(("mot", "nombre"), [("=HYPERLINK(0)", 3), ("é", -2)], "Pilotage")
    sheet = load_workbook(io.BytesIO(content)).active
    assert [[cell.value for cell in row] for row in sheet.rows] == [
        ["mot", "nombre"],
        ["'=HYPERLINK(0)", 3],
        ["é", -2],
    ]
    assert all(cell.data_type != "f" for row in sheet.rows for cell in row)
