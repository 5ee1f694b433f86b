"""The only home of jinja2: an admin's template folder first, the shipped templates second.

Templates are the admin's; what users write is only ever a value in them, rendered
once and never read as a template again. Where an admin's template fails, the shipped
one stands in for it, and `mistakes` has what is wrong.

A mail is made of three files. `mail/<language>/words.j2` holds its sentences, each a
block; `mail/<name>.j2` says which of them stand in the mail, and in what order;
`mail/letter.txt.j2` and `mail/letter.html.j2` make text and HTML out of that; the HTML of mails
to agents is `mail/page.html.j2`. Sentences are plain text: HTML is made in these places only, and
in `page_parts`, where everything is escaped.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    PackageLoader,
    PrefixLoader,
    StrictUndefined,
    Template,
    TemplateNotFound,
    TemplatesNotFound,
    TemplateSyntaxError,
)
from markupsafe import Markup

from intake.rendering import dates as render_dates
from intake.rendering.contrast import ink, tint
from intake.rendering.listing import ShownTable
from intake.rendering.own_templates import Endless, Mistakes, OwnEnvironment, OwnFiles, either, joined
from intake.rendering.page_parts import HTML_MARK, NOTHING, PageBlock, PageWriting, barred
from intake.rendering.text_listing import ShownTexts

_T = TypeVar("_T")
DEFAULT_COLOUR = "#1b5e8c"
_TABLE = re.compile(r"web/words\.[\w-]+\.html\.j2")
_BLANK = re.compile(r"\n\s*\n")
# What flows together, but for a space alone. Blanks that keep a French sign with its word are none of these.
_BLANKS = re.compile("[\\t\\r\\n\\f\\v][ \\t\\r\\n\\f\\v]*| [ \\t\\r\\n\\f\\v]+")
# Where a line ends between two characters of a script without spaces, none is put in.
_UNSPACED = re.compile(
    "(?<=[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef])\\s*\n\\s*(?=[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef])"
)


@dataclass(frozen=True, slots=True)
class RenderedMail:
    """A mail as its readers see it. `html` is "" where it goes out as text only.

    `language` is the one it is in: another than was asked for where a shipped template stood in.
    """

    subject: str = ""
    text: str = ""
    html: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class MailBlock:
    """One piece of an email: `kind` is paragraph, small, item, line, link, scores, said, table, texts or
    signature.

    `html` is what a person wrote as HTML, made harmless before; only `said` has it. `colon` stands in
    the text between the label of a link and its address.
    """

    kind: str
    text: str = ""
    url: str = ""
    colon: str = ""
    html: Markup = NOTHING
    scores: tuple[tuple[int, str, str], ...] = ()
    table: ShownTable | ShownTexts | None = None


class Writing:
    """What a mail's template calls to say something; collects the parts of one letter."""

    def __init__(self, language: str, zone: tzinfo, now: datetime | None = None) -> None:
        """`now` is when it is read, aware: what is of another year is told with its own."""
        self.parts: list[MailBlock | PageBlock] = []
        self._language, self._zone, self._now = language, zone, now

    def names(self) -> dict[str, Any]:
        """Return the functions under the names that templates know them by."""
        return {
            "p": self._paragraphs("paragraph"),
            "small": self._paragraphs("small"),
            "item": self._paragraphs("item"),
            "line": self._verbatim("line"),
            "signature_of": self._verbatim("signature"),
            "said": self._said,
            "link": self._link,
            "scores_of": self._scores,
            "table_of": self._table,
            "moment": self._moment,
            "day": self._day,
            "number_of": lambda count: render_dates.number(count, self._language),
            "plural": lambda count, **forms: render_dates.plural(count, self._language, forms),
            **PageWriting(self.parts, self._moment).names(),
        }

    def _paragraphs(self, kind: str) -> Any:
        def write(text: str) -> str:
            for paragraph in _BLANK.split(str(text)):
                flowing = _one_line(_UNSPACED.sub("", paragraph) if "\n" in paragraph else paragraph)
                if flowing:
                    self.parts.append(MailBlock(kind, flowing))
            return ""

        return write

    def _verbatim(self, kind: str) -> Any:
        def write(text: str) -> str:
            if str(text).strip():
                self.parts.append(MailBlock(kind, str(text)))
            return ""

        return write

    def _said(self, text: str, html: str = "") -> str:
        # Markup() trusts: what is handed in here has been through the one cleaner of HTML.
        if text or html:
            self.parts.append(MailBlock("said", str(text), html=Markup(html)))
        return ""

    def _link(self, label: str, url: str, colon: str = "") -> str:
        if url:
            self.parts.append(MailBlock("link", _one_line(str(label)), url, str(colon).strip(" \n")))
        return ""

    def _scores(self, links: Mapping[int, str], words: Mapping[int, str]) -> str:
        rows = tuple((score, _one_line(words[score]), link) for score, link in links.items())
        self.parts.append(MailBlock("scores", scores=rows))
        return ""

    def _table(self, table: ShownTable | ShownTexts | None) -> str:
        if table is not None:
            kind = "texts" if isinstance(table, ShownTexts) else "table"
            self.parts.append(MailBlock(kind, barred(table.text.split("\n")), table=table))
        return ""

    def _moment(self, when: datetime) -> str:
        return render_dates.moment(when, self._language, self._zone, self._now)

    def _day(self, when: datetime) -> str:
        return render_dates.day(when, self._language, self._zone)


class _Tables(BaseLoader):
    """An admin's words of pages, behind the shipped ones of the language, or else the English ones.

    The last word counts: what it does not name stays as it is.
    """

    def __init__(self, own: BaseLoader, shipped: BaseLoader) -> None:
        self._own, self._shipped = own, shipped

    def get_source(self, environment: Environment, template: str) -> tuple[str, str | None, Any]:
        if not _TABLE.fullmatch(template):
            raise TemplateNotFound(template)
        source, name, fresh = self._own.get_source(environment, template)
        try:
            base = self._shipped.get_source(environment, template)[0]
        except TemplateNotFound:
            base = self._shipped.get_source(environment, "web/words.en.html.j2")[0]
        # On one line, so that a mistake is told with the line of the admin's own file.
        return base.replace("\n", "") + source, name, fresh


class Renderer:
    """Renders mails and `web/<name>.html.j2`. An override may extend "default/" and the shipped path.

    Never fails because of an override: see `mistakes`.
    """

    def __init__(self, *overrides: Path | None) -> None:
        """`overrides` are an admin's folders, the first of them asked first."""
        shipped = PackageLoader("intake", "templates")
        behind: tuple[BaseLoader, ...] = (shipped, PrefixLoader({"default": shipped}))
        self._shipped = _environment(Environment, behind)
        # Which is tried after which: where one fails, what stands behind it makes the mail.
        self._chain = [self._shipped]
        folders = [folder for folder in overrides if folder]
        for folder in reversed(folders):
            own = OwnFiles(folder)
            behind = (_Tables(own, ChoiceLoader(behind)), own, *behind)
            self._chain.insert(0, _environment(OwnEnvironment, behind))
        self._env = self._chain[0]
        self.mistakes = Mistakes(*folders)
        # What did not come to an end once is not begun again: that took a second of everybody's time.
        self._endless: set[str] = set()
        self._whole: dict[tuple[int, str, str], Template | None] = {}
        self._first: dict[tuple[str, tuple[str, ...]], str] = {}

    def load(self, language: str) -> None:
        """Read and compile now what the first mail in `language` would wait for."""
        names = (f"mail/{language}/words.j2", "mail/letter.txt.j2", "mail/letter.html.j2")
        for name in (*names, "mail/page.html.j2", "mail/acknowledgement.j2", "mail/notice.j2"):
            # What is wrong with an admin's template is said by `intake check`, and by the mail that needs it.
            with suppress(Exception):
                self._env.get_template(name)

    def page(self, name: str, /, **values: Any) -> str:
        """Return the page `web/<name>.html.j2`, every value escaped."""
        return self._rendered(f"web/{name}.html.j2", values)

    def words(self, language: str) -> dict[str, str]:
        """Return the words of the pages in `language`, by name."""
        path = f"web/words.{language}.html.j2"

        def read(env: Environment) -> dict[str, str]:
            there = env is self._env or self._there(path, env)
            template = path if there else "web/words.en.html.j2"
            table = env.get_template(template).make_module()
            return {name: str(value) for name, value in vars(table).items() if not name.startswith("_")}

        return self._either(path, read)

    def sentence(self, name: str, language: str) -> str:
        """Return a sentence of mails in `language` that names no values, "" where there is none such."""
        template = self._env.get_template(f"mail/{language}/words.j2")
        block = template.blocks.get(name)
        context = template.new_context({"mail": "mail/letter.txt.j2"})
        return _one_line("".join(block(context))) if block else ""

    def has_language(self, language: str) -> bool:
        """Whether there are words of mails in `language`."""
        return self._there(f"mail/{language}/words.j2", self._env)

    def document(self, name: str, /, **values: Any) -> str:
        """Return the document `report/<name>.html.j2`, every value escaped."""
        return self._rendered(f"report/{name}.html.j2", values)

    def language(self, name: str, wanted: Sequence[str]) -> str:
        """Return the first of the `wanted` languages that the mail called `name` is there in.

        Raises jinja2.TemplatesNotFound when none is.
        """
        asked = (name, tuple(wanted))
        if asked not in self._first:
            self._first[asked] = self._language(name, wanted)
        return self._first[asked]

    def _language(self, name: str, wanted: Sequence[str]) -> str:
        for language in wanted:
            paths = (f"mail/{language}/{name}.txt.j2", f"mail/{language}/words.j2")
            if any(self._there(path, self._env) for path in paths):
                return language
        raise TemplatesNotFound([f"mail/{language}/words.j2" for language in wanted])

    def _there(self, path: str, env: Environment) -> bool:
        loader = env.loader
        try:
            return loader is not None and bool(loader.get_source(env, path))
        except TemplateNotFound:
            return False
        except TemplateSyntaxError:
            # It cannot be read, which is another mistake than not to be there.
            return True

    def mail(
        self,
        name: str,
        language: str,
        /,
        html: bool = True,
        zone: tzinfo = UTC,
        colour: str = DEFAULT_COLOUR,
        instead: str = "en",
        look: str = "letter",
        today: datetime | None = None,
        **values: Any,
    ) -> RenderedMail:
        """Return the mail called `name` in `language`; an empty Letter when it has nothing to say.

        `values` are what its sentences may name; among them `desk`, the desk's name. Moments are told in
        `zone`, with their year where it is not that of `today`. `look` names its HTML: "letter", or "page" of
        an agent's. `text_html`, where the template says it, must be safe HTML.
        An admin's `mail/<language>/<name>.txt.j2` with the blocks subject and body stands
        for the whole mail, as text only. Where templates of an admin's fail, the shipped ones
        make the mail, in the language `instead` when they have no words in this one.
        """

        def write(env: Environment) -> RenderedMail:
            own = self._own(env, name, language) if env is not self._shipped else None
            if own is not None:
                return _own_letter(own, values, language)
            shown = next(
                candidate
                for candidate in (language, instead, "en")
                if env is self._env or self._there(f"mail/{candidate}/words.j2", env)
            )
            return _letter(env, name, shown, look if html else "", zone, colour, values, today)

        return self._either(f"mail/{name}.j2 in {language}", write)

    def _own(self, env: Environment, name: str, language: str) -> Template | None:
        """Return an admin's template of a whole mail, None without one."""
        asked = self._chain.index(env), name, language
        if asked not in self._whole:
            try:
                self._whole[asked] = env.get_template(f"mail/{language}/{name}.txt.j2")
            except TemplateNotFound:
                self._whole[asked] = None
        return self._whole[asked]

    def _rendered(self, path: str, values: Mapping[str, Any]) -> str:
        return self._either(path, lambda env: joined(env.get_template(path).generate(values)))

    def _either(self, asked: str, make: Callable[[Environment], _T]) -> _T:
        if self._env is self._shipped or asked in self._endless:
            return make(self._shipped)

        def mistaken(err: Exception) -> None:
            self.mistakes.note(err, asked)
            if isinstance(err, Endless):
                self._endless.add(asked)

        def tried(place: int) -> _T:
            env = self._chain[place]
            if env is self._shipped:
                return make(env)
            return either(lambda: make(env), lambda: tried(place + 1), mistaken)

        return tried(0)


def _environment(kind: type[Environment], loaders: Sequence[BaseLoader]) -> Environment:
    return kind(
        loader=ChoiceLoader(loaders),
        autoescape=lambda name: bool(name and ".html" in name),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        # Looking at every file for a change would cost a fifth of a mail; a restart does it.
        auto_reload=False,
    )


def _letter(
    env: Environment,
    name: str,
    language: str,
    look: str,
    zone: tzinfo,
    colour: str,
    values: Mapping[str, Any],
    today: datetime | None,
) -> RenderedMail:
    writing = Writing(language, zone, today)
    template = env.get_template(f"mail/{language}/words.j2")
    context = template.new_context({"mail": f"mail/{name}.j2", **values, **writing.names()})
    # What the template prints beside the parts is the line ends between them.
    joined(template.root_render_func(context))
    if not writing.parts:
        return RenderedMail()
    subject = _one_line(joined(context.blocks["subject"][0](context)))
    shared = {"parts": writing.parts, "language": language, "subject": subject, "desk": values["desk"]}
    text = joined(env.get_template("mail/letter.txt.j2").generate(shared))
    if not look:
        return RenderedMail(subject, text.strip() + "\n", language=language)
    shown = {**shared, "colour": colour, "ink": ink(colour), "tint": tint(colour), "bar": Markup(HTML_MARK)}
    made = joined(env.get_template(f"mail/{look}.html.j2").generate(shown))
    return RenderedMail(subject, text.strip() + "\n", made, language)


def _own_letter(template: Template, values: Mapping[str, Any], language: str) -> RenderedMail:
    context = template.new_context(dict(values))
    # Run the top level first: it is what fills in the blocks of an extended template
    # and the names that a `set` or an `import` there defines.
    joined(template.root_render_func(context))
    body = joined(context.blocks["body"][0](context)).strip()
    if not body:
        return RenderedMail()
    return RenderedMail(
        _one_line(joined(context.blocks["subject"][0](context))), body + "\n", language=language
    )


def _one_line(text: str) -> str:
    return _BLANKS.sub(" ", text).strip(" ")


@lru_cache(maxsize=32)
def renderer(*overrides: Path | None) -> Renderer:
    """Return the shared renderer for an admin's folders; templates are compiled once a process."""
    return Renderer(*overrides)
