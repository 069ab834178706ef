"""The labelled cases, our own texts, and what must hold whatever is asked."""

import copy
import html
import json
import math
import random
import re
import string
import unicodedata
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jalon.offers.matching import cli, compute, signs, travel, weights
from jalon.offers.matching.profile import BadInput
from jalon.offers.matching.text import Doc, plain

DATA = Path(__file__).parent / "data"
CASES = json.loads((DATA / "cases.json").read_text(encoding="utf-8"))
OFFERS = json.loads((DATA / "offers.json").read_text(encoding="utf-8"))
READINGS = json.loads((DATA / "readings.json").read_text(encoding="utf-8"))["texts"]
SAFETY = {"R_RISQUE", "R_NUIT", "R_ISOLE", "R_ZONE", "R_EXPOSITION", "R_DOMICILE"}
STRICT = {
    "id": "S", "residence": "30189", "francais": {"oral": "A2", "ecrit": "A1"}, "echeance_psp": "2028-05-31",
    "disponibilite": {"depart_apres": "08:00", "retour_avant": "18:00", "samedi": False, "dimanche": False, "coupures": False, "nuit": False},
    "refus": {"lieu_isole": True, "domicile_prive": True, "contact_public": True, "exposition_publique": True, "zones": []},
    "mobilite": {"voiture": False, "permis_b": False, "trajet_max_min": 60, "demenagement_possible": False},
    "heures": {"min": 20, "max": 35}, "sante_contre_indications": ["charges"], "diplomes": [], "niveau_scolaire": 1, "experiences": [],
    "droit_travail": {"statut": "oui", "jusqu_au": None}, "iae_eligible": False, "formation_souhaitee": True, "numerique": 1,
    "langues": [], "projet": {"resume": "", "rome_cibles": ["K2204"]},
}  # fmt: skip
OPEN = {
    **STRICT, "francais": {"oral": "C2", "ecrit": "C2"},
    "disponibilite": {"depart_apres": "00:00", "retour_avant": "23:59", "samedi": True, "dimanche": True, "coupures": True, "nuit": True},
    "refus": {"lieu_isole": False, "domicile_prive": False, "contact_public": False, "exposition_publique": False, "zones": []},
    "mobilite": {"voiture": True, "permis_b": True, "trajet_max_min": 180, "demenagement_possible": True},
    "heures": {"min": 1, "max": 48}, "sante_contre_indications": [], "iae_eligible": True,
}  # fmt: skip


def ask(profiles: list[Any], jobs: list[Any] | None = None, trainings: list[Any] | None = None) -> dict[str, Any]:
    question = {"reference_date": CASES["reference_date"], "profiles": profiles, "travel": OFFERS["travel"]}
    return compute.answer({**question, "jobs": jobs or [], "trainings": trainings or []})["profiles"]


def one(profile: dict[str, Any], **offer: Any) -> dict[str, Any]:
    """The answer for one profile and one offer of cleaning work in Nîmes, unless said otherwise."""
    row = {"id": "J", "romeCode": "K2204", "lieuTravail": {"commune": "30189"}, "typeContrat": "CDI", **offer}
    return ask([profile], [row])[profile["id"]]["jobs"]["J"]


def changed(base: dict[str, Any], **parts: Any) -> dict[str, Any]:
    """A profile with some lines changed: `mobilite__voiture=True`."""
    profile = copy.deepcopy(base)
    for path, value in parts.items():
        *above, last = path.split("__")
        row = profile
        for name in above:
            row = row[name]
        row[last] = value
    return profile


@pytest.fixture(scope="module")
def whole() -> dict[str, Any]:
    return ask(CASES["profiles"], OFFERS["jobs"], OFFERS["trainings"])


def test_the_labelled_cases_hold_every_gate(whole: dict[str, Any]) -> None:
    counts: Counter[str] = Counter()
    gains = []
    for profile, kinds in CASES["expected"].items():
        for kind, name in (("emplois", "jobs"), ("formations", "trainings")):
            answers, ranked = whole[profile][name], whole[profile][f"{name}_ranked"]
            assert set(answers) == set(kinds[kind])
            assert set(ranked) == {key for key, got in answers.items() if got["verdict"] != "reject"}
            for key, want in kinds[kind].items():
                got, shown = answers[key], answers[key]["verdict"] != "reject"
                counts["shown"] += shown
                if want["v"] == "reject":
                    wanted, given_ = set(want["r"]), set(got["reasons"])
                    counts["leaks"] += shown
                    counts["safety leaks"] += shown and bool(wanted & SAFETY)
                    counts.update(wanted=len(wanted), hit=len(wanted & given_), given=len(given_))
                else:
                    counts[want["v"]] += 1
                    counts[f"{want['v']} found"] += shown if want["v"] == "accept" else got["verdict"] == "discuss"
            grades = {key: want["g"] for key, want in kinds[kind].items() if want["v"] != "reject"}
            if grades:
                dcg = sum((2 ** grades.get(key, 0) - 1) / math.log2(at + 2) for at, key in enumerate(ranked[:5]))
                best = sorted(grades.values(), reverse=True)[:5]
                gains.append(dcg / sum((2**grade - 1) / math.log2(at + 2) for at, grade in enumerate(best)))
            else:
                assert not ranked, f"{profile} has nothing suitable among {name}: an empty list is the right answer"
    assert counts["safety leaks"] == 0
    assert counts["leaks"] <= 0.02 * counts["shown"]
    assert counts["accept found"] >= 0.85 * counts["accept"]
    assert counts["discuss found"] >= 0.95 * counts["discuss"]
    assert counts["hit"] >= 0.90 * counts["wanted"]
    assert counts["hit"] >= 0.90 * counts["given"]
    assert sum(gains) / len(gains) >= 0.80


def _read(
    profile: dict[str, Any], rows: list[dict[str, Any]] = READINGS
) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Every text of ours with its answer, for a profile whose project takes in each trade."""
    offers = []
    for row in rows:
        fields = row["fields"]
        commune = fields.get("commune", "30189")
        offer = {
            "id": row["id"], "intitule": row["title"], "description": row["text"], "romeCode": row["rome"],
            "lieuTravail": {"commune": commune} if commune else {"libelle": "30 - Gard"},
            "typeContrat": fields.get("type", "CDI"), "natureContrat": fields.get("nature", "Contrat travail"),
            "dureeTravailLibelle": fields.get("duree", ""),
        }  # fmt: skip
        offers.append({**offer, **fields.get("offer", {})})
    every = changed(profile, projet__rome_cibles=sorted({row["rome"] for row in READINGS}))
    answers = ask([every], offers)[profile["id"]]["jobs"]
    return [(row, answers[row["id"]]) for row in rows]


@pytest.fixture(scope="module")
def readings() -> list[tuple[dict[str, Any], dict[str, Any]]]:
    return _read(STRICT)


def test_our_own_texts_are_read_as_labelled(readings: list[tuple[dict[str, Any], dict[str, Any]]]) -> None:
    for row, got in readings:
        found = {code for code in got["reasons"] + got["questions"] if code != "D_PRECISION"}
        assert set(row["expect"]) - found == set(), f"{row['id']} lacks: {row['text']}"
        assert found - set(row["expect"]) - set(row["may"]) == set(), f"{row['id']} has too much: {got['evidence']}"


_WRITTEN = {
    "capitals": str.upper,
    "no accents": lambda text: "".join(
        char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char)
    ),
    "a web page": lambda text: "<p>" + html.escape(text).replace(". ", ".</p><p>") + "</p>",
    "blanks in twos": lambda text: text.replace(" ", "  "),
    "no-break spaces": lambda text: text.replace(" ", "\u00a0"),
}


@pytest.mark.parametrize("way", _WRITTEN)
def test_how_a_text_is_typed_never_moves_an_answer(
    way: str, readings: list[tuple[dict[str, Any], dict[str, Any]]]
) -> None:
    # Of an offer that is itself a web page, capitals would change the entities, and escaping would hide them.
    rows = [row for row in READINGS if "&" not in row["text"] and "<" not in row["text"]][::7]
    known = {row["id"]: got for row, got in readings}
    for row, got in _read(STRICT, [{**row, "text": _WRITTEN[way](row["text"])} for row in rows]):
        for part in ("verdict", "reasons", "questions", "conditions"):
            assert got[part] == known[row["id"]][part], row["text"]


def test_who_refuses_nothing_is_only_kept_from_what_is_kept_from_everyone_or_asks_a_paper() -> None:
    common = {"R_RISQUE", "R_NON_SALARIE", "R_DIPLOME", "R_EXPERIENCE", "R_DATE"}
    for row, got in _read(OPEN):
        assert set(got["reasons"]) <= common & {*row["expect"], *row["may"]}, row["text"]


# Told by a field or by the trade when no words of the offer tell it.
BY_FIELD = {
    "R_METIER",
    "R_TRANSPORT",
    "D_LIEU",
    "D_PRECISION",
    "R_NON_SALARIE",
    "C_IAE",
    "R_IAE",
    "R_PUBLIC",
    "R_FRANCAIS",
    "R_DOMICILE",
}


def test_evidence_is_quoted_from_the_offer_or_names_a_field(
    readings: list[tuple[dict[str, Any], dict[str, Any]]],
) -> None:
    for row, got in readings:
        source = " ".join(
            plain(json.dumps(row, ensure_ascii=False)).replace("\\n", " ").replace('\\"', '"').split()
        ).casefold()
        for code in [*got["reasons"], *got["questions"], *got["conditions"]]:
            words = got["evidence"][code]
            assert words
            if code not in BY_FIELD and not words.startswith(
                ("profil", "jours", "duree", "experienceExige", "expérience exigée")
            ):
                assert all(part.casefold() in source for part in re.split(r" ; | / ", words)), (code, words)


def test_signs_of_exploitation_are_seen_and_harmless_work_is_not_suspected() -> None:
    sentences = json.loads((DATA / "signs.json").read_text(encoding="utf-8"))
    assert [one for one in sentences["signs"] if not signs.risk(Doc(one))] == []
    assert [one for one in sentences["harmless"] if signs.risk(Doc(one))] == []
    assert [one for one in sentences["self_employed"] if not signs.not_employed(Doc(one))] == []
    assert [one for one in sentences["employed"] if signs.not_employed(Doc(one))] == []


FACETS = json.loads((DATA / "facets.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("subject", [name for name in FACETS if name != "_note"])
def test_what_says_it_is_told_from_what_only_looks_like_it(subject: str) -> None:
    def says(sentence: str) -> bool:
        offer = {"id": "J", "romeCode": "H3302", "description": f"{sentence}."}
        facts = compute.read_jobs([offer], date(2026, 11, 23), travel.read(None))[0]
        hours = facts.hours
        found = {"night": hours.night, "weekend": hours.saturday or hours.sunday}
        return bool(found[subject] if subject in found else getattr(facts, subject))

    assert [one for one in FACETS[subject]["says"] if not says(one)] == []
    assert [one for one in FACETS[subject]["does_not_say"] if says(one)] == []


FORBIDDEN = {
    "nationalite": "X", "origine": "X", "pays_de_naissance": "X", "age": 19, "date_naissance": "2001-01-01", "sexe": "F", "genre": "F",
    "statut_psp": "en cours", "parcours": {"statut": "renouvelé"}, "diagnostic": "PTSD", "sante": {"diagnostic": "X"}, "histoire": "…",
    "antecedents": ["X"], "religion": "X", "situation_familiale": "X", "enfants": 3, "nom": "X", "adresse": "X",
}  # fmt: skip


def test_what_one_is_never_moves_an_answer(whole: dict[str, Any]) -> None:
    values = list(FORBIDDEN.values())
    for turn in (0, 1):
        rotated = dict(zip(FORBIDDEN, values[turn * 5 :] + values[: turn * 5], strict=True))
        profiles = [
            {**row, **rotated, **{key: {**value, **rotated} for key, value in row.items() if isinstance(value, dict)}}
            for row in CASES["profiles"]
        ]
        assert ask(profiles, OFFERS["jobs"], OFFERS["trainings"]) == whole


def test_the_order_of_the_input_never_moves_an_answer(whole: dict[str, Any]) -> None:
    shuffled = random.Random(6)
    profiles, jobs, trainings = (list(rows) for rows in (CASES["profiles"], OFFERS["jobs"], OFFERS["trainings"]))
    for rows in (profiles, jobs, trainings):
        shuffled.shuffle(rows)
    got = ask(profiles, [dict(reversed(list(job.items()))) for job in jobs + jobs[:5]], trainings)
    assert got == whole
    assert ask(profiles, jobs, trainings) == got
    twice = [{"id": "A", "description": "9h-15h"}, {"id": "A", "description": "21h-5h"}]
    assert ask([STRICT], twice) == ask([STRICT], twice[::-1])


@pytest.mark.parametrize(("last", "late"), [("22:45", True), ("25:10", False), ("01:10", False), ("24:50:00", False)])
def test_a_timetable_runs_past_midnight(last: str, late: bool) -> None:
    table = {"meme_commune": {"30189": {"min": 10, "first_arrival": "05:30", "last_return": last}}}
    job = {"id": "J", "lieuTravail": {"commune": "30189"}, "description": "De 17h à 00h30 du lundi au vendredi."}
    profile = changed(OPEN, mobilite__voiture=False)
    got = compute.answer({**_EMPTY, "profiles": [profile], "jobs": [job], "travel": table})["profiles"]["S"]["jobs"][
        "J"
    ]
    assert ("R_TRANSPORT" in got["reasons"]) is late


@pytest.mark.parametrize("last", ["soon", "7", "12:75", "99:00", 600])
def test_an_hour_that_is_none_is_named(last: object) -> None:
    table = {"meme_commune": {"30189": {"min": 10, "last_return": last}}}
    with pytest.raises(BadInput, match=r"travel\.meme_commune\.30189\.last_return"):
        compute.answer({**_EMPTY, "profiles": [OPEN], "travel": table})


_EMPTY = {"reference_date": CASES["reference_date"], "jobs": [], "trainings": []}


def _leaves(row: dict[str, Any], path: tuple[str, ...] = ()) -> Any:
    for key, value in row.items():
        if key != "id":
            yield (*path, key)
            if isinstance(value, dict):
                yield from _leaves(value, (*path, key))


def test_a_missing_line_of_a_profile_asks_and_never_allows(whole: dict[str, Any]) -> None:
    base = [CASES["profiles"][1], CASES["profiles"][17], changed(STRICT, formation_souhaitee=False)]
    for profile in base:
        full = ask([profile], OFFERS["jobs"], OFFERS["trainings"])[profile["id"]]
        variants = []
        for at, path in enumerate(_leaves(profile)):
            variant = changed(profile, id=f"V{at}")
            row = variant
            for name in path[:-1]:
                row = row[name]
            del row[path[-1]]
            variants.append(variant)
        for key, got in ask(variants, OFFERS["jobs"], OFFERS["trainings"]).items():
            for kind in ("jobs", "trainings"):
                for offer, answer in got[kind].items():
                    assert not (full[kind][offer]["verdict"] == "reject" and answer["verdict"] == "accept"), (
                        key,
                        offer,
                    )


SAFE = "Nettoyage de bureaux, de 9h à 15h du lundi au vendredi, 30 heures par semaine."


@pytest.mark.parametrize(
    ("profile", "offer", "verdict", "code"),
    [
        ({}, {}, "accept", ""),
        ({"mobilite__permis_b": True}, {"permis": [{"libelle": "B", "exigence": "E"}]}, "accept", ""),
        ({"mobilite__permis_b": True}, {"permis": [{"libelle": "CE - Poids lourd", "exigence": "E"}]}, "reject", "R_PERMIS"),
        ({"mobilite__permis_b": True}, {"description": SAFE + " Véhicule exigé."}, "reject", "R_VEHICULE"),
        ({"refus__zones": ["Nîmes"]}, {}, "reject", "R_ZONE"),
        ({"refus__zones": ["30003"]}, {"description": SAFE + " Déplacements à Aigues-Mortes."}, "reject", "R_ZONE"),
        ({}, {"lieuTravail": {"libelle": "30 - NIMES"}}, "accept", ""),
        ({}, {"lieuTravail": {"codePostal": "30132"}}, "accept", ""),  # the postal code of a near one, the INSEE code of a far one
            ({}, {"lieuTravail": {"commune": "30132"}}, "reject", "R_TRANSPORT"),
        ({}, {"lieuTravail": None}, "discuss", "D_LIEU"),
        ({}, {"lieuTravail": {"commune": "30350"}, "description": SAFE + " Poste basé à Nîmes."}, "discuss", "D_LIEU"),
        ({"residence": "75056"}, {}, "discuss", "D_LIEU"),
        ({"droit_travail__statut": "non"}, {}, "reject", "R_TITRE"),
        ({"droit_travail__jusqu_au": "2026-11-22"}, {}, "reject", "R_TITRE"),
        ({"droit_travail__jusqu_au": "2027-01-31"}, {"description": SAFE + " À partir du 1er mars 2027."}, "reject", "R_TITRE"),
        ({"droit_travail__statut": "?"}, {}, "discuss", "D_TITRE"),
        ({"echeance_psp": "2027-01-31"}, {"description": SAFE + " Début du contrat le 01/03/2027."}, "reject", "R_DATE"),
        ({"disponibilite__depart_apres": "18:00", "disponibilite__retour_avant": "08:00"}, {}, "reject", "R_HORAIRES"),
        ({"disponibilite__nuit": None}, {"description": "Nettoyage de nuit, 30 h par semaine."}, "reject", "D_PRECISION"),
        ({"sante_contre_indications": ["quelque chose"]}, {}, "discuss", "D_PRECISION"),
        ({"sante_contre_indications": ["mal de dos"]}, {"description": SAFE + " Sacs de 25 kg."}, "reject", "R_SANTE"),
        ({"diplomes": ["CAP_AEPE"]}, {"description": SAFE + " CAP petite enfance exigé."}, "accept", ""),
        ({"diplomes": ["CAP_AEPE"]}, {"description": SAFE + " CAP coiffure exigé."}, "reject", "R_DIPLOME"),
        ({"experiences": ["menage"]}, {"experienceExige": "E"}, "accept", ""),
        ({"experiences": ["coiffure"]}, {"experienceExige": "E"}, "reject", "R_EXPERIENCE"),
        ({}, {"langues": [{"libelle": "Anglais", "exigence": "E"}]}, "discuss", "D_PRECISION"),
        ({}, {"romeCode": "ZZZ", "intitule": "Agent d'entretien"}, "accept", ""),
        ({}, {"romeCode": None, "intitule": "Poste à pourvoir"}, "discuss", "D_PRECISION"),
        ({"projet__rome_acceptes": ["A1203"]}, {"romeCode": "A1203"}, "accept", ""),
        ({}, {"romeCode": "A1203"}, "reject", "R_METIER"),
        ({"iae_eligible": True}, {"natureContrat": "Insertion par l'activ.éco."}, "accept", "C_IAE"),
    ],
)  # fmt: skip
def test_profiles_and_offers_at_odds(profile: dict[str, Any], offer: dict[str, Any], verdict: str, code: str) -> None:
    got = one(changed(STRICT, **profile), **{"description": SAFE, **offer})
    assert got["verdict"] == verdict, got
    assert not code or code in got["evidence"]


def _course(**parts: Any) -> dict[str, Any]:
    row: dict[str, Any] = {
        "formation": {"intitule-formation": "Titre professionnel Agent de propreté", "certifiante": True, "domaine-formation": {"code-ROME": ["K2204"]},
                      "certification": {"code-RNCP": "RNCP1"}, "code-niveau-entree": None, "langue": {"cecrl-oral-min": "A2"}},
        "action": {"horaires": "Lundi au vendredi 9h-15h30", "prise-en-charge": {"reste-a-charge-euros": 0}, "lieu-de-formation": {"code-INSEE-commune": "30189"}},
        "session": {"numero": "S1", "periode": {"debut": "2027-01-11", "fin": "2027-05-28"}, "etat-recrutement": "1", "places-restantes": 3},
    }  # fmt: skip
    return changed(row, **parts)


@pytest.mark.parametrize(
    ("profile", "course", "verdict", "code"),
    [
        ({}, {}, "accept", ""),
        ({"echeance_psp": "2027-05-27"}, {}, "reject", "R_DATE"),
        ({"echeance_psp": "2027-05-28"}, {}, "accept", ""),
        ({}, {"session__etat-recrutement": "2"}, "reject", "R_COMPLET"),
        ({}, {"session__periode": {"debut": "2026-10-01", "fin": "2027-05-28"}}, "reject", "R_COMPLET"),
        ({}, {"action__prise-en-charge": {"reste-a-charge-euros": "1 200 €"}}, "reject", "R_FINANCEMENT"),
        ({}, {"formation__code-niveau-entree": "4"}, "reject", "R_NIVEAU"),
        ({"numerique": 0}, {"action__modalites-enseignement": "2"}, "reject", "R_NUMERIQUE"),
        ({}, {"action__stage-entreprise": "3 semaines, un week-end sur deux"}, "discuss", "D_STAGE"),
        ({}, {"action__stage-entreprise": "70 heures en journée"}, "accept", ""),
        ({}, {"formation__intitule-formation": "Français langue étrangère A1 vers A2"}, "reject", "R_NIVEAU_DEPASSE"),
        ({"formation_souhaitee": False}, {}, "reject", "R_METIER"),
        ({}, {"session__periode": None}, "discuss", "D_PRECISION"),
    ],
)  # fmt: skip
def test_trainings(profile: dict[str, Any], course: dict[str, Any], verdict: str, code: str) -> None:
    got = ask([changed(STRICT, **profile)], trainings=[_course(**course)])["S"]["trainings"]["S1"]
    assert got["verdict"] == verdict, got
    assert not code or code in got["evidence"]


def test_what_is_shown_carries_each_term_of_the_versioned_table(whole: dict[str, Any]) -> None:
    keys = {term.key for term in weights.table().terms}
    assert sum(term.weight for term in weights.table().terms) == pytest.approx(1)
    for answers in whole.values():
        for got in [*answers["jobs"].values(), *answers["trainings"].values()]:
            assert set(got["contributions"]) == (set() if got["verdict"] == "reject" else keys)
            assert all(0 <= value <= 1 for value in got["contributions"].values())


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("", "JSON"), ("[1", "JSON"), ("[]", "objet"), ("NaN", "JSON"), ('{"profiles": []}', "reference_date"),
        ('{"reference_date": "2026-13-01", "profiles": []}', "reference_date"), ('{"reference_date": "2026-11-23"}', "profiles"),
        ('{"reference_date": "2026-11-23", "profiles": {}}', "profiles"), ('{"reference_date": "2026-11-23", "profiles": [{}]}', "profiles[0].id"),
        ('{"reference_date": "2026-11-23", "profiles": [], "jobs": 3}', "jobs"), ('{"reference_date": "2026-11-23", "profiles": [], "jobs": ["a"]}', "jobs[0]"),
        ('{"reference_date": "2026-11-23", "profiles": [], "travel": {"liaisons": [{"min": "x"}]}}', "travel.liaisons[0].min"),
        ('{"reference_date": "2026-11-23", "profiles": [{"id": "A", "francais": {"oral": "Z"}}]}', "profiles[0].francais.oral"),
        ('{"reference_date": "2026-11-23", "profiles": [{"id": "A", "disponibilite": {"depart_apres": "25:99"}}]}', "disponibilite.depart_apres"),
        ('{"reference_date": "2026-11-23", "profiles": [{"id": "A", "mobilite": {"voiture": "oui"}}]}', "mobilite.voiture"),
        ('{"reference_date": "2026-11-23", "profiles": [{"id": "A"}, {"id": "A"}]}', "profiles[1].id"),
    ],
)  # fmt: skip
def test_a_wrong_input_is_refused_in_one_line_that_names_the_field(
    question: str, named: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "question.json"
    file.write_text(question)
    assert cli.main([str(file)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert named in err


TEXTS = st.text(string.printable + "éàê’–œ\u202f\ud800", max_size=30) | st.sampled_from(
    [
        "9h-15h",
        "du lundi au samedi",
        "de nuit",
        "permis B exigé",
        "français courant",
        "seul sur site",
        "2x8",
        "35H/semaine",
        "K2204",
        "2026-11-23",
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
JOB = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(("id", *OFFERS["jobs"][0], "formations", "langues", "permis", "complementExercice"), JSON),
)
COURSE = st.fixed_dictionaries(
    {},
    optional={
        part: st.dictionaries(st.sampled_from(sorted(OFFERS["trainings"][0][part])), JSON, max_size=8) | JSON
        for part in ("formation", "action", "session")
    },
)
QUICK = settings(
    max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), database=None, derandomize=True
)


@QUICK
@given(st.lists(JOB, max_size=3), st.lists(COURSE, max_size=3))
def test_any_offer_is_answered(jobs: list[Any], trainings: list[Any]) -> None:
    question = {
        "reference_date": "2026-11-23",
        "profiles": [STRICT, OPEN | {"id": "O"}],
        "travel": OFFERS["travel"],
        "jobs": jobs,
        "trainings": trainings,
    }
    try:
        got = json.loads(compute.run(json.dumps(question).encode()))["profiles"]["S"]
    except BadInput as refusal:
        pytest.fail(str(refusal))
    for answers in (got["jobs"], got["trainings"]):
        for answer in answers.values():
            assert answer["verdict"] in {"accept", "discuss", "reject"}
            assert all(
                answer["evidence"][code] for code in answer["reasons"] + answer["questions"] + answer["conditions"]
            )


@QUICK
@given(
    JSON
    | st.dictionaries(
        st.sampled_from(["reference_date", "profiles", "jobs", "trainings", "travel"]), JSON | st.just("2026-11-23")
    )
)
def test_any_json_is_answered_or_refused(question: Any) -> None:
    try:
        json.loads(compute.run(json.dumps(question).encode()))
    except BadInput:
        return  # a sentence, not a failure


@QUICK
@given(st.data())
def test_any_profile_is_answered_or_refused(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(list(_leaves(STRICT))))
    profile = changed(STRICT, **{"__".join(path): data.draw(JSON)})
    try:
        ask([profile], OFFERS["jobs"][:4], OFFERS["trainings"][:2])
    except BadInput as refusal:
        named = path[0] in str(refusal)
    else:
        named = True
    assert named


def test_depth_and_length_do_not_break_the_command() -> None:
    deep = (
        '{"reference_date": "2026-11-23", "profiles": [{"id": "A"}], "jobs": [{"id": "J", "salaire": '
        + "[" * 5000
        + "]" * 5000
        + "}]}"
    )
    assert b'"J"' in compute.run(deep.encode())
    long = {
        "reference_date": "2026-11-23",
        "profiles": [STRICT],
        "jobs": [{"id": "J", "description": "français de 9h à " * 20_000}],
    }
    assert b'"J"' in compute.run(json.dumps(long).encode())
    assert b'"J"' in compute.run(json.dumps({**long, "jobs": [{"id": "J", "nombrePostes": 10**3000}]}).encode())
