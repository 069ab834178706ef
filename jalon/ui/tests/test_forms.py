"""Forms: strangers are malformed, what was typed is kept, old revisions conflict, the markup can be heard."""

import pytest
from django.http import QueryDict
from django.template import Context, Template

from jalon.ui import errors, fields
from jalon.ui.forms import Form


class Sample(Form):
    also = frozenset({"verb"})

    name = fields.NameField(label="Nom", max_length=10)
    when = fields.MomentField(label="Rendez-vous", required=False)
    kinds = fields.ChecksField(label="Genres", choices=[("a", "A"), ("b", "B")], required=False)
    who = fields.PickerField(label="Qui", choices=[("me", "Moi"), ("all", "Tous")], hints={"me": "Personne d'autre."})
    agreed = fields.FlagField(label="Accord", required=False)


def bound(text="", **kwargs):
    return Sample(QueryDict(text), **kwargs)


GOOD = "csrfmiddlewaretoken=x&name=Iris&when_0=&when_1=&kinds=a&kinds=b&who=me&agreed=on&verb=save"


def test_a_good_form():
    form = bound(GOOD)
    assert form.is_valid(), form.errors
    assert form.answers == {"name": "Iris", "when": None, "kinds": ["a", "b"], "who": "me", "agreed": True}


@pytest.mark.parametrize(
    "text",
    [
        GOOD + "&stage=S4",
        GOOD + "&is_staff=1",
        GOOD + "&_method=DELETE",
        GOOD + "&name=Autre",
        GOOD + "&who=all",
        GOOD + "&csrfmiddlewaretoken=y",
        GOOD + "&when_2=x",
        GOOD + "&verb=delete",
    ],
)
def test_strangers_and_doubles_are_malformed(text):
    with pytest.raises(errors.Malformed):
        bound(text).is_valid()


def test_a_prefix_looks_after_its_own_keys():
    assert bound("b-name=Iris&b-who=me&c-name=Autre", prefix="b").is_valid()
    with pytest.raises(errors.Malformed):
        bound("b-name=Iris&b-who=me&b-role=x", prefix="b").is_valid()


def test_an_old_revision_is_a_conflict_with_both_versions():
    form = bound(GOOD + "&revision=3", revision=4)
    assert form.is_valid(), form.errors
    assert form.answers.keys() == {"name", "when", "kinds", "who", "agreed"}
    form.check_revision(3)
    with pytest.raises(errors.Conflict) as caught:
        form.check_revision(4, {"name": "Autre"})
    assert caught.value.revision == 4
    assert caught.value.theirs == {"name": "Autre"}
    assert caught.value.labels["name"] == "Nom"


def test_what_was_mended_is_told():
    form = bound("name=I%E2%80%8Bris&who=me")
    assert form.is_valid(), form.errors
    assert form.notices == ["Un caractère invisible a été retiré."]


def test_the_markup_ties_errors_hints_and_labels():
    form = bound("name=Iris+de+la+Montagne&when_0=31/02/2020&when_1=10:00&who=&revision=2", revision=5)
    assert not form.is_valid()
    html = str(form)
    assert 'value="Iris de la Montagne"' in html
    assert 'value="31/02/2020"' in html
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_name_error"' in html
    assert 'id="id_name_error"' in html
    assert 'href="#id_name"' in html
    assert 'href="#id_who_0"' in html
    assert 'aria-describedby="id_who_0_hint"' in html
    assert 'name="revision" value="2"' in html
    assert html.count("(facultatif)") == 2
    assert 'autocomplete="off"' in html
    assert "maxlength" not in html
    assert "style=" not in html
    assert "31 février 2020" in html


def test_the_summary_is_silent_when_nothing_is_wrong():
    assert Template("{% errors form %}").render(Context({"form": Sample()})) == ""


def test_text_is_escaped_everywhere():
    form = bound("name=%3Cscript%3E&who=%3Cimg%3E")
    assert not form.is_valid()
    assert "<script>" not in str(form)
    assert "<img" not in str(form)
