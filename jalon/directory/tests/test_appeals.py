"""A refusal or a withdrawal of approval is notified, challenged, answered: dates of the law, told and recorded."""

from datetime import date, timedelta

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.urls import reverse

from jalon.access import Refused
from jalon.config import clock
from jalon.directory import actions, reads
from jalon.directory.models import AccreditationAppeal, Membership
from jalon.ui.tests.folded import rule_ids

from . import accreditation_cases as cases
from .factories import browser

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 2)


@pytest.fixture
def parties():
    with clock.at(DAY):
        yield cases.Parties()


def planned(kind):
    opened = apps.get_model("notices", "Deadline").objects.filter(done_on=None, cancelled_on=None)
    return [(row.on, row.role, row.rule) for row in opened.filter(kind=kind)]


def notified(parties, make=cases.refused):
    row = make(parties)
    with clock.at(row.withdrawn_on or row.refused_on):
        return actions.notify_accreditation_decision(parties.of("SEC"), row, notified_on=clock.today())


@pytest.mark.parametrize("make", [cases.refused, cases.withdrawn])
def test_the_delay_runs_from_the_notification_and_appeals_move_it(parties, make):
    row = make(parties)
    signed = row.withdrawn_on or row.refused_on
    assert planned("accreditation_appeal") == []
    with clock.at(signed):
        row = actions.notify_accreditation_decision(parties.of("SEC"), row, notified_on=signed)
        law = reads.accreditation_file(parties.of("MGR"), row)
    first = next(one for one in law.dates if one.rules and one.rules[0].id == "APP-1")
    assert planned("accreditation_appeal") == [(first.on, "MGR", "APP-1")]
    with clock.at(signed + timedelta(days=40)):
        made = actions.file_accreditation_appeal(
            parties.of("MGR"), row, kind="gracious", filed_on=signed + timedelta(days=40)
        )
        (moved,) = planned("accreditation_appeal")
        (answer,) = planned("accreditation_answer")
        assert moved[0] > first.on
        assert (moved[2], answer[1], answer[2]) == ("APP-2", "SEC", "APP-3")
        actions.answer_accreditation_appeal(
            parties.of("SEC"), row, appeal=made.pk, outcome="rejected", answered_on=clock.today()
        )
        assert planned("accreditation_answer") == []
        assert first.on < planned("accreditation_appeal")[0][0] < moved[0]
        actions.file_accreditation_appeal(parties.of("SEC"), row, kind="court", filed_on=clock.today())
    assert planned("accreditation_appeal") == []


def test_an_appeal_granted_leaves_no_delay(parties):
    row = notified(parties)
    made = actions.file_accreditation_appeal(parties.of("MGR"), row, kind="hierarchical", filed_on=clock.today())
    actions.answer_accreditation_appeal(
        parties.of("SEC"), row, appeal=made.pk, outcome="granted", answered_on=clock.today()
    )
    assert planned("accreditation_appeal") == planned("accreditation_answer") == []


def test_what_is_refused(parties):
    refused = cases.refused(parties)
    sec, today, tomorrow = parties.of("SEC"), clock.today(), clock.today() + timedelta(days=1)
    with pytest.raises(Refused):  # not notified: no delay runs
        actions.file_accreditation_appeal(parties.of("MGR"), refused, kind="gracious", filed_on=today)
    for day in (tomorrow, refused.refused_on - timedelta(days=1)):
        with pytest.raises(ValidationError) as error:
            actions.notify_accreditation_decision(sec, refused, notified_on=day)
        assert set(error.value.message_dict) == {"notified_on"}
    row = actions.notify_accreditation_decision(sec, refused, notified_on=today)
    with pytest.raises(Refused):
        actions.notify_accreditation_decision(sec, row, notified_on=today)
    for given, field in (
        ({"kind": "other", "filed_on": today}, "kind"),
        ({"kind": "court", "filed_on": tomorrow}, "filed_on"),
    ):
        with pytest.raises(ValidationError) as error:
            actions.file_accreditation_appeal(sec, row, **given)
        assert set(error.value.message_dict) == {field}
    made = actions.file_accreditation_appeal(sec, row, kind="gracious", filed_on=today)
    for given, field in (
        ({"appeal": "A" * 22, "outcome": "rejected", "answered_on": today}, "appeal"),
        ({"appeal": made.pk, "outcome": "", "answered_on": today}, "outcome"),
        ({"appeal": made.pk, "outcome": "rejected", "answered_on": tomorrow}, "answered_on"),
    ):
        with pytest.raises(ValidationError) as error:
            actions.answer_accreditation_appeal(sec, row, **given)
        assert set(error.value.message_dict) == {field}
    assert AccreditationAppeal.objects.get().answered_on is None


def test_the_pages_from_the_order_to_the_answer(parties):
    row = cases.refused(parties)
    secretary, manager = (
        browser(Membership.objects.get(pk=one.membership_id)) for one in (parties.secretariat, parties.manager)
    )
    page = reverse("directory:accreditation", args=[row.pk])
    names = ("notify_accreditation", "appeal_accreditation", "answer_accreditation")
    notify, challenge, answer = (reverse(f"directory:{name}", args=[row.pk]) for name in names)
    assert notify in secretary.get(page).content.decode()
    assert secretary.post(notify, {"notified_on": "2027-01-01"}).status_code == 422
    assert secretary.post(notify, {"notified_on": clock.today().isoformat()}).status_code == 303
    shown = manager.get(page).content.decode()
    assert challenge in shown
    assert notify not in shown
    assert "Dernier jour pour saisir le tribunal" in shown
    assert "APP-1" in rule_ids(shown)
    assert manager.post(challenge, {"kind": "gracious", "filed_on": clock.today().isoformat()}).status_code == 303
    assert {"APP-2", "APP-3"} <= rule_ids(manager.get(page).content.decode())
    given = {"appeal": row.appeals.get().pk, "outcome": "rejected", "answered_on": clock.today().isoformat()}
    assert manager.post(answer, given).status_code == 404
    assert secretary.post(answer, given).status_code == 303
    assert "Réponse au recours : rejeté" in secretary.get(page).content.decode()
