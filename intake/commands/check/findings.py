"""What `intake check` finds: one check, how bad it is, and what to do about it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from intake import terminal
from intake.ports import Temporary, UserError


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check. `level` is ok, warning or problem; `cure` is empty when it is ok."""

    level: str
    section: str
    key: str
    what: str
    cure: str = ""


Findings = Iterator[Finding]


def tried(section: str, key: str, cure: str, call: Callable[[], str]) -> Finding:
    """Return a call's finding: what it says when it worked, else what it raised."""
    try:
        return Finding("ok", section, key, call())
    except (UserError, Temporary) as err:
        return Finding("problem", section, key, *parted(str(err), cure))
    except Exception as err:
        # Whatever a library raises here, the admin has to know.
        words = f"{type(err).__name__}: {err}" if str(err) else type(err).__name__
        return Finding("problem", section, key, terminal.line(words)[:300], cure)


def parted(text: str, cure: str) -> tuple[str, str]:
    """Return a text that says its own cure ("what: cure" or "what. Cure.") as these two, else with `cure`."""
    problem, stop, rest = text.partition(". ")
    return (problem, rest.strip()) if stop and rest.strip() else (text, cure)
