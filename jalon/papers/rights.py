"""What a paper asks beyond its own predicate: whoever takes a person off the screen has just been known."""

from jalon.access import Actor, Condition, Verdict

# Never on a paper: where she lives, her story, her health, her legal matters, her family, the notes.
PRIVATE = frozenset({"C3", "C4", "C5", "C6", "C9", "C11"})


def confirmed(actor: Actor, answer: Verdict) -> Verdict:
    """Whoever may read must also have confirmed his identity."""
    if answer.allowed and not actor.stepped_up:
        return Verdict(False, missing=frozenset({Condition.STEPUP}))
    return answer


def offered(answer: Verdict) -> bool:
    """Does a page show the button? The step-up is asked when the paper is made."""
    return answer.allowed or answer.missing == {Condition.STEPUP}
