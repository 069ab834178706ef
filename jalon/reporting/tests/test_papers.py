"""The activity report: figures only, small cells hidden for everyone."""

import pytest

from jalon.access import Hidden
from jalon.directory.tests.factories import browser, make_actor, make_membership, make_organisation
from jalon.papers.tests.reading import read
from jalon.reporting import papers

from . import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def association():
    return make_organisation(department="31", name="Association Essai")


def report(association, **given):
    return papers.activity_report(make_actor("MGR", association), **given)


def test_small_cells_are_hidden_even_in_ones_own_scope(association):
    for number in range(3):
        make.accepted(f"31-{number}", org=association.pk, permit_after=18, outcome="durable_job")
    sheet = read(report(association).content)
    assert (sheet.title, sheet.language) == ("Rapport d'activité", "fr")
    assert 2 <= len(sheet.pages) <= 6
    assert "Association Essai" in sheet.text
    assert "demandes moins de 5" in sheet.text
    assert "31-0" not in sheet.text


def test_larger_figures_are_rounded(association):
    for number in range(7):
        make.accepted(f"31-{number}", org=association.pk, permit_after=18, outcome="durable_job")
    sheet = read(report(association).content)
    assert "demandes 5 " in sheet.text
    assert "demandes 7" not in sheet.text


def test_a_report_without_figures(association):
    assert len(read(report(association).content).pages) == 2


def test_who_may_have_it(association):
    for role in ("MEM", "EMP", "ETR", "OPS"):
        with pytest.raises(Hidden):
            papers.activity_report(make_actor(role))
    client = browser(make_membership("MGR", organisation=association))
    assert "activité (PDF)" in client.get("/steering/").content.decode()
    answer = client.post("/steering/report/", {"year": "", "kind": ""})
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith('attachment; filename="papier-')
    assert client.post("/steering/report/", {"year": "x", "kind": ""}).status_code == 422
    country = browser(make_membership("STA", department="")).post("/steering/report/", {"year": "2026"})
    assert country["Content-Type"] == "application/pdf"
    assert browser(make_membership("MEM")).post("/steering/report/").status_code == 404
    assert browser(make_membership("STA")).post("/steering/report/").status_code == 200
