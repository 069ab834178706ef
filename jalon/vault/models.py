"""Key slots, sealed records, what they said before, sealed files."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models

from . import crypto
from .classification import GROUP_OF
from .errors import Tampered
from .ids import LENGTH, new_id

Data = dict[str, Any]

if TYPE_CHECKING:
    TextField = models.CharField[str, str]
else:
    TextField = models.CharField


class IdField(TextField):
    """The primary key of every table: 22 random characters, made before the row is inserted."""

    def __init__(self, **kwargs: Any) -> None:
        defaults = {"primary_key": True, "max_length": LENGTH, "default": new_id, "editable": False}
        super().__init__(**{**defaults, **kwargs})


class KeySlot(models.Model):  # type: ignore[django-manager-missing]  # people gives the manager (vault.scope)
    """One wrapped data key: (owner, group, version) sealed to one recipient. Destroying the row erases the data.

    The present release writes only ``kek`` slots; the other types lay the path to keys held by organisations.
    """

    class SlotType(models.TextChoices):
        KEK = "kek"
        ORGANISATION = "organisation"
        USER = "user"
        ESCROW = "escrow"
        # What stays of an erased owner: no key, and the refusal to ever make one again.
        ERASED = "erased"

    id = models.BigAutoField(primary_key=True)
    owner = models.CharField(max_length=48)
    group = models.CharField(max_length=4)
    key_version = models.PositiveSmallIntegerField(default=1)
    slot_type = models.CharField(max_length=12, choices=SlotType.choices, default=SlotType.KEK)
    recipient = models.CharField(max_length=LENGTH, blank=True, default="")
    kek_version = models.PositiveSmallIntegerField(default=0, db_index=True)
    wrapped = models.BinaryField()
    created_on = models.DateField()
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "group", "key_version", "slot_type", "recipient"], name="vault_one_slot"
            )
        ]

    def __str__(self) -> str:
        return f"slot {self.id}"


class Sealed(models.Model):
    """A row whose words are one encrypted JSON record bound to its table, row, owner, group and revision.

    A subclass gives ``COMPARTMENT`` (or a property ``compartment``); its key is that of ``key_owner`` and
    ``key_group``. Raise ``SCHEMA`` when the shape of the data changes, and bring older data forward in ``upgrade``.
    """

    COMPARTMENT: ClassVar[str] = ""
    SCHEMA: ClassVar[int] = 1
    # Once its words are erased, the row itself would still say when and by whom: it goes with them.
    GOES_WHOLE: ClassVar[bool] = False
    # What this row said when it was read, if a write of this act took words away: ``formers.keep`` saves it.
    former: "Former | None" = None

    sealed = models.BinaryField(editable=False, default=b"")
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True

    @property
    def compartment(self) -> str:
        return self.COMPARTMENT

    @property
    def key_owner(self) -> str:
        return str(self.dossier_id)  # type: ignore[attr-defined]

    @property
    def key_group(self) -> str:
        return GROUP_OF[self.compartment]

    @property
    def drafting(self) -> bool:
        """Is it still a draft? What a draft said is not kept."""
        return False

    def seal(self, data: Data, wrapped: bytes | None = None) -> None:
        """Seal ``data`` in this row under the next revision; the caller saves and journals.

        ``wrapped`` is the latest key slot when the caller already has it (``keys.ensure``, ``keys.with_key``).
        Raises KeyMissing when the owner has no key: an erased dossier is never written again by accident.
        What the row said before is sealed apart when the new words take some away; the journal of the act saves it.
        """
        if wrapped is None:
            wrapped = keys.fetch(self.key_owner, self.key_group)
        if self.former is None:
            self.former = formers.before(self, data, wrapped)
        self._seal(data, self.revision + 1, wrapped)

    def reseal(self) -> None:
        """Seal the same data at the same revision under the latest key version and schema; the caller saves."""
        if self.sealed:
            self._seal(self.unseal(), self.revision, None)

    def _seal(self, data: Data, revision: int, wrapped: bytes | None) -> None:
        owner, group = self.key_owner, self.key_group
        raw = bytes(wrapped) if wrapped is not None else keys.fetch(owner, group)
        version, cipher = keys.opened(raw, owner, group)
        value = {"data": data, "revision": revision, "schema": self.SCHEMA}
        self.sealed = crypto.seal_record(cipher, version, self._context(owner, group), self.SCHEMA, value)
        self.revision = revision

    def unseal(self, wrapped: bytes | None = None) -> Data:
        """The data of this row, or ``{}`` when it was never sealed.

        ``wrapped`` is the annotation of ``keys.with_key``; without it the slot is fetched by one query. Raises Tampered
        when the bytes are not those sealed for this row at this revision, KeyMissing when the key was destroyed.
        """
        blob = bytes(self.sealed)
        if not blob:
            if self.revision:
                raise Tampered
            return {}
        owner, group = self.key_owner, self.key_group
        version = crypto.record_key_version(blob)
        if wrapped is not None:
            raw = bytes(wrapped)
            slot_version, cipher = keys.opened(raw, owner, group)
            if slot_version != version:
                wrapped = None
        if wrapped is None:
            cipher = keys.opened(keys.fetch(owner, group, version), owner, group)[1]
        return self._open(cipher, blob, self._context(owner, group))

    def _open(self, cipher: crypto.Cipher, blob: bytes, context: crypto.Context) -> Data:
        for schema in range(self.SCHEMA, 0, -1):
            try:
                value = crypto.open_record(cipher, blob, context, schema)
            except Tampered:
                continue
            if value["revision"] != self.revision or value["schema"] != schema:
                raise Tampered
            data: Data = value["data"]
            return data if schema == self.SCHEMA else self.upgrade(data, schema)
        raise Tampered

    def upgrade(self, data: Data, schema: int) -> Data:
        """Bring data written under an older ``schema`` to the present shape."""
        return data

    def _context(self, owner: str, group: str) -> crypto.Context:
        return (self._meta.db_table, self.pk, "sealed", owner, group)

    def blank(self) -> None:
        """Empty the record once its key was destroyed; the caller saves and journals the row."""
        self.sealed, self.revision = b"", 0

    def sealed_hash(self) -> str:
        """SHA-256 of the sealed bytes, in hexadecimal: what the journal keeps of a write."""
        return crypto.sha256(bytes(self.sealed))


class Opener:
    """Unseals rows of one model, read as tuples, one after the other: ``unseal`` without an instance for each.

    What is not plainly well, and what was sealed under an older schema, goes through ``unseal`` itself.
    """

    def __init__(self, model: type[Sealed]) -> None:
        self.row, self.table, self.schema = model(), model._meta.db_table, model.SCHEMA
        self.group = self.row.key_group

    def __call__(self, owner: str, pk: str, sealed: bytes, revision: int, wrapped: bytes | None) -> Data:
        """As ``unseal``; ``owner`` is the dossier that the row belongs to."""
        if sealed and wrapped is not None:
            blob, raw = bytes(sealed), bytes(wrapped)
            version, cipher = keys.opened(raw, owner, self.group)
            if version == crypto.record_key_version(blob):
                try:
                    value = crypto.open_record(cipher, blob, (self.table, pk, "sealed", owner, self.group), self.schema)
                except Tampered:
                    pass
                else:
                    if value["revision"] == revision and value["schema"] == self.schema:
                        data: Data = value["data"]
                        return data
        row = self.row
        row.pk, row.sealed, row.revision = pk, sealed, revision
        row.dossier_id = owner  # type: ignore[attr-defined]
        return row.unseal(wrapped)


def seal_many(
    pairs: Iterable[tuple[Sealed, Data]], slots: Mapping[tuple[str, str], bytes] | None = None
) -> list[Sealed]:
    """Seal many unsaved rows. ``slots`` is the answer of ``keys.ensure_many``; without it, they are fetched in bulk."""
    listed = list(pairs)
    if slots is None:
        slots = keys.fetch_many({row.key_owner for row, _data in listed}, {row.key_group for row, _data in listed})
    for row, data in listed:
        row.seal(data, slots.get((row.key_owner, row.key_group)))
    return [row for row, _data in listed]


class Owned(Sealed):
    """A sealed row that names the owner and the group of its key."""

    id = IdField()
    owner = models.CharField(max_length=48, db_index=True)
    group = models.CharField(max_length=4)

    class Meta:
        abstract = True

    @property
    def key_owner(self) -> str:
        return self.owner

    @property
    def key_group(self) -> str:
        return self.group


class SealedFile(Owned):  # type: ignore[django-manager-missing]  # people gives the manager (vault.scope)
    """An encrypted file: on disk under a random name, its name, type, size and own key in the sealed record."""

    key_version = models.PositiveSmallIntegerField(default=1)
    path = models.CharField(max_length=64, unique=True)
    created_on = models.DateField()

    def __str__(self) -> str:
        return f"file {self.id}"


class Former(Owned):  # type: ignore[django-manager-missing]  # people gives the manager (vault.scope)
    """What a record said before it was written over, sealed anew under the key of that record: it is erased with it.

    ``about`` is the record, ``number`` the revision that said it, ``followed_by`` the one that stands in its place
    (it moves on while the same hand corrects itself: ``formers.TYPING``).
    """

    GOES_WHOLE = True

    part = models.CharField(max_length=4)
    model = models.CharField(max_length=48)
    about = models.CharField(max_length=LENGTH, db_index=True)
    number = models.PositiveIntegerField()
    followed_by = models.PositiveIntegerField()
    replaced_at = models.DateTimeField()
    replaced_by = models.CharField(max_length=LENGTH, blank=True, default="")

    @property
    def compartment(self) -> str:
        return self.part

    def __str__(self) -> str:
        return f"former {self.id}"


from . import formers, keys  # noqa: E402  (they need the models)
