"""ASVS 8.2.3: the fields that each account is shown are those of the policy, no more and no less.

Every sealed record of every file holds words found nowhere else (``marks``); each account asks every address with every
object of its own and one of each other relation, follows every link, makes every paper that a page offers. What it was
shown is compared with the golden matrix, read by ``world.readable``: neither the scopes nor ``decide`` are asked.
"""

import io
import re
import zipfile
from collections import defaultdict
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.apps import apps
from django.test import Client
from django.urls import resolve
from pypdf import PdfReader

from jalon.accounts.models import User
from jalon.accounts.tests.factories import sign_in
from jalon.config import clock
from jalon.dossiers.models import Piece
from jalon.dossiers.parts import BY_CODE
from jalon.space.tests.factories import HOST, at_her_host
from jalon.vault.classification import FIELDS, STAFF_GROUP
from tests.browser.visitor import LEFT_ALONE, query, read
from tests.hostile import marks, objects
from tests.hostile.inside import NOW, undone
from tests.hostile.test_bad_input import forms_of, sent_by
from tests.hostile.test_foreign_ids import WORDS, addresses
from tests.hostile.test_http_matrix import relation
from tests.hostile.world import KNOWN, READS, STAGES, allows, readable

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("bad input"), pytest.mark.proof]

# Papers are made by a form: its address ends with one of these words.
PRINTED = re.compile(
    r"/(paper|letter|receipt|acknowledgement|certificate|proof|appeal-kit|convocations|annex|sheet|print|minutes|cv"
    r"|right_to_work|copy|report)/$"
)
HERS = "/copy/"  # the copy that she asked for holds all that the association reads: it hides no hole of a page

# Sealed records of a file without a word to mark, and why.
UNMARKED = {
    "commissions.CopyHold": "only of a session copy that is kept for a challenge, which this world does not hold",
    "commissions.Minutes": "of a meeting: numbers and outcomes",
    "commissions.WrittenOpinion": "only in a written consultation, which this world does not hold",
    "dossiers.SessionCopy": "the words of the package",
    "journeys.AfisMonth": "amounts",
    "journeys.Appeal": "no form writes a word of it",
    "journeys.PayerLine": "amounts",
    "journeys.Transfer": "a file that moves leaves its house: none here",
    "people.Information": "codes and days",
    "people.Share": "codes",
    "support.ProgressScale": "degrees",
    "vault.Former": "what a record said before: its readers are those of jalon/support/tests/test_former.py",
}
# What the matrix lets a role read and no page shows it: the roles (all when none), the fields, the reason. Compared
# both ways: a field that is hidden and not here fails, and so does a line that hides nothing.
NOT_SHOWN = (
    ("", "people.Agreement.how", "a code: the page says it in words"),
    ("COL EMP SEC ETR DPO PER", "dossiers.Piece/*.label", "the papers of a request are on its page, which she leads"),
    ("REF COL EMP SEC PER", "people.LegalHold.reason", "for who may end the file: its manager"),
    ("REF", "access.BreakGlass.reason", "an opening is told to her with its category; its reason is for the officer"),
    ("MGR", "access.BreakGlass.reason", "she wrote it; its reader is the officer"),
    ("REF SEC PRE", "commissions.Reading.note", "a member's private note"),
    ("REF", "commissions.Opinion.reasons", "in the annex of the minutes, which the secretariat keeps"),
    ("REF MGR PER", "journeys.Decision.*", "a draft is the State's, until it is signed"),
    ("MEM PRE", "dossiers.ComplementRequest.*", "what the secretariat asked is settled when the commission reads"),
    ("SEC", "dossiers.ComplementRequest.*", "shown while it is instructed"),
    ("SEC MEM PRE", "dossiers.Part/*", "the association's working copy: the commission reads the package"),
    ("SEC MEM PRE", "dossiers.Package.pieces[[]].label", "named by the list of papers, or counted"),
    ("MEM PRE", "dossiers.Package.read_back.interpreter", "that it was read back to her, not through whom"),
    ("REF", "journeys.AfisGrant.reason journeys.AfisGrant.appeal_routes", "shown of a refusal, which has reasons"),
    ("COL MGR ETR PER", "journeys.Hearing.*", "the letter of the invitation is for those who answer it"),
    ("REF", "dossiers.Part/needs.first", "what its author is typing stands in its place"),
    ("MGR", "dossiers.Draft.*", "for its author alone"),
    ("MGR", "support.Note/private.text", "for its author alone"),
    ("MGR", "support.Objective.* support.PlanStep.*", "an exceptional opening reads the file, the notes; not the plan"),
    ("MGR PER", "space.PersonRequest.text", "for the referent, who answers"),
    ("EMP", "people.Identity.*", "her alias is enough to meet her"),
    ("EMP", "people.Statement.words", "about a record that the adviser is not shown"),
    ("EMP", "people.SafeContact.*", "a way to reach her, never what protects it"),
    ("EMP", "dossiers.Part/project.*", "what she aims at; the rest was not shared"),
    ("EMP", "offers.Resume.*", "hers, written with the association"),
    ("EMP", "offers.Wishes.*", "they weigh in the matching and are not told"),
    ("ETR", "people.Identity.* people.Statement.words", "the civil name that stands in the permit"),
    ("ETR", "journeys.Permit.number", "the office has written it: its days are read"),
    ("SEC PRE", "journeys.Journey.note", "what the association writes of the end, for itself"),
    ("REF MEM", "commissions.AgendaItem.heard.*", "who was heard is in the minutes"),
    ("ETR", "dossiers.Part/residence.*", "the permits themselves, not what the association notes of them"),
    ("SEC PER", "support.Appointment.*", "an appointment is between her and the association; her space says the hour"),
    ("PER", "people.SafeContact.*", "what would betray her to whoever holds her telephone"),
    ("PER", "people.Agreement.* people.RightsRequest.*", "read at the desk: her space holds no name and no text"),
    ("PER", "access.BreakGlass.reason", "told at the desk"),
)  # fmt: skip
# Forms that have fewer fields for a role: the form, the role, what it does not write, the reason.
NARROWER = (
    (
        "catalogue/services/<str:service_id>/facts/ FactsForm",
        "EMP",
        "contact discretion places trained",
        "what is learnt by accompanying",
    ),
    ("memberships/invite/ NewAccountForm", "ADM", "college organisation", "her own organisation"),
    ("memberships/invite/ NewAccountForm", "MGR", "college organisation", "her own organisation"),
    ("steering/report/ FilterForm", "STA", "kind", "figures outside one's scope: one year, and no other choice"),
    ("plan/<str:dossier_id>/objectives/ ObjectiveForm", "EMP", "shared", "all that the agency writes is shared"),
)


class Seen:
    """What one account was shown."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.failed: list[str] = []
        self.forms: list[tuple[str, str, tuple[str, ...]]] = []  # where it is sent, the form, what may be typed

    def take(self, path: str, response: Any) -> str:
        self.texts[path] = text_of(response)
        if response.status_code == 500:
            self.failed.append(path)
        return self.texts[path]


def text_of(response: Any) -> str:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    kind = response.headers.get("Content-Type", "")
    if kind == "application/pdf":
        pages = PdfReader(io.BytesIO(body)).pages
        return "\n".join(f"{page.extract_text()}\n{page.get_contents().get_data().decode('latin-1')}" for page in pages)
    if "spreadsheet" in kind:
        book = zipfile.ZipFile(io.BytesIO(body))
        return "\n".join(book.read(one).decode("utf-8", "replace") for one in book.namelist())
    return body.decode("utf-8", "replace")


def named(account: str, things: dict[str, list[dict[str, Any]]]) -> Any:
    """Every address that names an object: with each object of its own, and one of each other relation."""
    for path, names in addresses():
        main = next(name for name in names if name.endswith("_id"))
        others = set()
        for thing in things[main]:
            kind = relation(account, thing)
            if kind == "own" or kind not in others:
                others.add(kind)
                yield path.format(**{name: WORDS.get(name, thing["id"]) for name in names})


def crawl(account: str, client: Client, things: dict[str, list[dict[str, Any]]]) -> Seen:
    seen, waiting = Seen(), ["/", *named(account, things)]
    while waiting:
        path = waiting.pop(0)
        if path in seen.texts:
            continue
        response = client.get(path)
        text = seen.take(path, response)
        links = [response.headers.get("Location", "")]
        if response.headers.get("Content-Type", "").startswith("text/html"):
            page = read(text)
            links += page.links
            links += [form.action + query(form) for form in page.forms if form.method == "get"]
            posting = [form for form in page.forms if form.method == "post"]
            for form in posting:
                where = urljoin(path, form.action)
                if PRINTED.search(where) and f"POST {where}" not in seen.texts:
                    with undone():
                        seen.take(f"POST {where}", client.post(where, _data(form.fields)))
            for form in forms_of(response).values():
                sender = sent_by(form, posting)
                writable = tuple(name for name, field in form.fields.items() if not field.disabled)
                if sender is not None and writable:
                    seen.forms.append((urlsplit(urljoin(path, sender.action)).path, type(form).__name__, writable))
        for link in links:
            target = urlsplit(urljoin(f"http://localhost{path}", link))
            if link and target.netloc == "localhost" and not target.path.startswith((*LEFT_ALONE, "/static/")):
                waiting.append(target.path + (f"?{target.query}" if target.query else ""))
    return seen


def _data(pairs: list[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for name, value in pairs:
        found[name].append(value)
    return found


def her_space(client: Client) -> Seen:
    """A person's space: one address, each page asked by a button."""
    client.defaults.update(HTTP_HOST=HOST, HTTP_ORIGIN=f"http://{HOST}")
    at_her_host(client)
    seen, waiting = Seen(), ["home"]
    while waiting:
        name = waiting.pop(0)
        if name in seen.texts:
            continue
        response = client.post("/", {"go": name})
        text = seen.take(name, client.get("/") if response.status_code == 303 else response)
        waiting += re.findall(r'name="go" value="([a-z_]+)"', text)
    return seen


# --- the comparison ---------------------------------------------------------------------------------------------------
class Crawled:
    """Each account's crawl, made when it is first asked for."""

    def __init__(self, world: dict[str, Client]) -> None:
        self.world, self.known, self._seen = world, marks.Marks(), dict[str, Seen]()
        with clock.at(NOW):
            objects.more()
            marks.also(self.known)
            marks.write_over(self.known)
            self.things = {kind: list(objects.objects(*where)) for kind, where in objects.KINDS.items()}
        self.numbers = {thing["id"]: thing["number"] for listed in self.things.values() for thing in listed}

    def __getitem__(self, account: str) -> Seen:
        if account not in self._seen:
            client = self.world[account]
            sign_in(client, User.objects.get(pk=client.user_id), stepped_up=True)
            hers = KNOWN[account].role == "PER"
            with clock.at(NOW):
                self._seen[account] = her_space(client) if hers else crawl(account, client, self.things)
        return self._seen[account]


@pytest.fixture(scope="module")
def crawled(world):
    with undone():
        yield Crawled(world)


def test_every_kind_of_record_of_a_file_is_marked(crawled):
    """Of the map of what is sealed: each kind has a marked field, but those of staff and those that are said."""
    staff = {model._meta.label for model in apps.get_models() if getattr(model, "COMPARTMENT", "") == STAFF_GROUP}
    sealed = {label for label, classes in FIELDS.items() if "sealed" in classes.values()} - staff
    marked = {".".join(re.split(r"[./]", mark.field)[:2]) for mark in crawled.known.values()}
    assert sealed - marked == set(UNMARKED)


@pytest.mark.parametrize("account", list(KNOWN))
def test_what_is_shown_is_the_policy(account, crawled):
    seen, role = crawled[account], KNOWN[account].role
    shown: dict[marks.Mark, str] = {}
    copied: dict[marks.Mark, str] = {}
    for path, text in seen.texts.items():
        for mark in crawled.known.seen_in(text):
            (copied if path.startswith("POST") and path.endswith(HERS) else shown).setdefault(mark, path)
    allowed = of_policy(account)
    out = {mark: path for mark, path in (copied | shown).items() if mark.cell not in allowed}
    assert not out, "shown outside the policy:\n" + "\n".join(f"{mark} at {path}" for mark, path in out.items())
    hidden = {
        mark for mark in set(crawled.known.values()) - set(shown) if f"{mark.number}/{mark.compartment}" in allowed
    }
    silent = sorted(f"{STAGES[mark.number]} {mark}" for mark in hidden if not reason(role, mark.field))
    assert not silent, "readable and shown nowhere:\n" + "\n".join(silent)
    assert not seen.failed


def of_policy(account: str) -> set[str]:
    return set(readable(account, True, marks.OPENED))


def reason(role: str, field: str) -> str:
    return next((why for roles, fields, why in NOT_SHOWN if _concerns(role, roles) and _names(field, fields)), "")


def _concerns(role: str, roles: str) -> bool:
    return not roles or role in roles.split()


def _names(field: str, patterns: str) -> bool:
    return any(fnmatchcase(field, pattern) for pattern in patterns.split())


def test_every_reason_hides_something(crawled):
    """A line of the list that no longer hides anything from a role is taken out of it."""
    hidden = defaultdict(set)
    for account, known in KNOWN.items():
        shown = {mark for text in crawled[account].texts.values() for mark in crawled.known.seen_in(text)}
        allowed, missing = of_policy(account), set(crawled.known.values()) - shown
        hidden[known.role] |= {mark.field for mark in missing if mark.cell in allowed}
    idle = [
        f"{role or 'all'} {pattern}"
        for roles, fields, _why in NOT_SHOWN
        for role in roles.split() or [""]
        for pattern in fields.split()
        if not any(_names(field, pattern) for known in ([role] if role else hidden) for field in hidden[known])
    ]
    assert not idle, "\n".join(idle)


@pytest.mark.parametrize("account", list(KNOWN))
def test_what_is_written_is_the_policy(account, crawled):
    """A form in which something may be typed is offered to whom the matrix lets do what its view declares."""
    wrong = set()
    for where, form, _writable in crawled[account].forms:
        match = resolve(where)
        number = next((crawled.numbers[one] for one in match.kwargs.values() if crawled.numbers.get(one)), "")
        if number and not any(may_write(account, number, *cell) for cell in written(match, form)):
            wrong.add(f"{STAGES[number]} {match.route} {form}: {written(match, form)}")
    assert not wrong, "\n".join(sorted(wrong))


def written(match: Any, form: str) -> list[tuple[str, str]]:
    """The cells of the matrix, one of which lets this form be sent: what its view declares, but for four of them."""
    if "code" in match.kwargs:  # a part of the request, or one of its papers, is of a compartment of its own
        return [(BY_CODE[match.kwargs["code"]].compartment, "edit")]
    if form == "WaiveForm":
        return [(Piece.objects.get(pk=match.kwargs["piece_id"]).compartment, "edit")]
    policy = match.func.policy
    if form in ("NoteForm", "FullNoteForm"):  # what is written for both sides adds to the project
        return [(policy.compartment, policy.action), ("C10", "edit"), ("C10", "comment")]
    if (policy.compartment, policy.action) == ("C14", "edit"):  # whoever may sign may draft
        return [("C14", "edit"), ("C14", "sign")]
    return [(policy.compartment, policy.action)]


def may_write(account: str, number: str, compartment: str, action: str) -> bool:
    """The State's side stands on a request, decided (S4) while the file goes on; its delays are its rooms' tests."""
    actions = READS if action == "read" else (action,)
    late = KNOWN[account].role in ("SEC", "PRE")
    return any(
        allows(account, number, compartment, one, opened=marks.OPENED)
        or (late and allows(account, number, compartment, one, stage="S4", window=True))
        for one in actions
    )


def test_a_form_writes_the_same_fields_whoever_holds_it(crawled):
    """Or it is said which fields a role does not write, and why."""
    names: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for account, known in KNOWN.items():
        for where, form, writable in crawled[account].forms:
            match = resolve(where)
            words = [value for name, value in match.kwargs.items() if not name.endswith("_id")]
            key = " ".join([match.route, form, *words])
            names[key][known.role] |= {re.sub(r"_\d+_", "_n_", re.sub(r"[\w-]{22}$", "id", name)) for name in writable}
    found = {
        (form, role): " ".join(sorted(set().union(*roles.values()) - own))
        for form, roles in names.items()
        for role, own in roles.items()
    }
    narrower = {key: missing for key, missing in found.items() if missing}
    assert len(names) > 80
    assert narrower == {(form, role): missing for form, role, missing, _why in NARROWER}
