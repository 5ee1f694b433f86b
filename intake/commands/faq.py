"""`intake faq …`: the articles of the knowledge base, from a folder of files to what customers read."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from intake import terminal
from intake.commands import faq_shown
from intake.commands.common import (
    FAILED,
    Invocation,
    acting_as,
    as_json,
    needs_desk,
    needs_no_desk,
    not_found,
    now,
)
from intake.commands.who import by_hand
from intake.ports import UserError

if TYPE_CHECKING:
    from intake.desk.knowledge.article import Article, Reading
    from intake.desk.knowledge.checking import Place, Remark
    from intake.desk.knowledge.ranking import Library

LIST = "`intake faq list` shows them."
_folder = click.argument("folder", type=click.Path(path_type=Path), required=False)
_language = click.option("--language", default="", metavar="CODE", help="Language. Default: the desk's.")


@needs_desk
@click.group()
def faq() -> None:
    """Manage the knowledge base."""


@needs_no_desk
@faq.command()
@_folder
@as_json
@click.pass_obj
def check(ctx: Invocation, folder: Path | None, json_: bool) -> None:
    """Check articles before they are published.

    FOLDER is that of [faq] if you name none. Ends with 1 where something must not be published so.
    """
    from intake.desk.knowledge.checking import problems

    articles, remarks = _checked(ctx, folder)
    if json_:
        terminal.say_json(remarks)
    else:
        faq_shown.remarks(remarks)
        terminal.say(faq_shown.summary(len(articles), remarks))
    if problems(remarks):
        raise SystemExit(FAILED)


@faq.command()
@_folder
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@acting_as
@click.pass_obj
def publish(ctx: Invocation, folder: Path | None, dry_run: bool, as_: str) -> None:
    """Publish the articles of a folder.

    All of them or, where one must not be published so, none. FOLDER is that of [faq] if you name none. An
    article whose file is gone stays: `intake faq withdraw` takes it out.
    """
    from intake.desk.knowledge.checking import problems
    from intake.desk.knowledge.publishing import changes

    store = ctx.desk().store
    readings, remarks = _checked(ctx, folder)
    if problems(remarks):
        faq_shown.remarks([remark for remark in remarks if remark.problem])
        raise UserError(f"Nothing was published. {faq_shown.summary(len(readings), remarks)}")
    articles = [reading.article for reading in readings.values()]
    planned = changes(store.articles.live(), articles)
    faq_shown.planned(planned)
    if dry_run:
        terminal.say("Nothing was changed.")
        return
    count = store.articles.publish(planned.articles, ctx.actor(as_), now(), by_hand())
    terminal.say(f"{count} of {len(articles)} articles were published.")


@faq.command("list")
@click.option("--drafts", is_flag=True, help="What agents drafted by email and nobody published.")
@as_json
@click.pass_obj
def list_(ctx: Invocation, drafts: bool, json_: bool) -> None:
    """List articles."""
    store = ctx.desk().store
    articles = store.articles.drafts() if drafts else store.articles.live()
    rows = faq_shown.rows(articles, store.articles.cited(_lately()), store.verdicts.tallies(_lately()))
    if json_:
        terminal.say_json(rows)
    elif not rows:
        terminal.say("No drafts." if drafts else "No articles yet. Write a folder of them: docs/knowledge.md")
    else:
        faq_shown.listed(rows)


@faq.command()
@click.argument("name")
@_language
@click.option("--revision", type=int, metavar="NUMBER", help="An older one.")
@click.option("--draft", is_flag=True, help="The newest draft.")
@click.option("--raw", is_flag=True, help="Only the file, to be saved.")
@as_json
@click.pass_obj
def show(
    ctx: Invocation, name: str, language: str, revision: int | None, draft: bool, raw: bool, json_: bool
) -> None:
    """Show an article as its file says it."""
    from intake.desk.knowledge.article import ArticleState

    desk = ctx.desk()
    code = _known(language) or desk.policy.language
    items = [item for item in desk.store.articles.history(name.casefold()) if item.language == code]
    if revision is not None:
        items = [item for item in items if item.revision == revision]
    else:
        items = [item for item in items if (item.state is ArticleState.DRAFT) is draft]
    if not items:
        not_found(f"There is no such article {terminal.line(name)} in {code}.", LIST)
    if raw:
        terminal.say_bytes(items[0].text.encode())
    elif json_:
        terminal.say_json(faq_shown.shown(items[0]))
    else:
        faq_shown.article(items[0])


@faq.command()
@click.argument("words", nargs=-1, required=True)
@_language
@click.option(
    "--limit", type=click.IntRange(1, 100), default=5, show_default=True, help="Maximum number of rows."
)
@as_json
@click.pass_obj
def search(ctx: Invocation, words: tuple[str, ...], language: str, limit: int, json_: bool) -> None:
    """Find articles by what a customer would ask."""
    from intake.desk.text.language import detect

    text, desk = " ".join(words), ctx.desk()
    code = _known(language) or detect(text) or desk.policy.language
    hits = _library(ctx).search(text, code, limit, agents=True)
    if json_:
        terminal.say_json(faq_shown.hits(hits))
    elif not hits:
        terminal.say("No article has these words.")
    else:
        faq_shown.found(hits)


@faq.command()
@click.argument("name")
@click.option("--language", default="", metavar="CODE", help="Only in this language. Default: in all.")
@acting_as
@click.pass_obj
def withdraw(ctx: Invocation, name: str, language: str, as_: str) -> None:
    """Withdraw an article, in all languages.

    It is gone from pages and search within seconds; its texts are kept. Take its files out of the folder as
    well: `intake faq publish` would publish them again.
    """
    slug, code = name.casefold(), _known(language)
    count = ctx.desk().store.articles.withdraw(slug, code, ctx.actor(as_), now(), by_hand())
    if not count:
        not_found(f"There is no such article {terminal.line(name)}.", LIST)
    terminal.say(f"{slug} is withdrawn in {count} language{'s' if count > 1 else ''}.")


@faq.command()
@as_json
@click.pass_obj
def stale(ctx: Invocation, json_: bool) -> None:
    """List articles that people should look at again.

    Translations of a text that says something else now, and those whose date of review is past.
    """
    from intake.desk.knowledge.publishing import stale as out_of_date

    articles = ctx.desk().store.articles
    live = articles.live()
    history = {item.slug: articles.history(item.slug) for item in live if item.source is not None}
    rows = out_of_date(live, history, now().date())
    if json_:
        terminal.say_json(rows)
    elif not rows:
        terminal.say("Nothing is out of date.")
    else:
        faq_shown.stale(rows)


@faq.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--folder", type=click.Path(path_type=Path), help="Articles of a folder, not the live ones.")
@as_json
@click.pass_obj
def measure(ctx: Invocation, file: Path, folder: Path | None, json_: bool) -> None:
    """Test how often a question finds its article.

    FILE has a JSON object a line: text, language and article, the name of the one that answers it.
    """
    from intake.desk.knowledge import measuring

    ctx.desk()
    try:
        asked = measuring.questions(file.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as err:
        raise UserError(f"{file} cannot be read as UTF-8 text.") from err
    except ValueError as err:
        raise UserError(f"{file}: {err}. See docs/knowledge.md.") from err
    if not asked:
        raise UserError(f"{file} holds no question. See docs/knowledge.md.")
    reaches = measuring.measure(_library(ctx, folder), asked)
    if json_:
        terminal.say_json(faq_shown.figures(reaches))
    else:
        faq_shown.reach(reaches)


def _checked(ctx: Invocation, folder: Path | None) -> tuple[Mapping["Place", "Reading"], Sequence["Remark"]]:
    """Return the articles of a folder, and what is to be said of them."""
    from intake.config.to_faq import rules_of
    from intake.desk.knowledge.checking import check as look_at

    readings = _readings(ctx, folder)
    return readings, look_at(readings, rules_of(ctx.settings(), now().date()))


def _readings(ctx: Invocation, folder: Path | None) -> Mapping["Place", "Reading"]:
    from intake.config.faq_files import readings

    settings = ctx.settings()
    folder = folder or settings.faq.folder
    if folder is None:
        raise UserError("There is no folder of articles. Name one, or set `folder` in [faq].")
    return readings(folder, settings.desk.language)


def _library(ctx: Invocation, folder: Path | None = None) -> "Library":
    from intake.desk.knowledge.ranking import Library

    articles: Sequence[Article]
    if folder is not None:
        articles = [reading.article for reading in _readings(ctx, folder).values()]
    else:
        articles = ctx.desk().store.articles.live()
    return Library(articles, ctx.settings().desk.language)


def _known(language: str) -> str:
    """Return a language as the desk writes it, "" for none. What nobody speaks is wrong usage."""
    from intake.desk.knowledge.article import language_of
    from intake.desk.text.language import LANGUAGES

    if not language:
        return ""
    code = language_of(language)
    if not code:
        raise click.UsageError(
            f"No articles are in {terminal.line(language)}. Available: {', '.join(LANGUAGES)}."
        )
    return code


def _lately() -> datetime:
    from datetime import timedelta

    return now() - timedelta(days=faq_shown.CITED_DAYS)
