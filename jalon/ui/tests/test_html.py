"""The components: right words, right thresholds, escaped text, drawings that can be heard and stay small."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory
from django.urls import NoReverseMatch, set_urlconf
from django.utils import translation

from jalon.ui import html, nav, patterns, plots, timeline
from jalon.ui.context import Page

TODAY = date(2020, 2, 20)


def render(text, **context):
    return Template(text).render(Context(context))


@pytest.mark.parametrize(
    ("days", "tone", "words"),
    [(116, "neutral", "J-116"), (91, "neutral", "J-91"), (90, "info", "à prévoir"), (61, "info", "J-61"),
     (60, "warn", "à préparer"), (31, "warn", "J-31"), (30, "danger", "urgent"), (1, "danger", "dans 1 jour"),
     (0, "danger", "aujourd&#x27;hui"), (-3, "danger", "dépassée")],
)  # fmt: skip
def test_due_dates(days, tone, words):
    badge = render("{% due day today date=True %}", day=date.fromordinal(TODAY.toordinal() + days), today=TODAY)
    assert f"due-{tone}" in badge
    assert words in badge
    assert "<time>" in badge


@pytest.mark.parametrize(("days", "tone"), [(29, "neutral"), (8, "neutral"), (7, "warn"), (0, "warn"), (-1, "danger")])
def test_what_takes_a_day_to_do_is_calm_until_late(days, tone):
    badge = html.due(date.fromordinal(TODAY.toordinal() + days), TODAY, calm=True)
    assert f"due-{tone}" in badge
    assert "urgent" not in badge
    assert ("dépassée" in badge) == (days < 0)
    assert html.due_tone(7) == "danger"  # the other scale, for the same day


def test_a_due_date_in_english_and_an_absent_one():
    with translation.override("en"):
        badge = html.due(date(2020, 4, 6), TODAY)
    assert "D-46" in badge
    assert "in 46 days" in badge
    assert html.due(None, TODAY) == ""


def test_days_and_figures():
    assert render("{{ d|day }} {{ d|longday }} {{ d|monthname }} {{ d|shortmonth }}", d=TODAY) == (
        "20/02/2020 jeudi 20 février 2020 février 2020 févr. 20"
    )
    assert html.long_day(date(2020, 3, 1)) == "dimanche 1er mars 2020"
    assert html.day("1990-06") == "06/1990"
    assert html.day(None) == ""
    assert html.moment(datetime(2020, 2, 20, 12, 30, tzinfo=UTC)) == "20/02/2020 à 13:30"
    assert html.euro(Decimal("1728")) == "1\u202f728,00\u00a0€"
    assert html.percent(0.78) == "78\u00a0%"
    assert html.number(1234.5, 1) == "1\u202f234,5"
    assert render("{{ d|signed_days:today }} {{ n|signed_days }}", d=date(2020, 4, 6), today=TODAY, n=-3) == "J-46 J+3"
    assert html.phone("+33612345678") == "06 12 34 56 78"
    with translation.override("en"):
        assert html.euro(Decimal("1728")) == "€1,728.00"


def test_text_given_to_a_component_is_escaped():
    evil = "<script>alert(1)</script>"
    pieces = [
        html.state("ok", evil),
        html.tasks([html.Task(evil, '"><x', evil, hint=evil)]),
        html.summary([(evil, evil, "#", evil)]),
        html.months([html.Chip(evil, evil, detail=evil)], evil),
        html.tabs([(evil, "#", True, 3)], evil),
        html.explain([{"id": evil, "sentence": evil, "article": evil, "inputs": {evil: evil}}], evil),
        html.empty(evil, "#", evil),
        html.agreement(evil, [evil], evil, evil, "#", evil),
        html.meter(1, 2, evil),
        html.lines(evil),
        plots.bars(evil, [(evil, [1, 2])], [evil, evil], n=3, period=evil),
        plots.steps(evil, [(evil, 1)], target=1, target_label=evil),
        plots.dots(evil, [(evil, [1, 2])], evil),
        timeline.clock_figure(clock(evil)),
    ]
    for piece in pieces:
        assert "<script>" not in piece
        assert "style=" not in piece
        assert "&lt;script&gt;" in piece


def test_tasks_say_their_state_and_close_when_there_is_no_link():
    shown = html.tasks(
        [html.Task("Pièces", "/p", "Terminé", "ok", "Cinq"), {"label": "Envoyer", "state": "Pas encore possible"}]
    )
    assert 'aria-describedby="tache-0-etat tache-0-aide"' in shown
    assert 'class="task task-closed"' in shown
    assert "Terminé" in shown


def test_explain_takes_any_object():
    class Applied:
        id, sentence, article, inputs = "DUR-2", "Six mois.", "art. L121-9", [("Début", "07/10/2019")]

    shown = html.explain(Applied(), "Pourquoi cette date ?")
    assert "DUR-2" in shown
    assert "<dt>Début</dt>" in shown
    assert html.explain([]) == ""


def clock(words="Ligne"):
    starts = [date(2019, 4, 1), date(2019, 10, 1), date(2020, 4, 1), date(2020, 10, 1), date(2021, 4, 1)]
    parts = [
        timeline.Segment(n, first, after, "current" if n == 2 else "planned", words)
        for n, (first, after) in enumerate(zip(starts, starts[1:], strict=False), start=1)
    ]
    bars = [timeline.Bar(date(2019, 5, 1), None, words), timeline.Bar(starts[0], date(2019, 4, 30), "", "gap")]
    points = [timeline.Point(date(2019, 6, n), f"{words} {n}", "star" if n % 2 else "hollow") for n in range(1, 25)]
    lanes = [timeline.Lane(words, bars, points)] * 7
    return timeline.Clock(starts[0], date(2021, 3, 31), TODAY, parts, lanes, words, words, "limite")


def test_the_clock_can_be_heard_stays_small_and_has_its_table():
    drawing = timeline.clock_svg(clock())
    assert 'viewBox="0 0 960 249" role="img" aria-labelledby="clock-t clock-d"' in drawing
    assert '<title id="clock-t">Ligne</title><desc id="clock-d">Ligne</desc>' in drawing
    assert len(drawing.encode()) <= 12 * 1024 * 2  # seven lanes of 24 points: far more than a page holds
    assert drawing.count('<g class="lane">') == 5
    figure = timeline.clock_figure(clock())
    assert figure.count('<th scope="row">') == 4 + 7 * 26
    assert '<th scope="col">' in figure


def test_an_ordinary_clock_is_under_twelve_kilobytes():
    full = clock()
    lanes = [timeline.Lane(f"Ligne {n}", [timeline.Bar(date(2019, 5, 1), date(2020, 5, 1), "un libellé de barre")] * 3,
                           [timeline.Point(date(2020, n + 1, 3), "étape")] * 8) for n in range(5)]  # fmt: skip
    ordinary = timeline.Clock(full.start, full.end, TODAY, full.segments, lanes, "Titre", "Description", "limite")
    assert len(timeline.clock_svg(ordinary).encode()) <= 12 * 1024


def test_x_follows_the_days():
    drawing = timeline.clock_svg(timeline.Clock(date(2019, 10, 7), date(2021, 10, 6), date(2020, 10, 6)))
    assert 'class="today"><path d="M480' in drawing
    outside = timeline.clock_svg(timeline.Clock(date(2019, 10, 7), date(2021, 10, 6), date(2022, 1, 1)))
    assert 'class="today"' not in outside


def test_a_gap_and_another_day_have_their_words():
    gap = timeline.Segment(1, date(2020, 4, 7), date(2020, 4, 20), "gap", "sans parcours")
    clock = timeline.Clock(date(2019, 10, 7), date(2021, 10, 6), TODAY, [gap], today_label="au 3 mars")
    drawing, table = timeline.clock_svg(clock), timeline.clock_table(clock)
    assert "au 3 mars</text>" in drawing
    assert "sans parcours" not in drawing, "no room for it"
    assert '<th scope="row">Intervalle</th><td>sans parcours</td><td>07/04/2020</td>' in table


def test_plots_say_n_and_hide_what_is_masked():
    shown = plots.bars("Titre", [("sept.", [4, None]), ("déc.", [3, 1])], ["a", "b"], n=9, period="2019", csv="/x.csv")
    assert "n = 9 · 2019" in shown
    assert shown.count("masqué") == 3
    assert 'href="/x.csv"' in shown
    assert shown.count('role="img"') == 1
    assert plots.dots("Titre", [("a", [15, 30, 45]), ("b", [])], "jours").count("<circle") == 3
    assert "H" in plots.steps("Titre", [("a", 1), ("b", None), ("c", 3)])
    assert plots.bars("Rien", []).count("<rect") == 0


def test_the_pager_keeps_the_filters():
    request = RequestFactory().get("/?etat=ouvert&page=2")
    pages = Paginator(range(95), 20)
    shown = Template("{% pager page %}").render(Context({"request": request, "page": pages.page(2)}))
    assert "?etat=ouvert&amp;page=1" in shown
    assert "?etat=ouvert&amp;page=3" in shown
    assert "Page 2 sur 5" in shown
    assert Template("{% pager page %}").render(Context({"request": request, "page": Paginator([1], 20).page(1)})) == ""


def test_a_one_button_form_carries_its_token():
    shown = render('{% post "/x/" "Venue" drawing="check" said="Iris" mois="2020-02" %}', csrf_token="jeton")
    assert 'value="jeton"' in shown
    assert 'name="mois" value="2020-02"' in shown
    assert '<span class="vh"> Iris</span>' in shown


def test_every_icon_that_is_named_exists():
    room = Path(html.__file__).parent
    drawn = set(re.findall(r'<symbol id="(\w+)"', (room / "static/ui/icons.svg").read_text(encoding="utf-8")))
    named = set()
    for path in room.parent.rglob("*.html"):
        named |= set(re.findall(r'{% icon "(\w+)"', path.read_text(encoding="utf-8")))
    for path in room.rglob("*.py"):
        named |= set(re.findall(r'icon\("(\w+)"', path.read_text(encoding="utf-8")))
    assert named <= drawn


def test_no_template_has_inline_script_or_style():
    for path in Path(html.__file__).parent.parent.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\sstyle=|<style|\son\w+=|<script(?![^>]*\ssrc=)", text), path.name


def test_a_row_of_a_long_list_stays_light():
    row = html.due(date(2020, 4, 6), TODAY, date=True) + html.meter(5, 24, "5 / 24") + html.state("ok", "reçu") * 2
    assert len(row.encode()) < 400


def test_every_tone_has_its_icon_in_the_style_sheet():
    sheet = (Path(html.__file__).parent / "static/ui/jalon.css").read_text(encoding="utf-8")
    for tone in html.TONES:
        assert re.search(rf"\.state-{tone}[^{{}}]*{{\s*--drawing: url", sheet), tone
    for tone in ("neutral", "info", "warn", "danger"):
        assert re.search(rf"\.due-{tone}[^{{}}]*{{\s*--drawing: url", sheet), tone


@pytest.mark.parametrize(("lanes", "height"), [(0, 104), (1, 133), (3, 191), (5, 249), (7, 249)])
def test_the_drawing_is_as_high_as_its_lanes(lanes, height):
    listed = [timeline.Lane(f"Voie {rank}") for rank in range(lanes)]
    start, end = date(2019, 10, 7), date(2021, 10, 6)
    drawing = timeline.clock_svg(timeline.Clock(start, end, date(2020, 10, 6), lanes=listed))
    assert f'viewBox="0 0 960 {height}"' in drawing
    assert f' 30V{height - 16}"' in drawing
    assert f'y="{height - 4}" text-anchor="middle"' in drawing


def test_a_pattern_is_rendered_once_and_escapes_what_it_is_filled_with():
    """The header of two accounts of one role: one rendering, each its own name, token and address, all escaped."""
    patterns.pattern.cache_clear()
    shown = []
    for name, here, token in (("<b>Ana</b> 100 %", "/a/?q=%(name)s", "token-1"), ("Bo %s", "/b/", "token-2")):
        request = RequestFactory().get(here)
        request.user = SimpleNamespace(is_authenticated=True)
        page = Page(request)
        page.role, page.account = "REF", nav.Account(name)
        shown.append(render("{% header %}", ui=page, csrf_token=token))
    first, second = shown
    assert "&lt;b&gt;Ana&lt;/b&gt; 100 %</span>" in first
    assert first.count('value="token-1"') == first.count("<form") == second.count('value="token-2"')
    assert 'name="suite" value="/a/?q=%(name)s"' in first
    assert "Bo %s</span>" in second
    assert "Ana" not in second + patterns.pattern("ui/_header.html", "fr", *_key(page))
    assert patterns.pattern.cache_info().misses == 1


def _key(page):
    return ("csrf_token", "here", "name", "detail"), (("ui", page.shape()),)


def test_the_header_of_each_role_marks_where_one_is():
    for role in ("REF", "SEC"):
        for link in nav.links(role):
            request = RequestFactory().get(link.url)
            request.user = SimpleNamespace(is_authenticated=True)
            page = Page(request)
            page.role, page.account = role, None
            assert f'<a href="{link.url}" aria-current="page">' in render("{% header %}", ui=page)
            assert 'role="search"' not in render("{% header search=False %}", ui=page)


def test_a_literal_sentence_is_fixed_in_each_language_and_what_varies_is_not():
    written = Template(
        "{% translate 'Aide' %} {% translate word %} {% translate 'Aide'|upper %} 100 %{% translate '100 %' %}"
    )
    shown = {}
    for language in ("fr", "en", "fr"):
        with translation.override(language):
            shown[language] = [written.render(Context({"word": word})) for word in ("Aide", "<b>")]
    assert shown["fr"] == ["Aide Aide AIDE 100 %100 %", "Aide &lt;b&gt; AIDE 100 %100 %"]
    assert shown["en"][0].startswith("Help Help")
    fixed = [node for node in written.nodelist if type(node).__name__ == "Fixed"]
    assert len(fixed) == 2


def test_an_address_without_arguments_is_fixed_for_each_host(settings):
    written = Template("{% url 'help' %} {% url 'support:dossier' pk %}")
    assert [written.render(Context({"pk": pk})) for pk in ("a", "b")] == ["/aide/ /dossiers/a/", "/aide/ /dossiers/b/"]
    set_urlconf(settings.SPACE_URLCONF)
    try:
        with pytest.raises(NoReverseMatch):
            written.render(Context({"pk": "a"}))
    finally:
        set_urlconf(None)
