"""Canned responses: an admin's texts with a few fields of the ticket in them. No template language.

`{name}` and the other FIELDS are replaced by the ticket's values; every other brace stays
as it is. A value is inserted once and never read again, so what strangers wrote stays text.
"""

import re
from collections.abc import Mapping

from intake.desk.commands.grammar import Refused
from intake.desk.sensitive.scan import hidden
from intake.desk.text.said import said
from intake.desk.ticket import Ticket

FIELDS = ("number", "name", "subject", "agent", "category")
_FIELD = re.compile(r"\{([a-z]+)(?:\.([^{}\s]{1,60}))?\}")
# "refund.txt" is for every language, "refund.zh-Hans.txt" for one.
_FILE = re.compile(r"(?P<name>[^./\\\s]+)(?:\.(?P<language>[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})?))?\.txt")


def named(file: str) -> tuple[str, str] | None:
    """Return the name and the language ("" for all) that a file's name stands for, None for no answer's."""
    match = _FILE.fullmatch(file)
    return (match["name"].casefold(), (match["language"] or "").casefold()) if match else None


def prepared(texts: Mapping[str, Mapping[str, str]], name: str) -> Mapping[str, str]:
    """Return the canned response of that name, by language. Raises Refused when there is none."""
    answer = texts.get(name.strip().casefold())
    if answer is None:
        if not texts:
            raise Refused(said("there are no canned responses yet"))
        raise Refused(
            said(
                "there is no canned response called “{name}”. Available: {names}",
                name=name,
                names=", ".join(sorted(texts)),
            )
        )
    return answer


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
    values = {
        "number": str(ticket.id),
        # What the customer wrote goes back to them, and to who else is in the ticket, by mail.
        "name": hidden(ticket.requester.name),
        "subject": hidden(ticket.subject),
        "agent": agent,
        "category": ticket.category,
    }

    def value(match: re.Match[str]) -> str:
        if match[2] is None:
            return values.get(match[1], match[0])
        return hidden(ticket.fields.get(match[2], "")) if match[1] == "field" else match[0]

    return _FIELD.sub(value, template)
