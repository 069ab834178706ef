"""All that leaves towards employers, training bodies, shoulders: no name, no word of the programme, no association.

One person of one association, in her pathway; every production that exists is made through the rooms' own actions. A
new outward paper, or a new page about one person, is in the test without being added.
"""

import re
from datetime import datetime, time, timedelta
from html import unescape

import pytest
from django.core import mail
from django.urls import URLPattern, URLResolver, get_resolver

from jalon.config import clock
from jalon.conventions import actions as conventions
from jalon.conventions.tests.factories import Parties, signed
from jalon.journal.tests.replay import replayed
from jalon.journeys import actions as journeys
from jalon.journeys import papers as journey_papers
from jalon.journeys.tests.factories import make_notified, mine
from jalon.notices import sending
from jalon.offers import actions as offers
from jalon.offers import papers as offer_papers
from jalon.papers import engine, vocabulary
from jalon.papers.tests.reading import read
from jalon.people.tests.factories import IDENTITY, make_team, share_with_agency
from jalon.support import actions as support
from jalon.support import papers as support_papers
from jalon.support.reads import calendars, joint

pytestmark = pytest.mark.django_db
ASSOCIATION = "Association des Sansonnets"
# Her names, her alias, who accompanies her, in any case; the words of the programme are the vocabulary of the papers.
NAMES = (IDENTITY["given_name"], IDENTITY["family_name"], "Capucine", "Sansonnets", "Les Sansonnets")
FIELDS = {
    "name": "M. Z.", "title": "Employée d'étage", "skills": "Ménage", "experiences": "2022 : hôtel",
    "gap": "Projet personnel", "languages": "bulgare", "letter_to": "Hôtel", "letter_object": "Candidature",
    "letter": "Madame, Monsieur,",
}  # fmt: skip


@replayed
def made():
    """A person at work with both sides: an appointment, a meeting of three, messages, a hand-over, a CV."""
    team = make_team("30", ASSOCIATION)
    decision = make_notified(team)
    with clock.at(datetime.combine(decision.notified_on, time(10), clock.PARIS)):
        actor, dossier = team.actor("REF"), mine(team, decision.dossier)
        share_with_agency(team, dossier)
        journeys.record_permit(actor, dossier, kind="aps_l425_4", issued_on=clock.today(), number="1")
        day = clock.now() + timedelta(days=7)
        support.make_appointment(actor, dossier, at=day, title="Rendez-vous", place="Agence", with_adviser=True)
        support.plan_meeting(actor, mine(team, dossier), at=day, title="Entretien", place="Agence")
        aim = support.add_objective(actor, dossier, aim="26.0")
        support.add_plan_step(actor, dossier, text="Cours du matin", holder="person", objective=aim)
        asked = support.send_message(team.actor("EMP"), mine(team, dossier, "EMP"), text="?", answer_due_on=day.date())
        support.send_message(actor, mine(team, dossier), text="!", answers=asked)
        offers.write_resume(actor, mine(team, dossier), FIELDS)
        head = team.member("EMP", team.agency)
        parties = Parties(team.organisation, team.agency, team.ref, team.mgr, team.emp, head, team.sec)
        convention = signed(parties, starts_on=clock.today(), ends_on=clock.today() + timedelta(days=90))
        conventions.write_to_party(team.actor("EMP"), convention, text="?", answer_due_on=day.date())
        arriving = team.member("REF")
        given = {"side": "association", "arriving": arriving.user, "ends_at": day}
        conventions.open_hand_over(team.actor("MGR"), mine(team, dossier, "MGR"), **given)
    team.__dict__["ref"] = arriving  # who is her referent from now on
    return team, dossier


@pytest.fixture
def world():
    with clock.at(datetime(2026, 3, 2, 9, tzinfo=clock.PARIS)):
        team, dossier = made()
    with clock.at(datetime(2026, 3, 17, 9, tzinfo=clock.PARIS)):
        yield team, joint.subject(team.actor("REF")).get(pk=dossier.pk)


def nothing_told(where, *texts):
    assert vocabulary.found(texts, NAMES) == [], where


def papers_of(team, dossier):
    actor = team.actor("REF")
    return {
        "certificate": journey_papers.certificate(actor, dossier, language="bg"),
        "cv": offer_papers.cv(actor, dossier),
        "letter": offer_papers.letter(actor, dossier),
        "right_to_work": offer_papers.right_sheet(actor, dossier),
        "plan_summary": support_papers.plan_summary(actor, dossier),
        "progress_sheet": support_papers.progress_sheet(actor, dossier, period=1),
    }


def test_papers_their_words_their_metadata_their_names(world):
    made = papers_of(*world)
    assert {template.code for template in engine.registered() if template.outward} == set(made)
    for code, paper in made.items():
        sheet = read(paper.content)  # which also looks at the metadata: a title, a language, nothing else
        nothing_told(code, sheet.text, sheet.title, sheet.language, paper.paper.file_name)
        for name in NAMES:
            assert name.encode() not in paper.content, code


def test_mails_say_that_a_task_waits_and_nothing_else(world, settings):
    sent, failed = sending.send_pending()
    assert sent == len(mail.outbox) >= 4
    assert failed == 0
    for message in mail.outbox:
        nothing_told("a mail", message.subject, message.body, message.from_email, *message.extra_headers.values())
        assert message.body.split() == ["Une", "tâche", "vous", "attend", settings.BASE_URL]
        assert (len(message.to), message.cc, message.bcc, message.attachments) == (1, [], [], [])


def test_calendars_say_the_hour_and_one_word(world):
    team, _dossier = world
    for member in (team.ref, team.emp):
        text = calendars.text(member.user)
        nothing_told("a calendar", text)
        assert set(re.findall(r"^SUMMARY:(.*?)\r?$", text, re.MULTILINE)) == {calendars.TITLE}
        assert not re.search(r"LOCATION|DESCRIPTION|ATTENDEE|ORGANIZER|URL", text)


def pages():
    """The address of every page about one person, by the name of its part."""

    def walk(resolver, before):
        for entry in resolver.url_patterns:
            if isinstance(entry, URLResolver):
                yield from walk(entry, before + str(entry.pattern))
            elif isinstance(entry, URLPattern) and set(entry.pattern.converters) == {"dossier_id"}:
                yield before + str(entry.pattern)

    return sorted(set(walk(get_resolver(), "/")))


@pytest.mark.proof
def test_titles_of_pages_and_names_of_files(world):
    """What a tab, a history or a folder of downloads shows of a page about her, to whom stands behind."""
    team, dossier = world
    clients = [team.browser(role, stepped_up=True) for role in ("REF", "EMP", "MGR")]
    seen = 0
    for client in clients:
        for pattern in pages():
            answer = client.get(pattern.replace("<str:dossier_id>", dossier.pk))
            if answer.status_code != 200:
                continue
            seen += 1
            found = re.search(r"<title>(.*?)</title>", answer.content.decode(), re.DOTALL)
            titles = [unescape(found[1])] if found else []
            names = [answer["Content-Disposition"]] if "Content-Disposition" in answer else []
            # a page of the association says her alias: the name that she chose for it
            own = [title.replace("Capucine", "") for title in titles]
            nothing_told(pattern, *own, *names)
    assert seen > 60
