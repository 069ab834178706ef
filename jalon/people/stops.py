"""A page that would open one file too many does not leave (``settings.READING_STOP``, asked by the journal).

Files already opened that day stay open: what is under way goes on. Counted from the trail, across processes.
"""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from jalon.access import Actor, Role
from jalon.journal.middleware import budget
from jalon.journal.trail import is_read

from . import actions, reads


def answer(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """The page all the same when a stop of the day was lifted; else the stop, said and told."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    queue = request.journal  # type: ignore[attr-defined]
    opened, lifted = reads.opened_by(actor.user_id), reads.lifted(actor)
    shown = [one for one in queue.events if is_read(one)]
    if lifted and len(opened | {one.subject for one in shown}) <= lifted + budget(request):
        queue.flush()
        return response
    queue.refuse("budget", [one for one in shown if one.subject not in opened])
    actions.stop_reading(actor, len(opened))
    context = {"files": len(opened), "member": actor.role == Role.MEM}
    return render(request, "people/stopped.html", context, status=403)
