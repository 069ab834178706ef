"""The matrix and its invariants (what no cell may ever allow)."""

import csv
import time

import pytest

from jalon.access import decide
from jalon.access.policy import MATRIX, matrix
from jalon.access.roles import COMPARTMENTS, STAGES, Action, Condition, Relation, Role

CELLS = [(*cell, required) for cell, alternatives in matrix().items() for required in alternatives]
EVERY = frozenset(map(str, Condition))
OUTSIDE = {Role.EMP, Role.SEC, Role.MEM, Role.PRE, Role.ETR, Role.STA, Role.OPS, Role.EXT, Role.PUB}


def test_the_golden_file_has_911_cells_and_350_without_condition():
    assert len(CELLS) == 911
    assert sum(1 for *_, required in CELLS if not required) == 350


@pytest.mark.parametrize("compartment", ["C3", "C4", "C5", "C6", "C9", "C11"])
def test_nobody_outside_the_association_reads_the_association_s_compartments(compartment):
    assert not [c for c in CELLS if c[0] in OUTSIDE and c[3] == compartment]


@pytest.mark.parametrize("role", [Role.ADM, Role.OPS, Role.STA, Role.EXT, Role.PUB])
def test_roles_without_any_cell(role):
    assert not [c for c in CELLS if c[0] == role]


def test_no_relation_nothing():
    assert not [c for c in CELLS if c[1] == Relation.NONE]


def test_a_member_acts_only_in_session_or_decided_and_only_inside_the_window():
    assert all(c[2] in {"S3", "S4"} and Condition.WINDOW in c[5] for c in CELLS if c[0] == Role.MEM)


def test_an_adviser_acts_only_between_preparation_and_pathway_with_agreement_and_share():
    needed = {Condition.AGREEMENT, Condition.SHARE}
    assert all("S1" <= c[2] <= "S5" and needed <= c[5] for c in CELLS if c[0] == Role.EMP)


def test_before_her_agreement_only_the_association_and_herself():
    assert {c[0] for c in CELLS if c[2] == "S0"} <= {Role.REF, Role.MGR, Role.PER, Role.DPO}


def test_nothing_after_the_purge():
    assert not [c for c in CELLS if c[2] == "S7"]


def test_nobody_edits_the_trail():
    assert not [c for c in CELLS if c[3] == "C17" and c[4] in {"edit", "create", "withdraw", "comment"}]


def test_every_export_needs_step_up():
    assert all(Condition.STEPUP in c[5] for c in CELLS if c[4] == Action.EXPORT)


def test_only_the_prefect_signs_a_decision():
    assert {c[0] for c in CELLS if c[3] == "C14" and c[4] == Action.SIGN} == {Role.PRE}


def test_only_the_officer_purges_with_a_second_person():
    purges = [c for c in CELLS if c[4] == Action.PURGE]
    assert {c[0] for c in purges} == {Role.DPO}
    assert all(Condition.FOUREYES in c[5] for c in purges)


@pytest.mark.parametrize("cell", CELLS, ids=["-".join(c[:5]) for c in CELLS])
def test_each_cell_asks_for_each_of_its_conditions(cell):
    *key, required = cell
    assert decide(*key, EVERY)
    assert decide(*key, required)
    for condition in required:
        answer = decide(*key, EVERY - {condition})
        assert not answer
        assert answer.missing == {condition}


def test_what_is_absent_is_refused_and_names_nothing():
    answer = decide("REF", "assigned", "S0", "C4", "read", EVERY)
    assert not answer
    assert answer.missing == frozenset()


def naive():
    """An independent reading of the golden file, cell by cell."""
    with MATRIX.open(encoding="utf-8", newline="") as file:
        return {
            (r["role"], r["relation"], r["stage"], r["compartment"], r["action"]): (
                set() if r["conditions_all_required"] == "-" else set(r["conditions_all_required"].split("+"))
            )
            for r in csv.DictReader(file)
        }


@pytest.mark.proof
def test_all_5_222_400_decisions_equal_the_golden_file():
    golden = naive()
    codes = [str(c) for c in Condition]
    sets = [frozenset(c for i, c in enumerate(codes) if mask >> i & 1) for mask in range(64)]
    seen = allowed = 0
    started = time.process_time()
    for role in Role:
        for relation in Relation:
            for stage in STAGES:
                for compartment in COMPARTMENTS:
                    for action in Action:
                        needed = golden.get((role, relation, stage, compartment, action))
                        for held in sets:
                            answer = decide(role, relation, stage, compartment, action, held).allowed
                            assert answer == (needed is not None and needed <= held)
                            seen += 1
                            allowed += answer
    seconds = time.process_time() - started
    print(f"{seen} decisions, {allowed} allowed, no difference with the golden file, {seconds:.1f} s")
    assert (seen, allowed) == (5_222_400, 35_752)
    assert seconds < 60
