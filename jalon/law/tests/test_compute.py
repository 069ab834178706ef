"""The envelope, the text in and out, and the command line."""

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from jalon.law import compute, strictjson
from jalon.law.cli import main

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


def test_command_explain(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "DUR-4"]) == 0
    assert "à confirmer par un juriste" in capsys.readouterr().out
    assert main(["explain"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 55
    assert lines[0].startswith("DUR-1    Les mois")
    assert main(["explain", "X"]) == 2
    assert capsys.readouterr().err == "jalon law: there is no rule X\n"


def test_command_parameters(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["parameters"]) == 0
    out = capsys.readouterr().out
    assert "afis.base                            343.20 € à partir du 2022-07-01 — Décret n° 2022-1340" in out
    assert "FR, GR" in out
    assert "psp.max_months                       24 mois à partir du 2016-10-31 — " in out
    assert "commission.max_proxies               1 à partir du 2016-01-01 — " in out
    assert main(["parameters", "--on", "2018-01-01"]) == 0
    out = capsys.readouterr().out
    assert "330.00 € à partir du 2017-04-15 au 2022-06-30" in out
    assert "smic.hour                            aucune valeur ce jour-là" in out
    assert main(["parameters", "afis.base", "--on", "2018-01-01"]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[0] == (
        "afis.base : Montant mensuel de l'AFIS pour une personne sans enfant à charge "
        "(Monthly amount of AFIS, no dependent child)"
    )
    assert len(out) == 2
    assert main(["parameters", "rsa.single"]) == 0
    out = capsys.readouterr().out.splitlines()
    assert len(out) == 14
    assert out[-1] == "vu en vigueur le 2026-04-01"
    assert main(["parameters", "psp.cap_mode"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "à confirmer par un juriste"
    assert main(["parameters", "appeal.court_months"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].endswith("— Code de justice administrative, art. R. 421-1")
    assert main(["parameters", "afis.nothing"]) == 2
    assert capsys.readouterr().err == "jalon law: afis.nothing: there is no parameter file nothing.yaml\n"


def test_command_without_a_reference(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from jalon.law import cli, loader

    dated = replace(loader.parameter("afis.base").latest, reference=None)
    assert cli._dated(dated, loader.parameter("afis.base")) == "343.20 € à partir du 2022-07-01"


@pytest.mark.parametrize("arguments", [[], ["nothing"], ["parameters", "--on", "x"], ["compute", "a", "b"]])
def test_command_misused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert "usage: jalon law" in capsys.readouterr().err


def test_command_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    assert "compute" in capsys.readouterr().out
