"""Files: what is wrong is named, a dry run changes nothing, an import never touches what we noted."""

import json
import zipfile
from datetime import date

import pytest

from jalon.access import SYSTEM
from jalon.config import clock
from jalon.directory.tests.factories import make_actor
from jalon.offers import actions, inclusion, lheo, reads, rome
from jalon.offers.cli import main
from jalon.offers.models import Occupation, RomeVersion, Service, ServiceFact, Structure, Training

from .factories import SERVICES, TRAININGS, keep_services, keep_trainings

LHEO = """<?xml version="1.0" encoding="UTF-8"?>
<lheo xmlns="http://www.lheo.org/2.2"><offres><formation numero="F1">
<domaine-formation><code-FORMACODE ref="V14">15235</code-FORMACODE><code-NSF>136</code-NSF><code-ROME>K1304</code-ROME>
<code-ROME>K2204</code-ROME></domaine-formation>
<intitule-formation>Français
  à visée professionnelle</intitule-formation><contenu-formation>Oral &amp; écrit</contenu-formation>
<certifiante>1</certifiante><certification><code-RNCP>37715</code-RNCP></certification>
<code-niveau-entree>3</code-niveau-entree><code-niveau-sortie>3</code-niveau-sortie>
<action numero="A1"><modalites-enseignement>0</modalites-enseignement><nombre-heures-total>400</nombre-heures-total>
<lieu-de-formation><coordonnees><adresse><codepostal>30000</codepostal><ville>NIMES</ville>
<code-INSEE-commune>30189</code-INSEE-commune><geolocalisation><latitude>43.84</latitude><longitude>4.34</longitude>
</geolocalisation></adresse></coordonnees></lieu-de-formation>
<session numero="S1"><periode><debut>20270104</debut><fin>20270630</fin></periode><etat-recrutement>1</etat-recrutement>
</session><session numero="S2"><periode><debut>20270901</debut><fin>99999999</fin></periode></session></action>
<organisme-formation-responsable><nom-organisme>ORGANISME</nom-organisme></organisme-formation-responsable>
</formation></offres></lheo>"""


def wrong(content):
    return {(problem.field, problem.said) for problem in lheo.read(content.encode())[1]}


# --- LHEO --------------------------------------------------------------------------------------------------------
def test_lheo_in_xml():
    records, problems = lheo.read(LHEO.encode())
    assert (set(records), problems) == ({"S1", "S2"}, [])
    formation, action, session = (records["S1"][part] for part in ("formation", "action", "session"))
    assert formation["intitule-formation"] == "Français à visée professionnelle"
    assert formation["domaine-formation"] == {"code-FORMACODE": "15235", "code-ROME": ["K1304", "K2204"]}
    assert formation["certification"]["code-RNCP"] == "RNCP37715"
    assert (action["duree-heures"], action["lieu-de-formation"]["latitude"]) == (400, 43.84)
    assert session["periode"] == {"debut": "2027-01-04", "fin": "2027-06-30"}
    assert records["S2"]["session"]["periode"]["fin"] is None


@pytest.mark.parametrize(
    ("was", "now", "field", "said"),
    [
        ("20270630", "20270631", "session.periode.fin", "« 2027-06-31 » : attendu une date qui existe"),
        ("20270630", "30/06/2027", "session.periode.fin", "« 30/06/2027 » : attendu une date qui existe"),
        ("20270630", "20261231", "session.periode.fin", "la fin précède le début"),
        ("K1304", "K13", "formation.domaine-formation.code-ROME", "« K13 » : attendu comme K1304"),
        ("400", "beaucoup", "action.duree-heures", "« beaucoup » : attendu un nombre entre 0 et 10000"),
        ('numero="S1"', "", "session.numero", "élément absent"),
        ('numero="S2"', 'numero="S1"', "session.numero", "déjà lu plus haut dans ce fichier"),
        ("43.84", "143.84", "action.lieu-de-formation.latitude", "« 143.84 » : attendu un nombre entre -90 et 90"),
        ("30189", "٣٠١٨٩", "action.lieu-de-formation.code-INSEE-commune", "« ٣٠١٨٩ » : attendu comme 30189"),
        ("37715", "TP AVF", "formation.certification.code-RNCP", "« RNCPTP AVF » : attendu comme RNCP37715"),
    ],
)
def test_what_is_wrong_is_named(was, now, field, said):
    assert (field, said) in wrong(LHEO.replace(was, now, 1))


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{}",
        "bonjour",
        "<lheo><offres>",
        '<!DOCTYPE x [<!ENTITY a "aaaa">]><lheo>&a;</lheo>',
        LHEO.encode("utf-16").decode("latin-1"),
    ],
)
def test_what_is_no_such_file_is_refused_whole(content):
    with pytest.raises(lheo.Unreadable):
        lheo.read(content.encode("latin-1", "ignore"))


def test_a_typing_mistake_in_json_is_no_silence():
    body = json.loads(TRAININGS.read_text())
    body["formations"][0]["session"]["places-restante"] = 4
    body["formations"][1]["formation"]["certification"] = "RNCP1"
    assert wrong(json.dumps(body)) == {
        ("session.places-restante", "élément inconnu"),
        ("formation.certification", "attendu : un objet"),
    }


@pytest.mark.django_db
def test_trainings_dry_run_then_import_then_difference(tmp_path, capsys):
    file = tmp_path / "f.json"
    file.write_bytes(TRAININGS.read_bytes())
    assert main(["import-trainings", str(file), "--dry-run"]) == 0
    assert "15 nouvelles" in capsys.readouterr().out
    assert not Training.objects.exists()
    assert main(["import-trainings", str(file)]) == 0
    first = Training.objects.get(number="SE_30_0001")
    assert first.reading["langue"]["cecrl-oral-min"] == "A1"
    body = json.loads(file.read_text())
    del body["formations"][3:]
    del body["formations"][0]["formation"]["langue"]
    body["formations"][0]["session"]["places-restantes"] = 2
    file.write_text(json.dumps(body))
    capsys.readouterr()
    assert main(["import-trainings", str(file), "--dry-run", "--whole"]) == 0
    said = capsys.readouterr().out
    assert "0 nouvelles, 1 changées, 2 inchangées, 12 retirées" in said
    assert "~ SE_30_0001 › session.places-restantes : " in said
    assert Training.objects.filter(gone_on=None).count() == 15
    assert main(["import-trainings", str(file), "--whole"]) == 0
    again = Training.objects.get(number="SE_30_0001")
    assert (again.pk, again.record["session"]["places-restantes"]) == (first.pk, 2)
    assert again.reading == first.reading, "what a person read in the text stays"
    assert Training.objects.filter(gone_on=None).count() == 3


@pytest.mark.django_db
def test_a_file_with_a_mistake_writes_nothing(tmp_path, capsys):
    file = tmp_path / "f.xml"
    file.write_text(LHEO.replace("20270630", "20261231"))
    assert main(["import-trainings", str(file)]) == 2
    assert "n° 1 (F1 › A1 › S1) › session.periode.fin : la fin précède le début" in capsys.readouterr().err
    assert not Training.objects.exists()
    assert main(["import-trainings", str(tmp_path / "absent.xml")]) == 2
    file.write_text(LHEO)
    assert main(["import-trainings", str(file)]) == 0
    assert Training.objects.get(number="S2").ends_on is None
    assert Training.objects.get(number="S1").department == "30"


# --- ROME --------------------------------------------------------------------------------------------------------
CODES = """code_rome,code_fiche_metier,code_ogr,libelle_rome,emploi_reglemente,emploi_cadre,code_rome_parent
"K1304","1","2","Employé familial / Employée familiale","N","","K1304"
"J1501","3","4","Aide-soignant / Aide-soignante","O","","J1501"
"""
NAMES = """code_ogr,libelle_appellation_long,libelle_appellation_court,code_rome
"5","Aide ménager / Aide ménagère à domicile","x","K1304"
"4","Aide-soignant / Aide-soignante","x","J1501"
"""
MOVES = "code_rome,code_rome_cible,numero_ordre\nK1304,J1501,1\n"


def archive(path, version="461", codes=CODES, names=NAMES, moves=MOVES, told="Date de publication : 15/06/2026\n"):
    with zipfile.ZipFile(path, "w") as file:
        parts = {"referentiel_code_rome": codes, "referentiel_appellation": names, "rubrique_mobilite": moves}
        for name, text in parts.items():
            if text:
                file.writestr(f"RefRomeCsv/unix_{name}_v{version}_utf8.csv", text)
        file.writestr("RefRomeCsv/version.txt", f"Numero de version : {version}\n{told}")
    return path


@pytest.mark.django_db
def test_releases_are_kept_with_their_codes(tmp_path, capsys):
    assert reads.release().version == "460"
    assert reads.label_of("K1304") == "Employé familial / Employée familiale"
    path = archive(tmp_path / "rome.zip")
    assert main(["import-rome", str(path), "--dry-run"]) == 0
    assert not RomeVersion.objects.exists()
    assert main(["import-rome", str(path)]) == 0
    assert "ROME 461 du 15/06/2026 : 2 codes, 3 appellations." in capsys.readouterr().out
    newer = archive(tmp_path / "next.zip", "462", CODES.replace("Employé familial", "Autre métier"))
    assert main(["import-rome", str(newer)]) == main(["import-rome", str(newer)]) == 0
    assert reads.release().version == "462"
    assert reads.label_of("K1304").startswith("Autre métier")
    kept = Occupation.objects.get(version="461", code="K1304")
    assert (kept.label[:8], kept.moves) == ("Employé ", ["J1501"])
    assert main(["rome", "nounou"]) == 0
    assert "(ROME 462)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"moves": ""}, "unix_rubrique_mobilite"),
        ({"codes": CODES.replace("libelle_rome", "libelle")}, "ligne 1 : il manque la colonne libelle_rome"),
        ({"codes": CODES.replace('"K1304","1"', '"K13","1"')}, "ligne 2, code_rome : « K13 »"),
        ({"names": NAMES.replace('"x","J1501"', '"x","Z9999"')}, "ligne 3, code_rome : « Z9999 »"),
        ({"moves": MOVES.replace(",1", ",un")}, "ligne 2, numero_ordre"),
    ],
)
def test_an_archive_that_is_not_the_official_one(tmp_path, given, said):
    with pytest.raises(rome.Unreadable) as raised:
        rome.read(archive(tmp_path / "rome.zip", **given))
    assert said in str(raised.value)


def test_what_is_no_archive(tmp_path):
    (tmp_path / "x.zip").write_bytes(b"PK\x03\x04bonjour")
    with pytest.raises(rome.Unreadable):
        rome.read(tmp_path / "x.zip")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("femme de ménage", "K1304"),
        ("Femme de MENAGE", "K1304"),
        ("nounou", "K1303"),
        ("aide soignante", "J1501"),
        ("tresses", "D1202"),
        ("employe etage", "G1501"),
        ("braids", "D1202"),
        ("تنظيف", "K1304"),
        ("agent d'entretien", "K2204"),
    ],
)
def test_everyday_words_find_the_occupation(words, code):
    assert rome.find(words, rome.shipped().entries.values())[0].code == code


def test_every_synonym_leads_to_a_shipped_code():
    assert {code for codes in rome.synonyms().values() for code in codes} <= set(rome.shipped().entries)
    assert rome.find("de la", rome.shipped().entries.values()) == []
    assert rome.find("boulangerie industrielle", rome.shipped().entries.values()) == []


# --- data·inclusion ----------------------------------------------------------------------------------------------
def spoilt(**change):
    body = json.loads(SERVICES.read_text())
    for path, value in change.items():
        kind, name = path.split("__")
        body[kind][1][name] = value
    return json.dumps(body).encode()


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        ({"services__thematique": ["x"]}, "thematique", "champ inconnu du standard"),
        ({"services__thematiques": ["sante--x"]}, "thematiques.", "« sante--x » n'est pas dans la liste du standard"),
        ({"services__code_postal": "٣٠١٠٠"}, "code_postal", "chiffres attendus"),
        ({"structures__latitude": 443.8}, "latitude", "attendu entre -90 et 90"),
        ({"services__zone_eligibilite": ["30", "france"]}, "zone_eligibilite", "« france » ne se mêle pas"),
        ({"services__publics": []}, "publics", "liste vide"),
        ({"services__nom": None}, "nom", ""),
        ({"services__date_maj": "2099-01-01"}, "date_maj", "futur"),
        ({"services__structure_id": "nulle--part"}, "structure_id", "cette structure n'est pas connue"),
    ],
)
def test_the_standard_is_read_strictly(change, field, said):
    problems = inclusion.load(spoilt(**change)).problems
    assert any(problem.field.startswith(field.rstrip(".")) and said in problem.said for problem in problems), problems


def test_the_words_of_the_standard_are_those_of_its_package():
    from data_inclusion.schema import v1

    for kind, words in inclusion.words().items():
        assert words == {member.value: member.label for member in getattr(v1, kind)}


@pytest.mark.django_db
def test_services_dry_run_then_import_and_what_we_noted_stays(tmp_path, capsys):
    file = tmp_path / "s.json"
    file.write_bytes(SERVICES.read_bytes())
    assert main(["import-services", str(file), "--dry-run"]) == 0
    assert not Structure.objects.exists()
    found = keep_services()
    keeper = make_actor("REF", department="30")
    with clock.at(date(2026, 3, 1)):
        actions.check_service(keeper, found["francais"])
        actions.note_facts(keeper, found["francais"], {"languages": "ar"})
    body = json.loads(file.read_text())
    body["services"] = [{**body["services"][1], "frais": "payant", "thematiques": ["famille--garde-denfants"]}]
    file.write_text(json.dumps(body))
    before = list(Service.objects.order_by("pk").values())
    assert main(["import-services", str(file), "--dry-run", "--whole"]) == 0
    said = capsys.readouterr().out
    assert "~ psp-gard--sv-francais › frais : gratuit → payant" in said
    assert list(Service.objects.order_by("pk").values()) == before
    assert main(["import-services", str(file)]) == 0
    row = Service.objects.get(pk=found["francais"].pk)
    assert (row.record["frais"], row.checked_on, row.owner_id) == ("payant", date(2026, 3, 1), keeper.user_id)
    assert row.needs == "|famille--garde-denfants|"
    assert ServiceFact.objects.get().value == "ar"
    assert Service.objects.filter(gone_on=None).count() == 6
    assert main(["import-services", str(file), "--whole"]) == 0
    assert Service.objects.filter(gone_on=None).count() == 1
    # what we noted is in no exchange record
    assert "ar" not in {str(value) for value in row.record.values()}
    assert set(row.record) <= set(inclusion._schemas()[1].model_fields)


@pytest.mark.django_db
def test_trainings_of_two_catalogues_do_not_erase_each_other():
    keep_trainings()
    records, _ = lheo.read(LHEO.encode())
    actions.import_trainings(SYSTEM, "autre", records, whole=True)
    assert Training.objects.filter(gone_on=None).count() == 17
