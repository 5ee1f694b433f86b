"""A scripted day by mail alone: fifty tickets, four agents, three hours, over Dovecot and SMTP.

What must hold holds to the letter: no word lost, none of ours outside, no answer twice. How much mail agents
get, and how far what they must know is, are figures: `bench/day.py` prints them, docs/agents.md has them.
"""

import pytest
from day.canaries import Fate
from day.desk import DayDesk
from day.facts import Fact, tells_file, tells_who
from day.judging import judged
from day.play import Day
from day.programs import opened
from day.script import BEGIN, SEED, TICKETS, requests

# The most that an agent may get for each ticket they handle, which is the goal: 2.89 before the notification
# was the ticket's page, 2.05 today.
MOST_MAILS = 2.2
# The part of the questions that may cost no further request: the goal.
LEAST_FACTS = dict.fromkeys(Fact, 0.90)
# What somebody did in the course of the day.
DONE = {"reply", "note", "#mine", "#assign", "#snooze", "#merge", "#close", "#undo", "#list"}


@pytest.mark.timeout(300)
def test_a_day_of_fifty_tickets_loses_leaks_and_doubles_no_word(tmp_path, dovecot, sink, user):
    with DayDesk(tmp_path, dovecot, sink, user).open() as desk:
        day = Day(desk).play()
        report = judged(day)
        spoil(day)
        spoiled = judged(day)

    assert ([], [], [], []) == (report.lost, report.unseen, report.doubled, report.private)
    assert ([], [], []) == (report.untold, report.unfinished, day.strange)
    assert [] == report.broken
    assert TICKETS == report.tickets
    assert DONE <= set(report.deeds)
    # Two that were away or whose mailbox is gone, at least.
    assert report.outcomes["automatic"] >= 2
    assert report.per_ticket <= MOST_MAILS, report.shares
    for fact in Fact:
        assert report.without_request([fact]) >= LEAST_FACTS[fact], fact

    # The judge sees what would be wrong.
    assert ["kq9999z"] == [name.split()[0] for name in spoiled.lost]
    assert any("2 times at the customer" in name for name in spoiled.doubled)
    assert any("anna@staff.example" in name for name in spoiled.private)


def spoil(day: Day) -> None:
    """Lose a sentence, give a customer an answer twice, and one a mail that was an agent's."""
    day.canaries.said.append(
        day.canaries.said[0].__class__("kq9999z", 1, "c1@people1.example", Fate.CUSTOMER)
    )
    customer = next(
        case for case in day.cases.values() if case.answered and case.request.handling == "answer"
    )
    customer.inbox.append(next(letter for letter in customer.inbox if not letter.automatic))
    customer.inbox.append(
        opened(
            b"Subject: x\r\nTo: <%s>\r\n\r\nanna@staff.example\r\n" % customer.request.address.encode(), BEGIN
        )
    )


def test_the_day_is_the_same_each_time_and_has_all_that_happens_at_a_desk():
    day, again, other = requests(), requests(), requests(SEED + 1)
    assert day == again != other
    assert TICKETS == len(day)
    handled = {request.handling for request in day}
    assert {"take", "file", "note", "hand", "snooze", "merge", "list", "collide", "mistype", "phone", "older",
            "undo", "answer"} == handled  # fmt: skip
    assert {True, False} == {request.zh for request in day}
    assert [12, 12, 23] == sorted(request.bytes // 2**20 for request in day if request.bytes)
    follow = {kind for request in day for kind in request.follow}
    assert {"more", "thanks", "file", "away", "bounce"} == follow


def letter(text, subject="[#12] My wallet", files=""):
    """A mail of the desk's, as an agent has it."""
    head = f"Subject: {subject}\r\nContent-Type: text/plain; charset=utf-8\r\n{files}\r\n"
    return opened(f"{head}{text}".encode(), BEGIN)


@pytest.mark.parametrize(
    ("text", "assignee", "told"),
    [
        ("Ticket #12, open, assigned to Anna Berg", "Anna Berg", True),
        ("Ticket #12, open, assigned to Anna Berg", "Wei Chen", False),
        ("Ticket #12, open, assigned to Anna Berg", "", False),
        ("Ticket #12, new, unassigned", "", True),
        ("工单 #12，处理中，负责人：Wei Chen", "Wei Chen", True),
        ("工单 #12，新建，无负责人", "", True),
        ("Wei Chen assigned this ticket to you.", "Anna Berg", True),
        ("Wei Chen assigned this ticket to you.", "Wei Chen", False),
        ("Assignee: you", "Anna Berg", True),
        ("Assignee: Wei Chen", "Wei Chen", True),
        ("Anna Berg wrote:\n\nHello", "Anna Berg", False),
        # Of another ticket.
        ("#7 My refund, assigned to Anna Berg", "Anna Berg", False),
    ],
)
def test_who_has_a_ticket_is_read_off_what_the_mail_shows_of_it(text, assignee, told):
    assert told == tells_who(letter(text), assignee, "Anna Berg")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[file] log-2.bin", False),
        ("Too large to forward, kept in the ticket: log-2.bin", False),
        ("log-2.bin (12 MB)\nhttps://help.lumen.example/file/abc", True),
    ],
)
def test_a_file_is_there_where_it_is_attached_or_can_be_downloaded(text, told):
    assert told == tells_file(letter(text), "log-2.bin")
