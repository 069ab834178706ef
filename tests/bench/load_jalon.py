"""Create and fill a Jalon database for the benchmark: python load_jalon.py N   (the environment says where).

The same rows as the yardstick (datagen), as Jalon keeps them: every word sealed by the production code, one data key for
each dossier and group. Only the insertion is in bulk. Prints the rate.
"""

import os
import sys
import time
from datetime import timedelta
from functools import partial
from operator import attrgetter
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE)]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jalon.config.settings")

import django  # noqa: E402

django.setup()

from bench_accounts import PASSWORD, SECRET  # noqa: E402
from datagen import N_TEAMS, N_WORKERS, generate, worker_teams  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from jalon.access import SYSTEM  # noqa: E402
from jalon.accounts import actions as accounts  # noqa: E402
from jalon.accounts.models import User  # noqa: E402
from jalon.config import clock  # noqa: E402
from jalon.directory import actions as directory  # noqa: E402
from jalon.dossiers.models import Application, Piece  # noqa: E402
from jalon.journeys.models import Decision, Journey, Period  # noqa: E402
from jalon.people.models import Agreement, Assignment, Dossier, Identity, SafeContact  # noqa: E402
from jalon.support.models import Appointment, Note  # noqa: E402
from jalon.vault import keys  # noqa: E402
from jalon.vault.models import KeySlot  # noqa: E402

DEPARTMENTS = ("13", "30", "31", "34", "38", "54", "59", "69", "75", "93")
STAGE = {"new": "S1", "open": "S5", "waiting": "S2", "closed": "S6", "archived": "S6"}
GROUPS = ("G1", "G4", "G6")
CHUNK = 1_000


def converters(model):
    """(attribute, conversion) of each column: only instants and bytes need one, and only on SQLite."""
    found = []
    for field in model._meta.local_concrete_fields:
        convert = None
        if connection.vendor == "sqlite" and field.get_internal_type() in {"DateTimeField", "DateField"}:
            convert = partial(field.get_db_prep_save, connection=connection)
        found.append((field.attname, convert))
    return found


def insert(model, rows):
    """Insert instances with one prepared statement: what bulk_create does, without its checks."""
    if not rows:
        return
    names = [name for name, _ in converters(model)]
    take = attrgetter(*names)
    listed = [list(take(row)) for row in rows]
    for at, (_name, convert) in enumerate(converters(model)):
        if convert:
            known = {}
            for values in listed:
                value = values[at]
                if value is not None:
                    values[at] = known.get(value) or known.setdefault(value, convert(value))
    columns = ", ".join(connection.ops.quote_name(f.column) for f in model._meta.local_concrete_fields)
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for values in listed:
                    copy.write_row(values)
        else:
            # Without Django's wrapper, which rewrites the statement for each row.
            connection.connection.executemany(
                f"INSERT INTO {table} ({columns}) VALUES ({', '.join('?' * len(names))})", listed
            )


def people():
    """Twenty associations in ten departments, a hundred workers, one statistician, one secretary. Three of them can sign in."""
    until = clock.today() + timedelta(days=700)
    since = clock.today() - timedelta(days=1500)
    associations = [
        directory.register_organisation(
            SYSTEM, kind="association", name=f"Association {t:02d}", department=DEPARTMENTS[t % len(DEPARTMENTS)]
        )
        for t in range(N_TEAMS)
    ]
    workers = []
    for k in range(N_WORKERS):
        team = worker_teams(k)[0] - 1
        login = {"password": PASSWORD, "totp_secret": SECRET} if k == 0 else {}
        user = accounts.create_account(SYSTEM, login=f"worker{k:03d}", name=f"Worker {k:03d}", ends_on=until, **login)
        directory.grant_membership(
            SYSTEM,
            user=user,
            organisation=associations[team],
            role="REF",
            department=associations[team].department,
            starts_on=since,
            ends_on=until,
        )
        workers.append((user, associations[team]))
    ministry = directory.register_organisation(SYSTEM, kind="ddets", name="Administration centrale")
    sta = accounts.create_account(
        SYSTEM, login="statistician", name="Statistician", ends_on=until, password=PASSWORD, totp_secret=SECRET
    )
    directory.grant_membership(SYSTEM, user=sta, organisation=ministry, role="STA", starts_on=since, ends_on=until)
    sec = accounts.create_account(
        SYSTEM, login="secretary", name="Secretary", ends_on=until, password=PASSWORD, totp_secret=SECRET
    )
    directory.grant_membership(
        SYSTEM,
        user=sec,
        organisation=ministry,
        role="SEC",
        department=DEPARTMENTS[0],
        starts_on=since,
        ends_on=until,
    )
    return workers


def cases(n):
    """The generated rows, gathered by case: the generator gives a case, then its notes, events and attachments."""
    case, notes, events, files = None, [], [], []
    for kind, row in generate(n):
        if kind == "case":
            if case is not None:
                yield case, notes, events, files
            case, notes, events, files = row, [], [], []
        elif kind in ("note", "event", "attachment"):
            {"note": notes, "event": events, "attachment": files}[kind].append(row)
    if case is not None:
        yield case, notes, events, files


class Loader:
    """Builds the rows of many dossiers, sealed, then inserts table by table."""

    MODELS = (KeySlot, Dossier, Assignment, Identity, SafeContact, Agreement, Application, Decision, Journey, Period,
              Note, Appointment, Piece)  # fmt: skip

    def __init__(self, workers):
        self.workers = workers
        self.colleagues = {}
        for user, association in workers:
            self.colleagues.setdefault(association.pk, []).append(user)
        self.today = clock.today()
        self.rows = {model: [] for model in self.MODELS}

    def add(self, row, data=None, wrapped=None):
        if data is not None:
            row.seal(data, wrapped)
        self.rows[type(row)].append(row)
        return row

    def flush(self):
        for model in self.MODELS:
            insert(model, self.rows[model])
            self.rows[model] = []

    def dossier(self, case, notes, events, files):
        (number, reference, first, last, born, status, opened, closed, worker, _team, city, phone, summary) = case
        user, association = self.workers[worker - 1]
        stage = STAGE[status]
        # Due dates spread over the next two years, running periods around today.
        start = self.today - timedelta(days=number % 180)
        end = start + timedelta(days=181)
        dossier = Dossier(
            organisation_id=association.pk, department=association.department, number=reference, stage=stage,
            opened_on=opened, last_contact_on=opened, next_due_on=end if stage == "S5" else None, closed_on=closed,
        )  # fmt: skip
        slots = {}
        for group in GROUPS:
            slot = keys._new_slot(dossier.pk, group, 1, None)
            self.slot_id += 1
            slot.pk = self.slot_id
            slots[group] = bytes(slot.wrapped)
            self.add(slot)
        self.add(dossier)
        for colleague in self.colleagues[association.pk]:
            self.add(
                Assignment(
                    dossier_id=dossier.pk,
                    user_id=colleague.pk,
                    organisation_id=association.pk,
                    kind="referent",
                    starts_on=opened,
                )
            )
        g1, g4, g6 = slots["G1"], slots["G4"], slots["G6"]
        self.add(
            Identity(dossier_id=dossier.pk),
            {"alias": f"{first} {number}", "usual_name": first, "given_name": first, "family_name": last,
             "birth_date": born.isoformat(), "nationality": "FRA", "languages": [{"code": "fr"}]},
            g1,
        )  # fmt: skip
        self.add(SafeContact(dossier_id=dossier.pk, reviewed_on=self.today), {"phone": phone, "sms_ok": False}, g1)
        self.add(Agreement(dossier_id=dossier.pk, given_on=opened, recorded_by_id=user.pk), {"language": "fr"}, g1)
        state = {"S1": "draft", "S2": "submitted"}.get(stage, "decided")
        application = self.add(
            Application(
                dossier_id=dossier.pk, kind="engagement", rank=1, state=state, department=association.department,
                form_version="2026-1", opened_on=opened, submitted_on=None if state == "draft" else opened,
                decided_on=start if state == "decided" else None,
            )
        )  # fmt: skip
        if state == "decided":
            decision = self.add(
                Decision(dossier_id=dossier.pk, application_id=application.pk, department=association.department, kind="authorise",
                         state="notified", drafted_on=start, signed_on=start, notified_on=start),
                {"reasons": summary}, g6,
            )  # fmt: skip
            journey = self.add(
                Journey(dossier_id=dossier.pk, starts_on=start, ends_on=end, cap_on=start + timedelta(days=729),
                        exited_on=closed, exit_reason="term_24m" if closed else "")
            )  # fmt: skip
            self.add(
                Period(journey_id=journey.pk, decision_id=decision.pk, number=1, starts_on=start, ends_on=end, computed_end_on=end,
                       end_reason="term")
            )  # fmt: skip
        for _id, _case, author, at, text in notes:
            at = at.replace(tzinfo=clock.PARIS)
            self.add(
                Note(dossier_id=dossier.pk, author_id=self.workers[author - 1][0].pk, written_on=at.date(), written_at=at),
                {"text": text}, g4,
            )  # fmt: skip
        for _id, _case, _kind, day, label in events:
            at = clock.now() + timedelta(days=day.day)
            self.add(Appointment(dossier_id=dossier.pk, author_id=user.pk, at=at), {"title": label, "place": city}, g1)
        for _id, _case, name, _type, size in files:
            self.add(
                Piece(application_id=application.pk, dossier_id=dossier.pk, code="identity", compartment="C1", state="received",
                      received_on=opened),
                {"label": name, "size": size}, g1,
            )  # fmt: skip

    slot_id = 1_000


def main(n):
    call_command("migrate", verbosity=0)
    if User.objects.exists():
        return  # already filled
    workers = people()
    t0 = time.perf_counter()
    loader = Loader(workers)
    loader.slot_id = KeySlot.objects.count() + 1_000
    with transaction.atomic():
        for i, case in enumerate(cases(n), start=1):
            loader.dossier(*case)
            if i % CHUNK == 0:
                loader.flush()
        loader.flush()
    seconds = time.perf_counter() - t0
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(f"loaded {n} dossiers in {seconds:.1f} s: {n / seconds:.0f} a second")


if __name__ == "__main__":
    main(int(sys.argv[1]))
