"""A yes to the guard from who has a second factor: a stolen mailbox alone sends nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_mail import LIMITS, LIN, MailDesk, text_of, words_of

from intake.commands.permits import factors_of
from intake.desk.effects import MailKind, Outgoing
from intake.desk.factor import code, step_at
from intake.desk.ticket import EntryKind

WEI, EVE = "wei@staff.desk.example", "eve@elsewhere.example"
WALLET = "0x52908400098527886E0F7030069857D2E4169EE7"
LINK = "Please look at https://other.net/page for it."


class Phones:
    """The desk's agents' authenticator apps."""

    def __init__(self, desk: MailDesk) -> None:
        self.desk, self.secrets = desk, dict[str, bytes]()

    def give(self, address: str) -> None:
        agent = self.desk.store.agents.by_address(address)
        assert agent is not None
        self.secrets[address] = factors_of(self.desk.desk).enrol(agent.id, self.desk.clock.now)

    def code(self, address: str, steps: int = 0) -> str:
        # A mail takes half a minute here.
        return code(self.secrets[address], step_at(self.desk.clock.now) + 1 + steps)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[MailDesk]:
    made = MailDesk(tmp_path / "desk", LIMITS)
    made.store.agents.add(WEI, "Wei", (), made.clock.now)
    yield made
    made.close()


@pytest.fixture
def phones(desk: MailDesk) -> Phones:
    made = Phones(desk)
    made.give(desk.agent)
    return made


def asked_of(desk: MailDesk, text: str) -> dict[str, Outgoing]:
    desk.reply(text)
    return {mail.rcpt: mail for mail in desk.out()}


def test_a_code_stands_for_a_yes_and_counts_once(desk: MailDesk, phones: Phones) -> None:
    first = asked_of(desk, LINK)[desk.agent]
    assert "reply with #confirm and its six digits" in words_of(first)
    used = phones.code(desk.agent)
    desk.answer(first, f"#confirm {used[:3]} {used[3:]}\n")
    (sent,) = desk.out(MailKind.RELAY)
    assert LINK in text_of(sent)
    assert used not in text_of(sent)
    assert [] == desk.said(EntryKind.DRAFT)[1:], "what confirms is no draft"

    second = asked_of(desk, f"{LINK} Please.")[desk.agent]
    desk.answer(second, f"#confirm {used}")
    (told,) = desk.out()
    assert "That code is wrong, or it was used before" in words_of(told)


def test_forged_stale_and_replayed_confirmations_send_nothing(desk: MailDesk, phones: Phones) -> None:
    phones.give(WEI)
    first, second = (asked_of(desk, f"{LINK} {number}")[desk.agent] for number in "12")
    spent = phones.code(desk.agent)
    desk.answer(first, f"#confirm {spent}")
    assert len(desk.out(MailKind.RELAY)) == 1
    # What is answered, and by whom. After five wrong codes none counts for an hour.
    tries = [
        *((word, "") for word in ("yes", "Yes.", "send it", "ok", "是", "好的", "da", "да", "y\n\n> quoted")),
        *((f"#confirm {word}", "") for word in ("", "12345", "1234567", "abcdef", "yes", "١٢٣٤٥٦")),
        *((f"yes\n#confirm {spent}", ""), (f"#confirm {spent} now", "")),
        *((f"#confirm {spent}", sender) for sender in (EVE, f"Anna <{EVE}>", f"Wei <{WEI}>", LIN)),
        ("yes", EVE),
        ("yes", f"Wei <{WEI}>"),
        (f"#confirm {spent}", ""),
        *((f"#confirm {phones.code(desk.agent, -steps)}", "") for steps in (1, 20, 200, 3000)),
        *((f"#confirm {word:06d}", "") for word in range(0, 1000, 111)),
    ]  # fmt: skip
    assert len(tries) > 35
    wrong = []
    for text, sender in tries:
        desk.answer(second, text, sender)
        if desk.out(MailKind.RELAY):
            wrong.append((text, sender))
    assert [] == wrong
    # Nor a code of the future, or a colleague's, once the hour is over.
    desk.clock.later(hours=2)
    for text in (f"#confirm {phones.code(desk.agent, 2)}", f"#confirm {phones.code(WEI)}"):
        desk.answer(second, text)
        assert [] == desk.out(MailKind.RELAY)
    desk.answer(second, f"#confirm {phones.code(desk.agent)}")
    assert len(desk.out(MailKind.RELAY)) == 1


def test_five_wrong_codes_lock_also_the_right_one(desk: MailDesk, phones: Phones) -> None:
    asked = asked_of(desk, LINK)[desk.agent]
    for _ in range(5):
        desk.answer(asked, "#confirm 000000")
    desk.out()
    desk.answer(asked, f"#confirm {phones.code(desk.agent)}")
    assert "Try again in an hour." in words_of(desk.out()[0])


def test_the_second_person_must_have_a_factor_once_anybody_has_one(desk: MailDesk, phones: Phones) -> None:
    phones.give(WEI)
    asked = asked_of(desk, f"Send the rest to {WALLET}.")
    assert {desk.agent, WEI} == set(asked)
    for text in ("yes", f"#confirm {phones.code(desk.agent)}"):
        desk.answer(asked[WEI], text, f"Wei <{WEI}>")
        assert [] == desk.out(MailKind.RELAY)
    desk.answer(asked[WEI], f"#confirm {phones.code(WEI)}", f"Wei <{WEI}>")
    assert len(desk.out(MailKind.RELAY)) == 1
    # Without one nobody is there to be asked, and the reply waits a day.
    desk.desk.database.factors.forget(2)
    assert {desk.agent} == set(asked_of(desk, f"Now send the rest to {WALLET}."))


def test_a_draft_that_the_guard_did_not_ask_about_takes_a_yes(desk: MailDesk, phones: Phones) -> None:
    asked = asked_of(desk, "#draft\nGood morning to you, and welcome.")[desk.agent]
    desk.answer(asked, "yes")
    assert len(desk.out(MailKind.RELAY)) == 1


def test_of_two_answers_with_one_code_one_sends(desk: MailDesk, phones: Phones) -> None:
    first, second = (asked_of(desk, f"{LINK} {number}")[desk.agent] for number in "12")
    used = phones.code(desk.agent)
    desk.answer(first, f"#confirm {used}")
    desk.answer(second, f"#confirm {used}")
    assert len(desk.out(MailKind.RELAY)) == 1


def test_a_redaction_needs_a_second_person_and_is_done_with_their_code(
    desk: MailDesk, phones: Phones
) -> None:
    phones.give(WEI)
    desk.customer("My number is 4711-KIWI, see above.")
    desk.out()
    asked = asked_of(desk, "#redact 4711-KIWI")
    assert {desk.agent, WEI} == set(asked)
    assert "It removes something from the ticket for good." in words_of(asked[WEI])
    desk.answer(asked[desk.agent], f"#confirm {phones.code(desk.agent)}")
    desk.answer(asked[WEI], "yes", f"Wei <{WEI}>")
    assert any("4711-KIWI" in text for text in desk.said(EntryKind.CUSTOMER))
    desk.answer(asked[WEI], f"#confirm {phones.code(WEI)}", f"Wei <{WEI}>")
    assert not any("4711-KIWI" in text for text in desk.said(EntryKind.CUSTOMER))


def test_a_redaction_of_who_is_alone_takes_a_code_of_their_own(desk: MailDesk, phones: Phones) -> None:
    desk.store.agents.disable(WEI)
    desk.customer("My number is 4711-KIWI, see above.")
    desk.out()
    asked = asked_of(desk, "#redact 4711-KIWI")[desk.agent]
    desk.answer(asked, "yes")
    assert any("4711-KIWI" in text for text in desk.said(EntryKind.CUSTOMER))
    desk.answer(asked, f"#confirm {phones.code(desk.agent)}")
    assert not any("4711-KIWI" in text for text in desk.said(EntryKind.CUSTOMER))


def test_who_has_a_second_factor_reads_one_way_to_answer(desk: MailDesk, phones: Phones) -> None:
    asked = asked_of(desk, LINK)[desk.agent]
    desk.answer(asked, "yes")
    (again,) = desk.out()
    desk.answer(again, "#confirm 000000")
    (wrong,) = desk.out()
    desk.reply("#draft 2")
    (shown,) = desk.out()
    ways = [
        (text.count("reply with #confirm"), "with the one word yes" in text)
        for text in map(words_of, (asked, again, wrong, shown))
    ]
    assert [(1, False)] * 4 == ways
