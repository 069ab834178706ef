"""A real relay on this machine that refuses, hangs, drops or dies: no mail lost, none doubled but by a crash."""

import email
import json
import os
import signal
import socket
import socketserver
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as project
from django.utils import timezone

from jalon.accounts import mail as invitations
from jalon.accounts.tests.factories import make_user
from jalon.notices import actions, sending
from jalon.notices.models import Outbox

ROOT = Path(__file__).resolve().parents[3]


class Relay(socketserver.ThreadingTCPServer):
    """Speaks SMTP as ``how`` says: at which step it answers otherwise, drops the line, hangs, or kills who sends."""

    daemon_threads = allow_reuse_address = True

    def __init__(self, **how):
        super().__init__(("127.0.0.1", 0), Line)
        self.how, self.accepted, self.victim = how, [], None
        self.over, self.named = threading.Event(), threading.Event()
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def port(self):
        return self.server_address[1]

    def stop(self):
        self.over.set()
        self.shutdown()
        self.server_close()


class Line(socketserver.StreamRequestHandler):
    def said(self, step, usual):
        """False when the line ends here. ``how[step]``: an answer, "drop", "hang" or "kill"; or one for each turn."""
        what = self.server.how.get(step, usual)
        if isinstance(what, list):
            what = what.pop(0) if what else usual
        if what == "kill":
            self.server.named.wait(20)
            os.kill(self.server.victim, signal.SIGKILL)
        if what == "hang":
            self.server.over.wait(20)
        if what in ("drop", "hang", "kill"):
            return False
        self.wfile.write(what.encode() + b"\r\n")
        return True

    def handle(self):
        if not self.said("greeting", "220 relay"):
            return
        for raw in self.rfile:
            verb = raw.decode().split(":")[0].split()[0].upper()
            if verb == "DATA":
                taken = "DATA" not in self.server.how or isinstance(self.server.how["DATA"], list)
                if not self.said("DATA", "354 go on") or (taken and not self.body()):
                    return
            elif not self.said(verb, "221 bye" if verb == "QUIT" else "250 well"):
                return

    def body(self):
        text = b""
        for raw in self.rfile:
            if raw == b".\r\n":
                break
            text += raw
            if self.server.how.get("body") == "drop":
                self.server.how.pop("body")
                self.connection.shutdown(socket.SHUT_RDWR)
                return False
        if str(self.server.how.get("dot", "2"))[0] not in "45":
            self.server.accepted.append(text)  # the relay will deliver, whatever the sender hears of it
        return self.said("dot", "250 taken")


@pytest.fixture
def relay(settings):
    opened = []

    def open_relay(**how):
        for former in opened:
            former.stop()
        opened.append(Relay(**how))
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", opened[-1].port, 0.3
        return opened[-1]

    yield open_relay
    for one in opened:
        one.stop()


def due():
    """Time has passed: what waits may be tried again."""
    Outbox.objects.filter(sent_at=None).update(next_try_at=timezone.now() - timedelta(seconds=1))


def waiting(count=1):
    users = [make_user(name="Odile Fontcouverte", email=f"odile{n}@demo.example") for n in range(count)]
    for user in users:
        actions.queue(user.pk, "task", "r")
    return users


def content_free(raw, user):
    message = email.message_from_bytes(raw)
    body = message.get_payload(decode=True).decode()
    assert body.split() == ["Une", "tâche", "vous", "attend", project.BASE_URL]
    assert message["To"] == user.profile["email"]
    assert "Odile" not in raw.decode()
    assert user.pk not in raw.decode()


REFUSALS = {
    "4xx to the sender": {"MAIL": "451 later"},
    "4xx to the recipient": {"RCPT": "450 later"},
    "5xx to the recipient": {"RCPT": "550 unknown"},
    "4xx to the text": {"DATA": "451 later"},
    "4xx after the text": {"dot": "452 full"},
    "5xx after the text": {"dot": "554 no"},
    "dropped at the recipient": {"RCPT": "drop"},
    "cut in the middle of the text": {"body": "drop"},
    "silent before the text": {"DATA": "hang"},
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", list(REFUSALS))
def test_a_message_that_did_not_leave_waits_and_leaves_once(relay, name, caplog):
    """Nothing of it is in the log; it is not tried again at once, then it leaves, once, and says nothing."""
    (user,) = waiting()
    bad = relay(**REFUSALS[name])
    assert sending.send_pending() == (0, 1)
    assert sending.send_pending() == (0, 0)  # not before its time
    assert bad.accepted == []
    row = Outbox.objects.get()
    assert (row.attempts, row.sent_at) == (1, None)
    assert row.next_try_at > timezone.now() + timedelta(minutes=19)
    assert "odile" not in caplog.text.casefold()
    good = relay()
    due()
    assert sending.send_pending() == (1, 0)
    due()
    assert sending.send_pending() == (0, 0)
    (raw,) = good.accepted
    content_free(raw, user)
    assert row.pk in email.message_from_bytes(raw)["Message-ID"]


DOWN = {"closed": None, "silent": {"greeting": "hang"}, "busy": {"greeting": "421 too many"}}


@pytest.mark.django_db
@pytest.mark.parametrize("name", list(DOWN))
def test_a_relay_that_does_not_open_costs_nothing(relay, name, settings):
    """However long it lasts: no attempt is counted, one message is enough to know, all leave at the next run."""
    users = waiting(3)
    bad = relay(**(DOWN[name] or {}))
    if name == "closed":
        bad.stop()
        bad.stop = lambda: None
    for _run in range(sending.ATTEMPTS + 2 if name == "closed" else 2):
        assert sending.send_pending() == (0, 1)
    assert set(Outbox.objects.values_list("attempts", "sent_at")) == {(0, None)}
    good = relay()
    assert sending.send_pending() == (3, 0)
    assert sorted(email.message_from_bytes(raw)["To"] for raw in good.accepted) == [u.profile["email"] for u in users]


@pytest.mark.django_db
def test_one_bad_message_holds_no_other(relay):
    first, *_others = waiting(4)
    first.seal({**first.profile, "email": "odile\nBcc: x@y.example"})
    first.save()
    good = relay(RCPT=["550 unknown", "drop"])
    assert sending.send_pending() == (1, 3)
    assert len(good.accepted) == 1
    due()
    assert sending.send_pending() == (2, 1)
    assert len(set(map(bytes, good.accepted))) == 3


@pytest.mark.django_db
def test_an_answer_cut_after_the_text_is_the_same_message_again(relay):
    """Accepted, then dropped before it says so: nobody can know. The second copy bears the identifier of the first."""
    waiting()
    server = relay(dot=["drop"])
    assert sending.send_pending() == (0, 1)
    due()
    assert sending.send_pending() == (1, 0)
    due()
    assert sending.send_pending() == (0, 0)
    assert len({email.message_from_bytes(raw)["Message-ID"] for raw in server.accepted}) == 1
    assert len(server.accepted) == 2


@pytest.mark.django_db
@pytest.mark.parametrize("how", [{"greeting": "hang"}, {"dot": "drop"}, {"RCPT": "550 unknown"}])
def test_an_invitation_that_cannot_leave_does_not_hold_the_page(relay, how, caplog):
    relay(**how)
    invitations.send_link("odile@demo.example", "fr", "secret-of-the-link")
    assert "an invitation could not leave" in caplog.text
    assert "odile" not in caplog.text
    assert "secret-of-the-link" not in caplog.text


def test_the_real_settings_end_every_wait():
    assert 0 < project.EMAIL_TIMEOUT <= 10


# --- the process itself dies, or is not alone ---------------------------------------------------------------------
SENDERS = """
import json, os, signal
import django
import tests.environment
django.setup()
from email import message_from_bytes
from django.conf import settings
from django.core.management import call_command
from django.db import connections
call_command("migrate", verbosity=0)
from jalon.accounts.tests.factories import make_user
from jalon.notices import actions, sending
from jalon.notices.models import Outbox
from jalon.notices.tests.test_smtp import Relay, due

settings.EMAIL_BACKEND, settings.EMAIL_HOST = "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1"
users = [make_user(email=f"odile{n}@demo.example") for n in range(30)]

def start():
    connections.close_all()
    child = os.fork()
    if not child:
        try:
            sending.send_pending()
        finally:
            os._exit(0)
    return child

def run():
    assert os.waitpid(start(), 0)[1] == 0

def told(relay):
    ids = [message_from_bytes(raw)["Message-ID"] for raw in relay.accepted]
    return [len(ids), len(set(ids)), Outbox.objects.filter(sent_at=None).count()]

answers = {}
for step in ("greeting", "RCPT", "DATA", "dot"):
    Outbox.objects.all().delete()
    actions.queue(users[0].pk, "task", "r")
    relay = Relay(**{step: ["kill"]})
    settings.EMAIL_PORT = relay.port
    relay.victim = start()
    relay.named.set()
    assert os.waitpid(relay.victim, 0)[1] == signal.SIGKILL, step
    run()
    at_once = len(relay.accepted)
    due(), run(), due(), run()
    answers[step] = [at_once, *told(relay)]
    relay.stop()
for user in users:
    actions.queue(user.pk, "task", "r2")
relay = Relay()
settings.EMAIL_PORT = relay.port
three = [start(), start(), start()]
assert [os.waitpid(child, 0)[1] for child in three] == [0, 0, 0]
answers["three at once"] = told(relay)
due(), run()
answers["and again"] = told(relay)
print(json.dumps(answers))
"""


@pytest.mark.proof
@pytest.mark.django_db(transaction=True)
def test_killed_senders_and_three_at_once(tmp_path):
    """SIGKILL before the claim, before the text, once the text is taken; then three senders of one outbox."""
    from jalon.journal.tests.test_proof import database

    with database(tmp_path) as url:
        environment = {name: value for name, value in os.environ.items() if name != "JALON_TEST_ROOT"}
        environment |= {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": project.SETTINGS_MODULE, "PYTHONPATH": str(ROOT)}
        ran = subprocess.run(
            [sys.executable, "-c", SENDERS], env=environment, capture_output=True, text=True, timeout=400
        )
    assert ran.returncode == 0, ran.stderr[-3000:]
    answers = json.loads(ran.stdout)
    # Taken by the relay at once, in all, under how many identifiers; what still waits.
    assert answers["greeting"] == [1, 1, 1, 0]  # nothing was claimed: the next run sends it
    assert answers["RCPT"] == answers["DATA"] == [0, 1, 1, 0]  # claimed: not at once, then once
    assert answers["dot"] == [1, 2, 1, 0]  # what a crash makes unavoidable: the same message, again
    assert answers["three at once"] == answers["and again"] == [30, 30, 0]
