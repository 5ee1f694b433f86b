"""A failure as it is kept: what is wrong and what to do, in English, and of what sentences they were made.

A line each, so that whoever reads the row can read it. The third is JSON: who is told later by mail reads the
sentences in their own language. Pure.
"""

import json

from intake.desk.text.said import Joined, Said, joined


def written(problem: str, cure: str) -> str:
    """Return what is wrong and what to do as it is kept."""
    return f"{problem}\n{cure}\n{json.dumps([_taken(problem), _taken(cure)])}"


def parted(error: str, cure: str) -> tuple[str, str]:
    """Return what is kept of a failure as what is wrong and what to do; `cure` is for a row without one."""
    problem, _, rest = error.partition("\n")
    kept, _, made = rest.partition("\n")
    try:
        said_problem, said_cure = (_built(piece) for piece in json.loads(made)) if made else ("", "")
    except (ValueError, TypeError, LookupError, AttributeError):
        # Another version wrote it, or a hand: in English it can be read.
        return problem, kept or cure
    # Only what says the same in English is what was kept.
    return (said_problem if said_problem == problem else problem), (
        said_cure if kept and said_cure == kept else kept or cure
    )


def _taken(text: object) -> object:
    if isinstance(text, Joined):
        return {"parts": [_taken(part) for part in text.parts], "between": text.between}
    if isinstance(text, Said):
        return {"template": text.template, "values": {name: _taken(v) for name, v in text.values.items()}}
    return text if isinstance(text, int) else str(text)


def _built(held: object) -> str:
    value = _value(held)
    if not isinstance(value, str):
        raise TypeError("a sentence is text")
    return value


def _value(held: object) -> object:
    if not isinstance(held, dict):
        return held
    if "parts" in held:
        return joined([_built(part) for part in held["parts"]], str(held["between"]))
    return Said(str(held["template"]), {name: _value(value) for name, value in held["values"].items()})
