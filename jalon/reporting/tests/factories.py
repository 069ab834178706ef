"""Rows to count. The figures read columns in clear only, hence no key and no action here."""

from datetime import date, timedelta

from jalon.access import Actor
from jalon.accounts.models import User
from jalon.directory.models import Organisation
from jalon.dossiers.models import Application
from jalon.journeys.models import AfisMonth, Decision, Journey, Period, Permit
from jalon.people.models import Dossier

DAY = date(2024, 3, 4)


def actor(role, organisation="", department=""):
    return Actor(user_id="u", role=role, organisation_id=organisation, department=department)


def organisation(pk="org-a", department="31"):
    return Organisation.objects.get_or_create(pk=pk, defaults={"kind": "association", "department": department})[0]


def user():
    found = User.objects.first()
    return found or User.objects.create_user("x@y.example", "a long password", profile={"name": "X"}, ends_on=DAY)


def dossier(number, org="org-a", department="31", stage="S5"):
    return Dossier.objects.create(
        organisation=organisation(org, department),
        department=department,
        number=number,
        stage=stage,
        opened_on=DAY,
        last_contact_on=DAY,
    )


def request(dossier, submitted_on=DAY, kind="engagement", state="submitted", rank=1):
    return Application.objects.create(
        dossier=dossier,
        kind=kind,
        rank=rank,
        state=state,
        department=dossier.department,
        form_version="1",
        opened_on=submitted_on - timedelta(days=30),
        submitted_on=submitted_on,
    )


def decision(application, kind="authorise", after=23):
    application.state = "decided"
    application.save()
    signed_on = application.submitted_on + timedelta(days=after)
    return Decision.objects.create(
        dossier=application.dossier,
        application=application,
        department=application.department,
        kind=kind,
        state="signed",
        drafted_on=signed_on,
        signed_on=signed_on,
    )


def journey(decision, months=6, **fields):
    start = decision.signed_on + timedelta(days=4)
    end = start + timedelta(days=30 * months)
    found = Journey.objects.create(
        dossier=decision.dossier, starts_on=start, ends_on=end, cap_on=start + timedelta(days=730), **fields
    )
    Period.objects.create(journey=found, decision=decision, number=1, starts_on=start, ends_on=end, end_reason="term")
    return found


def permit(dossier, issued_on):
    return Permit.objects.create(dossier=dossier, kind="aps_l425_4", issued_on=issued_on)


def afis(dossier, month, due_on, paid_on=None):
    return AfisMonth.objects.create(dossier=dossier, month=month, due_on=due_on, paid_on=paid_on)


def accepted(number, *, org="org-a", department="31", submitted_on=DAY, after=23, permit_after=None, outcome=""):
    """A whole case: request, authorisation, pathway, and its end when ``outcome`` is given."""
    one = dossier(number, org, department)
    order = decision(request(one, submitted_on), after=after)
    ended = {"exited_on": DAY + timedelta(days=60), "exit_reason": "term_24m", "exit_kind": outcome}
    journey(order, **(ended if outcome else {}))
    if permit_after is not None:
        permit(one, order.signed_on + timedelta(days=permit_after))
    return one


def refused(number, **where):
    one = dossier(number, where.pop("org", "org-a"), where.pop("department", "31"))
    return decision(request(one, **where), "refuse")
