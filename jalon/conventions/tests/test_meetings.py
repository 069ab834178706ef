"""Steering meetings: the agenda builds itself, the minutes tell of no person, a decision is a commitment."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from jalon.access import Hidden, Refused
from jalon.config import clock
from jalon.conventions import actions, agenda, papers, reads
from jalon.conventions.measures import NOTHING, Measure, Point
from jalon.conventions.models import Commitment, SteeringMeeting
from jalon.directory.tests.factories import browser
from jalon.journal.models import Entry
from jalon.notices.models import Deadline
from jalon.papers import vocabulary
from jalon.papers.tests.reading import read
from jalon.ui.errors import Conflict

from .factories import make_parties, signed
from .test_actions import _followed

pytestmark = pytest.mark.django_db
SIGNED, MEETING = date(2020, 2, 20), date(2020, 9, 17)


@pytest.fixture
def parties():
    with clock.at(SIGNED):
        return make_parties()


@pytest.fixture
def convention(parties):
    with clock.at(SIGNED):
        convention = signed(parties, places=12, ends_on=date(2021, 2, 19))
        _followed(parties)
    return convention


def kinds(convention):
    return [entry.kind for entry in agenda.of(convention, clock.today())]


def test_the_agenda_follows_the_work(parties, convention):
    with clock.at(SIGNED):
        assert kinds(convention) == ["places"]
    with clock.at(MEETING):
        assert kinds(convention) == ["late", "places", "renewals"]
        lines = {entry.kind: entry.lines for entry in agenda.of(convention, MEETING)}
        assert lines["late"] == ["Nommer les référents, prévu le 06/03/2020"]
        assert lines["places"] == ["Places : 0 sur 12", "Personnes qui attendent un binôme : moins de 5"]
        assert lines["renewals"] == ["La convention se termine le 19/02/2021 : préparer la suite"]
        row = Commitment.objects.get(title="Nommer les référents")
        actions.update_commitment(parties.mgr, row, state="done")
        actions.write_to_party(parties.emp, convention, text="Qui reçoit à Alès ?", answer_due_on=MEETING)
        assert kinds(convention) == ["places", "renewals", "questions"]
        question = agenda.of(convention, MEETING)[-1]
        assert question.lines == ["Question de l'agence du 17/09/2020"]


def test_an_indicator_off_target_comes_to_the_meeting(parties, convention):
    """Measured on requests, not on persons: it is said whatever their number."""
    with clock.at(SIGNED):
        axis = convention.axes.first()
        axis.indicators.create(measure="answer_days", target=2)
        actions.write_to_party(parties.mgr, convention, text="Quand ?", answer_due_on=SIGNED)
    with clock.at(date(2020, 3, 2)):
        entry = next(entry for entry in agenda.of(convention, clock.today()) if entry.kind == "indicators")
    assert entry.lines == ["Délai médian de réponse (jours ouvrés) : 7,0, cible 2,0"]


def test_what_was_said_stays_as_it_was(parties, convention):
    with clock.at(MEETING):
        said = {"late": "Reporté à octobre.", "other": "Merci aux équipes."}
        meeting = actions.hold_committee(
            parties.mgr, convention, present="Odile, Clément", said=said, next_on=date(2021, 1, 21)
        )
        with pytest.raises(Conflict):
            actions.hold_committee(parties.head, convention)
        actions.update_commitment(parties.mgr, Commitment.objects.get(title="Nommer les référents"), state="done")
    meeting.refresh_from_db()
    convention.refresh_from_db()
    assert convention.next_committee_on == date(2021, 1, 21)
    assert [(point["kind"], point["said"]) for point in meeting.points] == [
        ("late", "Reporté à octobre."),
        ("places", ""),
        ("renewals", ""),
        ("other", "Merci aux équipes."),
    ]
    assert meeting.points[0]["lines"] == ["Nommer les référents, prévu le 06/03/2020"]
    assert Entry.objects.filter(verb="hold_committee").count() == 1


@pytest.mark.parametrize("field", ["present", "late"])
def test_minutes_name_no_programme(parties, convention, field):
    words = "Le préfet est passé"
    given = {"present": words} if field == "present" else {"said": {field: words}}
    with clock.at(MEETING), pytest.raises(ValidationError) as refused:
        actions.hold_committee(parties.mgr, convention, **given)
    assert list(refused.value.message_dict) == [field]
    assert not SteeringMeeting.objects.exists()


def test_a_decision_is_a_commitment(parties, convention):
    axis = convention.axes.get(number=2)
    with clock.at(MEETING):
        meeting = actions.hold_committee(parties.mgr, convention)
        due = date(2020, 10, 15)
        row = actions.decide(
            parties.head, meeting, axis, title="Visiter l'atelier", owner=parties.adviser.user, due_on=due
        )
        assert (row.axis_id, row.meeting_id, row.state) == (axis.pk, meeting.pk, "todo")
        assert Deadline.objects.get(kind="commitment", key=row.pk).on == due
        for actor, refusal in ((parties.ref, Refused), (make_parties("31", "Voisine").mgr, Hidden)):
            with pytest.raises(refusal):
                actions.decide(actor, meeting, axis, title="x")
        with pytest.raises(ValidationError):
            actions.decide(parties.mgr, meeting, axis, title="Prévenir la police")
    with clock.at(date(2020, 11, 1)):
        late = agenda.of(convention, clock.today())[0]
        assert "Visiter l'atelier, prévu le 15/10/2020" in late.lines


def test_the_minutes_as_a_file(parties, convention):
    with clock.at(MEETING):
        meeting = actions.hold_committee(parties.mgr, convention, present="Odile", said={"late": "Reporté."})
        actions.decide(parties.mgr, meeting, convention.axes.first(), title="Se revoir", owner=parties.manager.user)
        made = papers.make_minutes(parties.sec, reads.meeting(parties.sec, meeting.pk))
        with pytest.raises(Hidden):
            papers.make_minutes(make_parties("30", "Voisine").mgr, reads.meeting(parties.mgr, meeting.pk))
    sheet = read(made.content)
    assert sheet.title == "Compte rendu du comité de pilotage"
    for words in ("Reporté.", "Se revoir", parties.manager.user.name, "moins de 5", "Association Calandre"):
        assert words in sheet.text
    assert "Alizé" not in sheet.text
    # The structures name themselves; the programme is named nowhere.
    assert vocabulary.found([sheet.text.replace("Association Calandre", ""), made.paper.file_name]) == []


def test_the_pages_of_a_meeting(parties, convention):
    manager, worker = browser(parties.manager), browser(parties.worker)
    with clock.at(MEETING):
        list_ = reverse("conventions:committees", args=[convention.pk])
        assert "Tenir le comité" in manager.get(list_).content.decode()
        assert "Tenir le comité" not in worker.get(list_).content.decode()
        hold = reverse("conventions:hold", args=[convention.pk])
        assert "Nommer les référents, prévu le 06/03/2020" in manager.get(hold).content.decode()
        given = {"present": "Odile", "late": "Reporté.", "places": "", "renewals": "", "other": "", "next_on": ""}
        wrong = manager.post(hold, {**given, "other": "Parcours de sortie"})
        assert wrong.status_code == 422
        assert "Reporté." in wrong.content.decode()
        answer = manager.post(hold, given)
        assert answer.status_code == 303
        page = answer["Location"]
        axis = convention.axes.first()
        decision = {"title": "Se revoir", "axis": axis.pk, "owner": parties.adviser.user_id, "due_on": ""}
        assert manager.post(page, {**decision, "title": ""}).status_code == 422
        assert manager.post(page, decision).status_code == 303
        for reader in (worker, browser(parties.secretariat)):
            text = reader.get(page).content.decode()
            assert "Se revoir" in text
            assert "Ajouter une décision" not in text
        minutes = worker.post(f"{page}minutes/")
        assert minutes["Content-Type"] == "application/pdf"
        stranger = browser(make_parties("31", "Voisine").manager)
        assert stranger.get(page).status_code == stranger.post(f"{page}minutes/").status_code == 404


@pytest.mark.parametrize(
    ("unit", "value", "facts", "hidden"),
    [("%", 83, 6, False), ("%", 50, 4, True), ("", 1, 6, True), ("", 0, 6, False), ("", 5, 6, False), ("", 3, 4, True)],
)
def test_what_is_told_beyond_the_two_parties(unit, value, facts, hidden):
    measure = Measure("x", "x", 1, Decimal(5), lambda _convention, _day: NOTHING, unit=unit)
    point = Point(Decimal(value), facts)
    assert measure.hides(point, party=False) == hidden
    assert not measure.hides(point, party=True)
    counted = Measure("y", "y", 1, Decimal(5), lambda _convention, _day: NOTHING, persons=False)
    assert not counted.hides(point, party=False)
