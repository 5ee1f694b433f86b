"""What the guard holds, on the road: the draft, the question, the second person, the keyboard."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path

import pytest
from agent_desk import BORDER, StrictDesk
from canaries import CARD, PHRASE, WIF
from click.testing import CliRunner
from desk_mail import LIMITS, LIN, MailDesk, text_of, words_of
from phones import Phone

from intake.cli import main
from intake.desk.canned_texts import ApprovedText, digest
from intake.desk.effects import MailKind, Outgoing
from intake.desk.message import Envelope
from intake.desk.ticket import EntryKind
from intake.desk.tokens import Purpose
from intake.ports import Arrival

WEI = "wei@staff.desk.example"
VOUCHED = f"Authentication-Results: {BORDER}; dmarc=pass header.from=staff.desk.example\r\n"
WALLET = "0x52908400098527886E0F7030069857D2E4169EE7"
LINK = "Please look at https://other.net/page for it."
ASKS = "Please send us your recovery phrase."


@pytest.fixture(params=["sqlite", "postgres"])
def desk(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[MailDesk]:
    url = request.getfixturevalue("postgres_url").replace("%", "%%") if request.param == "postgres" else ""
    made = MailDesk(tmp_path / "desk", f"{LIMITS}\n[store]\nurl = {url}\n" if url else LIMITS)
    made.store.agents.change(made.agent, editor=True)
    yield made
    made.close()


@pytest.fixture
def two(desk: MailDesk) -> MailDesk:
    desk.store.agents.add(WEI, "Wei", (), desk.clock.now)
    return desk


def only(desk: MailDesk, *kinds: MailKind) -> Outgoing:
    (mail,) = desk.out(*kinds)
    return mail


@pytest.mark.parametrize("text", [LINK, ASKS, "Add me on Telegram: @lumen_help"])
def test_what_is_asked_about_leaves_with_its_agents_yes_and_as_it_was(desk: MailDesk, text: str) -> None:
    desk.reply(text)
    asked = only(desk)
    assert (MailKind.ALERT, desk.agent) == (asked.kind, asked.rcpt)
    assert [text] == desk.said(EntryKind.DRAFT)
    desk.answer(asked, "yes")
    sent = only(desk)
    assert (MailKind.RELAY, LIN) == (sent.kind, sent.rcpt)
    assert text in text_of(sent)


def test_a_subject_and_a_stranger_in_copy_wait_for_a_yes(desk: MailDesk) -> None:
    desk.reply(f"#subject {ASKS}\n#cc add bank@other.net")
    asked = only(desk)
    assert (MailKind.ALERT, []) == (asked.kind, desk.out(MailKind.RELAY))
    assert "bank@other.net" in words_of(asked)
    before = desk.store.tickets.get(1)
    desk.answer(asked, "yes")
    after = desk.store.tickets.get(1)
    assert before is not None
    assert after is not None
    assert (False, ASKS, ("bank@other.net",)) == (ASKS in before.subject, after.subject, after.participants)


def test_a_draft_that_was_kept_for_another_reason_is_asked_about_once(desk: MailDesk) -> None:
    desk.reply(f"#draft\n{LINK}")
    asked = only(desk)
    assert "It leads to other.net, which the desk does not know." in words_of(asked)
    desk.answer(asked, "yes")
    assert MailKind.RELAY is only(desk).kind


DOUBTED = {
    "a command in the wrong place": "Write this:\n#help\n",
    "words for colleagues": "FYI team: he is angry.\n",
    "both": "FYI team: he is angry.\n\n#note\n",
}


@pytest.mark.parametrize("words", DOUBTED.values(), ids=DOUBTED)
def test_a_doubt_and_the_guard_ask_in_one_email_and_a_yes_answers_both(desk: MailDesk, words: str) -> None:
    desk.reply(f"{words}{LINK}")
    asked = only(desk)
    assert "It leads to other.net, which the desk does not know." in words_of(asked)
    desk.answer(asked, "yes")
    sent = only(desk)
    assert (MailKind.RELAY, True) == (sent.kind, LINK in text_of(sent))
    desk.answer(asked, "yes")
    assert [] == desk.out(MailKind.RELAY)


@pytest.mark.parametrize("words", DOUBTED.values(), ids=DOUBTED)
def test_of_a_doubted_answer_with_a_wallet_the_second_persons_yes_counts(two: MailDesk, words: str) -> None:
    two.reply(f"{words}Send the rest to {WALLET}.")
    asked = {mail.rcpt: mail for mail in two.out()}
    assert {two.agent, WEI} == set(asked)
    two.answer(asked[two.agent], "yes")
    assert [] == two.out(MailKind.RELAY)
    two.answer(asked[WEI], "yes", f"Wei <{WEI}>")
    assert MailKind.RELAY is only(two, MailKind.RELAY).kind


def test_a_better_text_in_place_of_a_yes_is_looked_through_as_well(desk: MailDesk) -> None:
    desk.reply(LINK)
    desk.answer(only(desk), ASKS)
    assert MailKind.ALERT is only(desk).kind


def test_a_look_alike_leaves_by_nobodys_yes(desk: MailDesk) -> None:
    desk.reply("Log in at https://desk.example.evil.com/")
    asked = only(desk)
    assert "desk.example.evil.com looks like desk.example and is not ours." in words_of(asked)
    desk.answer(asked, "yes")
    assert [] == desk.out(MailKind.RELAY)


def test_a_wallet_of_nobodys_needs_another_agent_and_the_first_ones_yes_is_none(two: MailDesk) -> None:
    two.reply(f"Send the rest to {WALLET}.")
    asked = {mail.rcpt: mail for mail in two.out()}
    assert {two.agent, WEI} == set(asked)
    assert "Another agent must confirm it; Wei were asked." in words_of(asked[two.agent])
    assert f"The address {WALLET} stands neither" in words_of(asked[WEI])
    # Whoever has Anna's mailbox gets the question again, and answers it in her name, or in Wei's.
    two.reply("#drafts")
    again = only(two)
    two.answer(again, "yes")
    assert "This draft needs the yes of another agent, not yours." in words_of(only(two))
    two.answer(asked[WEI], "yes")
    sent = only(two, MailKind.RELAY)
    assert WALLET in text_of(sent)
    assert "draft confirmed by Wei" in two.said(EntryKind.EVENT)


def test_a_second_address_of_the_first_agent_is_nobody_else(desk: MailDesk) -> None:
    desk.store.agents.add("anna+2@staff.desk.example", "Anna", (), desk.clock.now)
    desk.reply(f"Send the rest to {WALLET}.")
    assert {desk.agent} == {mail.rcpt for mail in desk.out()}
    desk.clock.later(hours=23)
    assert [] == desk.out(MailKind.RELAY)


def test_where_there_is_nobody_else_it_waits_a_day_and_can_be_taken_back(desk: MailDesk) -> None:
    desk.reply(f"Send the rest to {WALLET}.")
    assert "Your reply waits for 24 hours" in words_of(only(desk))
    desk.reply("#undo")
    desk.clock.later(hours=25)
    assert [] == desk.out(MailKind.RELAY)
    assert [f"Send the rest to {WALLET}."] == desk.said(EntryKind.DRAFT)
    desk.reply(f"Send all to {WALLET}.")
    desk.out()
    desk.clock.later(hours=25)
    assert MailKind.RELAY is only(desk, MailKind.RELAY).kind


def test_a_wallet_that_the_customer_wrote_is_theirs(desk: MailDesk) -> None:
    desk.customer(f"I sent it to {WALLET}")
    desk.out()
    desk.reply(f"We see it at {WALLET}.")
    assert MailKind.RELAY is only(desk).kind


def test_a_note_of_the_first_agent_makes_no_wallet_the_customers(desk: MailDesk) -> None:
    desk.reply(f"#note\nShe said {WALLET}")
    desk.reply(f"We see it at {WALLET}.")
    assert [] == desk.out(MailKind.RELAY)


def test_a_first_mail_is_a_draft_in_its_ticket_until_its_agent_says_yes(desk: MailDesk) -> None:
    desk.command(f"#new eve@elsewhere.example\n{LINK}", "Your order")
    asked = only(desk)
    assert (MailKind.ALERT, desk.agent) == (asked.kind, asked.rcpt)
    assert [LINK] == desk.said(EntryKind.DRAFT, 2)
    desk.answer(asked, "yes")
    sent = only(desk)
    assert ("eve@elsewhere.example", True) == (sent.rcpt, LINK in text_of(sent))
    assert "#new" not in text_of(sent)


def test_a_question_to_a_partner_is_looked_through(desk: MailDesk) -> None:
    desk.reply(f"#ask paul@partner.example\n{LINK}")
    asked = only(desk)
    assert MailKind.ALERT is asked.kind
    desk.answer(asked, "yes")
    sent = only(desk)
    assert (MailKind.PARTNER, "paul@partner.example") == (sent.kind, sent.rcpt)


@pytest.mark.parametrize("secret", [PHRASE, WIF, CARD])
@pytest.mark.parametrize(
    ("command", "kind"), [("", MailKind.RELAY), ("#ask paul@partner.example\n", MailKind.PARTNER)]
)
def test_an_agent_whose_words_hold_a_secret_is_told_so_once(
    command: str, kind: MailKind, secret: str, desk: MailDesk
) -> None:
    desk.reply(f"{command}Is this theirs?\n\n{secret}")
    alert, sent = sorted(desk.out(), key=lambda mail: mail.kind is kind)
    assert (MailKind.ALERT, desk.agent, kind) == (alert.kind, alert.rcpt, sent.kind)
    assert "It was sent with the secret hidden" in words_of(alert)
    assert secret not in words_of(sent)


def test_of_a_secret_in_an_answer_that_waits_one_email_tells_and_says_nothing_was_sent(
    desk: MailDesk,
) -> None:
    desk.reply(f"Send the rest to {WALLET}, with {PHRASE}")
    told = words_of(only(desk))
    assert "Your reply waits for 24 hours" in told
    assert "The secret in it (recovery phrase, private key or the like) will be hidden" in told
    assert "was sent" not in told


def test_a_canned_response_that_an_agent_saved_is_asked_about_until_it_is_approved(desk: MailDesk) -> None:
    text = "Hello {name},\n\nplease enter your recovery phrase on the new page."
    desk.reply(f"#canned save Restore\n{text}")
    desk.out()
    desk.reply("#canned restore")
    assert MailKind.ALERT is only(desk).kind
    desk.store.upkeep.approve([ApprovedText(digest(text), "restore", text, "admin", desk.clock.now)])
    desk.reply("#canned restore\n\nBest wishes")
    assert MailKind.RELAY is only(desk).kind
    desk.reply("#canned restore\n\nOr send us the 12 words.")
    assert MailKind.ALERT is only(desk).kind
    desk.reply(f"#canned save Restore\n{text.replace('new page', 'page https://evil.net')}")
    desk.out()
    desk.reply("#canned restore")
    assert MailKind.ALERT is only(desk).kind


def test_at_the_keyboard_it_is_a_draft_and_anyway_sends_it(tmp_path: Path) -> None:
    desk = MailDesk(tmp_path / "desk")

    def run(*args: str, code: int = 0) -> str:
        result = CliRunner().invoke(main, ["--config", str(desk.config), *args])
        assert code == result.exit_code, result.output
        return " ".join(result.output.split())

    said = run("ticket", "reply", "1", "--text", LINK, "--as", desk.agent, code=1)
    assert "Nothing was sent: it was kept as a draft." in said
    assert "`intake ticket confirm 1 --anyway`" in said
    assert [LINK] == desk.said(EntryKind.DRAFT)
    assert "other.net" in run("ticket", "confirm", "1", code=1)
    run("ticket", "confirm", "1", "--anyway", "--as", desk.agent)
    assert ([], [LINK]) == (desk.said(EntryKind.DRAFT)[1:], desk.said(EntryKind.REPLY))
    desk.close()


def test_at_the_keyboard_the_agent_is_no_second_person(tmp_path: Path) -> None:
    desk = MailDesk(tmp_path / "desk")
    desk.store.agents.add(WEI, "Wei", (), desk.clock.now)

    def run(*args: str, code: int = 0) -> str:
        result = CliRunner().invoke(main, ["--config", str(desk.config), *args])
        assert code == result.exit_code, result.output
        return " ".join(result.output.split())

    run("ticket", "reply", "1", "--text", f"To {WALLET}", "--as", desk.agent, code=1)
    run("ticket", "confirm", "1", "--anyway", "--as", desk.agent, code=1)
    run("ticket", "confirm", "1", "--anyway", "--as", WEI)
    assert [f"To {WALLET}"] == desk.said(EntryKind.REPLY)
    desk.close()


def test_at_the_keyboard_a_second_person_shows_a_code_and_the_author_is_told(tmp_path: Path) -> None:
    desk = MailDesk(tmp_path / "desk")
    desk.store.agents.add(WEI, "Wei", (), desk.clock.now)

    def run(*args: str, code: int = 0) -> str:
        result = CliRunner().invoke(main, ["--config", str(desk.config), *args])
        assert code == result.exit_code, result.output
        return " ".join(result.output.split())

    phone = Phone(run("agent", "factor", WEI))
    run("ticket", "reply", "1", "--text", f"To {WALLET}", "--as", desk.agent, code=1)
    sends = ("ticket", "confirm", "1", "--anyway", "--as", WEI)
    for given, why in (((), "have second factors"), (("--code", "000000"), "wrong")):
        assert why in run(*sends, *given, code=1), given
    # The login at the keyboard is nobody with a factor.
    assert "have second factors" in run("ticket", "confirm", "1", "--anyway", code=1)
    assert [] == desk.said(EntryKind.REPLY)
    run(*sends, *phone.code())
    assert [f"To {WALLET}"] == desk.said(EntryKind.REPLY)
    # The command line's clock is the real one.
    desk.clock.now = max(desk.clock.now, datetime.now(UTC)) + timedelta(minutes=1)
    told = [words_of(mail) for mail in desk.out(MailKind.ALERT) if mail.rcpt == desk.agent]
    assert 1 == sum("Wei confirmed your draft" in words for words in told), told
    desk.close()


def test_who_may_not_be_proven_is_no_second_person(two: MailDesk) -> None:
    two.reply(f"Send the rest to {WALLET}.")
    asked = {mail.rcpt: mail for mail in two.out()}
    two.answer(asked[WEI], "yes", "eve@elsewhere.example")
    assert [] == two.out(MailKind.RELAY)


def test_nothing_of_it_concerns_automatic_mail(desk: MailDesk) -> None:
    desk.mail("Eve <eve@elsewhere.example>", desk.address, f"Look at https://evil.net {WALLET}", "Help")
    assert MailKind.ACKNOWLEDGEMENT in {mail.kind for mail in desk.out()}


OTHER = "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"
# What the response says when its name is written, and what it says when the yes comes.
CHANGED = {
    "another wallet": (f"Send it to {WALLET}.", f"Send it to {OTHER}."),
    "other words around the same wallet": (f"Send it to {WALLET}.", f"Fool, send all you have to {WALLET}."),
    "a wallet in place of a link": (LINK, f"Send it to {WALLET}."),
    "harmless words": ("Dear Lin, all is fine.", "Dear Lin, nothing is fine."),
}


def test_a_yes_sends_only_the_words_that_were_shown_and_not_what_their_name_stands_for_since(
    two: MailDesk,
) -> None:
    wrong = []
    for name, (before, since) in CHANGED.items():
        two.reply(f"#canned save pay\n{before}")
        two.out()
        two.reply("#draft\n#canned pay")
        asked = {mail.rcpt: mail for mail in two.out()}
        who = WEI if WEI in asked else two.agent
        shown = before in text_of(asked[who])
        two.reply(f"#canned save pay\n{since}")
        two.out()
        two.answer(asked[who], "yes", f"Wei <{WEI}>" if who == WEI else "")
        after = two.out()
        read = {mail.rcpt: "no longer what was asked about" in words_of(mail) for mail in after}
        if not shown or read != dict.fromkeys({who, two.agent}, True):
            wrong.append((name, shown, read))
        two.reply(f"#canned save pay\n{before}")
        two.out()
        two.answer(asked[who], "yes", f"Wei <{WEI}>" if who == WEI else "")
        if [before in text_of(mail) for mail in two.out(MailKind.RELAY)] != [True]:
            wrong.append((name, "the words that were shown were not sent"))

    assert [] == wrong


def test_a_draft_with_a_wallet_that_is_kept_on_purpose_is_asked_of_the_second_person_where_proof_is_asked(
    tmp_path: Path,
) -> None:
    desk = StrictDesk(tmp_path)
    try:
        desk.store.agents.add(WEI, "Wei", (), desk.clock.now)
        desk.take(desk.mail(f"#draft\nSend it to {WALLET}.", VOUCHED), sender=desk.agent)
        desk.deliver()
        assert {desk.agent, WEI} == {mail.rcpt for mail in desk.sent if mail.kind is MailKind.ALERT}
    finally:
        desk.close()


def test_a_second_person_gets_the_files_of_the_draft_that_they_are_asked_about(two: MailDesk) -> None:
    head = f"From: Anna <{two.agent}>\r\nTo: {two.to(Purpose.AGENT, 1, 1)}\r\nSubject: Re: coins\r\n"
    raw = (
        f"{head}Message-ID: <file@x.example>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
        f"--b\r\nContent-Type: text/plain\r\n\r\nSend it to {WALLET}.\r\n"
        "--b\r\nContent-Type: text/csv\r\nContent-Disposition: attachment; filename=invoice.csv\r\n\r\n"
        "a,b\r\n--b--\r\n"
    )
    envelope = Envelope("ingest", "support", two.agent, (two.to(Purpose.AGENT, 1, 1),))
    got = two.service.receive([Arrival(raw.encode(), envelope)])
    two.service.process([each.ledger_id for each in got])
    asked = next(mail for mail in two.out() if mail.rcpt == WEI)
    assert "invoice.csv" in [part.get_filename() for part in message_from_bytes(asked.raw).walk()]
