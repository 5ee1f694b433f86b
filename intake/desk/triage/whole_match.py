"""A whole answer against an admin's pattern, in time that grows with both and no faster. Pure.

Python tries one way through a pattern after the other, and there may be more of them than anybody
can wait for. Here all ways are gone at once, letter by letter (Thompson 1968), so that nothing is
tried twice. Repetitions give back what they took, as everybody expects of `[A-Z-]+-[0-9]+`.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from intake.desk.triage.safe_regex import Atom, BadPattern, Node, Row, Times, parsed

# States of a pattern: each is looked at once a letter. The worst takes 0.3 s for 1,000 letters (measured).
MAX_STATES = 1000

# The first state of every pattern's program: all of it was matched.
_END = 0


@dataclass(frozen=True, slots=True)
class _State:
    """`takes` a letter, or asks `at` a place, and goes on; with neither it only goes on."""

    then: tuple[int, ...]
    takes: re.Pattern[str] | None = None
    at: re.Pattern[str] | None = None


@dataclass(slots=True)
class Whole:
    """A pattern, ready. Case makes a difference."""

    _states: list[_State] = field(default_factory=lambda: [_State(())])
    _start: int = _END

    def matches(self, text: str) -> bool:
        """Whether the whole of `text` is what the pattern says."""
        here = self._reached([self._start], text, 0)
        for at, letter in enumerate(text):
            known: dict[re.Pattern[str], bool] = {}
            moved: list[int] = []
            for number in here:
                state = self._states[number]
                if state.takes is None:
                    continue
                if state.takes not in known:
                    known[state.takes] = state.takes.fullmatch(letter) is not None
                if known[state.takes]:
                    moved += state.then
            here = self._reached(moved, text, at + 1)
            if not here:
                return False
        return _END in here

    def _reached(self, starts: Iterable[int], text: str, place: int) -> set[int]:
        """Return the states one is in without taking a letter."""
        states: set[int] = set()
        todo = list(starts)
        while todo:
            number = todo.pop()
            if number in states:
                continue
            states.add(number)
            state = self._states[number]
            if state.takes is None and (state.at is None or state.at.match(text, place)):
                todo += state.then
        return states

    def add(self, state: _State) -> int:
        """Add a state and return its number. Raises BadPattern when there are too many."""
        if len(self._states) > MAX_STATES:
            raise BadPattern(
                f"written out it has more than {MAX_STATES} places: use smaller numbers in {{ }}, or + and *"
            )
        self._states.append(state)
        return len(self._states) - 1

    def begin(self, node: Node) -> None:
        """Make the pattern that of `node`."""
        self._start = self._built(node, _END)

    def _built(self, node: Node, after: int) -> int:
        """Add what `node` says, going on at `after`; return where it begins."""
        if isinstance(node, Atom):
            ready = _atom(node.text)
            state = _State((after,), at=ready) if node.anchor else _State((after,), takes=ready)
            return self.add(state)
        if isinstance(node, Row):
            for part in reversed(node.parts):
                after = self._built(part, after)
            return after
        if isinstance(node, Times):
            return self._repeated(node, lambda then: self._built(node.part, then), after)
        return self.add(_State(tuple(self._built(part, after) for part in node.parts)))

    def _repeated(self, node: Times, once: Callable[[int], int], after: int) -> int:
        begins = after
        if node.high is None:
            begins = self.add(_State((after,)))
            self._states[begins] = _State((once(begins), after))
        for _ in range((node.high or node.low) - node.low):
            begins = self.add(_State((once(begins), after)))
        for _ in range(node.low):
            begins = once(begins)
        return begins


def _atom(text: str) -> re.Pattern[str]:
    try:
        return re.compile(text)
    except (re.error, OverflowError) as err:
        raise BadPattern(str(err)) from err


@lru_cache(maxsize=256)
def whole(pattern: str) -> Whole:
    """Return an admin's pattern, ready to be asked. Raises BadPattern, which says why it cannot be used."""
    made = Whole()
    made.begin(parsed(pattern))
    return made
