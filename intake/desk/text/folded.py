"""What a text holds beyond the part of it that is shown: quotes, signatures. Pure, and linear.

Nobody is to miss it without a word. So whatever shows the part says how many more lines there are,
and how they are seen in that place.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence

from intake.desk.sensitive.leaks import marked
from intake.desk.sensitive.scan import find, hidden
from intake.desk.text.counting import counted

# So much of what is shown in lines of its own is looked for within those of the whole.
_MOST_WRAPPED = 16 * 1024
# So many different secrets that only what is shown tells are looked for; each costs a look at all.
_MOST_TOLD = 100
_TOO_MANY = "[hidden: secrets]"
_MARKS = "> \t\r\xa0"

# As `commands.grammar` reads it: nothing else begins so on top of an agent's email that was obeyed.
_COMMAND = re.compile("^\\s*[#\uff03\ufe5f]\\s?[^\\W\\d_]")

_Line = tuple[int, str]
"""Where a line begins in its text, and the line."""


def lines(shown: str, whole: str) -> int:
    """Return how many lines that are not empty stand in `whole` and not in `shown`."""
    return sum(bool(line.strip()) for _, line in _rest(shown, whole))


def agents_lines(shown: str, whole: str) -> int:
    """Return how many such lines an agent's own text has, a quote of our notification not counted.

    Its lines are known by their mark, and by the quote that they stand in, with the line that leads to it.
    The commands on top are no words either: what they did stands in the history.
    """
    below = _below_commands(whole)
    rest = [line.strip() for at, line in _rest(shown, whole) if line.strip() and at >= below]
    if not any(marked(line) for line in rest):
        return len(rest)
    ours = [marked(line) or line.startswith(">") for line in rest]
    first = ours.index(True)
    leads = first > 0 and rest[first - 1].endswith((":", "："))
    return len(rest) - sum(ours) - leads


def _below_commands(whole: str) -> int:
    """Return where the text begins below the lines with commands on top of it."""
    at = 0
    for line in whole.split("\n"):
        if line.strip() and not _COMMAND.match(line):
            break
        at += len(line) + 1
    return at


def more(count: int) -> str:
    """Return "1 more line" or "12 more lines"."""
    return counted(count, "more line")


def text(shown: str, whole: str) -> str:
    """Return those lines in their order, as they may be shown.

    A secret is hidden in them as in both texts: half of one, beside what is shown, gives it away too.
    """
    # One that a quote's marks, or a line between, keep from being known is known by what is shown.
    literals = {" ".join(shown[secret.start : secret.end].split()) for secret in find(shown)}
    if len(literals) > _MOST_TOLD:
        return _TOO_MANY
    secrets = find(whole, sorted(literals))
    out: list[str] = []
    first = 0  # of those that end behind the line
    for start, line in _rest(shown, whole):
        end, at, said = start + len(line), start, ""
        while first < len(secrets) and secrets[first].end <= start:
            first += 1
        for secret in map(secrets.__getitem__, range(first, len(secrets))):
            if secret.start >= end:
                break
            said += f"{whole[at : max(at, secret.start)]}[hidden: {secret.kind}]"
            at = secret.end
        said = (said + whole[at:end]).rstrip()
        if said or (out and out[-1]):
            out.append(said)
    return hidden("\n".join(out).strip("\n"))


def _rest(shown: str, whole: str) -> Sequence[_Line]:
    """Return the lines of `whole` that `shown` has not, with the empty lines."""
    if not whole or shown == whole:
        return ()
    rest: list[_Line] = []
    at = 0
    for line in whole.split("\n"):
        rest.append((at, line))
        at += len(line) + 1
    there = Counter(bare for line in shown.split("\n") if (bare := line.strip()))
    rest = _without(rest, there, str.strip)
    # What an answer stands below may be shown as a quote, which it is not in every program's text.
    marked: Counter[str] = Counter()
    for line in there.elements():
        marked[line.strip(_MARKS)] += 1
    rest = _without(rest, marked, lambda line: line.strip(_MARKS))
    # Read off its HTML, what is shown may have its line ends in other places.
    places = _places(" ".join(marked.elements()))
    return [(at, line) for at, line in rest if not (words := line.split()) or not _stands(words, places)]


def _places(text: str) -> dict[str, int]:
    """Return where each word of a text stands, of which _MOST_WRAPPED characters are taken: a bit a place.

    So a line is looked for in the time of its words, however often the text nearly says the same.
    """
    words = text[: _MOST_WRAPPED + 1].split()
    if len(text) > _MOST_WRAPPED and words:
        words.pop()  # which may go on
    places: dict[str, int] = {}
    for at, word in enumerate(words):
        places[word] = places.get(word, 0) | 1 << at
    return places


def _stands(words: Sequence[str], places: dict[str, int]) -> bool:
    """Whether these words stand one behind the other in what `_places` was told."""
    ends = places.get(words[0], 0)
    for word in words[1:]:
        if not ends:
            return False
        ends = (ends << 1) & places.get(word, 0)
    return ends != 0


def _without(every: Sequence[_Line], there: Counter[str], key: Callable[[str], str]) -> list[_Line]:
    """Return the lines that are not in `there`, and take out of it those that are."""
    rest: list[_Line] = []
    for at, line in every:
        bare = key(line)
        if bare and there[bare] > 0:
            there[bare] -= 1
        else:
            rest.append((at, line))
    return rest
