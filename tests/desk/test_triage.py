"""Triage: which rule fits, what it sets, and what becomes of the ticket."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from each_case import each
from factories import ANNA, LIN, NOW, WEI, a_message, a_policy, a_ticket, an_envelope, found, some_facts

from intake.config.triage_keys import rule_of, shipped
from intake.desk.effects import Amend, Assign, Finish, Mail, MailKind, OpenTicket
from intake.desk.message import Address, Attachment, Forward
from intake.desk.people import Notify
from intake.desk.rules.table import decide
from intake.desk.text.words import vocabulary
from intake.desk.ticket import Agent
from intake.desk.triage.engine import TriageInput, TriagePolicy, TriageRule, examine, raised, triage
from intake.desk.triage.shipped import SECURITY_WORDS

SVEN = Agent(9, "Sven", "sven@staff.example", ("security",))
SECRET = "0x" + "ab" * 32
LOG = Attachment("wallet.LOG", "text/plain", b"x")
PICTURE = Attachment("a.png", "image/png", b"x")


def rule(name: str = "one", **texts: str) -> TriageRule:
    """A rule as an admin writes it in the config."""
    return rule_of(name, texts)


def made_of(*rules: TriageRule, **more: Any) -> TriagePolicy:
    return TriagePolicy(tuple(rules), **more)


SEEN = TriageInput(
    "lin@mail.customer.example",
    ("help+tag@desk.example", "vip@desk.example"),
    "support",
    "Withdrawal is stuck",
    "Order AB1234 of yesterday, 提现没到账. Version 4.2",
    "zh-Hans",
    (LOG,),
    "",
    {"product": "Wallet"},
    True,
)


@each(
    ("texts", "fits"),
    [
        ({"sender": "lin@mail.customer.example"}, True),
        ({"sender": "@customer.example"}, True),
        ({"sender": "@mail.customer.example, x@y.example"}, True),
        ({"sender": "@tomer.example"}, False),
        ({"sender": "in@mail.customer.example"}, False),
        ({"recipient": "VIP@desk.example"}, True),
        ({"recipient": "other@desk.example"}, False),
        ({"mailbox": "sales, support"}, True),
        ({"mailbox": "sales"}, False),
        ({"subject": "withdrawal"}, True),
        ({"subject": "order"}, False),
        ({"text": "order"}, True),
        ({"text": "withdraw*"}, True),
        ({"text": "withdraw"}, False),
        ({"text": "提现"}, True),
        ({"text": "现没"}, True),
        ({"text": "到帐"}, False),
        ({"text": "is stuck, nothing"}, True),
        ({"text": "stuck order"}, False),
        ({"pattern": r"order [A-Z]{2}\d+"}, True),
        ({"pattern": r"order \d+"}, False),
        ({"language": "zh"}, True),
        ({"language": "en, zh-Hans"}, True),
        ({"language": "zh-Hant"}, False),
        ({"attachment": "*.log"}, True),
        ({"attachment": "text/*"}, True),
        ({"attachment": "image/*"}, False),
        ({"attachments": "1"}, True),
        ({"attachments": "2"}, False),
        ({"attachments": "none"}, False),
        ({"field": "product=wallet"}, True),
        ({"field": "product=*"}, True),
        ({"field": "chain=*"}, False),
        ({"field": "product=exchange"}, False),
        ({"verified": "yes"}, True),
        ({"verified": "no"}, False),
        ({}, True),
        ({"sender": "@customer.example", "text": "nothing"}, False),
        ({"sender": "@customer.example", "text": "order", "verified": "yes"}, True),
    ],
    ids=lambda value: str(value),
)
def test_when_a_rule_fits(texts: dict[str, str], fits: bool) -> None:
    result = triage(made_of(rule(category="technical", **texts), category="enquiry"), SEEN)
    assert ("technical" if fits else "enquiry") == result.category


def test_the_condition_that_does_not_fit_is_named() -> None:
    rules = made_of(
        rule("a", text="nothing"), rule("b", sender="@x.example"), rule("c", text="order", tags="x")
    )
    steps = list(examine(rules, SEEN))
    assert [("a", "text", ""), ("b", "sender", ""), ("c", "", "order")] == [
        (one.rule, one.missed, one.found) for one in steps
    ]
    assert {"tags": "x"} == steps[2].did


def test_the_first_rule_that_sets_a_thing_decides_it_and_the_rest_adds_up() -> None:
    rules = made_of(
        rule("first", category="account", tags="a, b", capture="version"),
        rule("second", category="technical", priority="high", team="apps", tags="b, c"),
        rule("third", priority="low", team="x", capture=r"order (?P<order>\w+)"),
    )
    result = triage(rules, SEEN)
    assert ("account", "high", "apps", ("a", "b", "c")) == (
        result.category,
        result.priority,
        result.team,
        result.tags,
    )
    assert {"product": "Wallet", "version": "4.2", "order": "AB1234"} == result.fields
    assert ("first", "second", "third") == result.rules


def test_a_rule_that_stops_is_the_last() -> None:
    rules = made_of(rule("first", tags="a", stop="yes"), rule("second", tags="b"))
    assert ("a",) == triage(rules, SEEN).tags
    assert ["first"] == [one.rule for one in examine(rules, SEEN)]


def test_what_the_form_asked_for_stays() -> None:
    seen = replace(SEEN, category="account", fields={"version": "9.9"})
    result = triage(made_of(rule(category="technical", capture="version"), category="enquiry"), seen)
    assert ("account", {"version": "9.9"}) == (result.category, result.fields)


SECURE = made_of(
    rule("vip", priority="low", category="account", team="apps"),
    category="enquiry",
    security=vocabulary(SECURITY_WORDS),
    security_team="security",
)


def test_words_of_theft_go_before_every_rule_and_before_the_form() -> None:
    seen = replace(SEEN, text="我的币被盗", category="account")
    result = triage(SECURE, seen)
    assert ("security", "urgent", "security", ("security",), "被盗") == (
        result.category,
        result.priority,
        result.team,
        result.tags,
        result.word,
    )
    assert "triage by security (被盗): category security; priority urgent" in result.reason


def test_without_a_security_team_it_is_urgent_where_it_is() -> None:
    opened = one(decided("stolen", replace(SECURE, rules=(), security_team="")), OpenTicket)
    assert ("urgent", "support") == (opened.priority, opened.team)


@pytest.mark.parametrize(
    "text",
    [
        "My coins were STOLEN",
        "I think this was a phishing site",
        "我的私钥泄露了",
        "我的錢包被盜",
        "秘密鍵を入力してしまいました",
        "개인키가 유출되었습니다",
        "Meine Coins wurden gestohlen",
        "On m'a volé mes jetons",
        "Me robaron los fondos",
        "Fui vítima de um golpe",
        "У меня украли деньги",
        "Cüzdanım çalındı",
        "Tôi bị lừa đảo",
        "i gave them my seed   phrase",
    ],
)
def test_theft_is_known_in_every_language(text: str) -> None:
    assert "urgent" == triage(SECURE, replace(SEEN, text=text)).priority


@pytest.mark.parametrize(
    "text",
    [
        "How do I change my password?",
        "怎么充值？",
        "Die App stürzt ab",
        "Das Wetter ist gut",
        "Merci beaucoup",
        "",
    ],
)
def test_ordinary_mail_is_not_urgent(text: str) -> None:
    assert "low" == triage(SECURE, replace(SEEN, text=text)).priority


def test_where_keys_are_spoken_of_no_hash_is_kept() -> None:
    rules = made_of(rule(capture="tx_hash"), security=vocabulary(SECURITY_WORDS))
    assert SECRET == triage(rules, replace(SEEN, text=f"tx {SECRET}")).fields["tx_hash"]
    assert "tx_hash" not in triage(rules, replace(SEEN, text=f"私钥 {SECRET}")).fields


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("My withdrawal has not arrived", "transaction"),
        ("提现三天没到账", "transaction"),
        ("I forgot my password", "account"),
        ("パスワードを忘れました", "account"),
        ("The app crashes when I open it", "technical"),
        ("приложение вылетает", "technical"),
        ("When do you open a shop in Berlin?", "enquiry"),
    ],
)
def test_the_shipped_rules(text: str, category: str) -> None:
    rules = made_of(*shipped(), category="enquiry")
    assert category == triage(rules, TriageInput("x@y.example", text=text)).category


def test_the_shipped_rules_keep_what_can_be_looked_up() -> None:
    text = f"Version 4.2: {SECRET}, to 0x{'ab' * 20} 和 TJRabPrwbZy45sbavfcjinPJC18kjpRTv8"
    fields = triage(made_of(*shipped()), TriageInput("x@y.example", text=text)).fields
    assert {
        "version": "4.2",
        "tx_hash": SECRET,
        "eth_address": f"0x{'ab' * 20}",
        "tron_address": "TJRabPrwbZy45sbavfcjinPJC18kjpRTv8",
    } == fields


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("normal", "urgent", "urgent"),
        ("urgent", "low", "urgent"),
        ("high", "normal", "high"),
        ("low", "normal", "normal"),
        ("own", "high", "high"),
        ("own", "normal", "own"),
    ],
)
def test_a_priority_is_raised_and_never_lowered(old: str, new: str, expected: str) -> None:
    assert expected == raised(old, new)


# -- on the road ---------------------------------------------------------------------


def decided(text: str, policy: TriagePolicy = SECURE, subject: str = "Hello", **facts: Any) -> list[Any]:
    message = a_message(new_text=text, subject=subject)
    known = some_facts(agents=(ANNA, WEI, SVEN), **facts)
    return decide(message, an_envelope(), known, a_policy(triage=policy))


def one(effects: list[Any], kind: type) -> Any:
    (only,) = [effect for effect in effects if isinstance(effect, kind)]
    return only


def told(effects: list[Any]) -> list[str]:
    mails = [one for one in effects if isinstance(one, Mail) and one.kind is MailKind.NOTICE]
    return [one.to.mailbox for one in mails]


def test_a_new_ticket_carries_what_triage_made_of_it_and_why_says_so() -> None:
    rules = made_of(rule("orders", text="order", category="transaction", priority="high", tags="a",
                         capture=r"order (?P<order>\d+)"), category="enquiry")  # fmt: skip
    effects = decided("Where is order 77?", rules)
    opened = one(effects, OpenTicket)
    assert ("transaction", "high", ("a",), {"order": "77"}, "support") == (
        opened.category,
        opened.priority,
        opened.tags,
        opened.fields,
        opened.team,
    )
    assert "triage by orders: category transaction; priority high; tags a" in one(effects, Finish).reason


def test_the_team_of_the_ticket_is_told_and_no_other() -> None:
    assert ["sven@staff.example"] == told(decided("My coins were stolen"))
    assert ["anna@staff.example", "wei@staff.example"] == told(decided("Hello", replace(SECURE, rules=())))


def test_a_team_without_agents_does_not_swallow_the_news() -> None:
    rules = made_of(rule(team="nobody"))
    effects = decided("Hello", rules)
    assert "nobody" == one(effects, OpenTicket).team
    assert ["anna@staff.example", "wei@staff.example"] == told(effects)


def test_a_forwarded_mail_is_sorted_by_its_own_words_and_its_own_author() -> None:
    customer = Address("mia@client.example", "Mia")
    message = a_message(
        sender=Address(ANNA.address),
        new_text="see below",
        forward=Forward(customer, "Help", text="My coins were stolen"),
    )
    facts = some_facts(agent=ANNA, agents=(ANNA, WEI, SVEN))
    rules = replace(SECURE, rules=(rule(sender="@client.example", tags="client"),))
    effects = decide(message, an_envelope(), facts, a_policy(triage=rules))
    opened = one(effects, OpenTicket)
    assert ("urgent", "security", ("security", "client")) == (opened.priority, opened.team, opened.tags)
    assert "sven@staff.example" in told(effects)


def test_a_flood_is_sorted_too() -> None:
    effects = decided("stolen", tickets_address_hour=21)
    opened = one(effects, OpenTicket)
    assert ("urgent", "security") == (opened.priority, opened.team)


def answer(text: str, **ticket: Any) -> list[Any]:
    there = found(a_ticket(**{"status": "open", **ticket}))
    return decided(text, by_sent_id=there)


def test_an_answer_about_theft_makes_its_ticket_urgent_and_tells_the_security_team() -> None:
    effects = answer("Now my coins are stolen!")
    changes = one(effects, Amend).changes
    assert ("urgent", "security", ("security",)) == (
        changes["priority"],
        changes["category"],
        changes["tags"],
    )
    # Anna has the ticket and keeps it.
    assert [] == [effect for effect in effects if isinstance(effect, Assign)]
    assert ["anna@staff.example", "sven@staff.example"] == told(effects)
    assert "triage by security (stolen)" in one(effects, Finish).reason


def test_who_is_asleep_is_told_of_a_theft_all_the_same() -> None:
    asleep = replace(SVEN, notify=Notify.DIGEST, away_until=NOW + timedelta(days=3))
    there = found(a_ticket(status="open"))
    message = a_message(new_text="stolen")
    facts = some_facts(agents=(ANNA, WEI, asleep), by_sent_id=there)
    effects = decide(message, an_envelope(), facts, a_policy(triage=SECURE))
    assert ["anna@staff.example", "sven@staff.example"] == told(effects)


def test_a_ticket_that_nobody_has_goes_to_the_security_team() -> None:
    effects = answer("stolen", assignee=None)
    assert Assign(12, None, "security") == one(effects, Assign)


def test_an_answer_lowers_nothing_and_says_nothing_twice() -> None:
    effects = answer("No problems found", priority="urgent", category="security", tags=("security",))
    assert [] == [effect for effect in effects if isinstance(effect, Amend)]
    again = answer("stolen", priority="urgent", category="security", tags=("security",), team="security")
    assert [] == [effect for effect in again if isinstance(effect, Amend | Assign)]
    assert "triage" not in one(again, Finish).reason


@pytest.mark.parametrize(
    ("subject", "expected"),
    [("Re: My coins were stolen", []), ("My coins were stolen", []), ("Re: Robbed too", ["urgent"])],
)
def test_the_subject_of_its_ticket_says_nothing_new_in_an_answer(subject: str, expected: list[str]) -> None:
    there = found(a_ticket(status="open", subject="My coins were stolen", priority="high"))
    effects = decided("Thanks, I wait.", by_sent_id=there, subject=subject)
    assert expected == [one.changes["priority"] for one in effects if isinstance(one, Amend)]


def test_an_answer_adds_the_fields_that_were_missing() -> None:
    rules = made_of(rule(capture="version"))
    there = found(a_ticket(fields={"chain": "eth"}))
    changes = one(decided("It is version 4.2", rules, by_sent_id=there), Amend).changes
    assert {"fields": {"chain": "eth", "version": "4.2"}} == changes
    kept = found(a_ticket(fields={"version": "1.0"}))
    effects = decided("It is version 4.2", rules, by_sent_id=kept)
    assert [] == [effect for effect in effects if isinstance(effect, Amend)]


def test_without_any_rules_nothing_is_said() -> None:
    effects = decided("stolen", TriagePolicy())
    assert ("", "normal", LIN) == (
        one(effects, OpenTicket).category,
        one(effects, OpenTicket).priority,
        one(effects, OpenTicket).requester,
    )
    assert "triage" not in one(effects, Finish).reason
