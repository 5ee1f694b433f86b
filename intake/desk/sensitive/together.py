"""Seed phrases that no text tells alone: half in the subject, a few words in each of several mails. Pure.

What the desk puts into one mail or onto one page is read together, so it is looked through together too.
"""

from collections.abc import Sequence
from typing import NamedTuple

from intake.desk.sensitive.scan import SEED, Secret, find, masked

# Of a long text its ends are looked at, each as long as the words of a phrase with what stands around them;
# and of many texts the last ones.
_END, _MOST_TEXTS = 1_500, 60
# So many words beside a phrase are a greeting.
_MOST_BESIDE = 4
# Two words of no list: no phrase goes on behind them.
_GAP = "\nzzz qqq\n"


class Across(NamedTuple):
    """Phrases that stand in several texts: their values, and for each text the parts that stand in it."""

    values: tuple[str, ...]
    certain: bool
    words: int
    parts: Sequence[Sequence[Secret]]


def across(texts: Sequence[str]) -> Across:
    """Return the seed phrases that only several of these texts tell together, in this order."""
    skipped = max(0, len(texts) - _MOST_TEXTS)
    pieces: list[tuple[int, int, int, int]] = []  # where it begins, which text it is of, from where to where
    joined = ""
    for number, text in enumerate(texts[skipped:], skipped):
        long = len(text) > 2 * _END
        for first, last in ((0, _END), (len(text) - _END, len(text))) if long else ((0, len(text)),):
            pieces.append((len(joined), number, first, last))
            joined += text[first:last] + (_GAP if long and not first else "\n")
    parts: list[list[Secret]] = [[] for _ in texts]
    values: list[str] = []
    certain, words = False, 0
    for secret in find(joined) if sum(map(bool, texts)) > 1 else ():
        reached = [
            (
                number,
                Secret(SEED, max(secret.start - begin, 0) + first, min(secret.end - begin + first, last)),
            )
            for begin, number, first, last in pieces
            if last > first and secret.start < begin + last - first and begin < secret.end
        ]
        if secret.kind != SEED or len({number for number, _ in reached}) < 2 or _told(texts, reached):
            continue
        values.append(joined[secret.start : secret.end])
        certain, words = certain or secret.certain, max(words, secret.words)
        for number, part in reached:
            parts[number].append(part)
    return Across(tuple(values), certain, words, parts)


def _told(texts: Sequence[str], reached: Sequence[tuple[int, Secret]]) -> bool:
    """Whether one of the texts tells the phrase by itself, and the others hardly a word of it."""
    alone = {number for number, _ in reached if any(secret.kind == SEED for secret in find(texts[number]))}
    beside = [texts[number][part.start : part.end] for number, part in reached if number not in alone]
    return bool(alone) and len(" ".join(beside).split()) <= _MOST_BESIDE


def hidden_across(texts: Sequence[str]) -> tuple[str, ...]:
    """Return texts that are shown together, without what only they tell together; what each tells by itself
    is hidden where it is shown."""
    return tuple(
        masked(text, _joined(parts, find(text))) if parts else text
        for text, parts in zip(texts, across(texts).parts, strict=True)
    )


def _joined(parts: Sequence[Secret], alone: Sequence[Secret]) -> Sequence[Secret]:
    """Return parts of phrases, each with what it shares letters with."""
    out: list[Secret] = []
    touched = [s for s in alone if any(s.start < part.end and part.start < s.end for part in parts)]
    for secret in sorted((*parts, *touched), key=lambda each: each.start):
        if out and secret.start < out[-1].end:
            out[-1] = Secret(SEED, out[-1].start, max(out[-1].end, secret.end))
        else:
            out.append(secret)
    return out
