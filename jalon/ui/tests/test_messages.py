"""The English catalogue follows the code."""

from jalon.ui import messages


def test_code_catalogue_and_compiled_file_agree():
    assert messages.problems() == []


def test_texts_of_templates_and_code_are_found(tmp_path, monkeypatch):
    room = tmp_path / "room"
    (room / "templates").mkdir(parents=True)
    (room / "a.py").write_text('_("Un"); ngettext("%(n)d jour", "%(n)d jours", 2)\n', encoding="utf-8")
    (room / "templates" / "a.html").write_text(
        "{% if x %}\n    {% translate 'Deux' %}{# rien #}\n{% endif %}{{ y|default:_('Trois') }}"
        "{% blocktranslate trimmed count n=n %}\n  {{ n }} dossier\n"
        "{% plural %}\n  {{ n }} dossiers\n{% endblocktranslate %}",
        encoding="utf-8",
    )
    monkeypatch.setattr(messages, "PACKAGE", tmp_path)
    monkeypatch.setattr(messages, "PO", tmp_path / "django.po")
    ids = {message.id for message in messages.found() if message.id}
    assert ids == {"Un", "Deux", "Trois", ("%(n)d jour", "%(n)d jours"), ("%(n)s dossier", "%(n)s dossiers")}
    assert len(messages.problems()) == 5
    fill = tmp_path / "fill.json"
    fill.write_text(
        '{"Un": "One", "Deux": "Two", "Trois": "Three", "%(n)d jour": ["%(n)d day", "%(n)d days"],'
        ' "%(n)s dossier": ["%(n)s file", "%(x)s files"]}',
        encoding="utf-8",
    )
    assert messages.main(["--fill", str(fill)]) == 0
    [problem] = messages.problems()
    assert problem.startswith("other values to fill in")
    fill.write_text('{"%(n)s dossier": ["%(n)s file", "%(n)s files"]}', encoding="utf-8")
    messages.main(["--fill", str(fill)])
    assert messages.problems() == []
    (tmp_path / "django.mo").unlink()
    assert "django.mo" in messages.problems()[0]
    (room / "a.py").write_text('_("Un")\n', encoding="utf-8")
    assert "django.po" in messages.problems()[0]
