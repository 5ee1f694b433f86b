"""A stranger whose name is a reply token gets no agent's answer sent to somebody else."""

from pathlib import Path

import pytest
from agent_desk import EVE
from agent_replies import quoted
from reply_desk import ANNA, FORMS, Desk, Reply, text_of

from intake.desk.effects import MailKind
from intake.desk.tokens import carried
from intake.mail.parse import parse


@pytest.mark.parametrize("form", FORMS)
def test_the_answer_to_a_stranger_with_a_token_for_a_name_goes_to_nobody_else(
    form: str, tmp_path: Path
) -> None:
    desk = Desk(tmp_path, form)
    token = carried(parse(desk.notice().raw).message_id or "")
    desk.sent.clear()
    lines = (f'From: "ref:{token}" <{EVE}>', "To: help@desk.example", "Subject: New", "Message-ID: <p9@x>")
    desk.arrive("\r\n".join([*lines, "", "What is your bank account?\r\n"]).encode(), EVE)
    notice, number = desk.last(MailKind.NOTICE, to=ANNA), desk.newest().ticket
    assert number == 3
    top = text_of(notice).split("bank account?")[0] + "bank account?"
    assert f"ref:{token}" not in top
    desk.sent.clear()
    text = f"For Eve only.\n\nOn Thu, 1 Jan 2026 at 09:00, Lumen <{desk.address}> wrote:\n\n{quoted(top)}"
    answer = Reply(text, f"Anna <{ANNA}>", ids=False, quote=False, vouched=True, to=desk.address)
    desk.replies(notice, answer)
    desk.deliver()
    assert [mail.rcpt for mail in desk.sent if mail.kind is MailKind.RELAY] == []
    desk.close()
