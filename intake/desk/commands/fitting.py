"""Which commands stand under a mail about a ticket: the five that fit where it stands. Pure."""

from intake.desk.ticket import SPAM, Status, Ticket

# Each is the name of a command, and of the sentence `card_do_NAME` of mails.
MOST = 5
_TAKEN = ("close", "note", "snooze", "assign", "priority")
_FREE = ("mine", "assign", "note", "close", "snooze")
_OTHERS = ("mine", "note", "assign", "close", "priority")
_WAITING = ("close", "note", "snooze", "assign", "full")
_CLOSED = ("reopen", "note", "mine", "assign", "full")
_SPAM = ("notspam", "note", "full")


def fitting(ticket: Ticket, agent: int | None) -> tuple[str, ...]:
    """Return at most MOST names of commands, the likeliest first.

    `agent` is the id of who reads the mail, None for somebody who is no agent: they have no commands.
    """
    if agent is None:
        return ()
    if ticket.state == SPAM:
        return _SPAM
    if ticket.status is Status.CLOSED:
        return _CLOSED
    if ticket.assignee is None:
        return _FREE
    if ticket.assignee.id != agent:
        return _OTHERS
    return _WAITING if ticket.status is Status.PENDING else _TAKEN
