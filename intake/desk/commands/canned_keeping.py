"""`#canned` and what follows it: canned responses listed, shown, saved and deleted by agents."""

import re
from collections.abc import Mapping

from intake.desk.canned_texts import MAX_NAME, MAX_TEXT, MAX_TEXTS, CannedText, DropCanned, SaveCanned
from intake.desk.commands import canned
from intake.desk.commands.canned import ACTIONS, DELETE, SAVE, CannedRequest
from intake.desk.commands.grammar import CommandContext, CommandScope, CommandSpec, ParsedCommand, Refused
from intake.desk.commands.queries import answer
from intake.desk.commands.ticket import known_language, without_secret
from intake.desk.effects import Effect
from intake.desk.listing import TextRow, TextTable
from intake.desk.lookup import MOST_LISTED, LookupRequest
from intake.desk.sensitive import leaks
from intake.desk.sensitive.scan import excerpt, hidden
from intake.desk.text.language import detect
from intake.desk.text.said import joined, said
from intake.desk.ticket import NO_TICKET, Agent
from intake.desk.tokens import masked

# So much of each text is in a list.
MAX_PREVIEW = 120
# A link to a page of ours: who has it sees somebody's ticket.
_LINK = re.compile(r"/(?:t|survey|file)/[a-z2-7]{44}", re.IGNORECASE)
_NAME = re.compile(rf"[^./\\\s?{{}}@#]{{1,{MAX_NAME}}}")
EVERY = "all"


def wants(argument: str) -> LookupRequest:
    """Ask for the canned responses of the database."""
    return LookupRequest(canned=True)


def apart(asked: ParsedCommand) -> str:
    """Return why an email that keeps, shows or lists canned responses must not be obeyed as it is, or "".

    None of its words goes to a customer, so what would send some must stand in another.
    """
    if not canned.keeps(asked):
        return ""
    if len(asked.commands) > 1 or asked.note or asked.reply:
        return said("#canned that lists, shows, saves or deletes is the only command of its email.")
    request = canned.request(asked.commands[0].argument)
    if asked.text.strip() and (not request.name or request.action == DELETE):
        return said(
            "#canned sends a text only with its name, as in #canned NAME; what you wrote below was not sent."
        )
    return ""


def do(scene: CommandContext, argument: str) -> list[Effect]:
    """List canned responses, show one as it would be sent, save or delete one; `execute` sends it."""
    asked = canned.request(argument)
    if not asked.name:
        return _listed(scene)
    if asked.action == SAVE:
        return _save(scene, asked)
    if asked.action == DELETE:
        return _delete(scene, asked)
    texts = canned.prepared(canned.available(scene), asked.name)
    if asked.action:
        return answer(scene, scene.ticket.id, "canned", _shown(scene, asked.name, texts))
    if scene.ticket.id == NO_TICKET:
        raise Refused(said("it is sent in a reply in its ticket; here #canned NAME? shows it"))
    return []


def _listed(scene: CommandContext) -> list[Effect]:
    """Send the list of all canned responses, with the beginning of each in the ticket's language."""
    texts, ticket = canned.available(scene), scene.ticket
    if not texts:
        nothing = said("There are no canned responses yet. An editor saves one with #canned save NAME.")
        return answer(scene, ticket.id, "canned", nothing)
    names = sorted(texts)
    rows = tuple(_row(scene, name, texts[name]) for name in names[:MOST_LISTED])
    more = names[MOST_LISTED:]
    below = (
        *([said("More: {names}", names=", ".join(more))] if more else []),
        said("#canned NAME sends one. #canned NAME? shows it first, as the customer would get it."),
    )
    title = said("Canned responses")
    table = TextTable(title, rows, ticket.id, ticket.mailbox, ticket.subject, len(names), below)
    return answer(scene, ticket.id, "canned", "", table)


def _row(scene: CommandContext, name: str, texts: Mapping[str, str]) -> TextRow:
    chosen = canned.text(texts, scene.ticket.language, scene.policy.language)
    return TextRow(name, tuple(sorted(texts)), excerpt(" ".join(chosen.split()), MAX_PREVIEW))


def _shown(scene: CommandContext, name: str, texts: Mapping[str, str]) -> str:
    chosen = canned.text(texts, scene.ticket.language, scene.policy.language)
    by = scene.agent.name if scene.agent else scene.by
    head = said("“{name}” as it is saved; a ticket fills its fields:", name=name)
    how = said("To send it, reply in its ticket with #canned {name}.", name=name)
    lacking: list[str] = []
    if scene.ticket.id != NO_TICKET:
        lacking = canned.empty(chosen, scene.ticket, by)
        chosen = canned.filled(chosen, scene.ticket, by)
        head = said("“{name}” as the customer would get it. Nothing was sent.", name=name)
    below = scene.text.strip()
    if below:
        how = said("To send it, reply with #canned {name} and the same text below.", name=name)
    nothing = said("These fields have no value here and are left out: {fields}.", fields=", ".join(lacking))
    whole = "\n\n".join(part for part in (chosen.strip(), below) if part)
    return joined([head, _inset(whole), nothing if lacking else "", how], "\n\n")


def _inset(text: str) -> str:
    """Return a text set in, so that nothing of it looks as if the desk said it."""
    return "\n".join(f"    {line}".rstrip() for line in masked(hidden(text)).splitlines())


def _save(scene: CommandContext, asked: CannedRequest) -> list[Effect]:
    agent, name = _editor(scene), asked.name.casefold()
    text = scene.text.strip()
    language = _language(scene, asked.language, text)
    refuse(name, text)
    kept = scene.looked.canned
    there = next((item for item in kept if (item.name, item.language) == (name, language)), None)
    if there is None and len(kept) >= MAX_TEXTS:
        raise Refused(said("there are {count} already: delete one first", count=MAX_TEXTS))
    replaced = said("The older text is kept; an admin can show it.")
    folder = said("It takes the place of the file of that name in the admin's folder.")
    odd = canned.unknown(text)
    fields = said(
        "These are no fields and are sent as they are written: {odd}. The fields are {fields}.",
        odd=", ".join(odd), fields=field_names(),
    )  # fmt: skip
    done = [
        saved(name, language),
        replaced if there else "",
        folder if language.casefold() in scene.policy.canned.get(name, {}) else "",
        fields if odd else "",
    ]
    return [
        SaveCanned(name, language, text, agent.name or agent.address, agent.id),
        *answer(scene, scene.ticket.id, "canned", joined(done, "\n\n")),
    ]


def saved(name: str, language: str) -> str:
    """Return what is said of a canned response that was saved, in one language or ("") for every one."""
    if not language:
        return said("“{name}” is saved, for every language. #canned {name} sends it from now on.", name=name)
    return said(
        "“{name}” is saved, for tickets in {language}. #canned {name} sends it from now on.",
        name=name, language=language,
    )  # fmt: skip


def field_names() -> str:
    """Return how the fields are written, all of them."""
    return ", ".join([*(f"{{{name}}}" for name in canned.FIELDS), "{field.NAME}"])


def refuse(name: str, text: str) -> None:
    """Raise Refused for a name or a text that must not be saved."""
    if not _NAME.fullmatch(name) or not name.isprintable() or name in ACTIONS or name == EVERY:
        raise Refused(
            said(
                "a canned response cannot be called “{name}”: one word, without . / ? @ # and braces",
                name=name,
            )
        )
    if not text:
        raise Refused(said("there is no text below it"))
    octets = text.encode("utf-8", "replace")
    if len(octets) > MAX_TEXT:
        raise Refused(said("the text is longer than {most} kB", most=MAX_TEXT // 1000))
    if leaks.marked(text) or leaks.held(octets) or _LINK.search(text):
        raise Refused(
            said("a part of an email of this desk, or a secret link or address, stands in the text")
        )
    without_secret(text, ())


def _language(scene: CommandContext, asked: str, text: str) -> str:
    """Return the language that is named, or else the one the text is written in, "" for every one."""
    if asked.casefold() == EVERY:
        return ""
    code = detect(text)
    return known_language(scene, asked) if asked else code if code in scene.policy.languages else ""


def _delete(scene: CommandContext, asked: CannedRequest) -> list[Effect]:
    _editor(scene)
    name = asked.name.casefold()
    language = None if not asked.language else _language(scene, asked.language, "")
    gone = [item for item in scene.looked.canned if item.name == name and _of(item, language)]
    if not gone:
        if name in scene.policy.canned:
            raise Refused(
                said("“{name}” is a file in the admin's folder, which only an admin changes", name=name)
            )
        canned.prepared(canned.available(scene), name)
        raise Refused(said("“{name}” is not saved in that language", name=name))
    done = joined(
        [said("“{name}” is deleted.", name=name), said("The older text is kept; an admin can show it.")]
    )
    file = said("A file of that name in the admin's folder is used from now on.")
    both = [done, file if name in scene.policy.canned else ""]
    return [DropCanned(name, language), *answer(scene, scene.ticket.id, "canned", joined(both, "\n\n"))]


def _of(item: CannedText, language: str | None) -> bool:
    return language is None or item.language == language


def _editor(scene: CommandContext) -> Agent:
    """Return the acting agent. Raises Refused where they may not change canned responses."""
    if scene.agent is None:
        raise Refused("no agent given: use --as")
    if not scene.agent.editor:
        raise Refused(
            said(
                "only editors save and delete canned responses. An admin makes you an editor with {command}",
                command=f"`intake agent set {scene.agent.address} --editor`",
            )
        )
    return scene.agent


ROW = CommandSpec(
    "canned",
    "[NAME|NAME?|save NAME [LANGUAGE]|delete NAME]",
    "Send a canned response; the text below follows it. Alone, list them; with ? only show it. "
    "Editors save the text below as one, or delete one.",
    "发送预设的回复，下面的文字接在后面。不写名称则列出全部；名称后加问号只预览，不发送；编辑者可以保存、删除。",
    "寄送預設的回覆，下面的文字接在後面。不寫名稱則列出全部；名稱後加問號只預覽，不寄送；編輯者可以儲存、刪除。",
    ("template", "模板", "模版", "范本", "範本"),
    do,
    canned.read,
    wants,
    CommandScope.BOTH,
)
