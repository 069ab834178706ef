"""Each role's home page, and the main screens: accessible in both colours, on a telephone, with the keyboard alone."""

import pytest
from playwright.sync_api import expect

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
HOMES = ("ref.a1", "col.a", "mgr.a", "adm.a", "dpo.a", "emp.31")
HOMES += ("sec.31", "mem.31.1", "pre.31", "etr.31", "sta", "ops")
PATHWAY, REQUEST = "31-2026-006", "31-2026-004"
# name → who, how to get there from the ids of the world
SCREENS = {
    **{f"home of {account}": (account, lambda ids: "/") for account in HOMES},
    "file": ("ref.a1", lambda ids: f"/dossiers/{ids[PATHWAY]}/"),
    "file, adviser": ("emp.31", lambda ids: f"/dossiers/{ids[PATHWAY]}/"),
    "task list": ("ref.a1", lambda ids: f"/applications/{ids['application', REQUEST]}/"),
    "one part": ("ref.a1", lambda ids: f"/applications/{ids['application', '31-2026-002']}/parts/project/"),
    "timeline": ("ref.a1", lambda ids: f"/journeys/{ids[PATHWAY]}/"),
    "rights": ("ref.a1", lambda ids: f"/journeys/{ids[PATHWAY]}/rights/"),
    "thread": ("ref.a1", lambda ids: f"/liaison/{ids[PATHWAY]}/"),
    "plan": ("ref.a1", lambda ids: f"/plan/{ids[PATHWAY]}/"),
    "points of support": ("ref.a1", lambda ids: f"/scale/{ids[PATHWAY]}/"),
    "meetings of three": ("ref.a1", lambda ids: f"/meetings-of-three/{ids[PATHWAY]}/"),
    "training": ("ref.a1", lambda ids: f"/placements/{ids[PATHWAY]}/new/training/"),
    "calendar": ("emp.31", lambda ids: "/calendar/"),
    "session room": ("sec.31", lambda ids: f"/meetings/points/{ids['item', REQUEST]}/"),
    "reading sheet": ("mem.31.1", lambda ids: f"/meetings/points/{ids['item', REQUEST]}/"),
    "convention": ("mgr.a", lambda ids: f"/conventions/{ids['convention']}/"),
    "agenda of a committee": ("mgr.a", lambda ids: f"/conventions/{ids['convention']}/committees/"),
    "committee held": ("mgr.a", lambda ids: f"/conventions/committees/{ids['steering']}/"),
    "minutes": ("mgr.a", lambda ids: f"/conventions/{ids['convention']}/hold/"),
    "thread of a convention": ("mgr.a", lambda ids: f"/conventions/{ids['convention']}/thread/"),
    "pair": ("ref.a1", lambda ids: f"/conventions/pairs/{ids[PATHWAY]}/"),
    "hand-over": ("mgr.a", lambda ids: f"/conventions/hand-overs/{ids[PATHWAY]}/"),
    "steering": ("sec.31", lambda ids: "/steering/"),
    "services": ("emp.31", lambda ids: "/catalogue/"),
    "job offers": ("ref.a1", lambda ids: "/catalogue/jobs/"),
    "facts of a service": ("ref.a1", lambda ids: f"/catalogue/services/{ids['service']}/facts/"),
    "matches": ("ref.a1", lambda ids: f"/matches/{ids[PATHWAY]}/"),
    "wishes": ("ref.a1", lambda ids: f"/matches/{ids[PATHWAY]}/wishes/"),
    "set aside": ("ref.a1", lambda ids: f"/matches/{ids[PATHWAY]}/aside/"),
    "CV": ("ref.a1", lambda ids: f"/matches/{ids[PATHWAY]}/cv/"),
    "right to work": ("ref.a1", lambda ids: f"/matches/{ids[PATHWAY]}/rights/"),
    "insertion": ("ref.a1", lambda ids: f"/matches/{ids[PATHWAY]}/integration/"),
    "proposal": ("ref.a1", lambda ids: f"/proposals/{ids['proposal_id', PATHWAY]}/"),
    "orientation": ("ref.a1", lambda ids: f"/orientations/{ids['orientation_id', PATHWAY]}/"),
}
# Looked at in the slow proofs: they are made of what the others already show.
SLOW = ("services", "job offers", "facts of a service", "orientation", "meetings of three", "training", "calendar")
SLOW += ("agenda of a committee", "committee held", "minutes", "thread of a convention", "pair", "hand-over")
SLOW += ("matches", "wishes", "set aside", "CV", "right to work", "insertion", "proposal")


@pytest.fixture(scope="module")
def ids(proof, things):
    found = {one["number"]: one["id"] for one in proof.world["dossiers"]}
    for kind in ("application", "item"):
        found |= {(kind, one["number"]): one["id"] for one in things[f"{kind}_id"]}
    for kind in ("orientation_id", "proposal_id"):
        found |= {(kind, one["number"]): one["id"] for one in things[kind]}
    found["service"] = next(one["id"] for one in things["service_id"] if one["department"] == "31")
    for name in ("convention", "steering"):
        found[name] = next(one["id"] for one in things[f"{name}_id"] if "org-a" in one["organisations"])
    return found


def violations(page, what):
    from axe_playwright_python.sync_playwright import Axe

    answer = Axe().run(page, options={"runOnly": what}).response
    assert answer["passes"], "axe looked at something"
    return [f"{one['id']}: {node['html'][:160]}" for one in answer["violations"] for node in one["nodes"]]


TOO_WIDE = """() => [...document.querySelectorAll("main *")]
    .filter((node) => node.getBoundingClientRect().right > 361 && !node.closest(".scroll, .vh"))
    .slice(0, 3).map((node) => node.outerHTML.slice(0, 160))"""


def accessible(desk, path):
    """Light, dark, and on a telephone."""
    desk.context.add_cookies([{"name": "theme", "value": "light", "url": desk.server.base_url}])
    desk.go(path)
    expect(desk.page.locator(".htmx-request")).to_have_count(0)
    assert not violations(desk.page, TAGS), "light"
    # the same page in the other colours: only what depends on them is looked at again
    desk.page.evaluate("document.documentElement.dataset.bsTheme = 'dark'")
    assert not violations(desk.page, COLOURS), "dark"
    desk.page.set_viewport_size({"width": 360, "height": 740})
    scrolls, wide = desk.page.evaluate("document.scrollingElement.scrollWidth"), desk.page.evaluate(TOO_WIDE)
    desk.page.set_viewport_size({"width": 1366, "height": 900})
    assert scrolls <= 360, f"{scrolls} px wide: {wide}"


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.proof if name in SLOW else ()) for name in SCREENS]
)
def test_accessible_light_and_dark_and_narrow(name, screens, ids):
    account, path = SCREENS[name]
    accessible(screens(account), path(ids))


def test_the_choice_of_colours_is_kept(screens):
    desk = screens("ref.a1").go("/")
    desk.page.get_by_text("Affichage").click()
    desk.page.get_by_role("button", name="Sombres").click()
    desk.page.wait_for_load_state()
    assert desk.page.locator("html").get_attribute("data-bs-theme") == "dark"
    assert desk.go("/aide/").page.locator("html").get_attribute("data-bs-theme") == "dark"


@pytest.mark.parametrize("name", ["home of ref.a1", "home of sec.31", "home of pre.31", "session room", "task list"])
def test_with_the_keyboard_alone(name, screens, ids):
    account, path = SCREENS[name]
    desk = screens(account).go(path(ids))
    page = desk.page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0, "the skip link shows"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "contenu"
    action = desk.main.locator(".btn, tbody a, .task a").first
    desk.reach(action, 60)


# who, where, what unfolds the reasons (or leads to them), the article, and the address at which its text is
FOLLOWED = {
    "the end of a period": ("ref.a1", "timeline", "Pourquoi ces dates ?", "CASF, art. R. 121-12-13", "legifrance"),
    "an amount": ("ref.a1", "rights", "Pourquoi ce montant ?", "CASF, art. D. 121-12-14", "legifrance"),
    "a date of the home page": (
        "ref.a1",
        "home of ref.a1",
        "Pourquoi ces dates ?",
        "CRPA, art. L. 411-2",
        "legifrance",
    ),
    "an approval": ("mgr.a", "accreditations", "Pourquoi ces dates ?", "CASF, art. R. 121-12-3", "lexbase"),
}


@pytest.mark.proof
@pytest.mark.parametrize("name", FOLLOWED)
def test_from_a_date_to_the_text_of_its_article_in_two_interactions(name, screens, ids):
    """The reasons, then the article: what leaves for its publisher is stopped here, and its address looked at."""
    account, screen, why, article, publisher = FOLLOWED[name]
    desk = screens(account).go("/accreditations/" if screen == "accreditations" else SCREENS[screen][1](ids))
    outside = lambda url: not url.startswith(desk.server.base_url)  # noqa: E731
    desk.page.route(outside, lambda route: route.fulfill(body="the text of the article", content_type="text/plain"))
    try:
        with desk.within(1, f"0. From {name} to its reasons"):
            desk.main.get_by_text(why, exact=True).first.click()
        desk.page.locator("main").get_by_role("link", name=article, exact=True).first.click()
        desk.page.wait_for_url(outside)
        assert publisher in desk.page.url
    finally:
        desk.page.unroute_all()
        told, desk.complaints[:] = list(desk.complaints), []
        desk.go("/")
    assert [one for one in told if "request to another host" not in one] == []
