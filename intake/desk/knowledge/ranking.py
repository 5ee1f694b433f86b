"""Which articles answer a question: BM25 over their words, in memory. Pure.

Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009). Words of the title
and of `also` count several times; K1 and B are those of Anserini, for short texts. Both databases rank in
ways of their own; this is the same on each.
"""

import math
import re
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from intake.desk.knowledge import choice
from intake.desk.knowledge.article import Article
from intake.desk.knowledge.folding import terms

K1, B = 0.9, 0.4
TITLE, ALSO = 3, 2
# Of a question so much is read: who writes more has said it by then.
MOST_ASKED = 2_000
_MARKUP = re.compile(r"\]\([^)]*\)|[*_`#>|]")


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that may answer, and how well its words fit: comparable within one question only."""

    article: Article
    score: float


class Index:
    """The words of articles, each article in one language."""

    def __init__(self, articles: Sequence[Article]) -> None:
        self.articles = tuple(articles)
        counted = [weighed(article) for article in self.articles]
        lengths = [sum(counts.values()) for counts in counted]
        mean = (sum(lengths) / len(lengths) if lengths else 0.0) or 1.0
        holding = Counter(term for counts in counted for term in counts)
        many = len(counted)
        rare = {term: math.log(1 + (many - count + 0.5) / (count + 0.5)) for term, count in holding.items()}
        narrow = "H" if many < 1 << 16 else "I"
        # Per word: which articles have it, and what it adds to each.
        self._places: dict[str, tuple[array[int], array[float]]] = {}
        for number, counts in enumerate(counted):
            norm = K1 * (1 - B + B * lengths[number] / mean)
            for term, count in counts.items():
                if term not in self._places:
                    self._places[term] = (array(narrow), array("f"))
                numbers, gains = self._places[term]
                numbers.append(number)
                gains.append(rare[term] * count * (K1 + 1) / (count + norm))

    def search(
        self, text: str, language: str, limit: int = 3, may: Callable[[Article], bool] = lambda article: True
    ) -> list[Hit]:
        """Return the articles that fit a question best, best first; equal ones by their slug."""
        scores: dict[int, float] = {}
        # Of a word that is asked twice, the second adds less than the first; half says it well enough.
        for term, count in Counter(terms(text[:MOST_ASKED], language)).items():
            numbers, gains = self._places.get(term, ((), ()))
            for number, gain in zip(numbers, gains, strict=True):
                scores[number] = scores.get(number, 0.0) + gain * (1 + (count > 1) * 0.5)
        best = sorted(scores, key=lambda number: (-scores[number], self.articles[number].slug))
        hits = (Hit(self.articles[number], scores[number]) for number in best)
        return [hit for hit in hits if may(hit.article)][: max(0, limit)]


def weighed(article: Article) -> Counter[str]:
    """Return how often each word counts in an article."""
    counts: Counter[str] = Counter()
    asked = [(article.title, TITLE), *((phrase, ALSO) for phrase in article.also)]
    # Pieces of the whole text would take most of the memory, and find little more.
    for pieces, some in ((True, [*asked, (article.short, 1)]), (False, [(article.body, 1)])):
        for text, weight in some:
            for term in terms(_MARKUP.sub(" ", text), article.language, pieces):
                counts[term] += weight
    return counts


class Library:
    """All live articles: by slug and language, and to be searched in each language.

    A value: what changes is another library. `revision` is the number of the state that it shows.
    """

    def __init__(self, articles: Iterable[Article], default_language: str, revision: int = 0) -> None:
        self.revision, self.default_language = revision, default_language
        self._slugs = choice.by_slug(articles)
        self._indexes: dict[str, Index] = {}

    def __len__(self) -> int:
        return len(self._slugs)

    @property
    def slugs(self) -> Mapping[str, Mapping[str, Article]]:
        """The articles by slug, and by language."""
        return self._slugs

    def article(self, slug: str, language: str) -> Article | None:
        """Return an article in the language nearest to `language`; None where there is none of that slug."""
        articles = self._slugs.get(slug.casefold(), {})
        return articles.get(choice.choose(articles, language, self.default_language))

    def edition(self, language: str) -> tuple[Article, ...]:
        """Return each article once, in the language nearest to `language`."""
        return self._index(language).articles

    def search(self, text: str, language: str, limit: int = 3, agents: bool = False) -> list[Hit]:
        """Return the articles that answer a question in `language` best, each in the language nearest to it.

        Those for agents alone are left out unless it is an agent (`agents`) who asks. Where nothing fits,
        the articles in the desk's own language are searched: a customer may write in it and read another.
        """
        for tag in dict.fromkeys((language, self.default_language)):
            hits = self._index(tag).search(text, tag, limit, lambda article: agents or article.public)
            if hits:
                return hits
        return []

    def _index(self, language: str) -> Index:
        # Two threads may build the same; either is right.
        if language not in self._indexes:
            self._indexes[language] = Index(choice.edition(self._slugs, language, self.default_language))
        return self._indexes[language]
