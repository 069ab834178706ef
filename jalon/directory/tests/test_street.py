"""One's own street on one's own page: what is kept of it, and that nothing shows it again."""

import pytest
from django.urls import reverse

from jalon.access import SYSTEM, Refused
from jalon.accounts import actions, streets
from jalon.accounts.models import User
from jalon.accounts.tests.factories import make_user
from jalon.journal.models import Entry

from .factories import actor_of, browser, make_membership

GIVEN = {"street": "rue de l'Église", "postcode": "31000", "town": "Toulouse"}


def test_it_is_given_and_withdrawn_on_one_s_own_page_and_never_shown(db):
    membership = make_membership("REF")
    user = membership.user
    client = browser(membership)
    page = client.get(reverse("account_street")).content.decode()
    assert "Facultatif. Si vous la donnez" in page
    assert "personne ne peut la relire" in page
    said = client.post(reverse("account_street"), {**GIVEN, "street": "12"})
    assert said.status_code == 422
    assert "Écrivez le nom de la rue" in said.content.decode()
    assert User.objects.get(pk=user.pk).street == ""
    assert client.post(reverse("account_street"), GIVEN).status_code == 303
    user = User.objects.get(pk=user.pk)
    assert len(user.street) == 129
    for address in (reverse("account_street"), reverse("account")):
        page = client.get(address).content.decode()
        assert "enseignée" in page
        assert not any(word in page for word in ("glise", "31000", user.street[:64]))
    assert "glise" not in str(user.profile)
    client.post(reverse("account_street"), {"withdraw": "1"})
    assert User.objects.get(pk=user.pk).street == ""
    kept = Entry.objects.filter(verb__in=("keep_street", "withdraw_street")).order_by("seq")
    assert [row.verb for row in kept] == ["keep_street", "withdraw_street"]


def test_nobody_else_writes_it_and_a_closed_account_keeps_none(db):
    mine, other = make_membership("REF"), make_membership("MGR")
    with pytest.raises(Refused):
        actions.keep_street(actor_of(other), mine.user, **GIVEN)
    with pytest.raises(Refused):
        actions.withdraw_street(actor_of(other), mine.user)
    actions.keep_street(actor_of(mine), mine.user, **GIVEN)
    two = make_user()
    assert streets.marks(two.pk, "rue de l'Église", "31000", "Toulouse") != mine.user.street
    actions.close_account(SYSTEM, mine.user)
    assert User.objects.get(pk=mine.user_id).street == ""
