"""The form of a request: its version, kept with the answers, and what a department asks besides."""

import pytest

from jalon.dossiers import package, versions
from jalon.dossiers import parts as form

COMMON = versions.of(form.VERSION)
VARIANT = {
    "version": "99-1",
    "papers": ["residence_document"],
    "require": ["residence.entry_date_fr"],
    "question": [
        {"part": "project", "name": "mobility", "label": {"fr": "Mobilité", "en": "Mobility"}, "says": "Vient %s."},
        {"part": "project", "name": "licence", "label": "Permis", "kind": "yesno", "says": "Permis : %s."},
        {"part": "project", "name": "since", "label": "Depuis", "kind": "day", "says": "Ici depuis le %s."},
    ],
}


def test_no_prompt_of_the_life_path_is_ever_required():
    life_path = COMMON.part("life_path")
    assert sum(question.kind == "long" for question in life_path.questions) == 5
    assert form.gaps(life_path, {}) == []


def test_an_earlier_version_asks_what_it_asked():
    first = versions.of("2026-1")
    assert first.part("needs") is None
    assert [row.name for row in first.part("project").question("steps").rows] == ["what", "by", "done"]
    assert "expected" in [row.name for row in COMMON.part("project").question("steps").rows]
    assert len(first.counted("engagement")) == len(COMMON.counted("engagement")) == 15


def test_what_a_department_asks_besides_is_data():
    form_99 = versions.vary(COMMON, VARIANT)
    assert "entry_date_fr" in form.gaps(form_99.part("residence"), {})
    assert "residence_document" in [paper.code for paper in form_99.papers_of("engagement")]
    project = form_99.part("project")
    answers = form.clean(project, {"mobility": "en bus", "licence": False, "since": "2026-03-04"})
    assert package.proposals({"project": answers}, {}, form_99.parts) == {
        "project": ["Vient en bus.", "Permis : non.", "Ici depuis le 04/03/2026."]
    }
    assert "mobility" not in [question.name for question in COMMON.part("project").questions]


@pytest.mark.parametrize(
    "wrong",
    [
        {"question": [{"part": "project", "name": "goal", "label": "x"}]},
        {"question": [{"part": "identity", "name": "other", "label": "x"}]},
        {"question": [{"part": "project", "name": "other", "label": "x", "kind": "rows"}]},
        {"question": [{"part": "nowhere", "name": "other", "label": "x"}]},
        {"papers": ["nothing"]},
    ],
)
def test_a_variant_that_contradicts_the_form_is_refused(wrong):
    with pytest.raises(ValueError, match="part|paper|variant"):
        versions.vary(COMMON, {"version": "99-2", **wrong})


def test_the_file_of_variants_is_sound(settings):
    settings.DEMO = True
    versions.variants.cache_clear()
    listed = versions.variants()
    try:
        assert len({one["version"] for one in listed}) == len(listed)
        for one in listed:
            assert len(f"{form.VERSION}+{one['version']}") <= 20
            versions.vary(COMMON, one)
    finally:
        versions.variants.cache_clear()
        versions.of.cache_clear()


def test_answers_to_another_version_keep_what_is_still_asked():
    project = COMMON.part("project")
    said = {"goal": "Cuisine", "mobility": "bus", "steps": [{"what": "A2", "gone": 1}], "declined": ["rome", "gone"]}
    assert form.carried(project, said) == {"goal": "Cuisine", "steps": [{"what": "A2"}], "declined": ["rome"]}


def test_needs_are_said_by_urgency():
    said = package.proposals({"needs": {"housing": "urgent", "health": "some", "work": "some", "family": "none"}}, {})
    assert said == {"needs": ["C'est urgent : Hébergement.", "Un coup de main : Santé, Emploi, formation."]}
