"""What an import would change, field by field. A dry run shows the plan that the import then applies."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

Record = dict[str, Any]


class Problem(NamedTuple):
    """What is wrong in a file: in which record, at which field, in a sentence."""

    where: str
    field: str
    said: str

    def __str__(self) -> str:
        return f"{self.where} › {self.field} : {self.said}"


class Difference(NamedTuple):
    field: str
    before: Any
    after: Any


class Plan(NamedTuple):
    """New records, what changes in known ones, those known that the file does not hold, and how many stay the same."""

    added: dict[str, Record]
    changed: dict[str, Record]
    differences: dict[str, list[Difference]]
    absent: list[str]
    same: int

    @property
    def moves(self) -> bool:
        return bool(self.added or self.changed)


def compare(known: Mapping[str, Record], read: Mapping[str, Record]) -> Plan:
    """The plan that makes ``known`` (number → record) say what ``read`` says."""
    added = {number: record for number, record in read.items() if number not in known}
    differences = {
        number: found
        for number, record in read.items()
        if number in known and (found := list(different(known[number], record)))
    }
    return Plan(
        added=added,
        changed={number: read[number] for number in differences},
        differences=differences,
        absent=sorted(set(known) - set(read)),
        same=len(read) - len(added) - len(differences),
    )


def different(before: Any, after: Any, path: str = "") -> Iterator[Difference]:
    """The fields that differ, by their dotted path; lists are compared whole."""
    if isinstance(before, dict) and isinstance(after, dict):
        for name in sorted(set(before) | set(after)):
            yield from different(before.get(name), after.get(name), f"{path}.{name}" if path else name)
    elif before != after:
        yield Difference(path, before, after)
