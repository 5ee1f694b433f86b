"""Words for colleagues in an agent's answer, without a command: none reaches the customer unasked."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from client_forms import FORMS
from desk_mail import EVE, MailDesk, words_of
from each_case import each
from factories import (
    ANNA,
    LIN,
    WEI,
    a_message,
    a_policy,
    a_ticket,
    agent_token,
    an_envelope,
    found,
    some_facts,
)

from intake.desk.commands.asides import MAX_SIGNED, Circle, aside
from intake.desk.effects import AddEntry, Effect, Finish, Mail, MailKind, Outcome
from intake.desk.guard.policy import GuardPolicy
from intake.desk.message import Address
from intake.desk.policy import TeamPolicy
from intake.desk.rules.doubts import Doubt
from intake.desk.rules.table import decide
from intake.desk.ticket import Agent, EntryKind

XIAO = Agent(3, "王小明", "xiaoming@staff.example", ("security",))
CIRCLE = Circle((ANNA, WEI, XIAO), ("support", "security"), ANNA, (LIN,))
SECRET = "she lies to us, do not pay her"
# How agents write to each other above an answer, in the languages they speak.
ABOVE = (
    f"@wei {SECRET}",
    "@Wei please look\n\nHi Lin, all is well.",
    f"@wei@staff.example {SECRET}",
    f"@security {SECRET}",
    f"＠wei {SECRET}",
    f"*@wei* {SECRET}",
    f"- @wei {SECRET}",
    f"@wie {SECRET}",
    f"@all {SECRET}",
    "@王小明 请看一下",
    f"cc @wei\n{SECRET}",
    f"Hey @wei, {SECRET}",
    f"Wei, can you look? {SECRET}",
    f"wei: {SECRET}",
    f"王小明，{SECRET}",
    f"note: {SECRET}",
    f"Note: {SECRET}",
    f"NOTE - {SECRET}",
    f"**Note:** {SECRET}",
    f"[note] {SECRET}",
    f"(internal) {SECRET}",
    f"internal: {SECRET}",
    f"Internal only: {SECRET}",
    f"Internal note – {SECRET}",
    f"Note to self: {SECRET}",
    f"Internal, for the team: {SECRET}",
    f"private: {SECRET}",
    f"Memo: {SECRET}",
    f"For colleagues: {SECRET}",
    f"Confidential: {SECRET}",
    f"TODO: {SECRET}",
    "备注：客户在撒谎",
    "備註：客戶在說謊",
    "内部：先别付款",
    "【内部】先别付款",
    "内部备注：先别付款",
    "仅内部：先别付款",
    "备注: 客户在撒谎",
    "给同事：先别付款",
    "内部讨论：先别付款",
    "（內部）先別付款",
    "请勿外传：她在撒谎",
    "社内メモ：払わないで",
    "メモ: 払わないで",
    "社内用：払わないで",
    "【社内】払わないで",
    "備考：払わないで",
    "내부: 지급하지 마세요",
    "메모: 지급하지 마세요",
    "내부용 메모: 지급하지 마세요",
    "Nota interna: no pagar",
    "Nota: no pagar",
    "Interno: no pagar",
    "Solo para el equipo, interno: no pagar",
    "Nota interna: não pagar",
    "Só para colegas: não pagar",
    "Note interne : ne pas payer",
    "Interne : ne pas payer",
    "Pour l’équipe, confidentiel : ne pas payer",
    "Notiz: nicht zahlen",
    "Intern: nicht zahlen",
    "Nur für Kollegen: nicht zahlen",
    "Interne Notiz – nicht zahlen",
    "Заметка: не платить",
    "Коллегам: не платить",
    "Служебная заметка: не платить",
    "Not: ödemeyin",
    "Dahili not: ödemeyin",
    "Ekip için dahili: ödemeyin",
    "Ghi chú: đừng trả",
    "Nội bộ: đừng trả",
    "Ghi chú nội bộ: đừng trả",
)
# Names, in the ways of mail programs and of colleagues; 王小明 is one, Lin the customer.
ABOVE += (
    f"Note to Wei: {SECRET}",
    f"Note for Wei: {SECRET}",
    f"Hey Wei, can you look? {SECRET}",
    "Hi Wei, please look. She lies.",
    "Hallo Wei, schau bitte mal.",
    "Hi Wei,\nplease look, she lies",
    "Wei please look",
    "Wei - please look",
    "Wei! please look",
    "Wei?",
    f"FYI Wei: {SECRET}",
    f"For Wei: {SECRET}",
    "Für Wei: nicht zahlen",
    f"Heads up Wei: {SECRET}",
    f"cc Wei, {SECRET}",
    "+Wei",
    f"Internal!! {SECRET}",
    f"---internal---\n{SECRET}",
    f"== internal ==\n{SECRET}",
    f"***INTERNAL*** {SECRET}",
    f"NOTE TO SELF\n{SECRET}",
    f"INTERNAL\n{SECRET}",
    f"Team note: {SECRET}",
    "给王小明的备注：先别付款",
    "致王小明：看一下",
    "给Wei：先别付款",
    "请王小明看一下",
    "王小明 请看一下",
    "王姐，看一下",
    "小王，看一下这个客户",
    "仅内部可见：先别付款",
    "内部沟通：先别付款",
    "内部信息：先别付款",
    "内部留言：先别付款",
    "内部备注\n客户撒谎",
    "备注；客户撒谎",
    "备注∶客户撒谎",
    "备注﹕客户撒谎",
    "同事们：先别付款",
    "各位同事：先别付款",
    "勿发客户：先别付款",
    "备忘录：先别付款",
)
# Below a greeting as well: what no word to a customer begins with.
BELOW = (
    f"@wei {SECRET}",
    f"@security {SECRET}",
    f"Internal note: {SECRET}",
    f"[internal note] {SECRET}",
    "内部备注：先别付款",
    "社内メモ：払わないで",
    "내부 메모: 지급하지 마세요",
    "Nota interna: no pagar",
    "Interne Notiz: nicht zahlen",
    "Note interne : ne pas payer",
    "Dahili not: ödemeyin",
    "Ghi chú nội bộ: đừng trả",
    "Служебная заметка: не платить",
    f"#memo {SECRET}",
    "#评论 客户撒谎",
    "#评论客户撒谎",
    "#内部 客户撒谎",
    f"#internal-only {SECRET}",
    f"#note-to-self {SECRET}",
    f"#staff {SECRET}",
    "#コメント 払わないで",
    "#코멘트 지급하지 마세요",
    f"#kommentar {SECRET}",
)
BELOW += (
    f"Internal: {SECRET}",
    f"[internal] {SECRET}",
    f"Note for the team: {SECRET}",
    f"Note to Wei: {SECRET}",
    f"Team note: {SECRET}",
    "内部：先别付款",
    "备注（内部）：客户撒谎",
    "备注：（内部）客户撒谎",
    "thanks, and @wei please look at it",
)
# To the team, with and without a sign.
BELOW += (
    f"FYI team: {SECRET}",
    f"fyi Team, {SECRET}",
    f"FYI, team – {SECRET}",
    f"FYI everyone: {SECRET}",
    f"FYI for the team: {SECRET}",
    f"Heads up team: {SECRET}",
    f"cc team: {SECRET}",
    f"FYI colleagues: {SECRET}",
    "给团队：先别付款",
    "致各位同事：先别付款",
    f"/note {SECRET}",
    f"/note\n{SECRET}",
    f"\\note {SECRET}",
    f"/Note: {SECRET}",
    f"- /note {SECRET}",
    f"/internal {SECRET}",
    "/备注 先别付款",
    f"!note {SECRET}",
    f"/ask paul@partner.example {SECRET}",
)
# What reads like it and is the customer's.
THEIRS = (
    "Note: your deposit needs 12 confirmations before it shows.",
    "Comment: your post was removed because of spam.",
    "Private: set your profile to private under Settings.",
    "Anmerkung: Die Preise sind inklusive MwSt.",
    "Remark: prices include VAT.",
    "注：到账需要24小时。",
    "附注：费用为0.5%。",
    "评论：您的评论因违规被删除。",
    "保密：我们不会泄露您的资料。",
    "Run this:\n\n    npm install @wei/wallet\n\nand restart.",
    "Wei Chen, my colleague, will call you.",
    "Wei will call you.",
    "王小明会联系您，请稍等。",
    "小林，你好，已经处理。",
    "Hi Lin,\n\nInternal: transfer between your own accounts\nExternal: transfer to others",
    "您好，\n内部转账：请在应用中选择。",
    "Hi Lin,\nFollow @lumenwallet please.",
    "Wei, thank you for your patience.",
    "Wei, thanks!\n\nYour coins are there.",
    "Wei, vielen Dank für die Auskunft.",
    "王小明，谢谢您的耐心等待。",
    "Privat: 0,5 %\nGeschäftlich: 1 %",
    "Private: 0.5%",
    "Intern: 20,00 €",
    "Privado: $ 5.50 / mes",
    "Hi Lin,\nthe file is here:\n/notes/index.html",
    "/private/var/log holds the log.",
    "FYI: your deposit needs 12 confirmations.",
    "FYI, the team will call you.",
    "Hi team,\nyour invoice is attached.",
)
# And what is the same but for a word of what nobody says to them.
NOT_THEIRS = (
    "Note: your deposit? Do not pay it.",
    "Note: she wants your address",
    "注：先别付，等24小时",
    "Anmerkung: die Preise nicht nennen",
    "附注：客户撒谎，费用不退",
    "Wei, thank you. She lies about the date.",
    "Wei, thanks.\n\nThe customer lies about the date.",
    "Privat: 0,5 %, nicht weitersagen",
    "Private: 3 days",
    "Internal note: 0.5 %",
)
ORDINARY: dict[str, list[str]] = json.loads((Path(__file__).parent / "ordinary_answers.json").read_text())


def decided(text: str, agents: tuple[Agent, ...] = CIRCLE.agents) -> list[Effect]:
    """What becomes of Anna's reply in Lin's ticket."""
    match = found(a_ticket(), ANNA)
    facts = some_facts(token=agent_token(), by_token=match, token_agent=ANNA, agent=ANNA, agents=agents)
    teams = {"support": TeamPolicy("support"), "security": TeamPolicy("security")}
    message = a_message(sender=ANNA.as_address, text=text, new_text=text)
    guard = GuardPolicy(hosts=frozenset({"example.com", "medium.com"}))
    return decide(message, an_envelope(), facts, a_policy(teams=teams, guard=guard))


def kept(effects: list[Effect]) -> bool:
    kinds = [effect.kind for effect in effects if isinstance(effect, AddEntry)]
    sent = any(isinstance(effect, Mail) and effect.kind is MailKind.RELAY for effect in effects)
    assert sent is (EntryKind.REPLY in kinds)
    return not sent and EntryKind.DRAFT in kinds


@each("text", ABOVE)
@each("before", ["", "\n", "#mine\n"], ids=("top", "a line", "a command"))
def test_words_above_that_are_for_colleagues_hold_the_answer(text: str, before: str) -> None:
    assert kept(decided(f"{before}{text}\n\nHello Lin,\nplease wait.")), text


@each("text", BELOW)
@each("before", ["Hi Lin,\n\n", "您好，\n", "All is well.\n\n\n\n\n\n\nBye\n"])
def test_words_further_down_that_only_colleagues_get_hold_it_too(text: str, before: str) -> None:
    assert kept(decided(before + text)), text


@each("text", ABOVE)
def test_below_note_they_are_a_note_and_nobody_is_asked(text: str) -> None:
    kinds = [effect.kind for effect in decided(f"#note\n{text}") if isinstance(effect, AddEntry)]

    assert [EntryKind.NOTE] == kinds


def test_ordinary_answers_in_twelve_languages_go_out() -> None:
    held = [text for texts in ORDINARY.values() for text in texts if kept(decided(text))]

    assert (12, True) == (len(ORDINARY), sum(map(len, ORDINARY.values())) >= 200)
    assert [] == held


@each("text", THEIRS)
def test_a_label_above_words_to_the_customer_holds_nothing(text: str) -> None:
    circle = Circle(
        (*CIRCLE.agents, Agent(4, "Wei Chen", "chen@staff.example", ())), ("support",), ANNA, (LIN,)
    )

    assert "" == aside(text, circle)


@pytest.mark.parametrize("text", NOT_THEIRS)
def test_words_about_the_customer_below_the_same_label_are_held(text: str) -> None:
    assert kept(decided(text))


@pytest.mark.parametrize("text", ["Wei, hi", "Hi Wei,\nall is well.", "Hi Wei, please restart."])
def test_a_customer_whose_address_has_a_colleagues_name_is_greeted(text: str) -> None:
    assert "" == aside(text, Circle(CIRCLE.agents, (), ANNA, (Address("wei.chen9@x.example", "wc"),)))


def test_what_people_write_in_every_client_goes_out() -> None:
    texts = [text for forms in FORMS.values() for text in (*forms.words, forms.quoted, forms.device)]

    assert [] == [text for text in texts if aside(text, CIRCLE)]


@pytest.mark.parametrize(
    "reader",
    [Address("w@x.example", "Wei"), Address("wei@x.example"), Address("w@x.example", "Chen Wei")],
)
def test_a_customer_of_a_colleagues_name_is_greeted_as_ever(reader: Address) -> None:
    circle = Circle(CIRCLE.agents, (), ANNA, (reader,))

    assert "" == aside("Wei, please restart the app.", circle)
    # Behind a sign it may be either, and stays inside.
    assert aside("@wei please restart the app.", circle)


@pytest.mark.parametrize(
    ("written", "name", "mailbox"),
    [
        ("@张先生 您好", "张伟", "a@x.example"),
        ("@lin hi", "", "lin.chen@x.example"),
        ("@Chen hi", "Lin Chen", "a@x.example"),
    ],
)
def test_the_customers_own_name_behind_a_sign_is_no_colleague(written: str, name: str, mailbox: str) -> None:
    assert "" == aside(written, Circle(CIRCLE.agents, (), ANNA, (Address(mailbox, name),)))


def test_hundreds_of_names_cost_little() -> None:
    text = "Hello\n" + "@nobody at all\n" * 50_000 + "a: " * 50_000

    assert "" == aside(text, CIRCLE)
    assert "" == aside("Hello\n" + "@nobody\n" * MAX_SIGNED + "@wei", CIRCLE)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[MailDesk]:
    desk = MailDesk(tmp_path)
    yield desk
    desk.close()


def test_the_agent_is_asked_and_a_yes_sends_it_as_it_stands(desk: MailDesk) -> None:
    text = "Note: the refund takes a day."
    desk.reply(text)
    (asked,) = desk.out()

    assert (MailKind.ALERT, desk.agent) == (asked.kind, asked.rcpt)
    assert "The line “Note: the refund takes a day.” looks like words for colleagues" in words_of(asked)
    assert (Outcome.APPENDED, "words_for_colleagues") == desk.outcome()
    desk.answer(asked, "yes")
    assert [(MailKind.RELAY, True)] == [
        (mail.kind, text in words_of(mail)) for mail in desk.out() if mail.kind is MailKind.RELAY
    ]


def test_a_better_reply_takes_its_place_and_is_the_only_one_sent(desk: MailDesk) -> None:
    desk.reply(f"@anna {SECRET}")
    (asked,) = desk.out()
    desk.answer(asked, "Your refund takes a day, and then it is there.")

    (sent,) = [mail for mail in desk.out() if mail.kind is MailKind.RELAY]
    assert SECRET not in words_of(sent)


def test_an_unproven_mail_with_such_words_names_both_and_one_yes_is_enough() -> None:
    match, text = found(a_ticket(), ANNA), f"Internal: {SECRET}"
    facts = some_facts(
        token=agent_token(), by_token=match, token_agent=ANNA, agent=ANNA, agents=CIRCLE.agents
    )
    message = a_message(sender=Address("anna@home.example"), text=text, new_text=text)
    effects = decide(message, an_envelope(sender="anna@home.example"), facts, a_policy())

    end = next(effect for effect in effects if isinstance(effect, Finish))
    assert Doubt.ASIDE == end.rule
    assert "could not verify" in end.reason
    assert "words for colleagues" in end.reason


def test_a_first_mail_to_a_customer_is_looked_at_as_well(desk: MailDesk) -> None:
    desk.command(f"#new {EVE}\nInternal: {SECRET}")

    (back,) = desk.out()
    assert (MailKind.ALERT, desk.agent) == (back.kind, back.rcpt)
    assert "looks like words for colleagues, so nothing was sent. Write again without it." in words_of(back)


# What patterns have stumbled over: letters of full width and of compatibility become several.
HOSTILE = ("a#", "请#", "\ufdfa#", "a/", "\u2100", "@ \u2100", "/@", "www.", "npm @", "@a is our ", " ", "请")


@each("unit", HOSTILE)
@each("lines", [1, 40])
def test_no_text_makes_the_search_for_what_is_private_slow(unit: str, lines: int) -> None:
    """A text of one long line, and one of lines as long as are looked at; each letter costs the same."""
    long = 20_000 if lines == 1 else 300
    text = "\n".join([f"Lin: a@b {unit * long}"[:long]] * lines)
    begin = time.process_time()
    decided(text)
    assert 3 > time.process_time() - begin
