"""What leaves for a third party: words of the programme are found in any case, accent or language, no other word."""

import pytest

from jalon.access import Actor, Refused
from jalon.papers import engine, vocabulary
from jalon.papers.actions import make_paper
from jalon.papers.models import Paper


@pytest.mark.parametrize(
    "text",
    [
        "Sortie de la PROSTITUTION",
        "un parcours de sortie",
        "aide AFIS versée",
        "dossier PSP n° 4",
        "titre A.P.S. : APS",
        "la Préfète du Gard",
        "Préfecture",
        "Commission départementale",
        "plainte à la police",
        "victime de traite",
        "Association La Roseraie",
        "l'association agréée",
        "exit pathway",
        "exploitation",
        "тя е проституирала",
        "victimă",
        "卖淫",
    ],
)
def test_a_word_of_the_programme_is_found(text):
    assert vocabulary.found([text])


@pytest.mark.parametrize(
    "text",
    [
        "Attestation",
        "La personne suit un parcours d'insertion, du 1er mars au 31 août 2026.",
        "traitement de texte",
        "traiter avec soin",
        "apsara",
        "Le Pradet",
        "Permis de travail jusqu'au 31/08/2026",
        "Nom, qualité et signature de la personne qui l'accompagne",
    ],
)
def test_an_ordinary_word_is_not(text):
    assert vocabulary.found([text]) == []


def test_names_of_services_are_given_by_who_makes_the_paper():
    assert vocabulary.found(["Suivie par LA ROSERAIE."], ["La Roseraie"]) == ["la roseraie"]
    assert vocabulary.found(["Suivie par les roses."], ["La Roseraie", ""]) == []


def test_every_text_of_a_context_is_read():
    assert list(vocabulary.strings({"a": "x", "b": [{"c": "y"}, ("z",)], "d": 3, "e": None})) == ["x", "y", "z"]


@pytest.mark.django_db
def test_a_paper_that_would_tell_is_not_made(tmp_path):
    source = tmp_path / "letter-1.typ"
    source.write_text("#data.words")
    template = engine.Template("outward_letter", 1, source, {"words": str}, outward=True)
    engine._templates["outward_letter", 1] = template
    try:
        actor = Actor("someone", "REF", "org-a")
        with pytest.raises(Refused) as refused:
            make_paper(
                actor, "outward_letter", 1, {"words": "Suivie par la Roseraie, AFIS versée"}, names=["La Roseraie"]
            )
        assert "« afis », « la roseraie »" in refused.value.why
        assert not Paper.objects.exists()
    finally:
        del engine._templates["outward_letter", 1]
