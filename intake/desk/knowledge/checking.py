"""What is wrong with articles, before anybody reads them: a linter over values. Pure.

A problem keeps all of them from being published; what is no problem is worth a look.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from intake.desk.guard.folding import plain
from intake.desk.knowledge import links
from intake.desk.knowledge.article import MOST_TITLE, Article, Change, Reading
from intake.desk.knowledge.folding import folded
from intake.desk.knowledge.ranking import Index
from intake.desk.sensitive.scan import NEVER, find

# By so much of it a sentence is found again in its line.
_BEGINNING = 8

Place = tuple[str, str]
"""Slug and language."""


@dataclass(frozen=True, slots=True)
class Remark:
    """What was seen in an article, in its `line` (from 1; 0 for the whole). `name` is for programs.

    `problem`: it must not be published so.
    """

    slug: str
    language: str
    line: int
    name: str
    text: str
    problem: bool = True


@dataclass(frozen=True, slots=True)
class Rules:
    """What articles are held against: the desk's `categories` and the hosts that may be linked to, and the
    day on which it is asked."""

    categories: Collection[str]
    hosts: frozenset[str]
    today: date


def check(readings: Mapping[Place, Reading], rules: Rules) -> list[Remark]:
    """Return all that is wrong with these articles, by slug, language and line."""
    articles = [reading.article for reading in readings.values()]
    slugs = {article.slug for article in articles}
    made: list[Remark] = []
    for reading in readings.values():
        item = reading.article
        made += [_remark(item, fault.line, "form", fault.text) for fault in reading.faults]
        made += [*_head(item, slugs, rules), *_links(item, slugs, rules), *_secrets(item)]
    made += [*_outdated(articles), *_shared(articles), *_same(articles)]
    return sorted(made, key=lambda remark: (remark.slug, remark.language, remark.line, remark.text))


def problems(remarks: Sequence[Remark]) -> int:
    """Return how many of these keep the articles from being published."""
    return sum(remark.problem for remark in remarks)


def _remark(item: Article, line: int, name: str, text: str, problem: bool = True) -> Remark:
    return Remark(item.slug, item.language, line, name, text, problem)


def line_of(item: Article, key: str) -> int:
    """Return the line of a key of the head, 1 where it is not there."""
    lines = item.text.split("\n")
    return next((at for at, line in enumerate(lines, 1) if line.strip().lower().startswith(f"{key}:")), 1)


def _head(item: Article, slugs: Collection[str], rules: Rules) -> Iterator[Remark]:
    if len(item.title) > MOST_TITLE:
        text = f"the title has {len(item.title)} characters; {MOST_TITLE} are read at a glance"
        yield _remark(item, line_of(item, "title"), "title", text)
    if not item.category:
        yield _remark(item, 1, "category", "the key `category` is missing")
    elif item.category not in rules.categories:
        text = f"there is no category {item.category}; there are {', '.join(rules.categories)}"
        yield _remark(item, line_of(item, "category"), "category", text)
    for slug in item.see:
        if slug not in slugs or slug == item.slug:
            text = f"`see` names {slug[:60]}, which is no other article"
            yield _remark(item, line_of(item, "see"), "see", text)
    if item.source and item.source.language == item.language:
        yield _remark(item, line_of(item, "source"), "source", "`source` names the language of the article")
    if item.review_by and item.review_by < rules.today:
        text = f"it was to be reviewed by {item.review_by}"
        yield _remark(item, line_of(item, "review"), "review", text, False)


def _links(item: Article, slugs: Collection[str], rules: Rules) -> Iterator[Remark]:
    for target in links.targets(item.text):
        wrong = links.wrong(target.target, rules.hosts, slugs)
        if target.picture:
            wrong = "pictures are not shown; say it in words"
        if wrong:
            yield _remark(item, target.line, "link", wrong)


def _secrets(item: Article) -> Iterator[Remark]:
    # What is in `also` are words of customers, and nobody reads them.
    for text in (item.title, item.short, item.body):
        from intake.desk.guard.asks import asked

        sentence = asked(links.plain(text))
        if sentence:
            rows = enumerate(item.text.split("\n"), 1)
            line = next((at for at, row in rows if sentence[:_BEGINNING] in plain(links.plain(row))), 0)
            yield _remark(item, line, "asks", f"it seems to ask for a secret: “{sentence}”")
    for secret in find(item.text):
        if secret.certain and secret.kind in NEVER:
            line = item.text.count("\n", 0, secret.start) + 1
            yield _remark(item, line, "secret", f"a {secret.kind} stands in it")


def _outdated(articles: Sequence[Article]) -> Iterator[Remark]:
    current = {(item.slug, item.language): item for item in articles}
    for item in articles:
        source = current.get((item.slug, item.source.language)) if item.source else None
        if source is not None and outdated(item, source):
            how = "much" if source.change is Change.MAJOR else "a little"
            text = f"the text it was translated from says {how} else now; `source: {source.as_source}`"
            yield _remark(item, line_of(item, "source"), "outdated", text, False)


def outdated(item: Article, source: Article) -> bool:
    """Whether an article was translated from another revision of `source` than this."""
    if item.source is None or item.source.language == item.language:
        return False
    return not source.sha256.startswith(item.source.digest)


def _shared(articles: Sequence[Article]) -> Iterator[Remark]:
    """Yield the ways of asking that two articles of a language have: neither is found by them."""
    owners: dict[tuple[str, str], str] = {}
    for item in sorted(articles, key=lambda item: (item.language, item.slug)):
        for phrase in dict.fromkeys(folded(text) for text in (item.title, *item.also)):
            owner = owners.setdefault((item.language, phrase), item.slug)
            if owner != item.slug:
                text = f"“{phrase[:80]}” also stands in {owner}: it is to be found by only one"
                yield _remark(item, line_of(item, "also"), "also", text)


def _same(articles: Sequence[Article]) -> Iterator[Remark]:
    """Yield the articles whose own title finds another one first: they may answer the same question."""
    for language in sorted({item.language for item in articles}):
        theirs = [item for item in articles if item.language == language]
        index = Index(theirs)
        for item in theirs:
            hits = index.search(item.title, language, 1)
            if hits and hits[0].article.slug != item.slug:
                text = f"its title finds {hits[0].article.slug} first; do both answer the same question?"
                yield _remark(item, line_of(item, "title"), "same", text, False)
