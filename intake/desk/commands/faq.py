"""`#faq`: an article's short answer and its link go into a reply where the line stands; an article drafted.

Unlike other commands it may stand anywhere in the text of a reply, on a line of its own. It is obeyed in what
its agent wrote themselves: never in a quote, in what they forward, or in a mail of anybody else.
"""

from collections.abc import Mapping

from intake.desk.commands.canned import by_nearness
from intake.desk.commands.grammar import (
    Command,
    CommandContext,
    CommandScope,
    CommandSpec,
    ParsedCommand,
    Refused,
    begins,
    named,
    tidy,
)
from intake.desk.commands.queries import answer
from intake.desk.commands.ticket import known_language, without_secret
from intake.desk.effects import Effect
from intake.desk.knowledge import choice
from intake.desk.knowledge.article import MOST_FILE, MOST_SLUG, SLUG, Article
from intake.desk.knowledge.effects import Cite, DraftArticle
from intake.desk.knowledge.links import plain
from intake.desk.knowledge.ranking import Library
from intake.desk.lookup import LookupRequest
from intake.desk.sensitive import leaks
from intake.desk.text.argument_words import native
from intake.desk.text.language import detect
from intake.desk.text.said import said
from intake.desk.ticket import NO_TICKET, Agent, EntryKind

NAME = "faq"
LINK, DRAFT = "link", "draft"
ACTIONS = {
    **native(LINK, DRAFT),
    **dict.fromkeys((LINK, "链接", "連結", "鏈接"), LINK),
    **dict.fromkeys((DRAFT, "草稿"), DRAFT),
}
# So many names are told where none was written, or one that there is not.
MOST_NAMES = 3
# So many lines of a text are looked at; more is no reply of an agent's.
_MOST_LINES = 5000


def read(text: str) -> str:
    """Read what follows `#faq`: nothing, NAME, NAME link, or draft NAME and a language."""
    words = text.strip(".。!！ ").split()
    if len(words) > 1 and ACTIONS.get(words[0].casefold()) == DRAFT:
        if len(words) > 3:
            raise Refused(said("an article has a name such as {example}", example="deposit-missing"))
        return " ".join([DRAFT, _slug(words[1]), *words[2:]])
    if len(words) > 2 or (len(words) == 2 and ACTIONS.get(words[1].casefold()) != LINK):
        raise Refused(said("an article has a name such as {example}", example="deposit-missing"))
    return " ".join([*map(_slug, words[:1]), *([LINK] if len(words) == 2 else [])])


def _slug(written: str) -> str:
    slug = written.casefold()
    if not SLUG.fullmatch(slug) or len(slug) > MOST_SLUG:
        raise Refused(said("an article has a name such as {example}", example="deposit-missing"))
    return slug


def wants(argument: str) -> LookupRequest:
    """Ask for the article or, where none is named, for all and for what the ticket says."""
    if argument.startswith(f"{DRAFT} "):
        return LookupRequest()
    slug = argument.partition(" ")[0]
    return LookupRequest(articles=frozenset({slug}), here=not slug)


def within(text: str, names: Mapping[str, CommandSpec]) -> tuple[list[Command], str, str]:
    """Return the `#faq` commands in a text, it with each of their lines as `expanded` knows it, and it with
    those lines empty. A line that cannot be read stays as it is, and is a stray."""
    commands: list[Command] = []
    kept, bare = text.split("\n"), text.split("\n")
    for at, written in enumerate(kept[:_MOST_LINES]):
        line = tidy(written)
        row = named(line[1:], names) if begins(line) else None
        if row is None or row[0].name != NAME:
            continue
        try:
            command = Command(NAME, read(row[2]), row[1])
        except Refused:
            continue
        kept[at], bare[at] = str(command), ""
        commands.append(command)
    return commands, "\n".join(kept), "\n".join(bare)


def place(command: Command) -> list[str]:
    """Return the line that stands in the text for a command on top of it; none for what sends no text."""
    drafts = command.argument.startswith(f"{DRAFT} ")
    return [str(command)] if command.name == NAME and not drafts else []


def expanded(scene: CommandContext, asked: ParsedCommand) -> str:
    """Return the text of an email with each line of `#faq` replaced by what the customer gets.

    Raises Refused for an article that cannot be sent.
    """
    lines = {str(command): command.argument for command in asked.commands if command.name == NAME}
    if not lines:
        return asked.text
    if asked.note:
        raise Refused(said("it goes into a reply, and #note keeps the text internal"))
    out: list[str] = []
    behind = False
    for line in asked.text.split("\n"):
        argument = lines.get(line)
        whole = argument is not None and not argument.endswith(f" {LINK}")
        # A short answer is a paragraph of its own; a link goes on in one.
        if out and out[-1].strip() and (whole or (behind and line.strip())):
            out.append("")
        out.append(line if argument is None else _instead(scene, argument))
        behind = whole
    return "\n".join(out).strip()


def _instead(scene: CommandContext, argument: str) -> str:
    """Return what stands in a reply instead of a line of `#faq`."""
    article = _article(scene, argument)
    base = scene.policy.help_pages.get(scene.policy.mailbox(scene.ticket.mailbox).name, "")
    link = f"{base.rstrip('/')}/help/{scene.ticket.language}/{article.slug}" if base else ""
    if not argument.endswith(f" {LINK}"):
        return "\n\n".join(part for part in (plain(article.short), link) if part)
    if not link:
        raise Refused(said("this desk has no pages to link to"))
    return link


def _article(scene: CommandContext, argument: str) -> Article:
    """Return the article that is asked for, in the language nearest to the ticket's."""
    if argument.startswith(f"{DRAFT} "):
        raise Refused(_elsewhere())
    slug = argument.partition(" ")[0]
    articles = choice.by_slug(scene.looked.articles).get(slug, {}) if slug else {}
    language = choice.choose(articles, scene.ticket.language, scene.policy.language)
    if not language:
        raise Refused(_none(scene, slug))
    if not articles[language].public:
        raise Refused(said("“{name}” is for agents only", name=slug))
    return articles[language]


def _none(scene: CommandContext, slug: str) -> str:
    names = by_nearness(slug, scene.looked.slugs)[:MOST_NAMES] if slug else best(scene)
    if not names:
        return said("no article fits this ticket")
    if not slug:
        return said("it needs the name of an article. For this ticket: {names}", names=", ".join(names))
    return said("there is no article “{name}”. Like it: {names}", name=slug, names=", ".join(names))


def best(scene: CommandContext) -> list[str]:
    """Return the names of the articles that answer best what the ticket asks, at most three."""
    lines = scene.looked.histories.get(scene.ticket.id, ())
    asked = [line.text for line in lines if line.kind is EntryKind.CUSTOMER]
    library = Library(scene.looked.articles, scene.policy.language)
    hits = library.search("\n".join([scene.ticket.subject, *asked]), scene.ticket.language, MOST_NAMES)
    return [hit.article.slug for hit in hits]


def do(scene: CommandContext, argument: str) -> list[Effect]:
    """Note that an article was given, or keep a draft; `execute` puts the text in its place."""
    if argument.startswith(f"{DRAFT} "):
        return _draft(scene, argument)
    if scene.ticket.id == NO_TICKET:
        raise Refused(
            said(
                "#{command} belongs in a reply in its ticket: #show NUMBER sends you one to reply to.",
                command=NAME,
            )
        )
    article = _article(scene, argument)
    agent = scene.agent.id if scene.agent else None
    return [Cite(scene.ticket.id, article.slug, article.language, article.revision, agent)]


def _elsewhere() -> str:
    return said(
        "#{command} belongs in an email to the desk's command address; #help shows yours.",
        command=f"{NAME} {DRAFT}",
    )


def _draft(scene: CommandContext, argument: str) -> list[Effect]:
    if scene.ticket.id != NO_TICKET:
        raise Refused(_elsewhere())
    agent = _editor(scene)
    _, slug, *rest = argument.split()
    text = scene.text.strip()
    language = known_language(scene, rest[0]) if rest else detect(text) or scene.policy.language
    octets = text.encode("utf-8", "replace")
    if not text:
        raise Refused(said("there is no text below it"))
    if len(octets) > MOST_FILE:
        raise Refused(said("the text is longer than {most} kB", most=MOST_FILE // 1000))
    if leaks.marked(text) or leaks.held(octets):
        raise Refused(
            said("a part of an email of this desk, or a secret link or address, stands in the text")
        )
    without_secret(text, ())
    done = said(
        "“{name}” is kept as a draft, in {language}. Nobody sees it before an admin publishes it.",
        name=slug,
        language=language,
    )
    return [
        DraftArticle(slug, language, _file(text), agent.name or agent.address, agent.id),
        *answer(scene, NO_TICKET, NAME, done),
    ]


def _file(text: str) -> str:
    """Return the file of a draft: as it is written or, without a head, with its first line as the title."""
    if text.startswith("---"):
        return f"{text}\n"
    title, _, rest = text.partition("\n")
    return f"---\ntitle: {title.strip()}\n---\n{rest.strip()}\n"


def _editor(scene: CommandContext) -> Agent:
    if scene.agent is None:
        raise Refused("no agent given: use --as")
    if not scene.agent.editor:
        raise Refused(
            said(
                "only editors draft articles. An admin makes you an editor with {command}",
                command=f"`intake agent set {scene.agent.address} --editor`",
            )
        )
    return scene.agent


ROW = CommandSpec(
    NAME,
    "[NAME|NAME link|draft NAME]",
    "Put an article's short answer and link into the reply, where the line stands; with link only its link. "
    "Alone, name the articles that fit. Editors draft one from the text below, at the command address.",
    "在回复中这一行的位置插入常见问题的简短回答和链接；加“链接”只插入链接。不写名称则告诉您哪些文章合适。"
    "编辑者可发到命令地址，用下面的文字起草文章。",
    "在回覆中這一行的位置插入常見問題的簡短回答和連結；加「連結」只插入連結。不寫名稱則告訴您哪些文章合適。"
    "編輯者可寄到命令地址，用下面的文字起草文章。",
    ("问答", "常见问题", "問答", "常見問題"),
    do,
    read,
    wants,
    CommandScope.BOTH,
)
