"""The payer's sheet has four eyes; the amount of an order wins; a refusal of the aid has its delay."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from jalon.access import Hidden, Refused
from jalon.config import clock
from jalon.directory.tests.factories import make_actor
from jalon.journal.models import Entry
from jalon.journal.verify import verify
from jalon.journeys import actions, papers, reads
from jalon.journeys.models import AfisMonth, PayerLine, PayerSheet
from jalon.journeys.states import SHEET, SheetState
from jalon.notices.reads import opened
from jalon.papers.tests.reading import read
from jalon.people.models import Dossier
from jalon.people.tests.factories import IDENTITY, make_team

from .factories import REASONS, make_notified, mine, on, told

ALLOWED = {"prepared": {"release_sheet", "discard_sheet"}, "released": set()}


@pytest.mark.parametrize("state", SheetState.values)
def test_pairs(state):
    assert set(SHEET.verbs(state)) == ALLOWED[state]


def grant(team, decision, **given):
    return actions.decide_afis(team.actor("PRE"), mine(team, decision.dossier, "PRE"), **given)


@pytest.mark.django_db
def test_one_prepares_another_of_the_service_releases():
    team = make_team()
    decision = make_notified(team)
    first = team.actor("SEC")
    second = make_actor("SEC", team.sec.organisation, team.department, stepped_up=True)
    with on(decision.signed_on):
        with told("Rien n'attend"):
            actions.prepare_sheet(first)
        grant(team, decision, granted=True, children=1, amount=Decimal("450.00"))
        sheet = actions.prepare_sheet(first)
        with pytest.raises(Refused):  # sent twice: nothing waits any more
            actions.prepare_sheet(first)
        with told("Une autre personne"):
            actions.release_sheet(first, sheet)
        with told("valide d'abord"):
            papers.payer_sheet(first, sheet)
        for stranger in (team.actor("PRE"), team.actor("REF"), make_team("13").actor("SEC")):
            with pytest.raises((Refused, Hidden)):
                actions.release_sheet(stranger, sheet)
        with transaction.atomic(), pytest.raises(IntegrityError):  # the database refuses it as well
            PayerSheet.objects.filter(pk=sheet.pk).update(released_by=sheet.prepared_by_id)
        actions.discard_sheet(first, sheet)
        assert PayerLine.objects.get().sheet_id is None
        sheet = actions.prepare_sheet(first)
        actions.release_sheet(second, sheet)
        sheet.refresh_from_db()
        with pytest.raises(Refused):
            actions.release_sheet(second, sheet)
        with pytest.raises(Refused):
            actions.discard_sheet(first, sheet)
        made = papers.payer_sheet(first, sheet)
    printed = read(made.content)
    said = printed.text.replace("\u202f", " ").replace("\xa0", " ")
    assert "450,00" in said
    assert decision.dossier.number in said
    assert not any(IDENTITY[name].lower() in said.lower() for name in ("family_name", "alias") if name in IDENTITY)
    assert Entry.objects.get(verb="release_sheet").conditions == "foureyes+stepup"
    assert verify(records=True).vanished == 0


@pytest.mark.django_db
def test_the_pages_of_the_sheet():
    team = make_team()
    decision = make_notified(team)
    with on(decision.signed_on):
        grant(team, decision, granted=True)
        client = team.browser("SEC", stepped_up=True)
        assert "Préparer la liste" in client.get(reverse("journeys:payer")).content.decode()
        where = client.post(reverse("journeys:prepare_sheet"))["Location"]
        assert "343,20" in client.get(where).content.decode().replace("\xa0", " ")
        sheet = PayerSheet.objects.get()
        assert client.post(reverse("journeys:release_sheet", args=[sheet.pk])).status_code == 403
        for stranger in (team.browser("REF"), make_team("13").browser("SEC", stepped_up=True)):
            assert stranger.get(where).status_code == 404


@pytest.mark.django_db
def test_the_printed_amount_wins_and_the_difference_is_shown():
    team = make_team()
    decision = make_notified(team)
    with on(decision.signed_on):
        grant(team, decision, granted=True, children=1, amount=Decimal("450.00"))
    with on(decision.signed_on + timedelta(days=40)):
        actions.change_children(team.actor("REF"), mine(team, decision.dossier), on=clock.today(), children=2)
        found = reads.afis(decision.dossier, clock.today())
        page = team.browser("REF").get(reverse("journeys:rights", args=[decision.dossier_id])).content.decode()
    amounts = [Decimal(row.unseal()["amount"]) for row in AfisMonth.objects.order_by("month")]
    assert amounts[0] == Decimal("450.00")
    assert amounts[-1] == Decimal("555.36")  # other children, the scale again
    assert (found.printed, found.computed) == (Decimal("450.00"), Decimal("449.28"))
    assert "Montant écrit dans l'arrêté" in page
    assert "l&#x27;écrit l&#x27;emporte" in page or "l'écrit l'emporte" in page
    assert list(PayerLine.objects.order_by("pk").values_list("event", flat=True).order_by("event")) == [
        "children",
        "granted",
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("routes", [REASONS["appeal_routes"], ""])
def test_a_refused_aid_may_be_challenged_from_its_notification(routes):
    team = make_team()
    decision = make_notified(team)
    secretary = team.browser("SEC", stepped_up=True)
    with on(decision.signed_on):
        refused = grant(team, decision, granted=False, reason="Perçoit l'ADA.", appeal_routes=routes)
        rights = reverse("journeys:rights", args=[decision.dossier_id])
        assert "Pas encore notifiée" in team.browser("REF").get(rights).content.decode()
        for stranger in (team.actor("REF"), make_team("13").actor("SEC")):
            with pytest.raises((Refused, Hidden)):
                actions.notify_afis(stranger, refused)
        assert "à notifier" in secretary.get(reverse("journeys:decision", args=[decision.pk])).content.decode()
        sending = reverse("journeys:notify_afis", args=[refused.pk])
        assert secretary.post(sending).status_code == 303
        assert secretary.post(sending).status_code == 403  # twice
        page = team.browser("REF").get(rights).content.decode()
    assert ("recours possible devant le tribunal" in page) == bool(routes)
    assert ("n'ont pas été mentionnées" in page) == (not routes)
    assert "APP-1" in page
    assert opened().get(kind="appeal").key == refused.pk
    assert not PayerLine.objects.exists()
    with on(decision.signed_on), pytest.raises(ValidationError):
        grant(team, decision, granted=False)


@pytest.mark.django_db
def test_after_a_transfer_the_former_department_tells_what_waits_and_rereads_nothing():
    team, there = make_team(), make_team("13", "Association du Sud")
    decision = make_notified(team)
    first, second = team.actor("SEC"), make_actor("SEC", team.sec.organisation, team.department, stepped_up=True)
    with on(decision.signed_on):
        grant(team, decision, granted=True, children=1, amount=Decimal("450.00"))
        Dossier.objects.filter(pk=decision.dossier_id).update(department="13", organisation=there.organisation)
        sheet = actions.prepare_sheet(first)  # what it decided, it still tells
        assert len(reads.payer_lines(second, sheet)) == 1
        actions.release_sheet(second, sheet)
        for reader in (first, second, there.actor("SEC")):
            assert reads.payer_lines(reader, sheet) == []
        page = team.browser("SEC").get(reverse("journeys:payer_sheet", args=[sheet.pk])).content.decode()
        assert decision.dossier.number not in page
        Dossier.objects.filter(pk=decision.dossier_id).update(department=team.department)
        assert len(reads.payer_lines(first, sheet)) == 1
