"""Coded grounds of a refusal: ticked beside the written reasons, told to her in simple words; they decide nothing."""

import re
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import translation
from django.utils.html import escape

from jalon.journeys import actions, grounds, papers, wording
from jalon.journeys.forms import PLAIN
from jalon.journeys.models import Decision
from jalon.journeys.states import DecisionKind
from jalon.papers.tests.reading import read
from jalon.people.tests.factories import make_team
from jalon.vault.models import Former

from .factories import REASONS, make_draft, make_opined, make_refused, meeting_day, mine, on

DAY = date(2026, 3, 14)


def test_the_table_is_whole():
    """One line a code and a time, words for each, in force for both kinds of refusal, one of them « other »."""
    assert len(grounds.BY_CODE) == len(grounds.GROUNDS)
    for one in grounds.GROUNDS:
        assert str(one.label)
        assert str(one.plain).endswith(".")
        assert set(one.kinds) <= set(grounds.REFUSALS)
        assert one.valid_to is None or one.valid_from <= one.valid_to
    for kind in grounds.REFUSALS:
        assert grounds.choices([kind], DAY)[-1][0] == "R99"
    assert grounds.choices([DecisionKind.AUTHORISE], DAY) == []
    assert grounds.choices(grounds.REFUSALS, date(2016, 10, 30)) == []


def test_a_line_counts_between_its_days():
    closed = grounds.Ground("R00", grounds.REFUSALS, "x", "x.", date(2020, 1, 1), date(2020, 12, 31))
    days = (date(2019, 12, 31), date(2020, 1, 1), date(2020, 12, 31), date(2021, 1, 1))
    assert [closed.in_force(day) for day in days] == [False, True, True, False]


def test_a_ticked_ground_that_may_be_challenged_is_told():
    assert wording.hints("Projet absent.", ["R02"]) == []
    assert "l'absence de plainte" in wording.hints("", ["R05"])[0]
    assert "niveau de français" in wording.hints("", ["R06"])[0]
    assert "l'absence d'arrêt préalable" in wording.hints("", ["R04", "inconnu"])[0]


@pytest.mark.django_db
def test_a_refusal_keeps_its_codes_and_an_authorisation_none():
    team = make_team()
    application = make_opined(team, outcome="unfavourable")
    with on(meeting_day(application)):
        sec = team.actor("SEC")
        draft = make_draft(team, application, kind="refuse", coded=["R06", "R02"], **REASONS)
        assert draft.grounds == "R02 R06"
        for wrong in (["R10"], ["R00"], [""], []):  # of a renewal, of no list, none
            with pytest.raises(ValidationError) as error:
                actions.draft_decision(sec, application, kind="refuse", coded=wrong, **REASONS)
            assert set(error.value.message_dict) == {"coded"}
        assert Decision.objects.get().grounds == "R02 R06"
        page = team.browser("SEC").get(reverse("journeys:decision", args=[draft.pk])).content.decode()
        assert "Votre projet n&#x27;est pas encore assez précis." in page
        assert "440802" in page
        actions.draft_decision(
            sec, application, kind="authorise", coded=["R02"], **{**REASONS, "reasons_of_fact": "Autre."}
        )
        assert Decision.objects.get().grounds == ""
        assert not Former.objects.filter(about=draft.pk).exists()  # what a draft said is no version


@pytest.mark.django_db
def test_they_are_ticked_on_the_page_of_the_draft():
    team = make_team()
    application = make_opined(team, outcome="unfavourable")
    page = reverse("journeys:draft", args=[application.pk])
    client = team.browser("SEC")
    with on(meeting_day(application)):
        shown = client.get(page).content.decode()
        assert 'value="R02"' in shown
        assert 'value="R10"' not in shown  # of a renewal
        radios = {
            value: "data-opens" in more for value, more in re.findall(r'name="kind" value="(\w+)"([^>]*)>', shown)
        }
        assert radios == {"authorise": False, "refuse": True}  # the grounds are on the page of a refusal alone
        assert re.search(r'name="coded" value="R02"[^>]*data-opened', shown)
        form = {"kind": "refuse", "revision": "0", **REASONS}
        assert client.post(page, {**form, "coded": ["R02", "R77"]}).status_code == 422
        without = client.post(page, form)
        assert without.status_code == 422
        assert str(escape(grounds.ASKED)) in without.content.decode()
        assert not Decision.objects.exists()
        assert client.post(page, {**form, "coded": ["R02", "R05"]}).status_code == 303
        assert Decision.objects.get().grounds == "R02 R05"
        again = client.get(page).content.decode()
        assert again.count(" checked") >= 3
        form |= {"kind": "authorise", "revision": str(Decision.objects.get().revision), "coded": ["R02"]}
        assert client.post(page, form).status_code == 303
        assert (Decision.objects.get().kind, Decision.objects.get().grounds) == ("authorise", "")


@pytest.mark.django_db
@pytest.mark.parametrize("language", PLAIN)
def test_her_page_of_simple_words_says_why_in_her_language(language):
    """Every ground has its words in each language; « another » is left to the decision, as is one without a code."""
    team = make_team()
    refused = make_refused(team)
    refused.dossier = mine(team, refused.dossier, "REF")
    refused.grounds = ""
    bare = read(papers.decision_letter(team.actor("REF"), refused, language=language).content).pages[1]
    refused.grounds = " ".join(grounds.BY_CODE)
    told = read(papers.decision_letter(team.actor("REF"), refused, language=language).content).pages[1]
    assert len(told) > len(bare) + (100 if language == "zh" else 300)
    if language in ("fr", "en"):  # the same words as on the screen
        with translation.override(language):
            said = [str(one.plain).replace("\u00a0", " ") for one in grounds.GROUNDS if one.code != grounds.OTHER]
        assert [sentence for sentence in said if sentence not in told] == []
        assert str(grounds.BY_CODE[grounds.OTHER].plain) not in told


@pytest.mark.django_db
def test_the_appeal_kit_says_why_too():
    team = make_team()
    refused = make_refused(team)
    refused.dossier = mine(team, refused.dossier, "REF")
    kit = read(papers.appeal_kit(team.actor("REF"), refused, language="bg").content)
    assert "Вашият проект още не е достатъчно ясен." in kit.pages[-1]
