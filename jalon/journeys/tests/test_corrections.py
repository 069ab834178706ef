"""A material error is corrected by another order: the first stays, the pathway follows, days are not lost too late."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from jalon.access import Hidden, Refused
from jalon.journal.models import Entry
from jalon.journal.verify import verify
from jalon.journeys import actions, papers, reads
from jalon.journeys.models import AfisGrant, AfisMonth, Decision, Period
from jalon.law.dates import add_months
from jalon.notices.reads import opened
from jalon.papers.tests.reading import read
from jalon.people.tests.factories import make_team

from .factories import REASONS, SIGNATORY, make_notified, make_refused, mine, on

pytestmark = pytest.mark.django_db
GIVEN = {"reason": "Faute de frappe.", "appeal_routes": REASONS["appeal_routes"], **SIGNATORY}


def correct(team, decision, **given):
    return actions.correct_decision(team.actor("PRE"), decision, **{**GIVEN, **given})


def test_a_date_is_corrected_by_a_dated_act_and_everything_follows():
    team = make_team()
    decision = make_notified(team)
    before, signed = Period.objects.get(), decision.signed_on
    with on(signed + timedelta(days=1)):
        dossier = mine(team, decision.dossier, "PRE")
        actions.decide_afis(team.actor("PRE"), dossier, granted=True, children=0)
    sealed, earlier = bytes(Decision.objects.get(pk=decision.pk).sealed), signed - timedelta(days=31)
    with on(signed + timedelta(days=10)):
        made = correct(team, decision, misprint="effective_on", right_on=earlier)
        with pytest.raises(Refused):  # sent twice
            correct(team, decision, misprint="effective_on", right_on=earlier)
        letter = read(papers.decision_letter(team.actor("SEC"), made).content).text
        shown = reads.decision_page(Decision.objects.get(pk=decision.pk))
    decision.refresh_from_db()
    assert bytes(decision.sealed) == sealed
    assert (decision.effective_on, made.kind, made.corrects_id) == (None, "correct", decision.pk)
    after = Period.objects.get()
    assert (after.pk, after.starts_on, after.decision_id) == (before.pk, earlier, decision.pk)
    assert AfisGrant.objects.get().starts_on == earlier
    assert AfisMonth.objects.order_by("month").first().month == earlier.replace(day=1)
    assert opened().get(kind="period_end").on == after.ends_on
    assert opened().get(kind="notification").key == made.pk
    assert shown.corrections == [made]
    assert "Il faut lire" in letter
    assert f"{earlier:%d/%m/%Y}" in letter
    assert Entry.objects.filter(verb="correct_decision").count() == 1
    assert verify(records=True).vanished == 0
    assert made not in reads.decisions()


def test_what_takes_days_away_comes_within_four_months_and_may_be_challenged():
    team = make_team()
    decision = make_notified(team)
    end = Period.objects.get().ends_on
    last, sooner = add_months(decision.signed_on, 4), end - timedelta(days=20)
    with on(last):
        made = correct(team, decision, misprint="ends_on", right_on=sooner)
        actions.notify_decision(team.actor("SEC"), made)
    assert Period.objects.get().ends_on == sooner
    assert opened().get(kind="appeal").key == made.pk
    with on(last + timedelta(days=1)):
        with pytest.raises(ValidationError) as refusal:
            correct(team, decision, misprint="ends_on", right_on=sooner - timedelta(days=1))
        assert f"{last:%d/%m/%Y}" in str(refusal.value)
        assert Decision.objects.count() == 2
        correct(team, decision, misprint="ends_on", right_on=end)  # nothing is lost: at any time
    assert Period.objects.get().ends_on == end


@pytest.mark.parametrize(("given", "field"), [
    ({"misprint": "effective_on", "right_on": None}, "right_on"),
    ({"misprint": "words", "wrong": "a", "right": "a"}, "right"),
    ({"misprint": "words", "wrong": "", "right": "a"}, "wrong"),
    ({"misprint": "words", "wrong": "a", "right": "b", "reason": " "}, "reason"),
    ({"misprint": "words", "wrong": "a", "right": "b", "appeal_routes": ""}, "appeal_routes"),
    ({"misprint": "unknown"}, "misprint"),
    ({"misprint": "words", "wrong": "a", "right": "b", "capacity": ""}, "capacity"),
])  # fmt: skip
def test_a_bad_correction_is_told_at_its_field(refused, given, field):
    team, refusal_of = refused
    with on(refusal_of.signed_on), pytest.raises(ValidationError) as refusal:
        correct(team, refusal_of, **given)
    assert field in refusal.value.message_dict or given["misprint"] == "effective_on"
    assert Decision.objects.count() == 1


@pytest.fixture
def refused():
    team = make_team()
    return team, make_refused(team)


def test_only_the_prefet_of_the_department_corrects(refused):
    team, decision = refused
    words = {"misprint": "words", "wrong": "a", "right": "b"}
    with on(decision.signed_on):
        for actor in (team.actor("SEC"), team.actor("REF"), make_team("13").actor("PRE")):
            with pytest.raises((Refused, Hidden)):
                actions.correct_decision(actor, decision, **GIVEN, **words)
        page = reverse("journeys:correct", args=[decision.pk])
        client = team.browser("PRE", stepped_up=True)
        assert "erreur matérielle" in client.get(page).content.decode()
        assert client.post(page, {**GIVEN, **words, "right": "a"}).status_code == 422
        assert client.post(page, {**GIVEN, **words}).status_code == 303
        made = Decision.objects.get(kind="correct")
        shown = client.get(reverse("journeys:decision", args=[made.pk])).content.decode()
        assert "Il faut lire" in shown
        assert make_team("34").browser("PRE", stepped_up=True).get(page).status_code == 404
        with pytest.raises(ValidationError):  # a correction is not corrected: the order is
            correct(team, made, **words)
