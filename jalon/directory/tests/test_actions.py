"""Organisations and their names, accreditations, memberships: what is allowed, refused, journaled."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from jalon.access import SYSTEM, Refused
from jalon.accounts.tests.factories import make_user
from jalon.config import clock
from jalon.directory import actions, departments, reads
from jalon.directory.models import Membership, Organisation
from jalon.directory.tests.factories import actor_of, make_actor, make_membership, make_organisation
from jalon.journal.models import Entry

pytestmark = pytest.mark.django_db


def test_departments():
    known = departments.departments()
    assert len(known) == 104
    assert [known[code].name for code in ("2A", "30", "976")] == ["Corse-du-Sud", "Gard", "Mayotte"]
    assert departments.name_of("99") == "99"
    with pytest.raises(ValidationError):
        departments.validate("20")


def test_the_name_at_the_date_of_the_act():
    agency = make_organisation("employment_agency", "Pôle emploi Gard", "30")
    actions.rename_organisation(SYSTEM, agency, name="France Travail Gard", starts_on=date(2024, 1, 1))
    agency = Organisation.objects.get(pk=agency.pk)
    assert agency.name_on(date(1990, 1, 1)) == "Pôle emploi Gard"
    assert agency.name_on(date(2023, 12, 31)) == "Pôle emploi Gard"
    assert agency.name_on(date(2024, 1, 1)) == "France Travail Gard"
    for day, name in ((date(2023, 12, 31), "Pôle emploi Gard"), (date(2024, 1, 1), "France Travail Gard")):
        assert Organisation.objects.named(day).get(pk=agency.pk).name == name
        with clock.at(day):
            assert Organisation.objects.get(pk=agency.pk).name == name
    assert reads.authority("employment_agency", "30", date(2020, 2, 20)).name == "Pôle emploi Gard"
    with pytest.raises(ValidationError):
        actions.rename_organisation(SYSTEM, agency, name="Autre", starts_on=date(2023, 6, 1))


def test_an_organisation_needs_a_known_kind_and_department():
    with pytest.raises(ValueError, match="club"):
        make_organisation("club")
    with pytest.raises(ValidationError):
        make_organisation(department="20")
    with pytest.raises(Refused):
        actions.register_organisation(make_actor("REF"), kind="town", name="Ville")


def test_who_may_name_whom():
    association, prefecture = make_organisation(), make_organisation("prefecture", "Préfecture")
    manager = make_actor("MGR", association)
    secretariat = make_actor("SEC")
    ends_on = date(2099, 1, 1)

    def name(actor, organisation, role, department="31"):
        given = {"user": make_user(), "organisation": organisation, "role": role, "department": department}
        return actions.grant_membership(actor, ends_on=ends_on, **given)

    assert name(manager, association, "REF")
    assert name(secretariat, prefecture, "MEM")
    for actor, organisation, role, department in (
        (manager, prefecture, "REF", "31"),
        (manager, association, "OPS", ""),
        (secretariat, prefecture, "MEM", "34"),
        (secretariat, association, "REF", "31"),
        (make_actor("REF", association), association, "REF", "31"),
        # An association makes neither a secretariat, nor a préfet, nor an adviser, nor a member of the commission.
        (manager, association, "SEC", "31"),
        (manager, association, "PRE", "31"),
        (manager, association, "ETR", "31"),
        (manager, association, "EMP", "31"),
        (manager, association, "MEM", "31"),
        (secretariat, association, "PRE", "31"),
        (make_actor("OPS"), association, "SEC", "31"),
    ):
        with pytest.raises(Refused):
            name(actor, organisation, role, department)


def test_nobody_names_the_second_pair_of_eyes():
    """Keeper × function: what the keeper may give, and which accounts of that function she may help or stop."""
    association, services = make_organisation(), make_organisation("prefecture", "Préfecture")
    roles = ["REF", "COL", "MGR", "ADM", "DPO", "SEC", "PRE", "ETR", "MEM"]
    table = {
        ("ADM", association): ("REF COL ADM", "REF COL MGR ADM DPO SEC PRE"),
        ("ADM", services): ("ADM ETR", "MGR ADM DPO SEC PRE ETR"),
        ("MGR", association): ("REF COL ADM", "REF COL ADM"),
        ("SEC", services): ("ETR MEM", "SEC PRE ETR MEM"),
        ("OPS", association): ("REF COL MGR ADM DPO", "REF COL MGR ADM DPO"),
    }
    ends_on, given = date(2030, 1, 1), {}
    for (keeper, place), (names, keeps) in table.items():
        actor = actor_of(make_membership(keeper, organisation=place), stepped_up=True)
        for role in roles:
            new = {"user": make_user(), "organisation": place, "role": role, "department": "31", "ends_on": ends_on}
            if role in names.split():
                given[role] = actions.grant_membership(actor, **new)
                continue
            with pytest.raises(Refused) as refusal:
                actions.grant_membership(actor, **new)
            if keeper != "OPS" and role in {"MGR", "DPO", "SEC", "PRE"}:
                assert "exploitant" in refusal.value.why
                other = make_membership(role, organisation=place, ends_on=ends_on)
                with pytest.raises(Refused) as refusal:  # no more time either
                    actions.end_membership(actor, other, ends_on=date(2031, 1, 1))
                assert "exploitant" in refusal.value.why
                for verb in (actions.invite_again, actions.close_account):
                    if role in keeps.split():
                        verb(actor, other.user)
                        other = make_membership(role, organisation=place, ends_on=ends_on)
                        continue
                    with pytest.raises(Refused) as refusal:
                        verb(actor, other.user)
                    assert "exploitant" in refusal.value.why
    assert set(given) == {"REF", "COL", "MGR", "ADM", "DPO", "ETR", "MEM"}


def test_nobody_gives_oneself_a_function_nor_more_time():
    keeper = make_membership("ADM", ends_on=date(2030, 1, 1))
    actor = actor_of(keeper)
    with pytest.raises(Refused):
        actions.grant_membership(
            actor,
            user=keeper.user,
            organisation=keeper.organisation,
            role="REF",
            department="31",
            ends_on=date(2099, 1, 1),
        )
    with pytest.raises(Refused):
        actions.end_membership(actor, keeper, ends_on=date(2031, 1, 1))
    other = make_membership("REF", organisation=keeper.organisation, ends_on=date(2030, 1, 1))
    actions.end_membership(actor, other, ends_on=date(2031, 1, 1))
    assert Entry.objects.filter(verb="prolong_membership").count() == 1
    assert actions.end_membership(actor, keeper, ends_on=date(2029, 1, 1)).ends_on == date(2029, 1, 1)


def test_membership_constraints_speak():
    member = make_membership("REF")
    for change, words in (
        ({"starts_on": date(2027, 1, 1), "ends_on": date(2026, 1, 1)}, "fin"),
        ({"role": "PUB"}, "rôle"),
        ({"department": ""}, "département"),
        ({"department": "20"}, "département"),
    ):
        given = {
            "user": member.user,
            "organisation": member.organisation,
            "role": "MGR",
            "department": "31",
            "starts_on": date(2026, 1, 1),
            "ends_on": date(2027, 1, 1),
        }
        with pytest.raises(ValidationError) as refusal:
            actions.grant_membership(SYSTEM, **{**given, **change})
        assert words in " ".join(refusal.value.messages)
    again = {"user": member.user, "organisation": member.organisation, "role": "REF", "department": "31"}
    with pytest.raises(ValidationError):
        actions.grant_membership(SYSTEM, **again, ends_on=date(2099, 1, 1))


def test_title_is_sealed_and_end_is_dated():
    member = make_membership("SEC", title="déléguée départementale")
    assert b"d\xc3\xa9l\xc3\xa9gu\xc3\xa9e" not in bytes(member.sealed)
    assert Membership.objects.get(pk=member.pk).title == "déléguée départementale"
    with clock.at(date(2026, 11, 24)):
        ended = actions.end_membership(SYSTEM, member)
    assert ended.ends_on == date(2026, 11, 23)
    assert Entry.objects.filter(verb="end_membership").count() == 1
    with pytest.raises(Refused):
        actions.end_membership(make_actor("MGR"), member)


def test_lists_to_choose_from():
    association = make_organisation()
    members = [make_membership("REF", organisation=association) for _ in range(3)]
    make_membership("MGR", organisation=association)
    make_membership("REF", organisation=association, ends_on=date(2016, 1, 1))
    assert {user.pk for user in reads.people_in(association.pk, "REF")} == {m.user_id for m in members}
    assert [m.user.name for m in reads.holders("REF", "31")]
    assert reads.users_named([members[0].user_id])[members[0].user_id].name == members[0].user.name
    assert [o.name for o in reads.organisations("association", department="31")] == ["Association Essai"]


def test_closing_an_account_held_elsewhere_too_is_refused():
    association = make_organisation()
    user = make_user()
    make_membership("REF", user=user, organisation=association)
    actor = make_actor("MGR", association, stepped_up=True)
    elsewhere = make_membership("REF", user=user)
    with pytest.raises(Refused):
        actions.close_account(actor, user)
    actions.end_membership(SYSTEM, elsewhere)
    assert not actions.close_account(actor, user).is_active


def test_every_verb_is_journaled():
    before = set(Entry.objects.values_list("seq", flat=True))
    member = make_membership("MGR")
    actions.record_accreditation(
        SYSTEM, organisation=member.organisation, department="31", received_on=date(2020, 1, 2)
    )
    actions.rename_organisation(SYSTEM, member.organisation, name="Autre nom", starts_on=date(2021, 1, 1))
    actions.choose_membership(actor_of(member), member.pk)
    actions.end_membership(SYSTEM, member)
    verbs = set(Entry.objects.exclude(seq__in=before).values_list("verb", flat=True))
    assert verbs == {
        "create_account",
        "register_organisation",
        "grant_membership",
        "record_accreditation",
        "rename_organisation",
        "choose_membership",
        "end_membership",
    }
    assert not Entry.objects.filter(objects_seen__contains=member.pk).exists()


def test_the_first_account_by_command(monkeypatch, capsys):
    monkeypatch.setattr("getpass.getpass", lambda prompt: "une phrase assez longue")
    given = ["premiere@demo.example", "--name", "Une Personne", "--role", "ADM", "--ends-on", "2099-01-01"]
    new = ["--organisation-name", "Association", "--organisation-kind", "association", "--department", "31"]
    call_command("create_account", *given, *new)
    member = Membership.objects.get()
    assert member.user.name == "Une Personne"
    assert "premiere" not in capsys.readouterr().out
    for bad in ((*given,), (*given, "--organisation", "inconnu"), (*given, *new)):
        with pytest.raises(CommandError):
            call_command("create_account", *bad)
    assert Organisation.objects.count() == 1
    monkeypatch.setattr("getpass.getpass", lambda prompt: "court")
    with pytest.raises(CommandError, match="caract"):
        call_command("create_account", "autre@demo.example", *given[1:], *new)


def test_the_operator_keeps_those_whom_no_keeper_may(capsys, django_capture_on_commit_callbacks, mailoutbox):
    user = make_user(ends_on=date(2030, 1, 1))
    officer = make_membership("DPO", user=user, ends_on=date(2030, 1, 1))
    login = user.profile["login"]
    call_command("keep_account", login, "--until", "2032-01-01", "--role", "DPO")
    officer.refresh_from_db()
    user.refresh_from_db()
    assert (officer.ends_on, user.ends_on) == (date(2032, 1, 1), date(2032, 1, 1))  # the account lasts as long
    assert Entry.objects.filter(verb__in=["prolong_membership", "prolong_account"]).count() == 2
    with django_capture_on_commit_callbacks(execute=True):
        call_command("keep_account", login, "--link")
    assert mailoutbox[-1].to == [login]
    assert not user.authenticator_set.exists()
    for wrong in ((login, "--until", "2033-01-01", "--role", "MGR"), ("nobody@demo.example", "--link"), (login,)):
        with pytest.raises(CommandError):
            call_command("keep_account", *wrong)
    call_command("keep_account", login, "--close")
    user.refresh_from_db()
    assert not user.is_active
    assert login not in capsys.readouterr().out
