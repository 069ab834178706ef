"""The yearly survey: each answer counted from the files, blanks told, who waits since when."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from jalon.access import SYSTEM
from jalon.config import clock
from jalon.directory.tests.factories import browser, make_membership
from jalon.dossiers.models import ComplementRequest, NotPresented
from jalon.journal.models import Entry
from jalon.journeys.grounds import GROUNDS
from jalon.journeys.models import Decision
from jalon.people.models import Dossier
from jalon.reporting import survey
from jalon.reporting.access import COUNTRY, Scope
from jalon.reporting.disclosure import MEDIAN_FROM
from jalon.reporting.presentation import SurveyShown

from . import factories as make
from .factories import DAY

pytestmark = pytest.mark.django_db
A, D31 = Scope(organisation_id="org-a"), Scope(department="31")
LATER = DAY + timedelta(days=100)
PAGE, CSV = reverse("reporting:survey"), reverse("reporting:survey_csv")


@pytest.fixture(autouse=True)
def later():
    with clock.at(LATER):
        yield


@pytest.fixture
def year():
    make.accepted("1", permit_after=18, outcome="durable_job")
    make.accepted("2")
    make.refused("3")
    renewal = make.request(make.dossier("4"), kind="renewal")
    make.decision(renewal, "refuse_renewal")
    make.request(make.dossier("5"))
    make.request(make.dossier("6"), state="withdrawn")
    make.request(make.dossier("7"), submitted_on=date(2023, 5, 2))
    make.accepted("8", org="org-b", department="13")


def answers(scope, year=2024):
    return {line.code: line.value for line in survey.questions(scope, year)}


@pytest.mark.parametrize("scope", [A, D31])
def test_each_answer_is_counted_in_its_scope(scope, year):
    found = answers(scope)
    assert (found["entries"], found["renewals"]) == (5, 1)
    assert (found["authorise"], found["refuse"], found["renew"], found["refuse_renewal"]) == (2, 1, 0, 1)
    assert (found["began"], found["running"], found["left"], found["work"]) == (2, 1, 1, 1)
    assert found["permits"] == 1
    assert found["days"] == 23
    assert found["waiting"] == 2
    assert ("meetings" in found) == (scope is D31)


def test_what_no_file_knows_is_left_blank_and_the_share_says_it(year):
    lines = survey.questions(D31, 2024)
    assert [line.code for line in lines if line.value is None] == ["met"]
    assert survey.filled(lines) == pytest.approx(1 - 1 / sum(not line.within for line in lines))
    assert sum(line.within for line in lines) == 10 + len(GROUNDS) + 1


def test_refusals_are_counted_by_their_coded_grounds(year):
    """A refusal may bear several; one that bears none is told so; those of another year or department do not count."""
    first, renewed = Decision.objects.filter(kind__in=("refuse", "refuse_renewal")).order_by("kind")
    Decision.objects.filter(pk=first.pk).update(grounds="R04 R06")
    found = answers(D31)
    assert {code: found[f"refused_{code}"] for code in ("R04", "R05", "R06")} == {"R04": 1, "R05": 0, "R06": 1}
    assert found["refused_uncoded"] == 1
    assert answers(D31, 2023)["refused_R04"] == answers(Scope(department="13"))["refused_R04"] == 0
    Decision.objects.filter(pk=renewed.pk).update(grounds="R06", signed_on=date(2023, 6, 1))
    assert (answers(D31)["refused_R06"], answers(D31, 2023)["refused_R06"]) == (1, 1)
    assert answers(A)["refused_R06"] == 1


def test_persons_who_could_enter_and_are_not_presented_are_counted_by_reason(year):
    for number, reason, noted in (
        ("11", "E02", DAY),
        ("12", "E02", DAY),
        ("13", "E09", date(2023, 3, 1)),
        ("5", "E01", DAY),
    ):
        dossier = Dossier.objects.filter(number=number).first() or make.dossier(number)
        NotPresented.objects.create(dossier=dossier, department="31", reason=reason, noted_on=noted)
    found = answers(D31)
    assert (found["not_presented"], found["eligible"]) == (2, found["entries"])  # 5 was sent that day; 2 is hidden
    assert answers(A)["eligible"] == answers(A)["entries"] + 2
    assert (found["not_presented_E02"], found["not_presented_E01"], found["not_presented_E09"]) == (2, 0, 0)
    assert answers(D31, 2023)["not_presented_E09"] == 1
    assert answers(A)["not_presented_E02"] == 2
    assert answers(Scope(department="13"))["not_presented"] == 0


def test_the_state_does_not_know_them_one_by_one(year):
    """Small numbers of persons who were never presented are hidden from the secretariat, shown to their association."""
    NotPresented.objects.create(dossier=make.dossier("11"), department="31", reason="E02", noted_on=DAY)
    for scope, told in ((D31, "moins de 5"), (A, "1")):
        rows = {label: said for label, said, _source, _within in SurveyShown(scope, 2024, SYSTEM).rows}
        assert rows["Personnes éligibles dont la demande n'a pas été présentée"] == told
        assert rows.get("dont : elle craint les suites, pour elle ou ses proches") == ("1" if scope is A else None)
        assert rows["dont : sans motif coché"] == "2"  # the two refusals of the year


def test_a_year_is_its_days_and_its_end(year):
    assert answers(D31, 2023)["entries"] == 1
    assert answers(D31, 2023)["waiting"] == 1
    assert answers(D31, 2023)["days"] is None
    assert answers(COUNTRY)["authorise"] == 3


def test_who_waits_since_when_the_longest_first(year):
    asked = make.request(make.dossier("9"), submitted_on=DAY + timedelta(days=3), state="incomplete")
    ComplementRequest.objects.create(
        application=asked, dossier=asked.dossier, asked_on=DAY + timedelta(days=40), due_on=DAY + timedelta(days=60)
    )
    complete = make.request(make.dossier("10"), submitted_on=DAY, state="complete")
    complete.complete_on = DAY + timedelta(days=20)
    complete.save()
    rows = [(row.number, row.since, row.days) for row in survey.waiting(D31)]
    assert rows == [
        ("7", date(2023, 5, 2), 407),
        ("5", DAY, 100),
        ("10", DAY + timedelta(days=20), 80),
        ("9", DAY + timedelta(days=40), 60),
    ]
    assert {str(row.waits_for) for row in survey.waiting(D31)} == {
        "le secrétariat, pour la complétude",
        "l'association, pour une pièce",
        "une inscription à une séance",
    }


def test_the_page_and_its_export_in_three_steps(year, django_assert_max_num_queries):
    client = browser(make_membership("SEC", department="31"))
    assert ">7<" in client.get(PAGE, {"year": "2024"}).content.decode()
    assert PAGE in client.get(reverse("reporting:steering")).content.decode()
    with django_assert_max_num_queries(22):
        page = client.get(PAGE, {"year": "2024"}).content.decode()
    assert "Enquête annuelle 2024" in page
    assert "à compléter à la main" in page
    assert f"{CSV}?year=2024" in page
    content = b"".join(client.get(CSV, {"year": "2024"}).streaming_content).decode("utf-8-sig")
    assert "Demandes d'entrée transmises" in content
    assert Entry.objects.filter(verb="export_figures").exists()
    assert Entry.objects.filter(verb="list", count__gte=1).exists()  # who waits, by number
    untouched = client.get(PAGE).content.decode()
    assert untouched.count("Enquête annuelle 2023") == 1
    assert '<option value="2023" selected>' in untouched, "the list shows the year that is told"


def test_a_worker_reads_no_number_of_a_file_that_is_not_hers(year):
    make.dossier("99")
    member = make_membership("REF", organisation=make.organisation())
    page = browser(member).get(PAGE, {"year": "2024"}).content.decode()
    assert "Demandes d&#x27;entrée transmises" in page
    assert "Qui attend" not in page


def test_the_whole_country_is_controlled_and_names_no_file(year):
    page = browser(make_membership("STA")).get(PAGE, {"year": "2024"}).content.decode()
    assert "moins de 5" in page
    assert ">7<" not in page
    assert "Qui attend" not in page
    median = {line.code: line for line in survey.questions(COUNTRY, 2024)}["days"]
    assert median.value
    assert 0 < median.over < MEDIAN_FROM
    assert [said for name, said, *_ in SurveyShown(COUNTRY, 2024, None).rows if "médiane" in name] == ["–"]


@pytest.mark.parametrize("path", [PAGE, CSV])
def test_closed_and_malformed(path):
    for role in ("MEM", "EMP", "ETR", "ADM", "DPO", "OPS"):
        assert browser(make_membership(role)).get(path).status_code == 404
    assert browser(make_membership("SEC", department="31")).get(path, {"year": "1999"}).status_code == 422
