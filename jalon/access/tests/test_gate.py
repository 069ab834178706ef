"""Declarations by roles."""

import pytest

from jalon.access.gate import open_to, opens, screen


@pytest.mark.parametrize(
    ("roles", "role", "expected"),
    [
        ((), "OPS", True),
        (("SEC",), "SEC", True),
        (("SEC",), "REF", False),
        (("REF",), "COL", True),
        (("MGR",), "COL", False),
    ],
)
def test_who_is_let_in(roles, role, expected):
    assert opens(roles, role) is expected


def test_a_declaration_with_an_unknown_code_is_refused():
    with pytest.raises(ValueError, match="unknown"):
        screen("C99", "read")
    with pytest.raises(ValueError, match="unknown"):
        open_to("BOSS", why="no such role")
