"""The same against pymap: a server that is not Dovecot keeps us from leaning on Dovecot's ways."""

import time

import pytest

from intake.testing import imap_append, imap_create, imap_messages, wait_until

MAIL = b"From: ann@example.org\r\nSubject: one\r\n\r\nhello\r\n"


@pytest.mark.parametrize("after", ["move", "flag"])
def test_what_is_done_with_received_mail(pymap, mailbox_name, ledger, reading, after):
    target = f"{mailbox_name}-done"
    imap_create(pymap, pymap.user, mailbox_name)
    imap_append(pymap, pymap.user, MAIL, mailbox_name)
    for _ in range(2):
        ledger.errors.clear()
        with reading(pymap, pymap.user, folders=mailbox_name, after=after, move_to=target):
            wait_until(lambda: ledger.state == "")
    stays = after == "flag"
    left = [set(one.flags) - {"\\Recent"} for one in imap_messages(pymap, pymap.user, mailbox_name)]
    moved = [one.raw for one in imap_messages(pymap, pymap.user, target)]
    assert [MAIL] == ledger.raws
    assert stays == (len(left) == 1)
    assert (after == "move") == (moved == [MAIL])
    assert all(("\\Seen" in flags) == (after == "flag") for flags in left)


def test_new_mail_is_noticed_by_idle_within_two_seconds(pymap, mailbox_name, ledger, reading):
    imap_create(pymap, pymap.user, mailbox_name)
    with reading(pymap, pymap.user, folders=mailbox_name, after="leave"):
        wait_until(lambda: ledger.state == "")
        time.sleep(0.3)
        imap_append(pymap, pymap.user, MAIL, mailbox_name)
        wait_until(lambda: ledger.raws, 2)
    assert [MAIL] == ledger.raws
