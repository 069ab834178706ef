"""The officer's monthly reading: the lot, the rules, her answer, and who may not."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction

from jalon import journal
from jalon.access import Actor, Hidden, Refused
from jalon.accounts import actions as accounts
from jalon.config import clock
from jalon.journal.models import Entry
from jalon.people import actions, oversight
from jalon.people.models import TrailReview
from jalon.people.tests.factories import make_dossier, make_team
from jalon.ui.errors import Conflict

OCTOBER = date(2026, 10, 1)


def event(seq, at, actor="a", subject="s", decision="allowed"):
    return Entry(seq=seq, at=at, actor=actor, subject=subject, decision=decision, role="REF", verb="read")


def at(day, hour=10):
    return datetime(2026, 10, day, hour, tzinfo=clock.PARIS).astimezone(UTC)


def rules(rows):
    return [(hit.rule, hit.on.day, hit.count) for hit in oversight.findings(rows, {"a": "Une collègue"})]


def test_working_hours_are_those_of_paris_and_end_at_eight():
    assert rules([event(1, at(1, 7)), event(2, at(1, 19))]) == []
    assert rules([event(1, at(1, 6)), event(2, at(1, 20))]) == [("hours", 1, 2)]
    assert rules([event(1, at(4))]) == [("hours", 4, 1)]  # a Sunday
    assert rules([event(1, at(4), subject="")]) == []  # signing in on a Sunday opens no file


def test_a_day_of_many_files_stands_out_of_the_month():
    calm = [event(n, at(1 + n % 20 + (n % 20 > 2)), subject=f"s{n % 3}") for n in range(60)]
    calm = [row for row in calm if row.at.astimezone(clock.PARIS).weekday() != 6]
    busy = [event(100 + n, at(23), subject=f"b{n}") for n in range(30)]
    assert rules(calm) == []
    assert rules(calm + busy) == [("volume", 23, 30)]
    assert rules(busy[:10]) == []  # ten files on the only day worked: no mean to stand out from
    again = [event(200 + n, at(23), subject="one") for n in range(90)]
    assert rules(calm + again) == []  # the same file ninety times is one file


def test_five_refusals_on_one_day_are_told():
    rows = [event(n, at(5), decision="refused", subject="") for n in range(5)]
    assert rules(rows) == [("refusals", 5, 5)]
    assert rules(rows[:4]) == []
    assert oversight.findings(rows, {"a": "Une collègue"})[0].who == "Une collègue"


def test_the_lot_is_two_in_a_hundred_and_follows_its_seed():
    rows = [event(n, at(6)) for n in range(2000)]
    lot = oversight.draw(rows, "f" * 64)
    assert len(lot) == 40
    assert lot == sorted(oversight.draw(rows, "f" * 64), key=lambda row: row.seq)
    assert lot != oversight.draw(rows, "e" * 64)
    assert len(oversight.draw(rows[:500], "a")) == 20
    assert len(oversight.draw(rows * 10, "a")) == 100
    assert oversight.draw(rows[:7], "a") == rows[:7]
    assert oversight.draw([], "") == []


def test_months_that_are_over_the_latest_first():
    months = oversight.ended(date(2026, 3, 31))
    assert months[:3] == [date(2026, 2, 1), date(2026, 1, 1), date(2025, 12, 1)]
    assert len(months) == 12
    start, end = oversight.bounds(date(2026, 12, 1))
    assert (start.date(), end.date()) == (date(2026, 12, 1), date(2027, 1, 1))


def test_one_attempt_by_whoever_is_recused_is_told():
    row = event(1, at(5), decision="refused")
    row.conditions = "recused"
    assert rules([row]) == [("recused", 5, 1)]


@pytest.mark.parametrize(("staff", "found"), [
    ("Nadège Zélenkova", True), ("ZELENKOVA Nadège", True), ("Nadège Zelenko", False), ("", False),
])  # fmt: skip
def test_whoever_opens_the_file_of_a_person_of_her_name_is_told(db, staff, found):
    with clock.at(date(2026, 10, 6)):
        team = make_team()
        dossier = make_dossier(team)
    subject = journal.subject_ref(dossier)
    rows = [event(1, at(6), subject=subject), event(2, at(6), subject="elsewhere")]
    same = oversight.namesakes(rows, {"a": staff}, {subject: (dossier.pk, dossier.number)})
    assert same == ({("a", subject)} if found else set())
    told = [("namesake", 6, 1)] if found else []
    assert [(hit.rule, hit.on.day, hit.count) for hit in oversight.findings(rows, {}, same)] == told


# --- with the trail ----------------------------------------------------------------------------------------------


@pytest.fixture
def world(db):
    """October: the referent opens a file; the officer reads in November."""
    with clock.at(date(2026, 10, 6)):
        team = make_team()
        dossier = make_dossier(team)
        make_dossier(make_team("13", "Ailleurs"))
    with clock.at(date(2026, 11, 3)):
        yield team, dossier


def test_the_officer_reads_the_month_of_her_house_and_answers_once(world):
    team, dossier = world
    client = team.browser("DPO", stepped_up=True)
    assert "/trail/2026-10/" in client.get("/").content.decode()
    before = Entry.objects.count()
    page = client.get("/trail/2026-10/").content.decode()
    assert dossier.number in page
    assert f"/dossiers/{dossier.pk}/trail/" in page
    assert Entry.objects.filter(seq__gt=before, verb="read", compartment="C17").count() == 1
    found = oversight.month(team.actor("DPO"), OCTOBER)
    assert {row.number for row in found.drawn} == {dossier.number}  # nothing of the neighbour
    answer = client.post("/trail/2026-10/", {"outcome": ""})
    assert answer.status_code == 422
    assert not TrailReview.objects.exists()
    assert client.post("/trail/2026-10/", {"outcome": "nothing"}).status_code == 303
    assert TrailReview.objects.get().organisation == team.organisation
    assert Entry.objects.filter(verb="review_trail", compartment="C17").count() == 1
    assert "/trail/2026-10/" not in client.get("/").content.decode()
    assert "rien à signaler" in client.get("/trail/2026-10/").content.decode()
    with pytest.raises(Conflict):
        actions.review_trail(team.actor("DPO"), OCTOBER, "followup")


def test_an_officer_finds_no_name_by_changing_her_own(world):
    team, dossier = world
    for role, told in (("DPO", False), ("MGR", True)):
        with clock.at(at(7)), transaction.atomic():
            journal.record(team.actor(role), "read", dossier, compartment="C17")
        user = getattr(team, role.lower()).user
        accounts.update_profile(
            team.actor(role), user, name="Nadège Zelenkova", phone="", language="fr", density=user.density
        )
        for reader in (team.actor("DPO"), replace(team.actor("DPO"), user_id=user.pk)):
            rules_ = {hit.rule for hit in oversight.month(reader, OCTOBER).hits}
            assert ("namesake" in rules_) == (told and reader.user_id != user.pk)


def test_nobody_else_and_no_month_that_runs(world):
    team, _dossier = world
    client = team.browser("DPO", stepped_up=True)
    for month in ("2026-11", "2026-12", "2024-01", "octobre", "2026-13"):
        assert client.get(f"/trail/{month}/").status_code == 404
    assert team.browser("MGR", stepped_up=True).get("/trail/2026-10/").status_code == 404
    assert team.browser("DPO").get("/trail/2026-10/").status_code == 403
    with pytest.raises(Hidden):
        actions.review_trail(team.actor("MGR"), OCTOBER, "nothing")
    with pytest.raises(Refused):
        actions.review_trail(team.actor("DPO", stepped_up=False), OCTOBER, "nothing")
    with pytest.raises(Hidden):
        actions.review_trail(Actor("x", "PRE", team.organisation.pk, stepped_up=True), OCTOBER, "nothing")
    assert not TrailReview.objects.exists()


def test_a_house_that_began_this_month_has_nothing_to_reread(db):
    with clock.at(date(2026, 11, 3)):
        team = make_team()
        make_dossier(team)
        assert oversight.to_review(team.actor("DPO")) == []
    with clock.at(date(2026, 11, 3) + timedelta(days=70)):
        assert oversight.to_review(team.actor("DPO")) == [date(2026, 11, 1), date(2026, 12, 1)]
