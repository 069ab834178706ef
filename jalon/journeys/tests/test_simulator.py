"""The simulator: its figures are the law room's, bad input stays at its field, nothing is written, nothing is read."""

import html as text
import re
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.urls import reverse

from jalon.config import clock
from jalon.journal.models import Entry
from jalon.journeys import simulator
from jalon.journeys.simulator import Cover, Misfit, Order, Scenario, Settings, simulate
from jalon.journeys.simulator.forms import SimulatorForm
from jalon.journeys.simulator.rows import MOST
from jalon.law import afis, appeal, journey, residence, rsa
from jalon.law.dates import Duration
from jalon.law.periods import Span
from jalon.papers.tests.reading import read
from jalon.people.tests.factories import make_team

from .factories import on

pytestmark = pytest.mark.django_db
TODAY = date(2026, 7, 18)
URL = "/simulator/"
FORM = '<form method="post" id="simulateur"'
ALONE = {
    "as_of": "18/07/2026",
    "aid": "granted",
    "territory": "metropole",
    "nationality": "other",
    "protected_status": "none",
    "cap_mode": "cumulative",
    "month_rule": "touched",
    "change_effective": "first_of_next_month",
    "total_cap": "no",
    "holidays": "metropole",
}


@pytest.fixture
def team():
    return make_team()


def day(iso):
    year, month, number = iso.split("-")
    return f"{number}/{month}/{year}"


def sent(orders=(), **given):
    """What the page posts: rows as (kind, signed, {more}), and other fields as they are typed."""
    data = dict(ALONE)
    for at, (kind, signed, *more) in enumerate(orders):
        data |= {f"orders_{at}_kind": kind, f"orders_{at}_signed_on": day(signed)}
        data |= {f"orders_{at}_{name}": day(value) for name, value in (more[0] if more else {}).items()}
    return data | given


def rows(name, *lines):
    return {f"{name}_{at}_{part}": value for at, line in enumerate(lines) for part, value in line.items()}


def ask(team, data, role="REF", **more):
    with on(TODAY):
        return team.browser(role).post(URL, {**data, **more})


def words(response):
    return text.unescape(response.content.decode())


def cells(page, table):
    """The lines of one table of the page, without the last column, which is the reasons."""
    body = re.search(rf'aria-labelledby="{table}">\s*<thead>.*?</table>', page, re.S)
    assert body, f"no table {table}"
    found = []
    for line in re.findall(r"<tr>(.*?)</tr>", body[0], re.S)[1:]:
        values = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", re.sub(r"<details.*?</details>", "", line, flags=re.S), re.S)
        found.append([re.sub(r"<[^>]+>", "", value).strip() for value in values[:-1]])
    return found


PLAIN = [("authorise", "2026-01-15")]
# --- scenarios through the page: what the law room gives, and what the page must show -------------------------------
SCENARIOS = {
    "X01 plain path": (
        sent(PLAIN, projected="3"),
        ["Parcours jusqu'au 14/01/2028, 24 mois utilisés : il ne reste rien des 24 mois."],
        "periodes",
        [["15/01/2026", "14/07/2026"], ["15/07/2026", "14/01/2027"], ["15/01/2027", "14/07/2027"],
         ["15/07/2027", "14/01/2028"]],
    ),
    "X01 reminders": (
        sent(PLAIN), ["6 mois utilisés, 18 restants"], "rappels",
        [["16/03/2026", "15/04/2026", "15/05/2026", "14/06/2026", "29/06/2026"]],
    ),
    "X02 month end": (
        sent([("authorise", "2026-08-31")], projected="3"), [], "periodes",
        [["31/08/2026", "28/02/2027"], ["01/03/2027", "31/08/2027"], ["01/09/2027", "29/02/2028"],
         ["01/03/2028", "31/08/2028"]],
    ),
    "X02 calendar": (
        sent([("authorise", "2026-08-31")], projected="3", cap_mode="calendar"), ["Au plus tard le 30/08/2028"],
        "periodes",
        [["31/08/2026", "28/02/2027"], ["01/03/2027", "31/08/2027"], ["01/09/2027", "29/02/2028"],
         ["01/03/2028", "30/08/2028"]],
    ),
    "X03 leap year": (
        sent([("authorise", "2028-02-29")], projected="3"), [], "periodes",
        [["29/02/2028", "28/08/2028"], ["29/08/2028", "28/02/2029"], ["01/03/2029", "31/08/2029"],
         ["01/09/2029", "28/02/2030"]],
    ),
    "X04 early end": (
        sent([("authorise", "2026-01-15"), ("renew", "2026-07-15"),
              ("end_early", "2026-10-20", {"notified_on": "2026-10-22"})]),
        ["temps utilisé : 9 mois et 8 jours", "temps restant : 14 mois et 22 jours", "dernier mois octobre 2026",
         "23/12/2026"],
        "periodes",
        [["15/01/2026", "14/07/2026"], ["15/07/2026", "22/10/2026"]],
    ),
    "X05 late renewal": (
        sent([("authorise", "2026-01-01"), ("renew", "2026-07-28")]),
        ["27 jours", "12 mois utilisés, 12 restants", "Des jours ne sont couverts par aucune période."],
        "periodes",
        [["01/01/2026", "30/06/2026"], ["01/07/2026", "27/07/2026"], ["28/07/2026", "27/01/2027"]],
    ),
    "X06 late renewal, retroactive": (
        sent([("authorise", "2026-01-01"), ("renew", "2026-07-28", {"effective_on": "2026-07-01"})]),
        ["signée 27 jours après son début"], "periodes",
        [["01/01/2026", "30/06/2026"], ["01/07/2026", "31/12/2026"]],
    ),
    "X07 renewal refused": (
        sent([("authorise", "2026-01-01"), ("refuse_renewal", "2026-07-28", {"notified_on": "2026-07-30"})],
             as_of="01/08/2026"),
        ["6 mois utilisés, 18 restants", "renouvellement refusé", "dernier mois juin 2026"], "recours",
        [["Refus de renouvellement", "30/07/2026", "voies de recours écrites", "01/10/2026"]],
    ),
    "X14 the scale of 2022": (
        sent([("authorise", "2022-03-01")]), ["6 mois, 2 006,40 € au total", "4 × 330,00 € + 2 × 343,20 €"], "aide",
        [["mars 2022", "0", "330,00 €"], ["avril 2022", "0", "330,00 €"], ["mai 2022", "0", "330,00 €"],
         ["juin 2022", "0", "330,00 €"], ["juillet 2022", "0", "343,20 €"], ["août 2022", "0", "343,20 €"],
         ["Total", "", "2 006,40 €"]],
    ),
    "X16 a birth": (
        sent([("authorise", "2026-07-01")], **rows("births", {"on": "05/09/2026", "more": "more"})),
        ["La MSA confirme le mois", "2 377,44 €"], "aide",
        [["juillet 2026", "0", "343,20 €"], ["août 2026", "0", "343,20 €"], ["septembre 2026", "0", "343,20 €"],
         ["octobre 2026", "1", "449,28 €"], ["novembre 2026", "1", "449,28 €"], ["décembre 2026", "1", "449,28 €"],
         ["Total", "", "2 377,44 €"]],
    ),
    "X17 the RSA opens": (
        sent([("authorise", "2026-06-01")], nationality="french", birth_date="14/10/2001", aid_ended_on="05/11/2026",
             as_of="01/06/2026", **rows("benefits", {"kind": "rsa", "starts_on": "14/10/2026"})),
        ["à vérifier à partir du 14/10/2026", "dernier mois novembre 2026", "octobre 2026 (RSA), novembre 2026 (RSA)",
         "Trop-perçu possible : 686,40 €"],
        "periodes",
        [["01/06/2026", "30/11/2026"]],
    ),
    "X18 a European": (
        sent(PLAIN, nationality="european"), ["La nationalité dispense d'autorisation provisoire"], "periodes",
        [["15/01/2026", "14/07/2026"]],
    ),
    "X19 the permit comes late": (
        sent([("authorise", "2026-03-10")], aid_requested_on="01/02/2026", resources="0", birth_date="01/03/1999",
             **rows("documents", {"kind": "aps_l425_4", "issued_on": "25/05/2026"})),
        ["De la décision à l'autorisation provisoire : 76 jours", "aucun document n'est valable ce jour-là",
         "l'aide ne peut pas être accordée"],
        "sejour",
        [["Autorisation provisoire de séjour (APS)", "25/05/2026", "24/11/2026"],
         ["sans document (76 jours)", "10/03/2026", "24/05/2026"]],
    ),
    "X20 a complaint": (
        sent([("authorise", "2026-01-01"), ("renew", "2026-07-01")], complaint_on="20/04/2026", links_broken="on",
             aid_ended_on="18/08/2026",
             **rows("documents", {"kind": "first_receipt", "issued_on": "28/04/2026"},
                    {"kind": "card_l425_1", "issued_on": "01/08/2026"}),
             **rows("benefits", {"kind": "ada", "starts_on": "01/08/2026"})),
        ["Parcours jusqu'au 31/12/2026", "L. 425-1", "dernier mois août 2026", "août 2026 (ADA)",
         "Trop-perçu possible : 343,20 €"],
        "sejour",
        [["Récépissé de première demande", "28/04/2026", "27/08/2026"],
         ["Carte de séjour temporaire", "01/08/2026", "31/07/2027"]],
    ),
    "X21 a, calendar": (
        sent([("authorise", "2024-11-12"), ("renew", "2025-07-01"), ("renew", "2026-01-01"), ("renew", "2026-07-01")],
             cap_mode="calendar"),
        ["Au plus tard le 11/11/2026"], "periodes",
        [["12/11/2024", "11/05/2025"], ["12/05/2025", "30/06/2025"], ["01/07/2025", "31/12/2025"],
         ["01/01/2026", "30/06/2026"], ["01/07/2026", "11/11/2026"]],
    ),
    "X21 b, an early end and a new period": (
        sent([("authorise", "2025-03-01"), ("renew", "2025-08-20"),
              ("end_early", "2025-12-05", {"ends_on": "2025-12-10"}),
              ("authorise", "2026-06-01"), ("renew", "2026-11-15")], projected="1"),
        ["Parcours jusqu'au 20/08/2027"], "periodes",
        [["01/03/2025", "31/08/2025"], ["01/09/2025", "10/12/2025"], ["11/12/2025", "31/05/2026"],
         ["01/06/2026", "30/11/2026"], ["01/12/2026", "31/05/2027"], ["01/06/2027", "20/08/2027"]],
    ),
    "X22 a refusal": (
        sent([("refuse", "2026-09-08", {"notified_on": "2026-09-10"})]), ["Aucune période n'est ouverte"], "recours",
        [["Refus d'engagement", "10/09/2026", "voies de recours écrites", "12/11/2026"]],
    ),
    "X23 a gracious appeal": (
        sent([("refuse", "2026-03-10", {"notified_on": "2026-03-12"})],
             **rows("appeals", {"kind": "gracious", "received_on": "20/04/2026"})),
        [], "recours",
        [["Refus d'engagement", "12/03/2026", "voies de recours écrites", "21/08/2026"],
         ["Recours gracieux", "20/04/2026", "rejet par silence le 20/06/2026", "21/08/2026"]],
    ),
    "X24 a move changes nothing": (
        sent([("authorise", "2026-02-09"), ("renew", "2026-08-09")]),
        ["12 mois utilisés, 12 restants", "du 09/02/2027 au 08/08/2027"], "periodes",
        [["09/02/2026", "08/08/2026"], ["09/08/2026", "08/02/2027"]],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario(name, team):
    data, said, table, expected = SCENARIOS[name]
    response = ask(team, data)
    assert response.status_code == 200
    page = words(response)
    for sentence in said:
        assert sentence.replace("\u00a0", " ") in page.replace("\u202f", " ").replace("\u00a0", " "), sentence
    shown = [[cell.replace("\u202f", " ").replace("\u00a0", " ") for cell in line] for line in cells(page, table)]
    assert len(shown) >= len(expected)
    for line, wanted in zip(shown, expected, strict=False):
        assert [cell for cell in line if cell in wanted] == wanted, line


@pytest.mark.parametrize(("requested", "typed", "met"), [
    ("12/11/2026", "651,69", False), ("12/11/2026", "651,68", True), ("20/03/2025", "640,00", False),
])  # fmt: skip
def test_resources_at_the_line(requested, typed, met, team):
    """X15: strictly below the amount of the day of the request."""
    signed = "2026-11-20" if requested.endswith("2026") else "2025-03-28"
    data = sent([("authorise", signed)], nationality="french", birth_date="01/03/2003", resources=typed)
    page = words(ask(team, data, aid_requested_on=requested))
    assert ("les quatre conditions de l'aide sont remplies" in page) is met
    assert ("non strictement inférieures" in page) is not met
    line = next(line for line in cells(page, "conditions") if line[0] == "Ressources du foyer")
    assert line[1] == ("remplie" if met else "non remplie")


@pytest.mark.parametrize(("children", "amount"), [("0", "343,20 €"), ("2", "555,36 €"), ("5", "873,60 €")])
def test_children(children, amount, team):
    """X13"""
    lines = cells(words(ask(team, sent([("authorise", "2026-10-01")], children=children))), "aide")
    assert lines[0] == ["octobre 2026", children, amount.replace(" ", "\u00a0")]


# --- the calculation ------------------------------------------------------------------------------------------------
def test_every_part_is_what_the_law_room_gives():
    """One scenario with everything in it, part by part against the functions themselves."""
    documents = [
        residence.Document("aps_l425_4", date(2026, 2, 20)),
        residence.Document("renewal_receipt", date(2026, 8, 1), date(2026, 10, 31), work=True),
    ]
    orders = [
        Order("authorise", date(2026, 1, 15), notified_on=date(2026, 1, 20)),
        Order("renew", date(2026, 7, 20)),
        Order("refuse_renewal", date(2027, 1, 10), notified_on=date(2027, 1, 12), routes=False),
    ]
    made = simulate(
        Scenario(
            as_of=TODAY,
            orders=orders,
            meetings=[date(2026, 12, 1)],
            aid_requested_on=date(2026, 1, 2),
            children=1,
            births=[simulator.Child(date(2026, 9, 5))],
            resources=Decimal("120.00"),
            benefits=[Cover("ada", date(2026, 11, 3), date(2026, 11, 9))],
            could_claim=["rsa"],
            birth_date=date(2000, 5, 5),
            work_permit_since=date(2022, 1, 1),
            documents=documents,
            complaint_on=date(2026, 4, 20),
            health=[Cover("puma", date(2026, 3, 1), date(2026, 12, 31))],
            settings=Settings(month_rule="touched", holidays="alsace_moselle"),
        )
    )
    law = [journey.Order(one.kind, one.signed_on, notified_on=one.notified_on) for one in orders]
    assert made.journey == journey.journey(law, commission_dates=[date(2026, 12, 1)], as_of=TODAY)
    spans = [Span(date(2026, 1, 15), date(2026, 7, 14)), Span(date(2026, 7, 20), date(2027, 1, 19))]
    schedule = afis.schedule(
        spans,
        children=1,
        children_changes=[afis.ChildrenChange(date(2026, 9, 5), 2)],
        other_benefits=[afis.Benefit("ada", date(2026, 11, 3), date(2026, 11, 9))],
        month_rule="touched",
    )
    assert made.schedules == [schedule]
    assert [(one.month, one.amount, one.children) for one in made.months] == [
        (one.month, one.amount, one.children) for one in schedule.months
    ]
    assert made.total == schedule.total
    assert made.overlaps == list(schedule.overlap_months)
    assert made.eligibility == afis.eligibility(
        date(2026, 1, 15), date(2026, 1, 2), date(2000, 5, 5), "XX", Decimal("120.00"), documents, could_claim=["rsa"]
    )
    assert made.residence == residence.residence("XX", date(2026, 1, 15), spans, documents, date(2026, 4, 20))
    assert made.rsa == rsa.rsa_check(TODAY, date(2000, 5, 5), "XX", 1, work_permit_since=date(2022, 1, 1))
    [challenge] = made.challenges
    assert challenge.limits == appeal.appeal(date(2027, 1, 12), routes_mentioned=False, holidays="alsace_moselle")
    assert [(hole.start, hole.end) for hole in made.health_holes] == [
        (date(2026, 1, 15), date(2026, 2, 28)),
        (date(2027, 1, 1), date(2027, 1, 19)),
    ]
    assert {"AFIS-1", "AFIS-5", "AFIS-7", "APP-1", "DEC-2", "DUR-5", "PER-1", "REN-2", "RSA-1"} <= set(made.rules)


def test_a_new_pathway_after_an_early_end_has_its_own_months():
    """The decision that ended the first stops its months only; the month in which both have days is paid once."""
    made = simulate(
        Scenario(
            as_of=TODAY,
            orders=[
                Order("authorise", date(2025, 3, 1)),
                Order("end_early", date(2025, 6, 10), notified_on=date(2025, 6, 12)),
                Order("authorise", date(2025, 6, 20)),
            ],
            settings=Settings(month_rule="touched"),
        )
    )
    assert len(made.schedules) == 2
    assert [str(one.month) for one in made.months] == [f"2025-{month:02d}" for month in range(3, 13)]
    assert made.schedules[0].last_paid_month == made.schedules[1].months[0].month
    assert made.total == 10 * Decimal("343.20")


def test_a_printed_later_end_keeps_the_aid_until_then():
    made = simulate(
        Scenario(
            as_of=TODAY,
            orders=[
                Order("authorise", date(2026, 1, 15)),
                Order("end_early", date(2026, 3, 2), ends_on=date(2026, 4, 30)),
            ],
            settings=Settings(month_rule="touched"),
        )
    )
    assert str(made.months[-1].month) == "2026-04"
    assert made.journey.months_used == Duration(3, 16)


def test_resources_and_aid_capped_together():
    """CAP-1: 651.69 less 500.00 from April 2026; 646.52 less 500.00 before."""
    scenario = Scenario(
        as_of=TODAY,
        orders=[Order("authorise", date(2026, 1, 1))],
        resources=Decimal("500.00"),
        settings=Settings(total_cap=True),
    )
    made = simulate(scenario)
    assert [one.amount for one in made.months] == [Decimal("146.52")] * 3 + [Decimal("151.69")] * 3
    assert "CAP-1" in made.rules
    with pytest.raises(Misfit) as refused:
        simulate(Scenario(as_of=TODAY, orders=scenario.orders, settings=scenario.settings))
    assert refused.value.place == "resources"


def test_without_aid_no_month_and_without_health_no_gap():
    made = simulate(Scenario(as_of=TODAY, orders=[Order("authorise", date(2026, 1, 15))], aid=False))
    assert (made.months, made.schedules, made.eligibility) == ([], [], None)
    assert (list(made.health_holes), list(made.aid_holes)) == ([], [])


# --- the drawing and its table --------------------------------------------------------------------------------------
def test_the_drawing_and_its_table_say_the_same(team):
    data = sent([("authorise", "2026-01-15"), ("renew", "2026-08-20")], projected="1", complaint_on="01/03/2026",
                **rows("documents", {"kind": "aps_l425_4", "issued_on": "20/02/2026"}),
                **rows("health", {"kind": "puma", "starts_on": "01/03/2026", "ends_on": "31/12/2026"}))  # fmt: skip
    page = words(ask(team, data))
    drawing = re.search(r'<svg class="clock".*?</svg>', page, re.S)[0]
    table = re.search(r"<figure class=\"figure-clock\">.*?(<table.*?</table>)", page, re.S)[1]
    lines = re.findall(r"<tr><th scope=\"row\">(.*?)</th><td>(.*?)</td><td>(.*?)</td><td>(.*?)</td></tr>", table)
    assert 'role="img" aria-labelledby="simulation-t simulation-d"' in drawing
    assert drawing.count('class="seg ') == sum(line[0].startswith(("Partie", "Intervalle")) for line in lines) == 4
    gaps = [line for line in lines if line[1].startswith("sans")]
    assert drawing.count("url(#simulation-gap)") == len(gaps) == 5
    bars = drawing.count('class="bar ') + drawing.count('class="gap"')
    lanes = [line for line in lines if line[0] in ("Séjour", "AFIS", "Santé (écrite)")]
    assert bars == len(lanes)
    assert drawing.count('class="dot hollow"') == sum(line[1] == "plainte" for line in lines) == 1
    assert [line[2:] for line in lines if line[0].startswith("Partie")] == [
        ("15/01/2026", "14/07/2026"), ("20/08/2026", "19/02/2027"), ("20/02/2027", "19/08/2027"),
    ]  # fmt: skip
    assert ("Intervalle", "sans parcours", "15/07/2026", "19/08/2026") in lines
    assert ("Séjour", "sans document", "15/01/2026", "19/02/2026") in lines
    assert ("Santé (écrite)", "PUMa", "01/03/2026", "31/12/2026") in lines
    assert "au 18/07/2026</text>" in drawing
    assert "Santé (écrite) : jours non couverts du 15/01/2026 au 28/02/2026" in drawing
    assert "Aucun calcul ne dit les droits à la santé" in page


# --- the form -------------------------------------------------------------------------------------------------------
WRONG = {
    "a day that does not exist": (sent([("authorise", "2026-01-15")], orders_0_signed_on="31/02/2026"),
                                  "orders_0_signed_on", "ce mois a 28 jours"),
    "no order": (dict(ALONE), "orders_0_signed_on", "au moins un arrêté"),
    "a kind without its day": (dict(ALONE, orders_0_kind="renew"), "orders_0_signed_on", "Écrivez la date."),
    "a day without its kind": (dict(ALONE, orders_0_signed_on="15/01/2026"), "orders_0_kind", "Choisissez une"),
    "a renewal first": (sent([("renew", "2026-01-15")]), "orders_0_kind", "Aucune période ne précède"),
    "two periods at once": (sent([*PLAIN, ("authorise", "2026-03-01")]), "orders_1_signed_on", "avant la fin de la"),
    "two periods by effect": (sent([*PLAIN, ("renew", "2026-07-01", {"effective_on": "2026-07-01"})]),
                              "orders_1_effective_on", "avant la fin de la"),
    "an end before its start": (sent([("authorise", "2026-01-15", {"ends_on": "2026-01-01"})]),
                                "orders_0_ends_on", "précède le début"),
    "notified before signed": (sent([("authorise", "2026-01-15", {"notified_on": "2026-01-01"})]),
                               "orders_0_notified_on", "ne peut pas précéder la signature"),
    "an end without its day": (sent([*PLAIN, ("end_early", "2026-03-01")]), "orders_1_notified_on", "Écrivez le jour"),
    "an end outside": (sent([*PLAIN, ("end_early", "2026-09-01", {"notified_on": "2026-09-01"})]),
                       "orders_1_notified_on", "dans aucune période"),
    "a printed end outside": (sent([*PLAIN, ("end_early", "2026-09-01", {"ends_on": "2026-09-01"})]),
                              "orders_1_ends_on", "dans aucune période"),
    "a refusal with an end": (sent([("refuse", "2026-01-15", {"ends_on": "2026-09-01"})]), "orders_0_ends_on",
                              "Un refus"),
    "a refusal with an effect": (sent([("refuse", "2026-01-15", {"effective_on": "2026-09-01"})]),
                                 "orders_0_effective_on", "date d'effet"),
    "before the law": (sent([("authorise", "2010-01-15")]), "orders_0_signed_on", "trop ancienne"),
    "before the aid": (sent([("authorise", "2016-12-01")]), "orders_0_signed_on", "trop ancienne"),
    "a situation before the law": (sent(PLAIN, as_of="01/01/1950", birth_date="01/01/1940"), "as_of", "trop ancienne"),
    "the blank row does not count": (
        sent([*PLAIN, ("renew", "2026-07-15"), ("authorise", "2026-03-01")], orders_1_kind="", orders_1_signed_on=""),
        "orders_2_signed_on", "avant la fin de la"),
    "a document without an end": (sent(PLAIN, documents_1_kind="other_permit", documents_1_issued_on="01/02/2026"),
                                  "documents_1_valid_to", "fin de validité"),
    "a document that ends first": (
        sent(PLAIN, documents_0_kind="aps_l425_4", documents_0_issued_on="01/02/2026",
             documents_0_valid_to="01/01/2026"),
        "documents_0_valid_to", "ordre des deux dates"),
    "one child less than none": (sent(PLAIN, births_0_on="01/03/2026", births_0_more="less"), "births_0_more",
                                 "Aucun enfant"),
    "a benefit that ends first": (
        sent(PLAIN, benefits_0_kind="rsa", benefits_0_starts_on="01/02/2026", benefits_0_ends_on="01/01/2026"),
        "benefits_0_ends_on", "ordre des deux dates"),
    "a cover that ends first": (
        sent(PLAIN, health_0_kind="css", health_0_starts_on="01/02/2026", health_0_ends_on="01/01/2026"),
        "health_0_ends_on", "ordre des deux dates"),
    "an appeal against nothing": (sent(PLAIN, appeals_0_kind="gracious", appeals_0_received_on="01/02/2026"),
                                  "appeals_0_received_on", "Aucune décision défavorable"),
    "a rejection before its appeal": (
        sent([("refuse", "2026-03-10", {"notified_on": "2026-03-12"})], appeals_0_kind="gracious",
             appeals_0_received_on="20/04/2026", appeals_0_rejected_on="19/04/2026"),
        "appeals_0_rejected_on", "ordre des deux dates"),
    "asked after it was decided": (
        sent(PLAIN, aid_requested_on="01/06/2026", resources="0", birth_date="01/01/2000"), "aid_requested_on",
        "ordre des deux dates"),
    "asked before her birth": (
        sent(PLAIN, aid_requested_on="01/01/2026", resources="0", birth_date="02/01/2026"), "aid_requested_on",
        "ordre des deux dates"),
    "a cap without resources": (sent(PLAIN, total_cap="yes"), "resources", "ressources du foyer"),
    "an amount with a sign": (sent(PLAIN, resources="-5"), "resources", "négatif"),
    "too many children": (sent(PLAIN, children="21"), "children", "20 au plus"),
    "another nationality": (sent(PLAIN, nationality="RO"), "nationality", "de la liste"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_bad_input_stays_at_its_field(name, team):
    data, field, sentence = WRONG[name]
    response = ask(team, data)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert sentence in " ".join(response.context["form"].errors[field])
    page = words(response)
    assert sentence in page
    assert f'id="id_{field}_error"' in page
    assert re.search(rf'aria-describedby="[^"]*id_{field}_error', page)
    for value in (value for key, value in data.items() if key != field or value != "RO"):  # not an answer of the list
        assert f'value="{value}"' in page, f"{value} is lost"
    assert 'id="resultat"' not in page


def test_a_stranger_is_refused(team):
    assert ask(team, sent(PLAIN), name="Alizé").status_code == 400
    assert ask(team, sent(PLAIN), orders_12_kind="renew").status_code == 400
    assert ask(team, sent(PLAIN), **{"orders_0_kind ": "renew"}).status_code == 400
    with on(TODAY):
        assert team.browser("REF").post(URL, {**sent(PLAIN), "as_of": ["18/07/2026", "19/07/2026"]}).status_code == 400


def test_rows_grow_and_shrink_without_a_script_and_keep_what_is_typed(team):
    data = sent(PLAIN, documents_0_kind="aps_l425_4", documents_0_issued_on="31/02/2026", links_broken="on",
                could_claim=["rsa", "ada"], nationality="french")  # fmt: skip
    response = ask(team, data, add="orders")
    assert response.status_code == 200
    form, page = response.context["form"], words(response)
    assert form.counts["orders"] == 2
    assert not form.is_bound
    for kept in ('value="31/02/2026"', 'value="15/01/2026"', "Arrêté 2"):
        assert kept in page
    assert re.search(r'name="orders_1_kind"[^>]*autofocus', page), "the keyboard goes on in the new row"
    assert re.search(r'name="links_broken"[^>]*checked', page)
    assert re.search(r'name="could_claim" value="ada"[^>]*checked', page)
    assert re.search(r'name="nationality" value="french"[^>]*checked', page)
    assert "field-error" not in page
    two = {**data, "orders_1_kind": "renew", "orders_1_signed_on": "20/07/2026"}
    page = words(ask(team, two, remove="orders-0"))
    assert 'value="20/07/2026"' in page
    assert 'value="15/01/2026"' not in page
    assert "Arrêté 2" not in page
    assert ask(team, data, remove="orders-0").context["form"].counts["orders"] == 1
    for strange in ({"add": "x"}, {"remove": "orders-99"}, {"remove": "x"}, {"remove": "orders-²"}):
        assert ask(team, data, **strange).context["form"].counts["orders"] == 1


def test_a_list_stops_growing():
    form = SimulatorForm({f"meetings_{at}_on": "" for at in range(MOST)} | ALONE).again(add="meetings")
    assert form.counts["meetings"] == MOST
    assert form.lists["meetings"].full


def test_the_form_can_be_used_by_keyboard_and_heard(team):
    with on(TODAY):
        page = words(team.browser("REF").get(URL))
    assert 'value="18/07/2026"' in page
    main = page[page.index("<main") : page.index("</main>")]
    names = set(re.findall(r'<(?:input|select)[^>]*\bid="(id_[^"]+)"', main))
    labels = set(re.findall(r'<label for="(id_[^"]+)"', main))
    assert len(names) > 40
    assert names <= labels
    for part in re.findall(r"<fieldset[^>]*>\s*(.{0,7})", main):
        assert part == "<legend", part
    first = re.search(r'<button[^>]*type="submit"[^>]*>', main)[0]
    assert "name=" not in first, "the Enter key calculates"
    assert 'aria-hidden="true"' in first
    assert main.count('<form method="post"') == 1
    assert "(DUR-4)" in main
    assert "(MON-1)" in main
    assert "à confirmer" in main
    assert not re.search(r'name="[^"]*name"', main)
    answered = words(ask(team, sent(PLAIN)))
    assert re.search(r'<h2 id="resultat-titre" tabindex="-1" autofocus>', answered)
    assert answered.index("Parcours jusqu'au 14/07/2026") < answered.index('<svg class="clock"') < answered.index(FORM)
    assert answered.count('class="explain"') >= 6 + 3


# --- who, and what is left of it --------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", ["REF", "COL", "MGR", "EMP", "SEC", "PRE", "ETR"])
def test_open_to_professionals(role, team):
    with on(TODAY):
        client = team.browser(role)
        page = words(client.get(URL))
        assert "Rien n'est enregistré" in page
        assert f'href="{reverse("journeys:simulator")}"' in words(client.get("/aide/"))
        assert page.count(f'href="{URL}"') >= 2, "the header or the account menu, and the way to erase"


@pytest.mark.parametrize("role", ["ADM", "MEM", "DPO"])
def test_closed_to_others(role, team):
    with on(TODAY):
        client = team.browser(role)
        assert client.get(URL).status_code == 404
        assert client.post(URL, sent(PLAIN)).status_code == 404
        assert URL not in words(client.get("/aide/"))


def counts():
    with connection.cursor() as cursor:
        found = {}
        for name in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT COUNT(*) FROM "{name}"')
            found[name] = cursor.fetchone()[0]
    return found


def test_nothing_is_written_and_no_dossier_is_read(team, django_assert_max_num_queries):
    client = team.browser("REF")
    everything = sent(PLAIN, birth_date="14/10/2001", complaint_on="01/03/2026", resources="120,00")
    with on(TODAY):
        client.get(URL)
        before, last = counts(), Entry.objects.count()
        for more in ({}, {"add": "orders"}, {"to": "pdf"}, {"as_of": "hier"}):
            with django_assert_max_num_queries(4) as queries:
                client.post(URL, {**everything, **more})
            asked = " ".join(query["sql"] for query in queries.captured_queries)
            assert not re.search(r'"(people|dossiers|journeys|commissions|support)_', asked)
            assert not re.search(r"\b(INSERT|DELETE)\b", asked)
        assert counts() == before
        assert not Entry.objects.all()[last:].exists()


def test_what_is_typed_is_in_no_address(team):
    response = ask(team, sent(PLAIN, birth_date="14/10/2001"))
    assert response.request["QUERY_STRING"] == ""
    assert "Location" not in response.headers
    assert response.headers["Cache-Control"] == "no-store"
    page = words(response)
    assert not re.search(r'(?:href|action|src)="[^"]*(?:2001|14/10)', page)


# --- the paper --------------------------------------------------------------------------------------------------------
def test_the_paper_has_the_figures(team):
    data = sent([("authorise", "2026-01-15"), ("renew", "2026-08-20"),
                 ("refuse_renewal", "2027-02-01", {"notified_on": "2027-02-03"})],
                **rows("births", {"on": "05/09/2026", "more": "more"}),
                **rows("documents", {"kind": "aps_l425_4", "issued_on": "20/02/2026"}),
                **rows("health", {"kind": "puma", "starts_on": "01/03/2026"}))  # fmt: skip
    page = words(ask(team, data))
    response = ask(team, data, to="pdf")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Disposition"] == 'attachment; filename="simulation.pdf"'
    sheet = read(response.content)
    assert sheet.title == "Simulation d'un parcours"
    said = sheet.text.replace("\u202f", " ").replace("\u00a0", " ")
    assert "Parcours jusqu'au 19/02/2027, 12 mois utilisés, 12 restants." in said
    assert "elle ne décide rien" in said
    assert "Fait le 18 juillet 2026" in said
    plain = page.replace("\u202f", " ").replace("\u00a0", " ")
    for table in ("periodes", "rappels", "aide", "sejour", "sante", "recours"):
        for line in cells(plain, table):
            for cell in line:
                assert cell in said, (table, cell)
    for typed in ("Ce qui a été écrit", "naissance ou arrivée d'un enfant", "Signé le : 20/08/2026", "DUR-4", "MON-1"):
        assert typed in said


def test_the_paper_of_a_refusal_alone_and_in_english(team):
    data = sent([("refuse", "2026-03-10", {"notified_on": "2026-03-12"})])
    assert "13/05/2026" in read(ask(team, data, to="pdf").content).text
    client = team.browser("SEC")
    client.cookies["langue"] = "en"
    with on(TODAY):
        sheet = read(client.post(URL, {**data, "to": "pdf"}).content)
    assert sheet.language == "en"
    assert "simulation" in sheet.text


def test_a_bad_value_gives_no_paper(team):
    response = ask(team, sent(PLAIN, as_of="hier"), to="pdf")
    assert response.status_code == 422
    assert response.headers["Content-Type"].startswith("text/html")


def test_the_day_is_today_unless_it_is_typed():
    with on(TODAY):
        assert SimulatorForm().get_initial_for_field(SimulatorForm().fields["as_of"], "as_of") == clock.today()
