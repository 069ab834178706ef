"""The nightly mirror: the adapter's calls, what is kept, gone, spoilt, or could not be asked."""

import json

import httpx
import pytest

from jalon.offers import mirror
from jalon.offers.models import Service, SourceFetch
from jalon.offers.states import Reason

from .factories import SERVICES

pytestmark = pytest.mark.django_db


class Sample:
    """A directory in memory."""

    def __init__(self):
        self.body = json.loads(SERVICES.read_text())

    def structures(self, department):
        return self.body["structures"]

    def services(self, department):
        return self.body["services"]


def answering(calls, **odd):
    """data·inclusion's API, two a page, with the fields that it adds."""
    body = json.loads(SERVICES.read_text())

    def answer(request):
        calls.append(request)
        kind, page = request.url.path.rpartition("/")[2], int(request.url.params["page"])
        if odd:
            return httpx.Response(**odd)
        items = [{**item, "score_qualite": 0.9, "adresse_certifiee": None} for item in body[kind]]
        part = items[2 * page - 2 : 2 * page]
        return httpx.Response(200, json={"items": part, "total": len(items), "page": page, "size": 2, "pages": 3})

    return httpx.Client(transport=httpx.MockTransport(answer))


def asked(http):
    return mirror.DataInclusion(
        http=http, url="https://x.invalid/api/v1", token="j-eton", rate=10_000, sleep=lambda _: None
    )


def test_a_department_is_mirrored_page_by_page():
    calls = []
    row, problems = mirror.department("30", asked(answering(calls)))
    assert (row.total, row.added, row.failure, problems) == (6, 6, "", [])
    assert set(Service.objects.values_list("department", flat=True)) == {"30"}
    assert len(calls) == 6
    for call in calls:
        assert set(call.url.params) == {"code_departement", "page", "size"}
        assert call.url.params["code_departement"] == "30"
        assert call.headers["Authorization"] == "Bearer j-eton"


def test_what_is_no_more_there_is_gone_what_is_spoilt_today_stays():
    directory = Sample()
    mirror.department("30", directory)
    del directory.body["services"][0]
    directory.body["services"][0]["thematiques"] = ["inventée"]
    row, problems = mirror.department("30", directory)
    assert (row.gone, row.complete, len(problems)) == (1, False, 1)
    assert Service.objects.filter(gone_on=None).count() == 5
    row, _ = mirror.department("30", Sample())
    assert Service.objects.filter(gone_on=None).count() == 6, "back again"


@pytest.mark.parametrize(
    ("odd", "reason"),
    [
        ({"status_code": 401}, Reason.CREDENTIALS),
        ({"status_code": 503}, Reason.SERVER),
        ({"status_code": 200, "text": "<html>"}, Reason.UNREADABLE),
        ({"status_code": 200, "json": {"items": []}}, Reason.UNREADABLE),
    ],
)
def test_no_answer_changes_nothing(odd, reason):
    mirror.department("30", Sample())
    row, _ = mirror.department("30", asked(answering([], **odd)))
    assert row.failure == reason
    assert Service.objects.filter(gone_on=None).count() == 6
    assert SourceFetch.objects.count() == 2


def test_without_a_token_nothing_is_asked(settings, tmp_path):
    settings.DATA_INCLUSION_TOKEN_FILE = tmp_path / "absent"
    row, _ = mirror.department("30")
    assert row.failure == Reason.CREDENTIALS
