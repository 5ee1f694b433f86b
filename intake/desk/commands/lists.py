"""Commands that send a list of tickets: by its name, by words, by a requester."""

import re
import unicodedata

from intake.desk.commands.grammar import CommandContext, Refused, address
from intake.desk.commands.queries import answer
from intake.desk.effects import Effect
from intake.desk.listing import table_of
from intake.desk.lookup import (
    DUE,
    FROM,
    MINE,
    OVERDUE,
    SEARCH,
    SNOOZED,
    SPAM_DAYS,
    SPAM_LIST,
    TEAM,
    TODO,
    LookupRequest,
)
from intake.desk.text.argument_words import SPOKEN, native, spelled
from intake.desk.text.said import joined, said
from intake.desk.ticket import NO_TICKET

LISTS = {
    **native(MINE, TEAM, TODO, DUE, OVERDUE, SNOOZED, SPAM_LIST),
    **dict.fromkeys((MINE, "my", "me", "我的"), MINE),
    **dict.fromkeys((TEAM, "all", "团队", "團隊", "全部"), TEAM),
    **dict.fromkeys((TODO, "to-do", "待办", "待辦"), TODO),
    **dict.fromkeys((DUE, "next", "到期"), DUE),
    **dict.fromkeys((OVERDUE, "late", "超时", "超時", "逾期", "過期"), OVERDUE),
    **dict.fromkeys((SNOOZED, "sleeping", "已延后", "已暂停", "已延後", "已暫停"), SNOOZED),
    **dict.fromkeys((SPAM_LIST, "junk", "垃圾", "垃圾邮件", "垃圾郵件"), SPAM_LIST),
}
_TITLES = {
    MINE: said("Your open tickets"),
    TEAM: said("Open tickets of your teams"),
    TODO: said("To do: your tickets and your teams' unassigned ones, by what is due"),
    DUE: said("What is due next, for you and your teams"),
    OVERDUE: said("Overdue tickets"),
    SNOOZED: said("Snoozed tickets of you and your teams"),
    SPAM_LIST: said("Spam of the last {days} days", days=SPAM_DAYS.days),
}
# What stands before a requester's address.
_FROM = re.compile(
    rf"(?:from|by|{'|'.join(SPOKEN['from'].values())})(?:[ :：]+|(?=\S*@)(?![a-z@.+-]))", re.IGNORECASE
)


def read_list(text: str) -> str:
    """Read the name of a list, `from` a requester's address, or nothing: that is the agent's own."""
    bare = unicodedata.normalize("NFKC", text).strip(".。 ")
    if not bare:
        return MINE
    if "@" in bare:
        return f"{FROM}{address(_FROM.sub('', bare, count=1))}"
    if bare.casefold() not in LISTS:
        names = (MINE, TEAM, TODO, DUE, OVERDUE, SNOOZED, SPAM_LIST, "from ADDRESS")
        raise Refused(said("it needs one of: {words}", words=joined(map(spelled, names), ", ")))
    return LISTS[bare.casefold()]


def wants_list(argument: str) -> LookupRequest:
    """Ask for a list of that name."""
    return LookupRequest(lists=frozenset({argument}))


def wants_search(argument: str) -> LookupRequest:
    """Ask for what holds these words."""
    return LookupRequest(lists=frozenset({f"{SEARCH}{argument}"}))


def list_(scene: CommandContext, argument: str) -> list[Effect]:
    """Send a list of tickets."""
    if argument.startswith(FROM):
        title = said("Tickets of {address}", address=argument.removeprefix(FROM))
    else:
        title = _TITLES[argument]
    return _sent(scene, "list", title, argument)


def search(scene: CommandContext, argument: str) -> list[Effect]:
    """Send the tickets that hold all the words."""
    return _sent(scene, "search", said("Tickets with “{words}”", words=argument), f"{SEARCH}{argument}")


def todo(scene: CommandContext, argument: str) -> list[Effect]:
    """Send what waits for the agent, by what is due."""
    return _sent(scene, TODO, _TITLES[TODO], TODO)


def snoozed(scene: CommandContext, argument: str) -> list[Effect]:
    """Send what is snoozed, by when it wakes."""
    return _sent(scene, SNOOZED, _TITLES[SNOOZED], SNOOZED)


def due(scene: CommandContext, argument: str) -> list[Effect]:
    """Send what was promised to requesters, by when."""
    return _sent(scene, DUE, _TITLES[DUE], DUE)


def _sent(scene: CommandContext, command: str, title: str, name: str) -> list[Effect]:
    return answer(scene, NO_TICKET, command, "", table_of(title, scene.looked.lists.get(name, ())))


def wants_todo(argument: str) -> LookupRequest:
    """Ask for what waits for the agent."""
    return wants_list(TODO)


def wants_snoozed(argument: str) -> LookupRequest:
    """Ask for what is snoozed."""
    return wants_list(SNOOZED)


def wants_due(argument: str) -> LookupRequest:
    """Ask for what was promised."""
    return wants_list(DUE)


def wants_mine(argument: str) -> LookupRequest:
    """Ask for what taking a ticket needs: its newest email; and where there is no ticket, for the agent's."""
    return LookupRequest(last=True, outside=frozenset({MINE}))
