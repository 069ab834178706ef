"""Every computed date and amount of the pathway says its rule; a written one wins, and the difference is shown."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from jalon.journeys import actions, lawful, reads, reasons
from jalon.journeys.models import AfisGrant, AfisMonth, Decision
from jalon.law.dates import period_end
from jalon.law.periods import Span
from jalon.people.tests.factories import make_team
from jalon.ui import html
from jalon.ui.tests.folded import block_of, folded, leads_to_an_article, rule_ids
from jalon.vault import keys

from .factories import (
    REFUSAL,
    SIGNATORY,
    make_draft,
    make_notified,
    make_opined,
    make_refused,
    make_renewed,
    mine,
    on,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return make_team()


def page_of(team, role, name, *args, **given):
    response = team.browser(role, **given).get(reverse(f"journeys:{name}", args=args))
    assert response.status_code == 200
    return response.content.decode()


def told(day):
    return f"calculé : {day:%d/%m/%Y}"


def granted(team, children=1):
    decision = make_notified(team)
    with on(decision.signed_on):
        actions.decide_afis(team.actor("PRE"), mine(team, decision.dossier, "PRE"), granted=True, children=children)
    return decision


# --- periods ------------------------------------------------------------------------------------------------------
def test_the_periods_say_their_rules_and_the_orders_read(team):
    decision = make_notified(team)
    with on(decision.signed_on + timedelta(days=40)):
        page = page_of(team, "REF", "journey", decision.dossier_id)
    assert {"DUR-1", "DUR-2", "DUR-3", "DUR-4", "REN-1", "REN-2"} <= rule_ids(page)
    block = block_of(page, "DUR-1")
    assert f"{decision.signed_on:%d/%m/%Y}, notifiée le {decision.notified_on:%d/%m/%Y}" in block
    block = block_of(page, "DUR-4")
    assert "24 mois, depuis le 31/10/2016" in block
    assert "solidarites.gouv.fr" in block
    assert "à confirmer par un juriste (façon de les compter)" in block
    for rule_id in rule_ids(page):
        assert leads_to_an_article(page, rule_id)
    assert "calculé :" not in page


def test_printed_dates_win_and_the_computed_ones_are_shown(team):
    draft = make_draft(team)
    day = draft.drafted_on
    start, end = day + timedelta(days=10), period_end(day, 6)
    with on(day):
        given = {"effective_on": start, "ends_on": end}
        decision = actions.sign_decision(team.actor("PRE"), draft, **given, **SIGNATORY)
        pages = [page_of(team, "REF", "journey", decision.dossier_id), page_of(team, "REF", "decision", decision.pk)]
    for page in pages:
        shown = page.replace("&#x27;", "'")
        assert f"{start:%d/%m/%Y}" in shown
        assert f"{end:%d/%m/%Y}" in shown
        assert told(day) in shown  # without its printed date, it would start on the day of the signature
        assert told(period_end(start, 6)) in shown
        assert "l'écrit l'emporte" in shown
    assert "effet au" in block_of(pages[0], "DUR-2")


def test_a_renewal_printed_later_shows_the_day_after_the_end(team):
    first = make_notified(team)
    second = make_renewed(team, first)
    after = period_end(first.signed_on, 6) + timedelta(days=1)
    second.effective_on = after + timedelta(days=5)
    second.save()
    with on(second.signed_on):
        decisions = reads.decisions_of(second.dossier)
        assert lawful.computed_start(decisions[1], decisions) == after
        actions.common.materialise(second.dossier, actor=team.actor("PRE"))
        page = page_of(team, "REF", "journey", first.dossier_id)
    assert told(after) in page


def test_an_order_that_opens_nothing_has_no_computed_period(team):
    first = make_notified(team)
    whole = lawful.opening("authorise", first.signed_on, [], ends_on=period_end(first.signed_on, 24))
    assert whole.end_reason == "printed"
    assert whole.computed_end == period_end(first.signed_on, 6)
    assert lawful.opening("renew", first.signed_on, []) is None  # nothing runs before it
    assert lawful.opening("authorise", first.signed_on, [first]) is None  # it would overlap
    first.signed_on = None
    assert lawful.computed_start(first, []) is None


def test_the_draft_says_what_it_would_open(team):
    draft = make_draft(team)
    with on(draft.drafted_on):
        page = page_of(team, "PRE", "draft", draft.application_id, stepped_up=True)
        end = period_end(draft.drafted_on, 6)
        assert f"du {draft.drafted_on:%d/%m/%Y} au {end:%d/%m/%Y}" in page
        assert "calculé :" not in page
        later = draft.drafted_on + timedelta(days=3)
        actions.draft_decision(team.actor("SEC"), draft.application, kind="authorise", effective_on=later, ends_on=end)
        page = page_of(team, "PRE", "draft", draft.application_id, stepped_up=True)
    assert told(draft.drafted_on) in page
    assert told(period_end(later, 6)) in page
    assert {"DEC-1", "DUR-2", "DUR-3", "DUR-4"} <= rule_ids(page)
    assert f"{draft.drafted_on:%d/%m/%Y}" in block_of(page, "DUR-2")


def test_what_comes_next_says_its_rules(team):
    decision = make_notified(team)
    with on(decision.signed_on + timedelta(days=100)):
        page = page_of(team, "REF", "renew", decision.dossier_id)
        assert {"DUR-3", "DUR-4", "REN-1"} <= rule_ids(page)
        assert "Temps restant" in block_of(page, "DUR-3")
        assert {"TRF-1"} <= rule_ids(page_of(team, "REF", "transfer", decision.dossier_id))
        assert {"DUR-2", "DUR-4"} <= rule_ids(page_of(team, "REF", "exit", decision.dossier_id))
        early = page_of(team, "PRE", "end_early", decision.dossier_id, stepped_up=True)
    assert {"DUR-6", "G9", "DEC-2"} <= rule_ids(early)


# --- appeals ------------------------------------------------------------------------------------------------------
def test_the_appeal_limit_says_its_rule_and_silence_its_day(team):
    decision = make_refused(team)
    day = decision.notified_on + timedelta(days=20)
    with on(day):
        page = page_of(team, "REF", "decision", decision.pk)
        block = block_of(page, "APP-1")
        assert f"{decision.notified_on:%d/%m/%Y}" in block
        assert "2 mois, depuis le 01/01/2016" in block
        assert leads_to_an_article(page, "APP-1")
        assert "sans réponse, rejet le" not in page
        filed = actions.file_appeal(team.actor("REF"), decision, kind="gracious", filed_on=day)
        page = page_of(team, "REF", "decision", decision.pk)
        limits = lawful.limits(decision, [filed], True)
        assert f"sans réponse, rejet le {limits.appeals[0].implicit_rejection_on:%d/%m/%Y}" in page
        assert {"APP-1", "APP-2", "APP-3", "DEC-1", "DEC-2", "G5"} <= rule_ids(page)
        assert f"déposé le {day:%d/%m/%Y}" in block_of(page, "APP-2")
        actions.answer_appeal(team.actor("SEC", stepped_up=True), filed, outcome="rejected", answered_on=day)
        assert "sans réponse, rejet le" not in page_of(team, "REF", "decision", decision.pk)


# --- aid ----------------------------------------------------------------------------------------------------------
def test_an_amount_says_its_scale_its_month_and_its_reading(team):
    decision = granted(team)
    month = AfisMonth.objects.order_by("month").first()
    with on(month.due_on):
        page = page_of(team, "REF", "rights", decision.dossier_id)
    block = block_of(page, "AFIS-2")
    assert f"{html.euro(Decimal('343.20'))} par mois, depuis le 01/07/2022" in block
    assert "Décret n° 2022-1340 du 19 octobre 2022" in block
    assert "Enfants à charge" in block
    assert "un mois est payé quand son dernier jour est accordé" in block
    assert "à confirmer par un juriste" in block  # MON-1 has no text
    assert leads_to_an_article(page, "AFIS-2")
    assert "calculé :" not in page


def test_another_amount_than_the_scale_is_shown(team):
    decision = granted(team)
    row = AfisMonth.objects.order_by("month").first()
    slot = keys.fetch(decision.dossier_id, "G1")
    row.seal({**row.unseal(slot), "amount": "330.00"}, slot)
    row.save()
    with on(row.due_on):
        aid = reads.afis(decision.dossier, row.due_on)
        page = page_of(team, "REF", "rights", decision.dossier_id)
    assert [month.row.pk for month in aid.told] == [row.pk]
    assert aid.months[0].computed == Decimal("449.28")
    assert html.euro(Decimal("330.00")) in page
    assert f"calculé : {html.euro(Decimal('449.28'))}" in page


def test_what_is_still_due_after_a_payment_is_told(team):
    decision = granted(team)
    row = AfisMonth.objects.order_by("month").first()
    with on(row.due_on):
        actions.record_payment(team.actor("REF"), row, paid_on=row.due_on)
        row.refresh_from_db()
        slot = keys.fetch(decision.dossier_id, "G1")
        row.seal({**row.unseal(slot), "paid": "343.20"}, slot)
        row.save()
        page = page_of(team, "REF", "rights", decision.dossier_id)
    assert f"reste {html.euro(Decimal('106.08'))}" in page
    assert "AFIS-6" in rule_ids(page)


def test_no_scale_before_the_first_one():
    assert lawful.amount_of(date(2010, 1, 1), 0, "31") is None


# --- what is particular to a department ---------------------------------------------------------------------------
@pytest.mark.parametrize(("department", "limit", "told"), [("67", 29, "Alsace et Moselle"), ("30", 26, "")])
def test_the_department_s_own_holidays_push_the_delay(department, limit, told):
    """Notified on 25 October 2025: the day after Christmas, a Friday, is a holiday in Strasbourg only."""
    refused = Decision(kind="refuse", department=department, notified_on=date(2025, 10, 25))
    limits = lawful.limits(refused, [], True)
    assert limits.court_limit == date(2025, 12, limit)
    assert dict(reasons.of_limits(refused, limits, [])[0].inputs).get("Jours fériés", "") == told
    aid = AfisGrant(notified_on=date(2025, 10, 25))
    assert lawful.aid_limits(aid, True, department) == limits
    assert dict(reasons.of_aid_refusal(aid, limits, department)[0].inputs).get("Jours fériés", "") == told


def test_the_aid_of_mayotte_has_its_scale():
    assert lawful.amount_of(date(2026, 1, 1), 1, "976") == Decimal("216.00")
    span = Span(date(2026, 1, 1), date(2026, 1, 31))
    assert lawful.schedule([span], department="976", children=0).total == Decimal("165.00")


# --- residence ----------------------------------------------------------------------------------------------------
def test_a_printed_end_of_permit_wins(team):
    decision = make_notified(team)
    with on(decision.signed_on):
        day = decision.signed_on
        dossier = mine(team, decision.dossier)
        printed = period_end(day, 6) - timedelta(days=9)
        actions.record_permit(team.actor("REF"), dossier, kind="aps_l425_4", issued_on=day, valid_to=printed)
        page = page_of(team, "REF", "rights", decision.dossier_id)
        assert told(period_end(day, 6)) in page
        block = block_of(page, "APS-2")
        assert "6 mois, depuis le" in block
        assert f"du {day:%d/%m/%Y} au {printed:%d/%m/%Y}" in block
        assert "à confirmer par un juriste" in block_of(page, "APS-4")
        form = page_of(team, "REF", "new_permit", decision.dossier_id)
        assert {"APS-2", "PER-1"} <= rule_ids(form)


def test_a_computed_end_of_permit_has_nothing_beside_it(team):
    decision = make_notified(team)
    with on(decision.signed_on):
        dossier = mine(team, decision.dossier)
        actions.record_permit(team.actor("REF"), dossier, kind="aps_l425_4", issued_on=decision.signed_on)
        page = page_of(team, "REF", "rights", decision.dossier_id)
    assert "durée calculée" in page
    assert "calculé :" not in page


def test_the_desk_s_list_is_explained(team):
    from .test_views import share

    decision = make_notified(team)
    with on(decision.signed_on + timedelta(days=3)):
        share(team, decision)
        page = team.browser("ETR").get("/").content.decode()
    assert {"DUR-3", "APS-2", "APS-3"} <= rule_ids(page)
    assert len(folded(page)) == 1  # one for the list


def test_no_name_in_the_reasons(team):
    decision = granted(team)
    with on(decision.signed_on):
        for name in ("journey", "rights"):
            blocks = " ".join(folded(page_of(team, "REF", name, decision.dossier_id)))
            assert blocks
            for word in ("Capucine", "Zelenkova", "BG", "bulgare"):
                assert word not in blocks


def test_an_unfavourable_opinion_still_shows_what_an_authorisation_opens(team):
    application = make_opined(team, outcome="unfavourable")
    draft = make_draft(team, application, kind="refuse", **REFUSAL)
    with on(draft.drafted_on):
        found = reads.would_open(application, draft)
    assert (found.start, found.computed_start) == (draft.drafted_on, draft.drafted_on)
