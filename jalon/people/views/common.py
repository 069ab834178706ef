"""What the pages of the person's file share: the scope, the way back, who may come."""

from django.http import HttpRequest
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from jalon.people import access, reads, records
from jalon.people.models import Dossier
from jalon.people.states import Stage
from jalon.ui.views import local_path

GET_POST = require_http_methods(["GET", "POST"])
# The civil identity and the safe contact stay in the association, whatever she shares: others see what she names.
ASSOCIATION = ("REF", "COL", "MGR")
ONCE = "jalon.people.new"
NEVER = tuple(code for code, _words in records.NEVER_SHARED)
LISTED = tuple(stage for stage in Stage if stage != Stage.PURGED)


def fetch(request: HttpRequest, dossier_id: str, compartment: str, action: str) -> tuple[Dossier, str]:
    """The dossier of the actor's scope, and the word that names the person on this actor's screen."""
    dossier = access.get(request, dossier_id, compartment, action, reads.scope(request.actor))
    return dossier, reads.name(request.actor, dossier)


def back(request: HttpRequest, default: str) -> str:
    """Where the page before asked to return (« suite »), a path of ours only."""
    return local_path(request, request.GET.get("suite", "")) or default


def file_url(dossier: Dossier) -> str:
    return reverse("support:dossier", args=[dossier.pk])
