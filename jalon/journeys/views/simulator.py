"""The simulator: what is typed comes in the body of a POST, is shown, and is forgotten."""

from django.http import HttpRequest, HttpResponse

from jalon.access import open_to
from jalon.journeys.simulator import DECIDES_NOTHING, HEALTH_IS_TYPED, LEGEND, SimulatorForm, paper, shown
from jalon.ui.views import invalid, page

PROFESSIONALS = ("REF", "COL", "MGR", "EMP", "SEC", "PRE", "ETR")
TEMPLATE = "journeys/simulator.html"


@open_to(*PROFESSIONALS, why="a calculation on typed values: no dossier is read, nothing is kept")
def simulator(request: HttpRequest) -> HttpResponse:
    context = {"decides_nothing": DECIDES_NOTHING, "health_is_typed": HEALTH_IS_TYPED, "legend": LEGEND}
    if request.method != "POST":
        return page(request, TEMPLATE, {**context, "form": SimulatorForm(initial={"orders_0_kind": "authorise"})})
    form = SimulatorForm(request.POST)
    made = form.simulation()
    if "add" in request.POST or "remove" in request.POST:
        again = form.again(request.POST.get("add", ""), request.POST.get("remove", ""))
        return page(request, TEMPLATE, {**context, "form": again})
    if made is None:
        return invalid(request, TEMPLATE, {**context, "form": form})
    result = shown(made)
    if request.POST.get("to") == "pdf":
        return paper.answer(form, made, result)
    return page(request, TEMPLATE, {**context, "form": form, "result": result})
