"""A snooze that is over."""

from dataclasses import replace
from datetime import timedelta

from factories import ANNA, NOW, WEI, a_policy, a_ticket

from intake.desk.effects import Mail
from intake.desk.lifecycle import wake


def test_the_mail_of_a_ticket_that_wakes_says_so() -> None:
    ticket = replace(a_ticket(), snoozed_until=NOW - timedelta(minutes=1))
    mails = [one for one in wake(ticket, (ANNA, WEI), a_policy()) if isinstance(one, Mail)]
    assert [(ANNA.address, "woken", ""), (WEI.address, "woken", "")] == [
        (mail.to.mailbox, mail.event, mail.by) for mail in mails
    ]
