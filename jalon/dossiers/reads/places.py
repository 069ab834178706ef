"""Where persons live, for the rule of the street in the officer's month alone: no screen shows it from here."""

from collections.abc import Collection

from jalon.vault import keys

from ..models import Part


def addresses(dossiers: Collection[str], user_id: str) -> dict[str, tuple[str, str]]:
    """The last address and town written in the requests of these files (C3); those whose key is gone are left out.

    Nor what this account, who asks, wrote last: she could try one address after the other.
    """
    rows = Part.objects.filter(dossier__in=list(dossiers), code="housing").exclude(sealed=b"")
    rows = rows.exclude(updated_by=user_id)
    found = {}
    for row in keys.with_key(rows.order_by("application__rank"), "G3", owner="dossier_id"):
        if row.key_G3 is None:  # type: ignore[attr-defined]
            continue
        known = row.unseal(row.key_G3)  # type: ignore[attr-defined]
        if known.get("address"):
            found[row.dossier_id] = (str(known["address"]), str(known.get("town") or ""))
    return found
