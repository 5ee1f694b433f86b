"""Hot issues: what people write about more than they did in the week before.

Subjects are counted, not texts: a subject is the writer's own summary, and a quoted text
would be counted with every answer. Words of scripts without spaces are their runs of two to four characters.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from intake.desk.report import Rise
from intake.desk.sensitive.scan import hidden

FEWEST = 3
MOST_SHOWN = 10
# Subjects are cut here: nobody says what it is about after so many characters.
_LONGEST = 200
# Two words of which one comes nearly always with the other are one piece of news.
_SAME = 0.7
_WORD = re.compile(r"(?<!\w)[^\W\d_][\w'’-]{2,30}")
_DENSE = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003134f]+")
# What stands in every other subject, in the languages that the desk answers in.
_DULL_WORDS = (
    "about after all and any are bei bir bu but can cho của das dem den der des die does ein eine est "
    "for from fwd has have hello help het hola how ich into ist için không las les los mein mit mon more "
    "mujer một need nicht not now our para per please por pour que question regarding request support "
    "thanks that the there this tôi und une ve với was what when where why will with without won would "
    "you your для как мне мой нас нет почему при что это"
    " ください こと した して します する です ます"
    " 你好 問題 您好 的问 请问 问题"
)
_CATEGORY = "category: "
_DULL = frozenset(_DULL_WORDS.split())


def rising(
    now: Iterable[tuple[int, str, str]], before: Iterable[tuple[int, str, str]], limit: int = MOST_SHOWN
) -> list[Rise]:
    """Return what rose most, the sharpest first. Both are (ticket, subject, category).

    What was seen fewer than FEWEST times, or has not doubled, is no news.
    """
    here, then = _counted(now), _counted(before)
    risen = [
        Rise(term, len(tickets), len(then.get(term, ())), tuple(sorted(tickets)[-3:]))
        for term, tickets in here.items()
        if len(tickets) >= FEWEST and len(tickets) >= 2 * len(then.get(term, ()))
    ]
    # Of equal rises a word says more than a category, and a longer one more than a short one; the
    # last key makes the order the same every time.
    risen.sort(
        key=lambda rise: (
            -(rise.now - rise.before) / (rise.now + rise.before) ** 0.5,
            rise.what.startswith(_CATEGORY),
            -len(rise.what),
            rise.what,
        )
    )
    return _distinct(risen, here)[:limit]


def _counted(tickets: Iterable[tuple[int, str, str]]) -> Mapping[str, set[int]]:
    groups: dict[str, set[int]] = defaultdict(set)
    for number, subject, category in tickets:
        for word in words(subject):
            groups[word].add(number)
        if category:
            groups[f"{_CATEGORY}{category}"].add(number)
    return groups


def words(subject: str) -> set[str]:
    """Return what a subject is counted under, in lower case."""
    text = hidden(subject)[:_LONGEST].lower()
    dense = [
        run[start : start + length]
        for run in _DENSE.findall(text)
        for length in (2, 3, 4)
        for start in range(len(run) - length + 1)
    ]
    return {word for word in (*dense, *_WORD.findall(_DENSE.sub(" ", text))) if word not in _DULL}


def _distinct(risen: Sequence[Rise], tickets: Mapping[str, set[int]]) -> list[Rise]:
    kept: list[Rise] = []
    for rise in risen:
        mine = tickets[rise.what]
        shared = [len(mine & tickets[other.what]) / len(mine | tickets[other.what]) for other in kept]
        if not shared or max(shared) < _SAME:
            kept.append(rise)
    return kept
