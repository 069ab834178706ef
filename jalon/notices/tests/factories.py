"""What notices sees of a dossier."""

from dataclasses import dataclass, field

from jalon.directory.models import Organisation
from jalon.vault import keys
from jalon.vault.ids import new_id


@dataclass
class File:
    """Stands for a dossier: the real one lives in a room above."""

    organisation_id: str
    department: str = "31"
    id: str = field(default_factory=new_id)
    audit_salt: bytes = b"0123456789abcdef"


def make_file(organisation: Organisation, department: str = "31") -> File:
    file = File(organisation.pk, department)
    keys.ensure(file.id, "G1")
    return file
