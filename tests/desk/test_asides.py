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
# Without a name, a sign or a mark: said to all of the desk, and of somebody who does not read along.
ABOVE += (
    "Moin Wei, schließ das bitte",
    "FYI: Betrüger",
    "FYI - this guy is a known scammer, don't refund",
    "An alle: nicht erstatten",
    "Kollegen, der Kunde ist ein Betrüger.",
    "内部 他在骗人",
    "备注 他在骗人",
    "备注-他在骗人",
    "备注一下，他在骗人",
    "各位，这个客户是骗子",
    "同事们，这个客户是骗子",
    "大家注意，这个客户是骗子",
    "Notiz er lügt",
    "Team, this customer is a fraud",
    "Hi guys, this one is a fraud",
    "Hey team,\nfraud again",
    "All, please don't refund this one.",
    "Kollegen, der lügt",
    "Liebe Kollegen,\nbitte schaut mal",
    "Liebe Kolleginnen und Kollegen, bitte anschauen",
    "Leute, der Kunde ist ein Betrüger",
    "Hallo zusammen, dieser Kunde lügt",
    "Equipo, este cliente es un estafador",
    "Compañeros, miren esto",
    "Chicos, miente",
    "Pessoal, este cliente está mentindo",
    "Colegas, vejam isto",
    "Chers collègues, regardez",
    "L'équipe, ce client est un escroc",
    "L’équipe, ce client est un escroc",
    "Les gars, il ment",
    "Коллеги, этот клиент мошенник",
    "Всем: не возвращать",
    "Ребята, он врёт",
    "Arkadaşlar, bu müşteri yalan söylüyor",
    "Ekip, dolandırıcı",
    "Mọi người, khách này lừa đảo",
    "Cả nhà, khách hàng này nói dối",
    "皆さん、この客は嘘をついています",
    "各位、この客は詐欺です",
    "여러분, 이 고객은 사기꾼입니다",
    "팀, 사기꾼",
    "同事們，這個客戶是騙子",
    "各位，這個人在騙我們",
    "大家注意：他在骗人",
    "大家看一下，这个客户可疑",
    "note he lies",
    "NOTE he lies",
    "Note this customer is a known fraud",
    "Nota miente",
    "Nota este cliente miente",
    "Nota ele mente",
    "Remarque il ment",
    "Заметка он врёт",
    "Not yalan söylüyor",
    "Ghi chú khách này nói dối",
    "メモ 彼は嘘をついている",
    "메모 이 고객은 거짓말",
    "备注他在骗人",
    "備註 他在騙人",
    "備註一下，他在騙人",
    "備註-他在騙人",
    "内部备注 他在骗人",
    "内部，他在骗人",
    "FYI - this guy is a known scammer",
    "zur Info: Kunde ist bekannt",
    "Zur Kenntnis: der Kunde lügt",
    "Pour info : ce client ment",
    "Para conhecimento: este cliente mente",
    "Para su información: este cliente miente",
    "К сведению: клиент врёт",
    "Bilginize: bu müşteri yalan söylüyor",
    "Để biết: khách này lừa đảo",
    "参考まで：この客は嘘をつく",
    "참고: 이 고객은 사기",
    "供参考：他在骗人",
    "Nur für uns: er lügt",
    "Only for us: he lies",
    "Just between us, he lies",
    "Solo para nosotros: no pagar",
    "Só para nós: não pagar",
    "Seulement pour nous : ne pas payer",
    "Только для нас: не платить",
    "Sadece bizim için: ödeme yok",
    "仅限团队：先别付",
    "不要告诉客户：在查",
    "请勿告知客户，我们在查",
    "Don't tell the customer, but it is broken",
    "Dem Kunden bitte nichts sagen: kaputt",
    "No le digas nada al cliente: roto",
    "Ne rien dire au client : cassé",
    "Не говорите клиенту: сломано",
    "お客様には言わないでください",
    "고객에게는 비밀입니다",
    "Đừng nói với khách: hỏng",
    "Müşteriye söylemeyin: bozuk",
    "z.K. Wei: Betrüger",
    "zur Info Wei: Betrüger",
    "he's lying, wei please take it",
    "this guy is a fraud, wei can you close it",
    "Wei 你看看这个客户",
    "Wei 帮忙看一下",
    "Wei 跟进",
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
# Below a greeting, of one who does not read along.
BELOW += (
    "备注：他在骗人",
    "備註：這個客戶在騙人",
    "Notiz: er lügt",
    "Note: he lies",
    "[note] he is a fraud",
    "(note: he is a fraud)",
    "-- internal --",
    "== intern ==",
    "--- 内部 ---",
    "Wei, please watch him, he is a fraud",
    "Wei, bitte aufpassen, der Kunde lügt",
    "Nota: este cliente miente",
    "Nota: este cliente mente",
    "Remarque : ce client ment",
    "Заметка: он врёт",
    "Not: bu müşteri yalan söylüyor",
    "Ghi chú: khách này nói dối",
    "メモ：この客は嘘をつく",
    "메모: 이 고객은 거짓말",
    "Don't tell the customer",
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
# To several customers, for their information, and of others than the customer.
THEIRS += (
    "Hi team,\nyour invoice is attached.",
    "Hi all,\nthe invoices are attached.",
    "Dear all, please restart the app.",
    "Hello everyone, the update is out.",
    "Hallo zusammen,\nanbei die Rechnung.",
    "All done, please try again.",
    "All: done.",
    "All good now, thanks.",
    "Team up with us.",
    "FYI: your deposit needs 12 confirmations.",
    "FYI, there is a scam going around in our name.",
    "FYI: never share your phrase, whoever asks is a scammer.",
    "Zur Info: Betrüger geben sich als unser Support aus.",
    "Zur Info: Die Auszahlung ist unterwegs.",
    "Note that customer service is closed on Sunday.",
    "Note that anyone who asks for it is a scammer.",
    "Note this address for later: Main Street 1.",
    "Please note the new address.",
    "Notiert, danke.",
    "注意：骗子会冒充客服，请勿转账。",
    "注意他人冒充客服。",
    "内部错误 0x8001 在升级后会消失。",
    "备注里请填写您的编号。",
    "备注 请勿留空",
    "大家好，\n感谢来信。",
    "各位用户，系统今晚维护。",
    "各位，\n发票已经发出。",
    "Everyone can use it.",
    "Private keys stay on the phone.",
    "Comment vous l'avez vu, c'est fait.",
    "Comment allez-vous ?",
    "Tous les retraits sont ouverts.",
    "Todos los retiros están abiertos.",
    "Alle Auszahlungen sind unterwegs.",
    "Все переводы открыты.",
    "Коллеги, добрый день!\nСчёт во вложении.",
    "Time to restart the app.",
    "Time: 5 pm.",
    "People who lost the phrase: write to us.",
    "Gente, obrigado.",
    "Nota de crédito en anexo.",
    "Aviso: el retiro tarda un día.",
    "Lütfen bekleyin.",
    "Only you can see it.",
    "Entre em contato com o banco.",
    "Entre 9 h et 17 h: nous sommes là.",
    "Nur für Sie: 5 % Rabatt",
    "Only for our customers: 5 % off",
    "Unter Einstellungen: Netz",
    "Wei will call you.",
    "Sie haben recht, er ist noch nicht da.",
    "他人无法看到您的资料。",
    "Hi Lin,\nnote: he or she gets an email.",
    "Hi Lin,\n\nNote: the receiver gets it tomorrow.",
    "Hi Lin,\n备注：转账时请填写备注",
    "Hi Lin,\n-- \nAnna",
    "Hi Lin,\n--- Details ---\nfee: 1",
    "Hi Lin,\n\n-- Internal transfer --\nfee: 0",
    "Your friend said she sent it: he or she must sign.",
    "Für alle Fragen: wir sind da.",
    "We do not tell our customers what to buy.",
    "Wir sagen Kunden nichts Falsches.",
    "Please ask the sender; he can trace it.",
    "She can reset it herself in Settings.",
    "This customer number is wrong: 4711.",
    "Privately she can be added under Settings.",
    "Ich kann das leider nicht erstatten.",
    "Bitte nichts ausfüllen, was Sie nicht kennen.",
    "这个客户端需要升级。",
    "该用户名已被使用。",
    "客户在线时间为 9:00-18:00。",
    "参考：https://example.com",
    "供参考：手续费为 0.5%。",
    "参考まで：手数料は0.5%です。",
    "참고: 수수료는 0.5%입니다.",
    "みなさん、こんにちは。",
    "皆様、いつもありがとうございます。",
    "여러분, 안녕하세요.",
    "Memo needed: 4711",
    "Bilginize: Ücret %0,5.",
    "К сведению: комиссия 0,5 %.",
    "Pour information : les frais sont de 0,5 %.",
    "Pour info, elle est en ligne.",
    "Hi Lin,\n\nWei, my colleague, found that he paid twice.",
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


@pytest.mark.parametrize(
    "text",
    [
        "He is a fraud.",
        "Team, we lose money with that one",
        "Careful, this man has charged back twice",
        "Hi Lin,\nall is well, but he lies. Bye",
    ],
)
def test_what_says_neither_that_it_is_a_remark_nor_for_whom_goes_out_without_note(text: str) -> None:
    assert not kept(decided(text))


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


def test_a_better_reply_is_asked_about_once_more_and_is_the_only_one_sent(desk: MailDesk) -> None:
    desk.reply(f"@anna {SECRET}")
    (asked,) = desk.out()
    desk.answer(asked, "Your refund takes a day, and then it is there.")
    (again,) = desk.out()

    assert (MailKind.ALERT, desk.agent) == (again.kind, again.rcpt)
    assert "takes the place of an email that looked like words for colleagues" in words_of(again)
    desk.answer(asked, "yes")
    assert [] == desk.out(MailKind.RELAY)
    desk.answer(again, "yes")
    (sent,) = desk.out(MailKind.RELAY)
    assert "Your refund takes a day" in words_of(sent)
    assert SECRET not in words_of(sent)
    assert [] == [row.text for row in desk.store.tickets.entries(1) if row.waiting]


@pytest.mark.parametrize("second", ["She lies, I am sure, so we keep it.", f"@anna {SECRET}, really"])
def test_private_words_in_reply_to_the_question_stay_inside_without_a_mark_too(
    desk: MailDesk, second: str
) -> None:
    desk.reply(f"Note: {SECRET}")
    for text in (second, "I still think that we should wait.", f"#note\n{SECRET}"):
        asked = desk.out()[-1]
        assert asked.rcpt == desk.agent
        desk.answer(asked, text)

    assert [] == desk.out(MailKind.RELAY)
    assert ([], [SECRET]) == (desk.said(EntryKind.REPLY), desk.said(EntryKind.NOTE))


def test_reply_on_top_of_the_better_text_says_that_it_is_for_the_customer(desk: MailDesk) -> None:
    desk.reply(f"Note: {SECRET}")
    (asked,) = desk.out()
    desk.answer(asked, "#reply\nYour refund takes a day.")

    (sent,) = desk.out(MailKind.RELAY)
    assert "Your refund takes a day" in words_of(sent)


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
