"""Mail and SMS: what leaves says nothing, once, after the act."""

import email
import json
from datetime import date

import pytest
from django.db import transaction
from django.utils import timezone

from jalon.access import SYSTEM
from jalon.accounts import actions as accounts
from jalon.accounts.models import User
from jalon.accounts.tests.factories import make_user
from jalon.notices import actions, mail, sending, sms
from jalon.notices.models import Outbox

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def sinks(settings, tmp_path):
    settings.MAIL_SINK, settings.SMS_SINK = str(tmp_path / "mail"), str(tmp_path / "sms")
    settings.EMAIL_BACKEND = "jalon.notices.mail.SinkBackend"
    return tmp_path


def sent(sinks):
    folder = sinks / "mail"
    return [email.message_from_bytes(p.read_bytes()) for p in sorted(folder.iterdir())] if folder.exists() else []


def test_a_message_says_only_that_a_task_waits(sinks, settings):
    user = make_user(name="Odile Fontcouverte", email="odile@demo.example")
    assert actions.queue(user.pk, "task", "r1")
    assert not actions.queue(user.pk, "task", "r1")
    assert sending.send_pending() == (1, 0)
    assert sending.send_pending() == (0, 0)
    (message,) = sent(sinks)
    body = message.get_payload(decode=True).decode()
    assert message["Subject"] == "Une tâche vous attend" or "t=C3=A2che" in message["Subject"]
    assert body.split() == ["Une", "tâche", "vous", "attend", settings.BASE_URL]
    assert message["To"] == "odile@demo.example"
    assert not message.is_multipart()
    assert message["Cc"] is None
    raw = message.as_string()
    for word in ("Odile", "Fontcouverte", "r1", "dossier", user.pk):
        assert word not in raw
    assert [p.name for p in (sinks / "mail").iterdir() if "odile" in p.name] == []


def test_english_for_who_reads_english(sinks):
    user = make_user(email="o@demo.example", language="en")
    actions.queue(user.pk, "task", "r")
    sending.send_pending()
    assert len(sent(sinks)) == 1


def test_nothing_leaves_when_the_act_is_rolled_back(sinks):
    user = make_user()
    with transaction.atomic():
        actions.queue(user.pk, "task", "r")
        transaction.set_rollback(True)
    assert sending.send_pending() == (0, 0)
    assert sent(sinks) == []


def test_a_failure_is_retried_later_and_not_twice(sinks, settings, monkeypatch):
    user = make_user()
    actions.queue(user.pk, "task", "r")

    def down(self, messages):
        raise ConnectionRefusedError

    monkeypatch.setattr(mail.SinkBackend, "send_messages", down)
    assert sending.send_pending() == (0, 1)
    assert sending.send_pending() == (0, 0)  # not before its time
    row = Outbox.objects.get()
    assert (row.attempts, row.sent_at) == (1, None)
    monkeypatch.undo()
    settings.MAIL_SINK = str(sinks / "mail")
    Outbox.objects.update(next_try_at=timezone.now())
    assert sending.send_pending() == (1, 0)
    assert len(sent(sinks)) == 1
    Outbox.objects.update(next_try_at=timezone.now())
    assert sending.send_pending() == (0, 0)


def test_a_message_claimed_by_another_process_is_left_to_it(sinks):
    user = make_user()
    actions.queue(user.pk, "task", "r")
    Outbox.objects.update(next_try_at=timezone.now() + sending.CLAIM)
    assert sending.send_pending() == (0, 0)
    assert sent(sinks) == []


def test_a_closed_account_receives_nothing(sinks):
    user = make_user()
    actions.queue(user.pk, "task", "r")
    User.objects.filter(pk=user.pk).update(ends_on=date(2020, 1, 1))
    assert sending.send_pending() == (0, 1)
    assert sending.send_pending() == (0, 0)
    assert sent(sinks) == []


def test_closing_an_account_takes_back_what_waits_for_it(sinks):
    user, other = make_user(), make_user()
    for one in (user, other):
        actions.queue(one.pk, "task", "r")
    accounts.close_account(SYSTEM, user)
    assert list(Outbox.objects.values_list("recipient", flat=True)) == [other.pk]


def test_sms_goes_to_the_sink_or_nowhere(sinks, settings):
    sms.send("+33639980000", "Bonjour, rendez-vous confirmé mardi 14h. Anne", sender="Anne")
    (path,) = (sinks / "sms").iterdir()
    assert json.loads(path.read_text())["to"] == "+33639980000"
    assert path.stat().st_mode & 0o077 == 0
    assert "3363" not in path.name
    settings.SMS_SINK = ""
    with pytest.raises(sms.NoCarrier):
        sms.send("+33639980000", "Bonjour")
