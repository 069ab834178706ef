"""Papers for third parties: which they are, and that none of them tells, in any language."""

from datetime import date

import pytest

from jalon import papers
from jalon.journeys.forms import PLAIN
from jalon.papers import engine, vocabulary
from jalon.papers.tests.reading import read


def test_the_papers_for_third_parties_are_these():
    outward = {template.code for template in engine.registered() if template.outward}
    assert outward == {"certificate", "cv", "letter", "right_to_work", "plan_summary", "progress_sheet"}


@pytest.mark.parametrize("tongue", PLAIN)
def test_the_certificate_says_nothing_in_any_language(tongue):
    day = date(2026, 3, 1)
    content = papers.render("certificate", 1, {"starts_on": day, "ends_on": day, "on": day, "tongue": tongue})
    sheet = read(content)
    assert len(sheet.text) > 100
    assert vocabulary.found([sheet.text, sheet.title]) == []
