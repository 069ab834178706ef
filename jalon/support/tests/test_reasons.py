"""From a date on screen to its article in two interactions, from the home page, the file and the team's page."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse

from jalon.config import clock
from jalon.directory.tests.factories import browser
from jalon.law.articles import ADDRESSES, articles
from jalon.law.rules import RULES
from jalon.notices import actions as notices
from jalon.notices.why import RULES_OF
from jalon.support.models import Appointment
from jalon.ui.tests.folded import block_of, folded, leads_to_an_article, rule_ids

from .factories import in_pathway, make_world, pay, permit

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 10)


@pytest.fixture(autouse=True)
def day():
    with clock.at(TODAY):
        yield


@pytest.fixture
def world():
    return make_world()


def body(response):
    assert response.status_code == 200
    return response.content.decode()


def test_from_the_home_page_to_an_article_in_two_steps(world):
    in_pathway(world, "Bruyère", left=46)
    worker = browser(world.worker)
    home = body(worker.get("/"))
    (step,) = re.findall(r'<a href="([^"]+)">Pourquoi ces dates \?</a>', home)
    reasons = body(worker.get(step))
    rows = dict(re.findall(r'<tr id="(\w+)">(.*?)</tr>', reasons, re.S))
    for kind, rule_ids_ in RULES_OF.items():
        for rule_id in (one for one in rule_ids_ if one in RULES):
            for article in articles(RULES[rule_id].source):
                assert f'href="{article.href or reverse("rule", args=[rule_id])}"' in rows[kind]
    assert ADDRESSES["CJA, art. R. 421-1"] in rows["appeal"]


def test_the_file_explains_its_dates(world):
    dossier = in_pathway(world, "Bruyère", left=46)
    pay(dossier, TODAY - timedelta(days=5))
    permit(dossier, TODAY - timedelta(days=100), TODAY + timedelta(days=40))
    notices.plan(dossier, "complement", TODAY + timedelta(days=3), role="REF", rule="SIL-1")
    notices.plan(dossier, "safe_contact_check", TODAY + timedelta(days=4), role="REF", rule="NNEDV-90")
    page = body(browser(world.worker).get(reverse("support:dossier", args=[dossier.pk])))
    assert {"DUR-2", "DUR-3", "DUR-4", "APS-2", "MON-1", "SIL-1"} <= rule_ids(page)
    assert "Complément demandé" in block_of(page, "SIL-1")
    assert "NNEDV, Safety Net" in " ".join(folded(page))
    assert "24 mois, depuis le 31/10/2016" in block_of(page, "DUR-4")
    assert "à confirmer par un juriste" in block_of(page, "MON-1")
    for rule_id in rule_ids(page):
        assert leads_to_an_article(page, rule_id)


def test_a_date_that_a_person_chose_is_not_explained(world):
    dossier = in_pathway(world, "Bruyère", left=200)
    notices.plan(dossier, "plan_step", TODAY + timedelta(days=3), role="REF")
    page = body(browser(world.worker).get(reverse("support:dossier", args=[dossier.pk])))
    assert not Appointment.objects.exists()
    assert "Étape du plan" not in " ".join(folded(page))


def test_the_team_s_late_dates_are_explained(world):
    dossier = in_pathway(world, "Bruyère", left=46)
    notices.plan(dossier, "renewal_file", TODAY - timedelta(days=3), role="REF", rule="REN-1", key="1")
    page = body(browser(world.manager).get("/"))
    assert "Déposer le dossier de renouvellement" in block_of(page, "REN-1")
    assert leads_to_an_article(page, "REN-1")
