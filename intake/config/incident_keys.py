"""The sections [incident KIND]: which steps an incident of a kind is made of."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from intake.config.converters import BadValue, as_words
from intake.config.keys import key
from intake.config.reading import Problem
from intake.desk.incident.kinds import MOST_STEPS, STEP_NAME, STEPS, IncidentKind, IncidentPolicy


def as_steps(value: str) -> tuple[str, ...]:
    """Read the names of steps, each a word that an agent can write behind #step."""
    words = as_words(value)
    for word in words:
        if not STEP_NAME.fullmatch(word):
            raise BadValue(f"{word!r} is not the name of a step", "Write words of letters, such as revoke")
    if len(words) > MOST_STEPS:
        raise BadValue(f"it names {len(words)} steps", f"An incident has at most {MOST_STEPS}")
    return tuple(dict.fromkeys(words))


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentSettings:
    """An incident of a kind: its steps, in their order; none for the shipped ones."""

    steps: tuple[str, ...] = key(as_steps, "")


def incident_policy(sections: Mapping[str, IncidentSettings]) -> IncidentPolicy:
    """Return the steps of each kind: the config's, or the shipped ones."""
    own = {
        kind: sections[kind.value].steps
        for kind in IncidentKind
        if kind.value in sections and sections[kind.value].steps
    }
    return IncidentPolicy({**STEPS, **own})


def unknown_kinds(sections: Mapping[str, IncidentSettings]) -> Iterator[Problem]:
    """Yield the sections that are of no kind of incident."""
    kinds = [kind.value for kind in IncidentKind]
    for name in sections:
        if name not in kinds:
            yield Problem(
                f"incident {name}", "", "is no kind of incident", f"Write one of: {', '.join(kinds)}"
            )
