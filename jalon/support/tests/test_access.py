"""Who sees what of the joint support: circles of notes, what the employment side never sees."""

from dataclasses import replace
from datetime import date

import pytest
from django.urls import reverse

from jalon.access import Refused
from jalon.access.breakglass import break_glass
from jalon.config import clock
from jalon.directory.tests.factories import actor_of, browser
from jalon.journal.models import Entry
from jalon.people import access as people
from jalon.people import actions as people_actions
from jalon.people.states import AssignmentKind
from jalon.support import access, actions

from .factories import in_pathway, make_person, make_world, seen_by, share, visible

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 10)


@pytest.fixture(autouse=True)
def day():
    with clock.at(TODAY):
        yield


@pytest.fixture
def world():
    return make_world()


def texts(actor, dossier):
    subject = seen_by(actor, dossier)
    return {note.unseal()["text"] for note in access.notes_visible_to(actor, subject)}


def three_notes(world, dossier):
    for visibility in ("private", "team", "shared"):
        actions.write_note(world.ref, dossier, text=visibility, visibility=visibility)


def test_three_circles(world):
    dossier = in_pathway(world)
    share(world, dossier)
    three_notes(world, dossier)
    assert texts(world.ref, dossier) == {"private", "team", "shared"}
    assert texts(world.emp, dossier) == {"shared"}
    assert texts(world.mgr, dossier) == set()


def test_a_delegate_reads_the_shared_notes_only(world):
    dossier = in_pathway(world)
    share(world, dossier)
    three_notes(world, dossier)
    people_actions.assign(
        world.mgr,
        dossier,
        user=world.colleague.user,
        organisation=world.association,
        kind=AssignmentKind.DELEGATE,
        ends_on=date(2026, 4, 1),
    )
    colleague = actor_of(world.colleague)
    assert texts(colleague, dossier) == {"shared"}
    assert access.visibilities(colleague, seen_by(colleague, dossier), shared=True) == ["shared"]


def test_a_new_referent_reads_the_team_s_notes_and_no_private_one(world):
    dossier = in_pathway(world)
    share(world, dossier)
    three_notes(world, dossier)
    people_actions.assign(
        world.mgr,
        dossier,
        user=world.colleague.user,
        organisation=world.association,
        kind=AssignmentKind.REFERENT,
    )
    assert texts(actor_of(world.colleague), dossier) == {"team", "shared"}
    assert dossier.pk not in visible(world.ref)


def test_break_glass_opens_the_team_s_notes(world):
    dossier = in_pathway(world)
    actions.write_note(world.ref, dossier, text="team")
    manager = actor_of(world.manager, stepped_up=True)
    break_glass(manager, dossier, "absence", "La référente est absente depuis lundi.")
    assert texts(manager, dossier) == {"team"}


def test_the_employment_side_before_during_after(world):
    dossier = make_person(world)
    assert visible(world.emp) == set()
    row = share(world, dossier)
    assert visible(world.emp) == {dossier.pk}
    assert access.is_shared(world.ref, dossier)
    people_actions.revoke_share(world.ref, row)
    assert visible(world.emp) == set()
    assert not access.is_shared(world.ref, dossier)


def test_a_share_that_has_ended(world):
    dossier = make_person(world)
    proved = replace(world.ref, stepped_up=True)
    people_actions.grant_share(
        proved, dossier, organisation=world.agency, what=["projet"], language="en", ends_on=date(2026, 3, 20)
    )
    people_actions.assign(
        world.ref, dossier, user=world.adviser.user, organisation=world.agency, kind=AssignmentKind.ADVISER
    )
    with clock.at(date(2026, 3, 20)):
        assert visible(world.emp) == {dossier.pk}
    with clock.at(date(2026, 3, 21)):
        assert visible(world.emp) == set()
        assert not access.is_shared(world.ref, dossier)


def test_what_she_agreed_to_share():
    assert access.agreed(["prénom d'usage", "projet"], "prénom", "alias")
    assert not access.agreed(["projet"], "prénom", "alias")


@pytest.mark.parametrize(
    ("what", "opened"),
    [(["séjour"], False), (["prénom", "contact"], False), (["projet"], True), (["disponibilités"], True)],
)
def test_the_project_follows_what_she_shares(world, what, opened):
    """A share of her permit alone opens the thread and the appointments, not the work on her project."""
    dossier = make_person(world)
    share(world, dossier, what=what)
    actions.write_note(world.ref, dossier, text="NOTE-PARTAGEE", visibility="shared")
    actions.add_plan_step(world.ref, dossier, text="ETAPE-DU-PLAN", holder="person")
    actions.record_placement(world.ref, dossier, title="PLACEMENT-NOTE", starts_on=clock.today())
    client = browser(world.adviser)
    file = client.get(reverse("support:dossier", args=[dossier.pk])).content.decode()
    for word in ("NOTE-PARTAGEE", "ETAPE-DU-PLAN", "PLACEMENT-NOTE"):
        assert (word in file) == opened, word
    assert ("PLACEMENT-NOTE" in client.get("/").content.decode()) == opened
    for name in ("plan", "scale", "placements"):
        path = reverse(f"support:{name}", args=[dossier.pk])
        assert client.get(path).status_code == (200 if opened else 403), name
        assert (path in file) == opened
    assert client.get(reverse("support:thread", args=[dossier.pk])).status_code == 200
    mine = people.seen(world.emp, dossier.pk)
    if opened:
        actions.write_note(world.emp, mine, text="Note", visibility="shared")
    else:
        with pytest.raises(Refused):
            actions.write_note(world.emp, mine, text="Note", visibility="shared")


@pytest.mark.parametrize(("what", "allowed"), [(["séjour"], False), (["projet"], True)])
def test_an_adviser_works_on_the_project_only_when_she_shares_it(world, what, allowed):
    """In the pathway the matrix lets the agency write (C10): what she shares still decides."""
    dossier = in_pathway(world, "Alizé", left=46)
    share(world, dossier, what=what)
    placement = actions.record_placement(world.ref, dossier, title="Chantier", starts_on=TODAY)
    step = actions.add_plan_step(world.ref, dossier, text="Français A2", holder="person")
    mine = people.seen(world.emp, dossier.pk)
    placement.dossier = step.dossier = mine
    acts = (
        lambda: actions.record_placement(world.emp, mine, title="Formation", starts_on=TODAY),
        lambda: actions.end_placement(world.emp, placement, ends_on=TODAY),
        lambda: actions.add_plan_step(world.emp, mine, text="Atelier", holder="agency"),
        lambda: actions.finish_plan_step(world.emp, step),
        lambda: actions.write_note(world.emp, mine, text="Note", visibility="shared"),
    )
    before = Entry.objects.filter(decision="allowed").count()
    for act in acts:
        if allowed:
            act()
        else:
            with pytest.raises(Refused):
                act()
    assert (Entry.objects.filter(decision="allowed").count() > before) == allowed
