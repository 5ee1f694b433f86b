"""`#faq` in agents' mails: what the customer gets, what is cited, and where it is nothing."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from desk_mail import LIMITS, LIN, MailDesk, text_of

from intake.desk.effects import MailKind
from intake.desk.knowledge.article import read
from intake.desk.ticket import EntryKind
from intake.desk.tokens import Purpose
from intake.store.schema.knowledge import Citation
from intake.store.schema.tables import Audit

MEMO = (
    "---\ntitle: I forgot the memo\ncategory: account\n---\nAsk the **exchange**.\n\n## Steps\nWrite to it.\n"
)
HASH = "---\ntitle: My coins are late\ncategory: account\n---\nLook up the hash.\n"
CODES = "---\ntitle: Codes\ncategory: account\naudience: agents\n---\nOnly for us.\n"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[MailDesk]:
    desk = MailDesk(tmp_path, f"{LIMITS}\n[web]\nbase_url = https://help.desk.example\n")
    files = (("memo", "en", MEMO), ("memo", "zh-Hans", MEMO.replace("Ask the **exchange**", "请联系交易所")),
             ("late", "en", HASH), ("codes", "en", CODES))  # fmt: skip
    articles = [read(*file).article for file in files]
    desk.store.articles.publish(articles, "Anna", desk.clock.now, "command line")
    yield desk
    desk.close()


def cited(desk: MailDesk) -> list[tuple[int, str, str, int]]:
    rows = desk.store.db.rows(Citation.select().order_by(Citation.id))
    return [(row.ticket, row.slug, row.language, row.revision) for row in rows]


def told(desk: MailDesk) -> str:
    mails = desk.out(MailKind.ALERT, MailKind.ANSWER, MailKind.RELAY)
    assert {desk.agent} >= {mail.rcpt for mail in mails}
    return " ".join(" ".join(map(text_of, mails)).split())


def test_the_short_answer_and_the_link_stand_where_the_line_stood_and_each_is_cited(desk: MailDesk) -> None:
    desk.reply("Hello Lin,\n\n#faq memo\nAnd see also:\n＃FAQ Late link\n\nBest wishes")
    (sent,) = desk.out(MailKind.RELAY)
    assert LIN == sent.rcpt
    assert (
        "Hello Lin,\n\nAsk the exchange.\n\nhttps://help.desk.example/help/en/memo\n\n"
        "And see also:\nhttps://help.desk.example/help/en/late\n\nBest wishes"
    ) in text_of(sent)
    assert "#faq" not in text_of(sent).lower()
    assert [(1, "memo", "en", 1), (1, "late", "en", 1)] == cited(desk)
    assert ["#faq memo", "#faq late link"] == [
        row.what for row in desk.store.db.rows(Audit.select()) if row.what.startswith("#faq")
    ]
    assert {"late": 1, "memo": 1} == desk.store.articles.cited(desk.clock.now - timedelta(days=1))


def test_it_is_in_the_tickets_language_also_one_that_was_just_set(desk: MailDesk) -> None:
    desk.reply("#language zh-Hant\n#问答 memo\n\nThanks")
    (sent,) = desk.out(MailKind.RELAY)
    assert "请联系交易所.\n\nhttps://help.desk.example/help/zh-Hant/memo\n\nThanks" in text_of(sent)
    assert [(1, "memo", "zh-Hans", 1)] == cited(desk)


def test_a_kept_draft_cites_when_it_is_sent_and_an_answer_taken_back_does_not(desk: MailDesk) -> None:
    desk.reply("#draft\nHello,\n\n#faq memo\n\nBye")
    (kept,) = desk.out()
    # Shown as a yes will send it, below the line that fetches it.
    shown = "Hello,\n\nAsk the exchange.\n\nhttps://help.desk.example/help/en/memo\n\nBye"
    assert f"Your draft:\n\n#faq memo\n\n{shown}" in text_of(kept)
    assert [] == cited(desk)
    desk.answer(kept, "yes")
    assert [(1, "memo", "en", 1)] == cited(desk)
    desk.reply("#undo")
    assert [] == cited(desk)


def test_alone_or_misspelt_it_sends_nothing_and_names_what_fits(desk: MailDesk) -> None:
    cases = {
        "#faq\n\nHello": "For this ticket: late",
        "Hello\n\n#常见问题\n\nBye": "For this ticket: late",
        "#faq meno": "there is no article “meno”. Like it: memo",
        "#faq codes": "“codes” is for agents only",
        "#note\n#faq memo": "#note keeps the text internal",
        "#faq draft memo\nA title\n\nA text": "belongs in an email to the desk's command address",
        "#faq please tell them": "an article has a name such as deposit-missing",
    }
    wrong = {}
    for text, why in cases.items():
        desk.clock.later(hours=2)
        desk.reply(text)
        answer = told(desk)
        if why not in answer:
            wrong[text] = answer
    assert {} == wrong
    assert [] == cited(desk)
    assert [] == desk.said(EntryKind.REPLY)


def test_in_a_quote_a_forward_or_a_customers_mail_it_is_nothing(desk: MailDesk) -> None:
    desk.customer("#faq memo\n\nplease")
    desk.out()
    desk.reply("I see.\n\nOn Monday Lin wrote:\n> #faq memo\n")
    forwarded = "-------- Forwarded Message --------\nFrom: Eve <eve@x.example>\nSubject: x\n\n#faq memo\n"
    desk.reply(f"See below.\n\n{forwarded}", subject="Fwd: coins")
    for mail in desk.out(MailKind.RELAY):
        assert "exchange" not in text_of(mail)
    assert [] == cited(desk)


def test_an_editor_drafts_an_article_at_the_command_address(desk: MailDesk) -> None:
    to = desk.to(Purpose.COMMAND, 0, 1)
    desk.mail(desk.agent, to, "#faq draft lost-phone\nI lost my phone\n\nYour phrase restores it.")
    assert "only editors draft articles" in told(desk)
    desk.store.agents.change(desk.agent, editor=True)
    desk.mail(desk.agent, to, "#faq draft lost-phone\nI lost my phone\n\nYour phrase restores it.")
    assert "“lost-phone” is kept as a draft, in en" in told(desk)
    (draft,) = desk.store.articles.drafts()
    assert ("I lost my phone", "Your phrase restores it.") == (draft.title, draft.short)
    assert "lost-phone" not in {item.slug for item in desk.store.articles.live()}
    desk.mail(desk.agent, to, "#faq memo")
    assert "belongs in a reply in its ticket" in told(desk)
