"""The JSON side of the calculations: an array of elements in, an array of results or errors out."""

from typing import Any

from jalon.law import strictjson
from jalon.law.errors import LawError
from jalon.law.subjects import CALCULATIONS


def run(text: bytes) -> tuple[int, bytes]:
    """Compute a JSON array of elements: return the exit status and the JSON array of answers.

    Status 0 when every element has a result, 1 when one at least has an error. ValueError, with a sentence, when the
    text is not a JSON array in UTF-8.
    """
    try:
        elements = strictjson.loads(text.decode("utf-8-sig"))
    except UnicodeDecodeError as problem:
        raise ValueError(f"the input is not UTF-8: {problem.reason} at byte {problem.start}") from None
    except ValueError as problem:
        raise ValueError(f"the input is not JSON: {problem}") from None
    if not isinstance(elements, list):
        raise ValueError("the input is not a JSON array")  # noqa: TRY004 (one error for one outcome)
    status, texts = 0, []
    for element in elements:
        one = answer(element)
        status |= "error" in one
        texts.append(_write(one))
    return status, b"[" + b",\n".join(texts) + b"]\n"


def answer(element: Any) -> dict[str, Any]:
    """Return the answer to one element: its `id` and `calculation`, with `result` or `error`. It never raises."""
    given = element if isinstance(element, dict) else {}
    name = given.get("id")
    head = {"id": name if isinstance(name, str) else None, "calculation": given.get("calculation")}
    try:
        return {**head, "result": strictjson.plain(_result(element))}
    except LawError as problem:
        error = {"code": problem.code, "message": problem.message, "field": problem.field}
        return {**head, "error": error}


def _result(element: Any) -> Any:
    """Check the envelope of an element and compute it."""
    if not isinstance(element, dict):
        raise LawError("wrong_type", "An object is asked.")
    if element.get("id") is None:
        raise LawError("missing_field", None, "id")
    if not isinstance(element["id"], str):
        raise LawError("wrong_type", "A text is asked.", "id")
    name = element.get("calculation")
    if not isinstance(name, str) or name not in CALCULATIONS:
        raise LawError("unknown_calculation", None, "calculation")
    if element.get("input") is None:
        raise LawError("missing_field", None, "input")
    return CALCULATIONS[name].from_json(element["input"])


def _write(one: dict[str, Any]) -> bytes:
    try:
        return strictjson.dumps(one)
    except ValueError:
        # Only the echo of a `calculation` that is no text can fail to be written.
        return strictjson.dumps({**one, "calculation": None})
