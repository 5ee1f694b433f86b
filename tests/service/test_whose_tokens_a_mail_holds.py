"""Every mail of a day on the desk: what goes to customers holds no agent's token, and an agent's mail only
the agent's own."""

import re
from email import message_from_bytes, policy
from pathlib import Path

from desk_mail import LIMITS, LIN, MailDesk

from intake.desk import file_tokens, tokens
from intake.desk.effects import Outgoing
from intake.desk.sensitive.leaks import MARK
from intake.desk.tokens import ACTING, Purpose, Token

WEI, LEA = "wei@staff.desk.example", "lea@staff.desk.example"
TOKEN = re.compile(r"(?<![a-z2-7])a[a-z2-7]{43}(?![a-z2-7])")
AGENTS = {1: "anna@staff.desk.example", 2: WEI, 3: LEA}
DAY = (
    "#mine",
    "Dear Lin, please look under the sofa.",
    "#note @wei have you seen it?",
    "#files",
    "#show",
    "#full",
    "#who",
    "#canned save sofa all\nDear {name}, it is under the sofa.",
    "#canned",
    "#canned sofa?",
    "#canned sofa",
    "#copy\nIt is there.",
    "#draft\nLater.",
    "#assign wei",
    "#watch",
    "#person note Calls often",
    "#escalate he waits",
    "#cc add ted@buyer.example",
    "Ted may read it, too.",
    "#block @evil.example",
    "#noet\nHe lies.",
    "#close",
    "#reopen",
)
DESK = (
    "#list",
    "#todo",
    "#due",
    "#snoozed",
    "#mine",
    "#next",
    "#drafts",
    "#blocked",
    "#help",
    "#search coins",
    "#files 1",
)


def whole(mail: Outgoing) -> str:
    """Everything in a mail that a person or a program can read, decoded."""
    parsed = message_from_bytes(mail.raw, policy=policy.default)
    parts = [part.get_content() for part in parsed.walk() if part.get_content_maintype() == "text"]
    return "\n".join([*(f"{name}: {value}" for name, value in parsed.items()), *map(str, parts)])


def held(desk: MailDesk, mail: Outgoing) -> list[Token]:
    found = [
        tokens.read(desk.desk.keys, text, desk.clock()) for text in set(TOKEN.findall(whole(mail).lower()))
    ]
    return [token for token in found if token is not None]


def test_no_token_of_an_agent_is_in_anybody_elses_mail(tmp_path: Path) -> None:
    more = f"{LIMITS}\nundo_seconds = 0\n[web]\nport = 0\nbase_url = https://help.example/"
    desk = MailDesk(tmp_path, more)
    for address, name in ((WEI, "Wei"), (LEA, "Lea")):
        desk.store.agents.add(address, name, (), desk.clock())
    desk.store.agents.change(desk.agent, editor=True)
    desk.store.agents.change(LEA, notify="digest")
    mails: list[Outgoing] = []
    for text in DAY:
        desk.reply(text)
        desk.customer(f"And now? {text[1:4]}")
        desk.clock.later(minutes=11)
        mails += desk.out()
    for text in DESK:
        desk.command(text)
        mails += desk.out()
    desk.clock.later(days=3)
    mails += desk.out()
    theirs = [mail for mail in mails if mail.rcpt not in AGENTS.values()]
    ours = [mail for mail in mails if mail.rcpt in AGENTS.values()]
    assert {LIN, "ted@buyer.example"} <= {mail.rcpt for mail in theirs}
    assert {*AGENTS.values()} == {mail.rcpt for mail in ours}
    seen: set[Purpose] = set()
    for mail in theirs:
        assert [] == [token for token in held(desk, mail) if token.purpose in ACTING], whole(mail)
        assert not tokens.holds_internal(mail.raw)
        assert MARK not in whole(mail)
        assert not file_tokens.LINK.search(whole(mail).encode())
    for mail in ours:
        for token in held(desk, mail):
            seen.add(token.purpose)
            if token.purpose in (Purpose.AGENT, Purpose.COMMAND):
                assert mail.rcpt == AGENTS[token.person & ~tokens.NOTE], whole(mail)
    assert {Purpose.AGENT, Purpose.COMMAND} <= seen
    desk.close()
