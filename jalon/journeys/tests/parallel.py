"""Run apart (``python -m jalon.journeys.tests.parallel``): each form of the pathway sent twenty times at once.

Prints, by form, the statuses that came back and what was written, and whether the trail still holds.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.parallel import print_told, send, send_all

SIGNERS = 4  # persons of one service who validate the same payment list at the same instant


def told() -> dict[str, Any]:
    from django.urls import reverse

    from jalon.config import clock
    from jalon.directory.tests.factories import browser, make_membership
    from jalon.dossiers.models import Application
    from jalon.dossiers.tests.factories import make_complete
    from jalon.journal.verify import verify
    from jalon.journeys import models
    from jalon.people.tests.factories import make_team

    from .factories import REASONS, SIGNATORY, make_opined

    found: dict[str, Any] = {}
    team = make_team()
    listed = [make_complete(team, alias=alias) for alias in ("Acanthe", "Bleuet", "Cosmos")]
    make_opined(team, *listed)
    # The threads live today: the meeting, and its opinions, are brought back to this day.
    meeting = listed[0].agenda_items.get().meeting
    type(meeting).objects.filter(pk=meeting.pk).update(on=clock.today())
    sec, pre, ref = (team.browser(role, stepped_up=True) for role in ("SEC", "PRE", "REF"))
    decisions, signed = models.Decision.objects, models.Decision.objects.filter(signed_on__isnull=False)
    today = f"{clock.today():%d/%m/%Y}"

    def tell(name: str, who: Any, key: str, form: dict[str, Any], effect: Callable[[], Any]) -> None:
        url = reverse(f"journeys:{name}", args=[key] if key else [])
        found[name] = {"statuses": send(who, url, form), "effect": effect()}

    one, two, three = (row.pk for row in listed)
    points = {"session-appeal_routes": REASONS["appeal_routes"]}
    for pk, kind in ((one, "authorise"), (two, "authorise"), (three, "refuse")):
        points |= {f"{pk}-kind": kind, f"{pk}-revision": "0"}
    points |= {f"{three}-{name}": REASONS[name] for name in ("reasons_of_law", "reasons_of_fact")}
    points[f"{three}-coded"] = "R02"
    tell("session", sec, meeting.pk, points, decisions.count)
    selection = [f"{row.pk}.{row.revision}" for row in decisions.all()]
    tell("sign_selection", pre, "", {**SIGNATORY, "selection": selection}, signed.count)
    granted, refused = decisions.get(application=one), decisions.get(application=three)
    dossier = granted.dossier_id
    for row in (granted, refused):
        tell("notify", sec, row.pk, {"language": "bg", "method": "hand"}, lambda: decisions.get(pk=refused.pk).state)
    tell("explain", ref, refused.pk, {"language": "bg"}, lambda: str(decisions.get(pk=refused.pk).explained_on))
    appeal = {"appeal-kind": "gracious", "appeal-filed_on": today}
    tell("appeal", ref, refused.pk, appeal, models.Appeal.objects.count)
    filed = models.Appeal.objects.first()
    answer = {"answer-outcome": "rejected", "answer-answered_on": today}
    tell("answer", sec, filed.pk, answer, lambda: models.Appeal.objects.get(pk=filed.pk).outcome)
    aid = {"afis-granted": "oui", "afis-children": "0", "afis-amount": "", "afis-reason": "", "afis-appeal_routes": ""}
    tell("decide_afis", pre, dossier, aid, models.AfisGrant.objects.count)
    children = {"children-on": today, "children-children": "1"}
    tell("children", ref, dossier, children, models.PayerLine.objects.filter(event="children").count)
    tell("prepare_sheet", sec, "", {}, models.PayerSheet.objects.count)
    sheet = models.PayerSheet.objects.first()
    others = [make_membership("SEC", organisation=team.sec.organisation, department="31") for _n in range(SIGNERS)]
    signers = [browser(one, stepped_up=True) for one in others]
    statuses = send_all(signers, reverse("journeys:release_sheet", args=[sheet.pk]), {})
    sheet.refresh_from_db()
    found["release_sheet"] = {"statuses": statuses, "effect": str(sheet.state)}
    permit = {"kind": "aps_l425_4", "issued_on": today, "number": "31-77"}
    tell("new_permit", ref, dossier, permit, models.Permit.objects.count)
    month = models.AfisMonth.objects.order_by("month").first()
    before = (clock.today().replace(day=1) - timedelta(days=1)).replace(day=1)  # what is paid is a month that has begun
    models.AfisMonth.objects.filter(pk=month.pk).update(month=before)
    paid = models.AfisMonth.objects.filter(paid_on__isnull=False)
    tell("paid", ref, month.pk, {"paid_on": today}, paid.count)
    signs = {**SIGNATORY, "reply_by": f"{clock.today() + timedelta(days=15):%d/%m/%Y}"}
    signs |= {name: REASONS[name] for name in ("reasons_of_law", "reasons_of_fact")}
    tell("invite", pre, dossier, signs, models.Hearing.objects.count)
    hearing = models.Hearing.objects.first()
    said = {"observations-received_on": today, "observations-observations": "Elle travaille."}
    tell("observations", sec, hearing.pk, said, lambda: len(models.Hearing.objects.first().unseal()["observations"]))
    tell("drop_hearing", pre, hearing.pk, {}, lambda: str(models.Hearing.objects.first().state))
    error = {"misprint": "words", "wrong": "Préfecure", "right": "Préfecture", "reason": "Une lettre manque."}
    error |= {**SIGNATORY, "appeal_routes": REASONS["appeal_routes"]}
    tell("correct", pre, granted.pk, error, decisions.filter(kind="correct").count)
    renewals = Application.objects.filter(kind="renewal")
    tell("renew", ref, dossier, {}, renewals.count)
    leaving = {"on": today, "reason": "employment_permanent", "exit_kind": "durable_job"}
    tell("exit", ref, dossier, leaving, models.Journey.objects.filter(exited_on__isnull=False).count)
    found["trail"] = verify().status
    return found


if __name__ == "__main__":
    print_told(told)
