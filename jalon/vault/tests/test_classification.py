"""Nothing about a person gets a clear column by accident."""

from django.apps import apps

from jalon.vault import classification
from jalon.vault.models import Sealed


def test_every_field_of_the_vault_and_the_journal_is_classified():
    rooms = ("vault.", "journal.")
    assert [line for line in classification.all_unclassified(apps) if line.startswith(rooms)] == []


def test_a_missing_field_a_wrong_class_and_a_stale_entry_are_found(monkeypatch):
    fields = {**classification.FIELDS["vault.KeySlot"], "wrapped": "open", "former": "id"}
    del fields["owner"]
    monkeypatch.setitem(classification.FIELDS, "vault.KeySlot", fields)
    monkeypatch.delitem(classification.FIELDS, "journal.Entry")
    found = classification.all_unclassified(apps)
    assert "vault.KeySlot.owner: no class" in found
    assert "vault.KeySlot.wrapped: unknown class" in found
    assert "vault.KeySlot.former: no such field" in found
    assert "journal.Entry.subject: no class" in found


def test_sealed_columns_are_classified_as_sealed():
    for model in apps.get_models():
        label = f"{model._meta.app_label}.{model.__name__}"
        if issubclass(model, Sealed) and label in classification.FIELDS:
            assert classification.FIELDS[label]["sealed"] == "sealed"


def test_every_compartment_but_the_trail_has_a_key_group():
    assert set(classification.COMPARTMENTS) == {f"C{n}" for n in range(1, 18)}
    assert set(classification.COMPARTMENTS) - set(classification.GROUP_OF) == {"C17"}
    assert classification.GROUP_OF["C11"] == "G4"
