"""The home pages of the secretariat and of a member."""

from django.http import HttpRequest, HttpResponse

from jalon import journal
from jalon.access import open_to
from jalon.commissions import reads
from jalon.config import clock
from jalon.directory import reads as directory
from jalon.ui import paging
from jalon.ui.views import page

SECRETARIAT = "a department's secretariat prepares its commission"
LISTS = ("page", "risks", "notify", "due", "minutes")  # each has its own pages
MEMBERS = "a member prepares the meetings to which her seat was convoked"


@open_to("SEC", why=SECRETARIAT)
def secretariat_home(request: HttpRequest) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    home = reads.secretariat_home(actor, paging.all_asked(request, *LISTS))
    dossiers = [row.application.dossier for row in home.received]
    journal.reading(request, "list", compartment="C16", count=len(dossiers), objects=dossiers)
    context = {
        "home": home,
        "today": clock.today(),
        "accreditation_tasks": directory.tasks(actor, paging.asked(request, "agrements")),
    }
    context["held"] = reads.copies_held(actor, number=paging.asked(request, "held"))
    return page(request, "commissions/secretariat_home.html", context)


@open_to("MEM", why=MEMBERS)
def member_home(request: HttpRequest) -> HttpResponse:
    home = reads.member_home(request.actor)  # type: ignore[attr-defined]
    seen = [line.item for one in home.current for line in one.to_read if line.item]
    dossiers = [item.application.dossier for item in seen if item.application]
    journal.reading(request, "list", compartment="C13", count=len(dossiers), objects=dossiers)
    return page(request, "commissions/member_home.html", {"home": home, "today": clock.today()})
