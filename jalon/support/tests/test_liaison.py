"""The thread of one person: closed once answered, what it points to, her agreement taken back; what it measures."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from jalon.access import Refused, Role
from jalon.config import clock
from jalon.conventions import actions as conventions
from jalon.conventions import exchange
from jalon.conventions.measures import NOTHING, Point
from jalon.directory.tests.factories import actor_of, browser, make_membership
from jalon.notices import actions as notices
from jalon.notices import reads as notices_reads
from jalon.notices.kinds import OF_ANSWER, UNANSWERED
from jalon.notices.models import Deadline, Outbox
from jalon.people import access as people
from jalon.people import actions as people_actions
from jalon.people import reads as persons
from jalon.support import actions, measures
from jalon.support.models import LiaisonMessage
from jalon.support.reads import homes, liaison
from jalon.ui.errors import Conflict

from .factories import make_person, make_world, seen_by, share

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 10)  # a Tuesday


@pytest.fixture(autouse=True)
def day():
    with clock.at(TODAY):
        yield


@pytest.fixture
def world():
    return make_world()


@pytest.fixture
def shared(world):
    """She is still preparing her request: what she shares does not wait for a decision."""
    dossier = make_person(world)
    share(world, dossier)
    return dossier


def thread_of(dossier):
    return reverse("support:thread", args=[dossier.pk])


# --- closed once answered -----------------------------------------------------------------------------------------
def test_a_request_is_not_closed_without_its_answer(world, shared):
    asked = actions.send_message(world.emp, shared, text="Une garde ?", answer_due_on=TODAY)
    asked.dossier = shared
    for actor in (world.emp, world.ref):
        with pytest.raises(Refused):
            actions.close_request(actor, asked)
    with pytest.raises(IntegrityError), transaction.atomic():
        LiaisonMessage.objects.filter(pk=asked.pk).update(closed_at=clock.now())
    actions.send_message(world.ref, shared, text="Trouvée.", answers=asked)
    with pytest.raises(Refused):  # who answered does not close
        actions.close_request(world.ref, asked)
    assert actions.close_request(world.emp, asked).closed_at == clock.now()
    with pytest.raises(Conflict):
        actions.close_request(world.emp, asked)


def test_closing_on_the_page(world, shared):
    asked = actions.send_message(world.ref, shared, text="Une place ?", answer_due_on=TODAY)
    worker, adviser = browser(world.worker), browser(world.adviser)
    close = reverse("support:close", args=[asked.pk])
    assert "Clore la demande" not in worker.get(thread_of(shared)).content.decode()
    assert worker.post(close).status_code == 403
    assert browser(make_world("30", "Loin").worker).post(close).status_code == 404
    actions.send_message(world.emp, shared, text="Oui.", answers=asked)
    assert "Clore la demande" in worker.get(thread_of(shared)).content.decode()
    assert "Clore la demande" not in adviser.get(thread_of(shared)).content.decode()
    assert worker.post(close).status_code == 303
    assert "clos le 10/03/2026" in adviser.get(thread_of(shared)).content.decode()


# --- who is told --------------------------------------------------------------------------------------------------
def test_each_side_has_its_due_answer_and_its_empty_message(world, shared):
    asked = actions.send_message(world.ref, shared, text="Une place ?", answer_due_on=TODAY)
    due = Deadline.objects.get(kind="answer")
    assert (due.role, due.on, due.key) == (Role.EMP, TODAY, asked.pk)
    assert persons.recipients()(due) == [world.adviser.user_id]
    answer = actions.send_message(world.emp, shared, text="Oui.", answers=asked)
    due.refresh_from_db()
    assert due.done_on == TODAY
    told = Outbox.objects.get(reason=f"liaison:{answer.pk}")
    assert (told.recipient_id, told.template) == (world.worker.user_id, "task")


def test_a_request_without_an_answer_is_not_let_drop(world, shared):
    """Working days: five, who owes it is asked again; ten, who asked is alerted; thirty, another way is looked for."""
    asked = actions.send_message(world.ref, shared, text="Une place ?", answer_due_on=exchange.answer_day(TODAY))
    find = persons.recipients()
    planned = {d.kind: (d.on, find(d)) for d in Deadline.objects.filter(kind__in=OF_ANSWER, key=asked.pk)}
    assert planned == {
        "answer": (date(2026, 3, 12), [world.adviser.user_id]),
        "answer_again": (date(2026, 3, 17), [world.adviser.user_id]),
        "answer_alert": (date(2026, 3, 24), [world.worker.user_id]),
        "answer_path": (date(2026, 4, 22), [world.worker.user_id]),
    }
    told = {}
    for day in ("2026-03-16", "2026-03-17", "2026-03-24", "2026-04-22"):
        with clock.at(date.fromisoformat(day)):
            Outbox.objects.all().delete()
            notices.remind(find)
            told[day] = list(Outbox.objects.values_list("recipient", "template"))
            shown = browser(world.worker).get(reverse("support:dossier", args=[shared.pk])).content.decode()
            assert ("Demande restée sans réponse" in shown) is (day >= "2026-03-24")
            thread = browser(world.worker).get(thread_of(shared)).content.decode()
            assert ("proposer une autre voie" in thread) is (day == "2026-04-22")
    assert told == {
        "2026-03-16": [],
        "2026-03-17": [(world.adviser.user_id, "task")],
        "2026-03-24": [(world.worker.user_id, "task")],
        "2026-04-22": [(world.worker.user_id, "task")],
    }
    assert notices_reads.next_due(shared.pk).kind not in UNANSWERED
    actions.send_message(world.emp, shared, text="Oui.", answers=asked)
    assert not Deadline.objects.filter(kind__in=OF_ANSWER, done_on=None).exists()


def test_the_adviser_sees_what_waits_and_not_what_may_come(world, shared):
    actions.send_message(world.ref, shared, text="Une place ?", answer_due_on=exchange.answer_day(TODAY))
    shown = {}
    for day in (TODAY, date(2026, 3, 17)):
        with clock.at(day):
            page = browser(world.adviser).get("/").content.decode()
            shown[day] = ("Réponse attendue" in page, "Réponse toujours attendue" in page)
    assert shown == {TODAY: (True, False), date(2026, 3, 17): (True, True)}


def test_nobody_is_pressed_for_what_is_not_due_yet(world, shared):
    actions.send_message(world.ref, shared, text="Pour l'été ?", answer_due_on=date(2026, 3, 24))
    assert set(Deadline.objects.filter(kind__in=OF_ANSWER).values_list("kind", flat=True)) == {"answer", "answer_path"}


# --- attachments by reference -------------------------------------------------------------------------------------
def inside(world, dossier):
    """A step that stays in the association."""
    aim = actions.add_objective(world.ref, dossier, aim="26.0", shared=False)
    return actions.add_plan_step(world.ref, dossier, text="Avocate", holder="association", objective=aim)


@pytest.fixture
def pointed(world, shared):
    """A shared step, one of the association alone, a training, an appointment with the adviser and one without."""
    step = actions.add_plan_step(world.ref, shared, text="Cours du matin", holder="person")
    own = inside(world, shared)
    placement = actions.record_placement(world.ref, shared, title="Atelier couture", starts_on=TODAY)
    at = datetime(2026, 3, 20, 14, 30, tzinfo=clock.PARIS)
    both = actions.make_appointment(world.ref, shared, at=at, title="Rendez-vous", place="", with_adviser=True)
    alone = actions.make_appointment(world.ref, shared, at=at, title="Bilan", place="")
    return {"step": step, "own": own, "placement": placement, "both": both, "alone": alone}


def test_what_a_message_may_point_to(world, shared, pointed):
    for actor in (world.ref, world.emp):
        offered = liaison.references(actor, seen_by(actor, shared))
        assert set(offered) == {f"s:{pointed['step'].pk}", f"p:{pointed['placement'].pk}", f"a:{pointed['both'].pk}"}


def test_a_reference_is_shown_to_who_reads_it_and_copies_nothing(world, shared, pointed):
    worker, adviser = browser(world.worker), browser(world.adviser)
    given = {"text": "Voir l'étape.", "answer_due_on": "", "answers": "", "references": [f"s:{pointed['step'].pk}"]}
    assert worker.post(thread_of(shared), {**given, "references": [f"s:{pointed['own'].pk}"]}).status_code == 422
    assert worker.post(thread_of(shared), given).status_code == 303
    row = LiaisonMessage.objects.get()
    key = seen_by(world.ref, shared).key_G1
    assert row.unseal(key) == {"text": "Voir l'étape.", "references": [f"s:{pointed['step'].pk}"]}
    text = adviser.get(thread_of(shared)).content.decode()
    assert text.count("Étape : Cours du matin") == 2  # under the message, and offered again
    actions.drop_plan_step(world.ref, pointed["step"])
    assert "Cours du matin" not in adviser.get(thread_of(shared)).content.decode()


# --- her agreement ------------------------------------------------------------------------------------------------
def test_she_shares_while_the_request_is_being_made(world, shared):
    """Before any commission: from the preparation of the file on, when she agrees; never at first contact."""
    assert shared.stage == "S1"
    assert people.seen(world.emp, shared.pk) is not None
    assert actions.send_message(world.emp, shared, text="Bonjour")
    met = make_person(world, "Bruyère", stage="S0")
    with pytest.raises(Refused):
        share(world, met)
    assert people.seen(world.emp, met.pk) is None


def test_taken_back_the_thread_closes_at_once(world, shared):
    asked = actions.send_message(world.emp, shared, text="Une garde ?", answer_due_on=TODAY)
    actions.send_message(world.ref, shared, text="Une place ?", answer_due_on=TODAY)
    adviser, worker = browser(world.adviser), browser(world.worker)
    assert adviser.get(thread_of(shared)).status_code == 200
    assert [m["id"] for m in homes.today(world.ref).waiting] == [asked.pk]
    people_actions.revoke_share(world.ref, shared.shares.get())
    assert adviser.get(thread_of(shared)).status_code == 404
    given = {"text": "x", "answer_due_on": "", "answers": ""}
    assert adviser.post(thread_of(shared), given).status_code == 404
    assert worker.post(thread_of(shared), given).status_code == 403
    text = worker.get(thread_of(shared)).content.decode()
    assert "Accord retiré le 10/03/2026 : fil en lecture seule" in text
    assert "Envoyer" not in text
    # Nothing waits any more: nobody could answer.
    assert homes.today(world.ref).waiting == []
    assert not Deadline.objects.filter(kind="answer", cancelled_on=None, done_on=None).exists()


# --- what it measures ---------------------------------------------------------------------------------------------
@pytest.fixture
def convention(world):
    director = make_membership("EMP", organisation=world.agency, department="31")
    manager, head = actor_of(world.manager, stepped_up=True), actor_of(director, stepped_up=True)
    row = conventions.draft_convention(
        manager,
        department="31",
        title="Convention",
        association=world.association,
        agency=world.agency,
        starts_on=TODAY,
        ends_on=TODAY + timedelta(days=364),
        axes=[{"title": "Relations", "indicators": [{"measure": "answer_days", "target": 2}]}],
    )
    conventions.sign_convention(manager, row)
    return conventions.sign_convention(head, row)


def test_days_to_answer(world, shared, convention):
    assert measures.answer_days(convention, TODAY) == NOTHING
    asked = actions.send_message(world.ref, shared, text="?", answer_due_on=TODAY)
    other = actions.send_message(world.emp, shared, text="?", answer_due_on=TODAY)
    with clock.at(date(2026, 3, 12)):
        actions.send_message(world.emp, shared, text="!", answers=asked)
    assert measures.answer_days(convention, date(2026, 3, 12)) == Point(Decimal("2.0"), 2)
    # Friday the 13th, then Monday: what waits counts as far as the day of the measure.
    assert measures.answer_days(convention, date(2026, 3, 16)) == Point(Decimal("3.0"), 2)
    conventions.write_to_party(world.mgr, convention, text="?", answer_due_on=TODAY)
    assert measures.answer_days(convention, date(2026, 3, 16)).facts == 3
    # As it was that day: the answer that came later is not known yet.
    assert measures.answer_days(convention, date(2026, 3, 11)) == Point(Decimal("1"), 3)
    assert other.answered_by_id is None
    away = make_world("30", "Ailleurs")
    theirs = make_person(away, "Iris")
    share(away, theirs)
    actions.send_message(away.ref, theirs, text="?", answer_due_on=TODAY)
    assert measures.answer_days(convention, TODAY).facts == 3


def test_shared_diagnosis_in_thirty_days(world, shared, convention):
    late = make_person(world, "Bruyère")
    share(world, late)
    assert measures.diagnosis_in_time(convention, TODAY + timedelta(days=29)) == NOTHING
    with clock.at(TODAY + timedelta(days=30)):
        actions.add_plan_step(world.ref, shared, text="Cours", holder="person")
        inside(world, late)
    with clock.at(TODAY + timedelta(days=31)):
        actions.add_plan_step(world.ref, late, text="Cours", holder="person")
    assert measures.diagnosis_in_time(convention, TODAY + timedelta(days=30)) == Point(Decimal("50.00"), 2)
    assert measures.diagnosis_in_time(convention, TODAY + timedelta(days=400)) == NOTHING


def test_persons_at_work_or_in_training(world, shared, convention):
    assert measures.outcomes(convention, TODAY) == Point(Decimal(0), 1)
    for kind, start in (("immersion", 1), ("training", 2), ("job", 9)):
        actions.record_placement(world.ref, shared, title="x", kind=kind, starts_on=TODAY + timedelta(days=start))
    found = [measures.outcomes(convention, TODAY + timedelta(days=n)).value for n in (1, 2, 30)]
    assert found == [0, 1, 1]
