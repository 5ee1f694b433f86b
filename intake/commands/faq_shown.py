"""What `intake faq …` prints."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from intake import terminal
from intake.desk.text.counting import counted
from intake.terminal import Column

if TYPE_CHECKING:
    from intake.desk.knowledge.article import Article
    from intake.desk.knowledge.checking import Remark
    from intake.desk.knowledge.measuring import Reach
    from intake.desk.knowledge.publishing import Changes, StaleRow
    from intake.desk.knowledge.ranking import Hit
    from intake.desk.knowledge.verdicts import Tally

# A list says how often articles were cited within so many days.
CITED_DAYS = 90


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """How often readers gave a reason why an article did not help."""

    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class ArticleRow:
    """One line of `intake faq list`: how often it was `cited` and `helped`, and why it did not, count all
    languages of the article, in the last 90 days."""

    name: str
    language: str
    title: str
    category: str
    audience: str
    automatic: str
    revision: int
    by: str
    at: datetime | None
    cited: int
    helped: int
    not_helped: int
    reasons: tuple[ReasonRow, ...]


@dataclass(frozen=True, slots=True)
class HitRow:
    """One article that was found; `score` is comparable within one search."""

    name: str
    language: str
    title: str
    score: float


@dataclass(frozen=True, slots=True)
class ReachRow:
    """How well the questions of a language find their article; `missed` names those that do not."""

    language: str
    asked: int
    first: int
    first_three: int
    missed: tuple[str, ...]


def rows(
    articles: Iterable["Article"], cited: Mapping[str, int], said: Mapping[str, "Tally"]
) -> list[ArticleRow]:
    """Return articles as a list has them; `cited` and `said` are by slug."""
    return [
        ArticleRow(
            item.slug,
            item.language,
            item.title,
            item.category,
            item.audience.value,
            item.automatic.value,
            item.revision,
            item.by,
            item.published_at,
            cited.get(item.slug, 0),
            *_said(said.get(item.slug)),
        )
        for item in articles
    ]


def listed(shown_: Sequence[ArticleRow]) -> None:
    """Print a list, one line for each article in each language."""
    columns = (
        Column("Name"),
        Column("Language"),
        Column("Category"),
        Column("Cited"),
        Column("Helped"),
        Column("Published"),
        Column("Title", gives_way=True),
    )
    cells = [
        (
            row.name,
            row.language,
            row.category,
            str(row.cited),
            _helped(row),
            terminal.clock(row.at),
            row.title,
        )
        for row in shown_
    ]
    terminal.table(columns, cells)


def _said(tally: "Tally | None") -> tuple[int, int, tuple[ReasonRow, ...]]:
    if tally is None:
        return 0, 0, ()
    reasons = sorted(tally.reasons.items(), key=lambda each: (-each[1], each[0]))
    return tally.helped, tally.failed, tuple(ReasonRow(reason.value, count) for reason, count in reasons)


def _helped(row: ArticleRow) -> str:
    said = row.helped + row.not_helped
    return f"{row.helped} of {said}" if said else ""


def shown(item: "Article") -> Mapping[str, object]:
    """Return one article for programs."""
    return {
        "name": item.slug,
        "language": item.language,
        "title": item.title,
        "state": item.state.value,
        "revision": item.revision,
        "sha256": item.sha256,
        "source": item.as_source,
        "by": item.by,
        "at": item.published_at,
        "short": item.short,
        "text": item.text,
    }


def article(item: "Article") -> None:
    """Print one article with its file."""
    at = f"{terminal.clock(item.published_at)} UTC"
    terminal.say(f"{item.slug}, {item.language}, revision {item.revision}, {item.state}, by {item.by}, {at}")
    terminal.say(f"A translation of it says: source: {item.as_source}\n")
    terminal.say(item.text)


def remarks(seen: Iterable["Remark"]) -> None:
    """Print what was seen in articles, a line each."""
    for remark in seen:
        place = f"{remark.slug} ({remark.language})" + (f", line {remark.line}" if remark.line else "")
        terminal.say(f"{place}: {'' if remark.problem else 'note: '}{remark.text}.")


def summary(articles: int, seen: Sequence["Remark"]) -> str:
    """Return how many articles there are, and how much was seen in them."""
    wrong = sum(remark.problem for remark in seen)
    return (
        f"{counted(articles, 'article')}: {counted(wrong, 'problem')}, {counted(len(seen) - wrong, 'note')}."
    )


def planned(changes: "Changes") -> None:
    """Print what publishing changes."""
    for word, articles in (("new", changes.new), ("changed", changes.changed)):
        for item in articles:
            size = f", {item.change} change" if word == "changed" else ""
            terminal.say(f"{word}: {item.slug} ({item.language}){size}: {terminal.shown_line(item.title)}")
    for item in changes.gone:
        name = f"intake faq withdraw {item.slug} --language {item.language}"
        terminal.say(f"has no file, and stays: {item.slug} ({item.language}). `{name}` takes it out.")
    if changes.same:
        terminal.say(f"{counted(changes.same, 'article')} unchanged.")


def hits(found_: Sequence["Hit"]) -> list[HitRow]:
    """Return what was found for programs."""
    return [
        HitRow(hit.article.slug, hit.article.language, hit.article.title, round(hit.score, 3))
        for hit in found_
    ]


def found(found_: Sequence["Hit"]) -> None:
    """Print what was found, best first."""
    columns = (Column("Score"), Column("Name"), Column("Language"), Column("Title", gives_way=True))
    terminal.table(columns, [(f"{row.score:.1f}", row.name, row.language, row.title) for row in hits(found_)])


def stale(rows_: Sequence["StaleRow"]) -> None:
    """Print what is out of date, and what its head says once it is translated again."""
    columns = (
        Column("Name"),
        Column("Language"),
        Column("Why"),
        Column("Then"),
        Column("Title", gives_way=True),
    )
    cells = [
        (row.slug, row.language, row.why, f"source: {row.source}" if row.source else "review:", row.title)
        for row in rows_
    ]
    terminal.table(columns, cells)


def figures(reaches: Iterable["Reach"]) -> list[ReachRow]:
    """Return how well articles are found, for programs."""
    return [
        ReachRow(
            reach.language or "all",
            reach.asked,
            reach.first,
            reach.shown,
            tuple(question.slug for question in reach.missed),
        )
        for reach in reaches
    ]


def reach(reaches: Sequence["Reach"]) -> None:
    """Print how well articles are found, and which questions missed theirs."""
    columns = (Column("Language"), Column("Questions"), Column("First"), Column("First three"))
    cells = [
        (
            each.language or "all",
            str(each.asked),
            f"{each.first} ({each.share_first:.0%})",
            f"{each.shown} ({each.share_shown:.0%})",
        )
        for each in reaches
    ]
    terminal.table(columns, cells)
    for question in reaches[-1].missed:
        text = terminal.shown_line(question.text)
        terminal.say(f"missed: {terminal.line(question.slug)} ({question.language}): {text}")
