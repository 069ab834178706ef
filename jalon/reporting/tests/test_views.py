import io
from datetime import timedelta

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from jalon.config import clock
from jalon.directory.tests.factories import browser, make_membership, make_organisation
from jalon.journal.models import Entry
from jalon.reporting import memo, reads

from . import factories as make
from .factories import DAY

pytestmark = pytest.mark.django_db
OPEN = ("REF", "COL", "MGR", "SEC", "PRE", "STA")
CLOSED = ("MEM", "EMP", "ETR", "ADM", "DPO", "OPS")
PAGES = ("reporting:steering", "reporting:csv", "reporting:xlsx")


@pytest.fixture
def association():
    return make_organisation(department="31")


@pytest.fixture
def cases(association):
    for number in range(3):
        make.accepted(f"31-{number}", org=association.pk, permit_after=18, outcome="durable_job" if number else "")
    make.accepted("13-1", org=make_organisation(name="Autre", department="13").pk, department="13", after=77)


def page(client, name="reporting:steering", **query):
    return client.get(reverse(name), query)


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("role", OPEN)
def test_open_to(role, name, association):
    here = association if role in ("REF", "COL", "MGR") else None
    assert page(browser(make_membership(role, organisation=here)), name).status_code == 200


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("role", CLOSED)
def test_closed_to(role, name):
    assert page(browser(make_membership(role)), name).status_code == 404


def test_strangers_are_sent_to_sign_in(client):
    assert page(client).status_code == 302


@pytest.mark.parametrize("role", OPEN)
def test_few_statements(role, association, cases, django_assert_max_num_queries):
    here = association if role in ("REF", "COL", "MGR") else None
    client = browser(make_membership(role, organisation=here))
    page(client)
    with django_assert_max_num_queries(4):
        assert page(client).status_code == 200


@pytest.mark.parametrize("role", ["MGR", "SEC"])
def test_one_s_own_scope_exactly(role, association, cases):
    here = association if role == "MGR" else None
    shown = page(browser(make_membership(role, organisation=here))).context["shown"]
    assert shown.figures.requests == 3
    assert set(shown.figures.decision.days) == {23}


def test_outside_everything_is_controlled(association, cases):
    answer = page(browser(make_membership("STA", department="")))
    assert "moins de 5" in answer.content.decode()
    assert answer.context["shown"].headline[0][1] == "moins de 5"
    assert b"31-" not in answer.content
    assert f'<option value="{answer.context["shown"].year}" selected>' in answer.content.decode()


def test_filters(association, cases):
    client = browser(make_membership("SEC"))
    assert page(client, year="2024", kind="engagement").context["shown"].figures.requests == 3
    assert page(client, year="2023").context["shown"].figures.requests == 0
    assert page(client, kind="renewal").context["shown"].figures.requests == 0


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("query", [{"year": "1999"}, {"year": "hier"}, {"kind": "<script>"}])
def test_an_unknown_choice_is_said(query, name):
    answer = page(browser(make_membership("SEC")), name, **query)
    assert answer.status_code == 422
    assert "liste" in answer.content.decode()


def test_what_is_kept_belongs_to_one_scope(association, cases, monkeypatch):
    """The same department shares what was counted; another one, another year and another day never do."""
    keys = []
    monkeypatch.setattr(memo.figures, "get", lambda key, compute: keys.append(key) or compute())
    for day, department, query in (
        (DAY, "31", {}), (DAY, "31", {}), (DAY, "13", {}), (DAY, "31", {"year": "2024"}), (DAY.replace(day=5), "31", {})
    ):  # fmt: skip
        with clock.at(day):
            assert (
                page(browser(make_membership("SEC", department=department)), "reporting:csv", **query).status_code
                == 200
            )
    assert keys[0] == keys[1]
    assert len(set(keys)) == 4


def test_csv(association, cases):
    with clock.at(DAY.replace(year=2025)):
        answer = page(browser(make_membership("SEC")), "reporting:csv")
        content = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert answer["Content-Type"].startswith("text/csv")
    assert "attachment" in answer["Content-Disposition"]
    assert "2024-03;demande d'entrée;acceptées;3" in content
    assert "31-0" not in content


def test_five_files_of_figures_leave_in_a_day(cases):
    client = browser(make_membership("SEC"))
    kinds = ["csv", "xlsx", "survey_csv", "csv", "xlsx", "csv"]
    assert [page(client, f"reporting:{kind}").status_code for kind in kinds] == [200] * 5 + [403]
    assert Entry.objects.filter(verb="export_figures").count() == 5
    assert Entry.objects.filter(verb="reporting:csv", decision="refused").count() == 1
    assert page(client, "reporting:steering").status_code == 200
    assert page(browser(make_membership("SEC")), "reporting:csv").status_code == 200  # the neighbour
    with clock.at(clock.today() + timedelta(days=1)):
        assert page(client, "reporting:csv").status_code == 200


@pytest.mark.parametrize("kind", ["csv", "xlsx", "survey_csv"])
def test_of_several_asked_at_once_none_leaves_after_the_fifth(cases, monkeypatch, kind):
    """Each saw the same count before the others were written: it is counted again once nobody else can write."""
    client = browser(make_membership("SEC"))
    assert [page(client, "reporting:csv").status_code for _each in range(4)] == [200] * 4
    counts = iter([4, 4, 4, 5])  # two at once: both are let in, the first is written, the second is counted again
    monkeypatch.setattr(reads, "exported_today", lambda actor: next(counts))
    shown = [page(client, f"reporting:{kind}") for _each in range(2)]
    assert [one.status_code for one in shown] == [200, 403]
    assert "Vous avez pris les fichiers du jour" in shown[1].content.decode()
    taken = Entry.objects.filter(verb="export_figures").order_by("seq").values_list("decision", "conditions")
    assert list(taken) == [("allowed", "")] * 5 + [("refused", "limit")]


def test_xlsx(association, cases):
    answer = page(browser(make_membership("SEC")), "reporting:xlsx")
    rows = list(load_workbook(io.BytesIO(answer.content)).active.values)
    assert ("2024-03", "demande d'entrée", "acceptées", 3) in rows


def test_an_export_leaves_a_trace(association, cases):
    from jalon.journal.models import Entry

    page(browser(make_membership("SEC")), "reporting:csv")
    assert Entry.objects.filter(verb="export_figures", decision="allowed").count() == 1


def test_technical_page(cases):
    client = browser(make_membership("OPS", department=""))
    answer = page(client, "reporting:technical")
    assert answer.status_code == 200
    assert b"31-0" not in answer.content
    assert page(browser(make_membership("MGR")), "reporting:technical").status_code == 404
