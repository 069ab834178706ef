"""Where a refusal leads back to: a page of ours, never another host."""

import pytest

from jalon.access.middleware import _back


@pytest.mark.parametrize(
    ("referer", "path"),
    [
        ("http://testserver/dossiers/x/?page=2", "/dossiers/x/?page=2"),
        ("http://testserver//evil.example/", "/"),
        ("http://testserver/\\evil.example/", "/"),
        ("http://testserver.evil.example/x", "/"),
        ("https://evil.example/", "/"),
        ("", "/"),
    ],
)
def test_the_way_back_stays_here(rf, referer, path):
    assert _back(rf.post("/dossiers/x/stop/", headers={"Referer": referer})) == path


def test_a_page_leads_back_to_itself(rf):
    assert _back(rf.get("/dossiers/x/?page=2")) == "/dossiers/x/?page=2"
    assert not _back(rf.get("//evil.example/")).startswith("//")
