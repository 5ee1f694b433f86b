"""Canned responses: texts with a few fields of the ticket in them. No template language.

`{name}` and the other FIELDS are replaced by the ticket's values; every other brace stays
as it is. A value is inserted once and never read again, so what strangers wrote stays text.
How agents keep them is in `intake.desk.commands.canned_keeping`.
"""

import difflib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from intake.desk.canned_texts import merged
from intake.desk.commands.grammar import CommandContext, ParsedCommand, Refused
from intake.desk.commands.nearness import nearest
from intake.desk.sensitive.scan import hidden
from intake.desk.text.argument_words import native
from intake.desk.text.said import said
from intake.desk.text.states import category_in
from intake.desk.ticket import Ticket

FIELDS = ("number", "name", "subject", "agent", "category")
# As `#canned` is followed by them; what follows a name that is none of them is sent.
SAVE, DELETE, PREVIEW = "save", "delete", "preview"
ACTIONS = {
    **native(SAVE, DELETE),
    **dict.fromkeys(("save", "保存", "储存", "儲存"), SAVE),
    **dict.fromkeys(("delete", "remove", "删除", "刪除"), DELETE),
    **dict.fromkeys(("preview", "预览", "預覽"), PREVIEW),
}
# So many names are told where one is not known.
_MOST_NAMED = 100
_FIELD = re.compile(r"\{([a-z]+)(?:\.([^{}\s]{1,60}))?\}")
# What looks like a field, and may be meant as one.
_BRACED = re.compile(r"\{[^{}\s]{1,60}\}")
# "refund.txt" is for every language, "refund.zh-Hans.txt" for one.
_FILE = re.compile(r"(?P<name>[^./\\\s]+)(?:\.(?P<language>[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})?))?\.txt")


@dataclass(frozen=True, slots=True)
class CannedRequest:
    """What `#canned` asks for: to list them (no `name`), to send one (no `action`), or to SAVE, DELETE
    or PREVIEW it, in a `language` where one is written."""

    name: str = ""
    action: str = ""
    language: str = ""

    @property
    def sends(self) -> bool:
        """Whether the text goes to the customer."""
        return bool(self.name) and not self.action


def read(text: str) -> str:
    """Read what follows `#canned`: nothing, NAME, NAME?, or `save`, `delete` or `preview` and a name.

    A single word is always a name, for a response may be called "save". What is odd is refused later.
    """
    words = text.replace("\uff1f", "?").strip(".。!！ ").split()
    if len(words) > 1 and words[-1] == "?":
        words[-2:] = [f"{words[-2]}?"]
    if not words or words == ["?"]:
        return ""
    action = ACTIONS.get(words[0].casefold().rstrip(":："), "") if len(words) > 1 else ""
    rest = words[1:] if action else words
    if len(rest) == 1 and rest[0].endswith("?") and action in ("", PREVIEW):
        action, rest = PREVIEW, [rest[0].rstrip("?")]
    return " ".join([action, *rest]).strip()


def request(argument: str) -> CannedRequest:
    """Return what an argument as `read` returns it asks for. Raises Refused where it is odd."""
    first, _, rest = argument.partition(" ")
    if not rest:
        return CannedRequest(argument)
    if first not in (SAVE, DELETE, PREVIEW):
        near = ACTIONS.get(nearest(first, list(ACTIONS)), "")
        if near:
            meant = f"#canned {near} {rest}"
            raise Refused(said("{written} is not known. Did you mean {meant}?", written=first, meant=meant))
        raise Refused(said("a canned response has a name of a single word"))
    name, _, language = rest.partition(" ")
    if " " in language or (language and first == PREVIEW):
        raise Refused(said("a canned response has a name of a single word"))
    return CannedRequest(name, first, language)


def sent_by(asked: ParsedCommand) -> list[str]:
    """Return the names of the canned responses that an email sends. Raises Refused where one is odd."""
    requests = (request(command.argument) for command in asked.commands if command.name == "canned")
    return [asked_.name for asked_ in requests if asked_.sends]


def sends(asked: ParsedCommand) -> bool:
    """Whether an email sends a canned response; what is odd might be meant to."""
    try:
        return bool(sent_by(asked))
    except Refused:
        return True


def keeps(asked: ParsedCommand) -> bool:
    """Whether an email lists, shows, saves or deletes canned responses: none of its words go to anybody."""
    return any(command.name == "canned" and not _may_send(command.argument) for command in asked.commands)


def _may_send(argument: str) -> bool:
    try:
        return request(argument).sends
    except Refused:
        return True


def available(scene: CommandContext) -> Mapping[str, Mapping[str, str]]:
    """Return the canned responses of the database, and those of the folder behind them."""
    return merged(scene.policy.canned, scene.looked.canned)


def named(file: str) -> tuple[str, str] | None:
    """Return the name and the language ("" for all) that a file's name stands for, None for no answer's."""
    match = _FILE.fullmatch(file)
    return (match["name"].casefold(), (match["language"] or "").casefold()) if match else None


def prepared(texts: Mapping[str, Mapping[str, str]], name: str) -> Mapping[str, str]:
    """Return the canned response of that name, by language. Raises Refused when there is none."""
    wanted = name.strip().casefold()
    answer = texts.get(wanted)
    if answer is None:
        if not texts:
            raise Refused(said("there are no canned responses yet"))
        raise Refused(
            said(
                "there is no canned response called “{name}”. Available: {names}",
                name=name,
                names=", ".join(by_nearness(wanted, texts)[:_MOST_NAMED]),
            )
        )
    return answer


def by_nearness(wanted: str, texts: Collection[str]) -> list[str]:
    """Return the names there are, those first that are most like the one that is wanted."""

    def unlike(name: str) -> float:
        return -difflib.SequenceMatcher(None, wanted, name).ratio()

    near = sorted((name for name in texts if unlike(name) < -0.5), key=lambda name: (unlike(name), name))
    return [*near, *sorted(set(texts) - set(near))]


def text(texts: Mapping[str, str], language: str, otherwise: str) -> str:
    """Return the text in `language`, in its plain form (zh for zh-Hans), for all, in `otherwise`, or any."""
    wanted = (language, language.partition("-")[0], "", otherwise, otherwise.partition("-")[0])
    folded = {key.casefold(): value for key, value in texts.items()}
    for code in wanted:
        if code.casefold() in folded:
            return folded[code.casefold()]
    return next(iter(folded.values()), "")


def filled(template: str, ticket: Ticket, agent: str) -> str:
    """Return the text with its fields filled in; `{field.NAME}` is one of the ticket's own fields."""

    def value(match: re.Match[str]) -> str:
        filling = _value(match, ticket, agent)
        return match[0] if filling is None else filling

    return _FIELD.sub(value, template)


def empty(template: str, ticket: Ticket, agent: str) -> list[str]:
    """Return the fields of a text that have no value in this ticket, as they are written there."""
    matches = _FIELD.finditer(template)
    return list(dict.fromkeys(match[0] for match in matches if _value(match, ticket, agent) == ""))


def unknown(template: str) -> list[str]:
    """Return what looks like a field in a text and is none: it goes out as it is written."""
    braced = (match[0] for match in _BRACED.finditer(template))
    return list(dict.fromkeys(text for text in braced if not _is_field(_FIELD.fullmatch(text))))


def _is_field(match: re.Match[str] | None) -> bool:
    return match is not None and (match[1] in FIELDS if match[2] is None else match[1] == "field")


def _value(match: re.Match[str], ticket: Ticket, agent: str) -> str | None:
    """Return what takes the place of a field, None where it is none."""
    if match[2] is not None:
        return hidden(ticket.fields.get(match[2], "")) if match[1] == "field" else None
    values = {
        "number": str(ticket.id),
        # What the customer wrote goes back to them, and to who else is in the ticket, by mail.
        "name": hidden(ticket.requester.name),
        "subject": hidden(ticket.subject),
        "agent": agent,
        "category": category_in(ticket.category, ticket.language),
    }
    return values.get(match[1])
