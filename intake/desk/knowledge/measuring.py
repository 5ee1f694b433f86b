"""How often the right article is found: questions whose answers are known, asked one by one. Pure."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from intake.desk.knowledge.article import language_of
from intake.desk.knowledge.ranking import Library

# Of a list of three the reader sees all.
SHOWN = 3
# What questions are marked with that say only that they are Chinese.
_SHORT = {"zh": "zh-Hans"}


@dataclass(frozen=True, slots=True)
class Question:
    """A question in `language`, and the slug of the article that answers it."""

    text: str
    language: str
    slug: str


@dataclass(frozen=True, slots=True)
class Reach:
    """Of how many questions the right article came first, or among the first three; `missed`
    are the others."""

    language: str
    asked: int
    first: int
    shown: int
    missed: tuple[Question, ...] = ()

    @property
    def share_first(self) -> float:
        """The share of questions whose article came first."""
        return self.first / self.asked if self.asked else 0.0

    @property
    def share_shown(self) -> float:
        """The share of questions whose article was among the first three."""
        return self.shown / self.asked if self.asked else 0.0


def questions(text: str) -> list[Question]:
    """Read questions: a JSON object a line, with `text`, `language` and `article`.

    Raises ValueError, with the line, for what is none.
    """
    made: list[Question] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            fields: Any = json.loads(line)
            words, written, slug = (str(fields[name]) for name in ("text", "language", "article"))
        except (ValueError, KeyError, TypeError, RecursionError) as err:
            raise ValueError(f"line {number} is no question with text, language and article") from err
        language = language_of(_SHORT.get(written, written))
        if not language:
            raise ValueError(f"line {number}: there is no language {written[:20]!r}")
        made.append(Question(words, language, slug))
    return made


def measure(library: Library, asked: Sequence[Question]) -> list[Reach]:
    """Return how well questions find their articles, by language; the last is of all together ("")."""
    places = [(question, _place(library, question)) for question in asked]
    languages = sorted({question.language for question in asked})
    reaches = []
    for language in (*languages, ""):
        theirs = [(question, at) for question, at in places if language in ("", question.language)]
        missed = tuple(question for question, at in theirs if not at)
        first = sum(at == 1 for _, at in theirs)
        reaches.append(Reach(language, len(theirs), first, len(theirs) - len(missed), missed))
    return reaches


def _place(library: Library, question: Question) -> int:
    """Return where the right article is among the first three, from 1; 0 where it is not."""
    hits = [hit.article.slug for hit in library.search(question.text, question.language, SHOWN, agents=True)]
    return hits.index(question.slug) + 1 if question.slug in hits else 0
