"""Which commands a mail about a ticket offers, by where the ticket stands."""

from typing import Any

import pytest
from factories import ANNA, WEI, a_ticket

from intake.desk.commands.fitting import MOST, fitting
from intake.desk.commands.table import COMMANDS
from intake.desk.ticket import Status

FITTING: dict[str, tuple[dict[str, Any], str]] = {
    "new, nobody's": ({"status": Status.NEW, "assignee": None}, "mine assign note close snooze"),
    "open, nobody's": ({"status": Status.OPEN, "assignee": None}, "mine assign note close snooze"),
    "open, mine": ({"status": Status.OPEN}, "close note snooze assign priority"),
    "open, a colleague's": ({"status": Status.OPEN, "assignee": WEI}, "mine note assign close priority"),
    "waiting, mine": ({"status": Status.PENDING}, "close note snooze assign full"),
    "waiting, nobody's": ({"status": Status.PENDING, "assignee": None}, "mine assign note close snooze"),
    "closed": ({"status": Status.CLOSED}, "reopen note mine assign full"),
    "spam": ({"status": Status.CLOSED, "spam": True}, "notspam note full"),
}


@pytest.mark.parametrize(("changes", "expected"), FITTING.values(), ids=FITTING)
def test_a_mail_offers_the_commands_that_fit(changes: dict[str, Any], expected: str) -> None:
    assert tuple(expected.split()) == fitting(a_ticket(**changes), ANNA.id)


def test_who_is_no_agent_is_offered_none() -> None:
    assert () == fitting(a_ticket(), None)


def test_each_of_them_is_a_command_and_there_are_not_too_many() -> None:
    offered = [expected.split() for _, expected in FITTING.values()]
    assert {name for names in offered for name in names} <= {command.name for command in COMMANDS}
    assert max(map(len, offered)) == MOST
