"""The envelope, the text in and out, and the command line."""

import io
import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from jalon.law import cli, compute, loader, strictjson
from jalon.law.cli import main
from jalon.law.rules import BASES_FR, RULES

DEEP = 20_000


def run(text: str | bytes) -> tuple[int, Any]:
    status, out = compute.run(text.encode() if isinstance(text, str) else text)
    return status, json.loads(out)


QUORUM = '{"id": "a", "calculation": "quorum", "input": {"members": 17, "present": 9}}'


def test_statuses() -> None:
    assert run("[]") == (0, [])
    status, answers = run(f"[{QUORUM}, 5, {QUORUM}]")
    assert status == 1
    assert [answer["id"] for answer in answers] == ["a", None, "a"]
    assert answers[0] == answers[2]
    assert list(answers[0]) == ["id", "calculation", "result"]
    assert list(answers[1]) == ["id", "calculation", "error"]
    assert run(f"[{QUORUM}]")[0] == 0
    assert run(b"\xef\xbb\xbf[]") == (0, [])


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "{}",
        "5",
        "null",
        '"x"',
        "[",
        "[1,]",
        "[NaN]",
        "[Infinity]",
        "[-Infinity]",
        "[] []",
        "[01]",
        "['x']",
        '{"id": "a"}',
        "\x00",
        "[1 2]",
        b"\xff",
        b'["\xed\xa0\x80"]',
        "[" * DEEP,
        "[" * DEEP + "NaN" + "]" * DEEP,
    ],
)
def test_not_an_array(text: str | bytes) -> None:
    with pytest.raises(ValueError, match="the input is not"):
        run(text)


def test_nested_deep() -> None:
    deep = "[" * DEEP + "]" * DEEP
    assert run(deep)[1][0]["error"]["code"] == "wrong_type"
    objects = '{"a":' * DEEP + "1" + "}" * DEEP
    status, answers = run(
        f'[{QUORUM}, {{"id": "b", "calculation": "quorum", "input": {deep}}}, '
        f'{{"id": "c", "calculation": {deep}, "input": {{}}}}, '
        f'{{"id": "d", "calculation": "quorum", "input": {{"members": 1, "x": {objects}}}}}, '
        f'{{"id": "e", "calculation": "journey", "input": {{"orders": {deep}}}}}, {QUORUM}]'
    )
    assert status == 1
    assert [answer["id"] for answer in answers] == ["a", "b", "c", "d", "e", "a"]
    assert answers[2]["calculation"] is None
    assert [answer.get("error", {}).get("field") for answer in answers] == [
        None, "input", "calculation", "x", "orders[0]", None,
    ]  # fmt: skip


def test_long_numbers() -> None:
    nines = "9" * 5000
    status, answers = run(
        f'[{{"id": "a", "calculation": "afis_amount", "input": {{"on": "2026-01-01", "children": {nines}}}}},'
        f'{{"id": "b", "calculation": "afis_amount", "input": {{"on": "2026-01-01", "children": -{nines}}}}},'
        f'{{"id": "c", "calculation": {nines}}}, {{"id": "d", "calculation": 1e999}},'
        f'{{"id": "e", "calculation": "afis_amount", "input": {{"on": "2026-01-01", "children": {nines[:4000]}}}}}]'
    )
    assert status == 1
    assert [answer["error"]["code"] for answer in answers[:4]] == [
        "invalid_value", "negative_amount", "unknown_calculation", "unknown_calculation",
    ]  # fmt: skip
    assert answers[3]["calculation"] is None
    assert answers[4]["result"]["amount"] == f"{int(nines[:4000]) * 10608 + 34320:d}"[:-2] + ".12"


def test_exact_amounts() -> None:
    for children in (10**20, 10**40 + 1):
        result = compute.answer(
            {"id": "a", "calculation": "afis_amount", "input": {"on": "2026-01-01", "children": children}}
        )["result"]
        cents = children * 10608
        assert result["children_amount"] == f"{cents // 100}.{cents % 100:02d}"
    paid = [{"month": "2026-01", "amount": "9" * 40 + ".99"}, {"month": "2026-01", "amount": "0.02"}]
    given = {"grants": [{"start": "2026-01-01", "end": "2026-01-31"}], "paid": paid}
    result = compute.answer({"id": "a", "calculation": "afis_schedule", "input": given})["result"]
    assert result["overpaid"] == str(10**40 - 344) + ".81"


def test_strange_strings() -> None:
    text = '[{"id": "\\ud800é\\u0000", "calculation": "\\udfff", "input": {}}]'
    status, out = compute.run(text.encode())
    assert status == 1
    assert b"\\ud800\xc3\xa9\\u0000" in out
    assert json.loads(out)[0]["id"] == "\ud800é\x00"
    assert run('[{"id": "a", "calculation": "quorum", "input": {"\\ud800": 1}}]')[1][0]["error"]["field"] == "\ud800"
    given = '{"orders": [], "department": "\\ud83d\\ude00"}'
    answer = run(f'[{{"id": "a", "calculation": "journey", "input": {given}}}]')[1][0]
    assert answer["result"]["department"] == "\U0001f600"


def test_doubled_keys_the_last_one_counts() -> None:
    twice = '{"id": "x", "id": "a", "calculation": "quorum", "input": {"members": 0, "members": 17, "present": 9}}'
    assert run(f"[{twice}]")[1][0]["result"]["required"] == 9


def test_echo_of_the_calculation() -> None:
    for name in ("5", "[1]", '{"a": null}', "1.5", "true"):
        assert run(f'[{{"id": "a", "calculation": {name}}}]')[1][0]["calculation"] == json.loads(name)
    assert run('[{"id": "a"}]')[1][0]["calculation"] is None


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "{}",
        "[[]]",
        "[{}]",
        '{"a": []}',
        ' [ 1 , "x" , null , true , 1.5e3 ] ',
        '{ "a" : 1 , "b" : { "c" : [ { } ] } }',
        '[["a", ["b"]], {"c": {"d": 1}, "e": 2}, 3]',
        '{"a": 1, "a": 2}',
        '"x"',
        "5",
        "\t[\r\n]",
        '["[", "{", "\\"]"]',
    ],
)
def test_deep_reader_reads_the_same(text: str) -> None:
    assert strictjson._Deep(text).read() == json.loads(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[",
        "{",
        "[1",
        "[1,",
        "[1,]",
        "[,1]",
        "[1 2]",
        '{"a"',
        '{"a":',
        '{"a" 1}',
        '{"a": 1',
        '{"a": 1,}',
        "{1: 2}",
        "[] []",
        "]",
        "}",
        "[}",
        '{"a": 1]',
        "[NaN]",
        "[tru]",
        "[1}",
        "x",
        '{"a": 1 "b": 2}',
        "[\u00a0]",
        "{,}",
    ],
)
def test_deep_reader_refuses_the_same(text: str) -> None:
    with pytest.raises(ValueError, match="."):
        json.loads(text, parse_constant=strictjson._refuse)
    with pytest.raises(ValueError, match="."):
        strictjson._Deep(text).read()


def test_command_compute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: Any) -> None:
    path = tmp_path / "in.json"
    path.write_text(f"[{QUORUM}]")
    assert main(["compute", str(path)]) == 0
    sys.stdout.flush()
    out, err = capfdbinary.readouterr()
    assert json.loads(out)[0]["result"]["required"] == 9
    assert out.endswith(b"]\n")
    assert err == b""
    for arguments in (["compute"], ["compute", "-"]):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"[5]")))
        assert main(arguments) == 1
        assert json.loads(capfdbinary.readouterr().out)[0]["error"]["code"] == "wrong_type"


def test_command_compute_without_an_array(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "in.json"
    path.write_text("{}")
    for name in (str(path), str(tmp_path / "none.json"), str(tmp_path)):
        assert main(["compute", name]) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith("jalon law: ")
    path.write_bytes(b"\xff")
    assert main(["compute", str(path)]) == 2
    assert capsys.readouterr().err == "jalon law: the input is not UTF-8: invalid start byte at byte 0\n"


def told(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The lines that a command prints, when it has something to answer with."""
    assert main(arguments) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return list(out.splitlines())


def refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """What a command says when it has nothing to answer with."""
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    return str(err)


def test_command_explain(capsys: pytest.CaptureFixture[str]) -> None:
    lines = told(["explain", "CAP-1"], capsys)
    assert lines == [
        "CAP-1 — Avec ce réglage, les ressources et l'AFIS ensemble ne dépassent pas le montant du RSA.",
        "Source : rapport du Sénat, 2025",
        "Fondement : à confirmer par un juriste",
        "Valeurs datées :",
        "  rsa.single : 651.69 € par mois à partir du 2026-04-01 — Décret n° 2026-220 du 30 mars 2026, art. 1 "
        "<https://www.legifrance.gouv.fr/jorf/id/JORFTEXT000053733826>",
        "  afis.total_cap : non à partir du 2017-12-02 — CASF, art. R. 121-12-13-1 (décret n° 2017-1635 du 29 novembre "
        "2017) <https://www.weka.fr/base-juridique/code_CASF_LEGISCTA000036121812.html> ; à confirmer par un juriste",
        "Dans le code : with total_cap, household_resources and payable do not pass rsa.single",
    ]
    lines = told(["explain", "cap-1", "--on", "2017-12-01"], capsys)
    assert lines[3:6] == [
        "Valeurs datées, le 2017-12-01 :",
        "  rsa.single : 545.48 € par mois à partir du 2017-09-01 au 2018-03-31 — Décret n° 2017-739 du 4 mai 2017, "
        "art. 1 <https://www.legifrance.gouv.fr/eli/decret/2017/5/4/2017-739/jo/texte>",
        "  afis.total_cap : aucune valeur ce jour-là : la première est du 2017-12-02 ; à confirmer par un juriste",
    ]
    assert told(["explain", "DEC-1"], capsys)[2:] == [
        "Fondement : texte lu",
        "Dans le code : opinion_binding is always false",
    ]
    lines = told(["explain"], capsys)
    assert len(lines) == len(RULES)
    assert lines[0].startswith("DUR-1    Les mois")


def test_every_rule_and_every_value_can_be_told(capsys: pytest.CaptureFixture[str]) -> None:
    for name in RULES:
        for on in ([], ["--on", "1900-01-01"], ["--on", "2199-12-31"]):
            assert told(["explain", name, *on], capsys)[0] == f"{name} — {RULES[name].title_fr}"
    for key in loader.all_keys():
        for on in ([], ["--on", "1900-01-01"], ["--on", "2199-12-31"]):
            assert told(["parameters", key, *on], capsys)[0].startswith(f"{key} : {loader.parameter(key).description}")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["explain", "DUR-99"], "la règle 'DUR-99' n'existe pas ; voir DUR-6, DUR-5, DUR-4, DUR-3, DUR-2"),
        (["explain", "afis"], "la règle 'AFIS' n'existe pas ; voir AFIS-8, AFIS-7, AFIS-6, AFIS-5, AFIS-4"),
        (["explain", "zzz"], "la règle 'ZZZ' n'existe pas ; voir jalon law explain"),
        (["explain", ""], "la règle '' n'existe pas ; voir jalon law explain"),
        (["parameters", "afis.bse"], "la valeur 'afis.bse' n'existe pas ; voir afis.base, afis.mayotte.base, "),
        (
            ["parameters", "iae.level2"],
            "la valeur 'iae.level2' n'existe pas ; voir iae.level2.aci_ei_eiti, iae.level2.ai_etti",
        ),
        (["parameters", "zzz"], "la valeur 'zzz' n'existe pas ; voir jalon law parameters"),
        (["parameters", "../x/" * 2000], "la valeur '../x/"),
        (["parameters", "\ud800\x00"], "la valeur '\\ud800\\x00' n'existe pas ; voir "),
        (["parameters", "afis.index"], "la valeur 'afis.index' n'existe pas ; voir "),
    ],
)
def test_what_does_not_exist_is_told_with_what_looks_like_it(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for on in ([], ["--on", "2026-01-01"]):
        said = refused([*arguments, *on], capsys)
        assert said.startswith(f"jalon law: {sentence}")
        assert said.count("\n") == 1


@pytest.mark.parametrize("command", ["explain", "parameters"])
@pytest.mark.parametrize(
    "day", ["", "x", "2026-02-30", "20260101", "2026-W01-1", "1899-12-31", "2200-01-01", "2026-1-1", "٢٠٢٦-01-01"]
)
def test_a_day_that_is_none(command: str, day: str, capsys: pytest.CaptureFixture[str]) -> None:
    said = refused([command, "--on", day], capsys)
    assert said.endswith(f"argument --on: {day!r} n'est pas un jour (AAAA-MM-JJ, de 1900 à 2199)\n")
    assert said.startswith("usage: jalon law ")


def test_command_parameters(capsys: pytest.CaptureFixture[str]) -> None:
    out = "\n".join(told(["parameters"], capsys))
    assert "afis.base                            343.20 € par mois à partir du 2022-07-01 — Décret n° 2022-1340" in out
    assert "FR, GR" in out
    assert "psp.max_months                       24 mois à partir du 2016-10-31 — " in out
    assert "commission.max_proxies               1 à partir du 2016-01-01 — " in out
    assert "commission.quorum_ratio              0.5 à partir du 2016-01-01 — " in out
    assert "civi.after_decision_years            1 an à partir du 2008-07-02 — " in out
    assert "commission.convocation_days          5 jours à partir du 2016-01-01 — " in out
    assert "penal.secret.fine                    15000.00 € à partir du 2002-01-01 — " in out
    assert "smic.hour                            12.31 € par heure à partir du 2026-06-01 — " in out
    assert "ada.daily_one_person                 6.80 € par jour à partir du 2015-11-01 — " in out
    assert "ft.weekly_hours                      15 heures à partir du 2025-01-01 — " in out
    assert len(out.splitlines()) == len(loader.all_keys())
    out = "\n".join(told(["parameters", "--on", "2018-01-01"], capsys))
    assert "330.00 € par mois à partir du 2017-04-15 au 2022-06-30" in out
    assert "smic.hour                            aucune valeur ce jour-là : la première est du 2024-11-01" in out
    lines = told(["parameters", "afis.base", "--on", "2018-01-01"], capsys)
    assert lines[0] == (
        "afis.base : Montant mensuel de l'AFIS pour une personne sans enfant à charge "
        "(Monthly amount of AFIS, no dependent child)"
    )
    assert lines[1].startswith("330.00 € par mois à partir du 2017-04-15 au 2022-06-30 — Décret n° 2017-542")
    assert lines[2:] == ["fondement : texte lu"]
    lines = told(["parameters", "rsa.single"], capsys)
    assert len(lines) == 15
    assert lines[-2:] == ["vu en vigueur le 2026-04-01", "fondement : texte lu"]
    assert told(["parameters", "psp.cap_mode"], capsys)[-1] == "fondement : à confirmer par un juriste"
    assert told(["parameters", "aps.request_days"], capsys)[-1] == "fondement : " + BASES_FR["D"]
    assert told(["parameters", "appeal.court_months"], capsys)[1].endswith(
        "— Code de justice administrative, art. R. 421-1"
    )


def test_command_parameters_not_seen_for_long(capsys: pytest.CaptureFixture[str]) -> None:
    lines = told(["parameters", "--unchecked-since", "2020-01-01"], capsys)
    assert [line.split()[0] for line in lines] == list(loader.unchecked_since(date(2020, 1, 1)))
    assert told(["parameters", "--unchecked-since", "1900-01-01"], capsys) == []


def test_command_without_a_reference() -> None:
    dated = replace(loader.parameter("afis.base").latest, reference=None)
    assert cli._dated(dated, loader.parameter("afis.base")) == "343.20 € par mois à partir du 2022-07-01"


def test_a_reader_that_leaves_early_gets_no_traceback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "in.json"
    path.write_text(f"[{', '.join([QUORUM] * 2000)}]")
    code = "import sys; from jalon.law.cli import main; sys.exit(main(sys.argv[1:]))"
    process = subprocess.Popen(
        [sys.executable, "-c", code, "compute", str(path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert (process.stderr.read(), process.wait()) == (b"", 1)
    # The same in this process: what is left to write goes nowhere.
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "w", encoding="utf-8") as out:
        monkeypatch.setattr(sys, "stdout", out)
        assert main(["compute", str(path)]) == 1
        assert os.stat(writing).st_rdev == os.stat(os.devnull).st_rdev


@pytest.mark.parametrize(
    ("closed", "arguments"), [("stdin", []), ("stdout", []), ("stdout", ["explain"])], ids=lambda one: str(one)
)
def test_a_closed_stream_gets_a_sentence(
    closed: str, arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"[]")))
    monkeypatch.setattr(sys, closed, None)
    assert main(arguments or ["compute"]) == 2
    assert capsys.readouterr().err == f"jalon law: the standard {closed.removeprefix('std')}put is closed\n"


def test_a_terminal_without_accents_gets_a_question_mark(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    err = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    assert main(["explain", "DEC-1"]) == 0
    assert main(["explain", "é"]) == 2
    err.flush()
    assert out.buffer.getvalue().startswith(  # type: ignore[attr-defined]
        b"DEC-1 ? L'avis de la commission ne lie pas le pr?fet.\n"
    )
    assert err.buffer.getvalue().startswith(b"jalon law: la r?gle '")  # type: ignore[attr-defined]


@pytest.mark.parametrize("arguments", [[], ["nothing"], ["compute", "a", "b"]])
def test_command_misused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert "usage: jalon law" in capsys.readouterr().err


def test_command_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("usage: jalon law [-h] COMMAND ...\n")
    for command, arguments in (("compute", "[FILE]"), ("explain", "[--on DATE] [RULE]"), ("parameters", "[KEY]")):
        assert command in shown
        assert main([command, "--help"]) == 0
        told = " ".join(capsys.readouterr().out.split())
        assert told.startswith(f"usage: jalon law {command} [-h]")
        assert arguments in told
