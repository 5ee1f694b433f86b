"""In which language an article is shown: that of the reader, or the nearest there is. Pure."""

from collections.abc import Collection, Iterable, Mapping

from intake.desk.knowledge.article import Article
from intake.desk.text.language import LANGUAGES

# Who reads one kind of Chinese can read the other.
_NEAR = {"zh-Hans": ("zh-Hant",), "zh-Hant": ("zh-Hans",)}


def order(language: str, default: str) -> tuple[str, ...]:
    """Return all languages, those first in which a reader of `language` is answered best."""
    wanted = (language, *_NEAR.get(language, ()), default, *_NEAR.get(default, ()), *LANGUAGES)
    return tuple(dict.fromkeys(wanted))


def choose(there: Collection[str], language: str, default: str) -> str:
    """Return the language in which something is shown that is `there` in these; "" where it is in none."""
    return next((tag for tag in order(language, default) if tag in there), "")


def by_slug(articles: Iterable[Article]) -> dict[str, dict[str, Article]]:
    """Return articles by slug, and by language."""
    slugs: dict[str, dict[str, Article]] = {}
    for article in articles:
        slugs.setdefault(article.slug, {})[article.language] = article
    return slugs


def edition(slugs: Mapping[str, Mapping[str, Article]], language: str, default: str) -> tuple[Article, ...]:
    """Return each article once, in the language in which a reader of `language` gets it."""
    return tuple(articles[tag] for articles in slugs.values() if (tag := choose(articles, language, default)))
