"""Her space opened by the real verbs, and her browser at her own host."""

from typing import Any, NamedTuple

from django.test import Client

from jalon.access import Actor
from jalon.accounts import actions as accounts
from jalon.accounts.models import User
from jalon.accounts.tests.factories import sign_in
from jalon.journal.tests.replay import replayed
from jalon.people import access as people
from jalon.people.models import Dossier
from jalon.people.tests.factories import Team, make_prepared, share_with_agency
from jalon.space import actions
from jalon.space.models import Space

HOST = "agenda.localhost"
PHRASE = "lune pomme bateau soleil clef jardin"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
COOKIE = "agenda"


class Hers(NamedTuple):
    """A person in her space: her file, her account, the number that she types, and the codes of her paper."""

    dossier: Dossier
    user: User
    number: str
    codes: list[str]

    def actor(self, *, stepped_up: bool = False) -> Actor:
        place = (self.dossier.organisation_id, self.dossier.department)
        return Actor(self.user.pk, "PER", *place, stepped_up=stepped_up)

    def browser(self, *, stepped_up: bool = False) -> Client:
        return at_her_host(sign_in(Client(HTTP_HOST=HOST), self.user, stepped_up=stepped_up))

    @property
    def file(self) -> Dossier:
        """Her file, fetched through her own scope."""
        return people.dossiers_visible_to(self.actor()).get()

    @property
    def space(self) -> Space:
        return Space.objects.get(dossier=self.dossier)


def at_her_host(client: Client) -> Client:
    """The session of this client under the name that her host gives to its cookie."""
    client.cookies[COOKIE] = client.cookies.pop("jalon").value
    return client


def activated(team: Team, dossier: Dossier) -> Hers:
    """Opened by the referent, activated with the card."""
    card = actions.open_space(team.actor("REF"), dossier)
    made = accounts.activate(number=card.number, code=card.code, phrase=PHRASE, secret=SECRET)
    assert made is not None
    return Hers(dossier, made.user, card.number, made.codes)


@replayed
def make_hers(team: Team, *, shared: bool = False, **given: Any) -> Hers:
    """S1, with her agreement; ``shared``: with the employment agency too."""
    dossier = make_prepared(team, **given)
    if shared:
        share_with_agency(team, dossier)
    return activated(team, dossier)
