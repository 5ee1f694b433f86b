"""`#canned`: how what follows it is read, which text is chosen, and what must not be saved."""

from dataclasses import replace

import pytest
from factories import NOW

from intake.desk.canned_texts import MAX_TEXT, CannedText, merged
from intake.desk.commands import canned, execute
from intake.desk.commands.canned import CannedRequest
from intake.desk.commands.canned_keeping import apart, refuse
from intake.desk.commands.grammar import CommandScope, Refused
from intake.desk.sensitive.leaks import MARK
from intake.desk.ticket import no_ticket

LISTS = CannedRequest()
READ = {
    "": LISTS,
    "?": LISTS,
    ".": LISTS,
    "refund": CannedRequest("refund"),
    "refund.": CannedRequest("refund"),
    "refund?": CannedRequest("refund", "preview"),
    "refund ?": CannedRequest("refund", "preview"),
    "退款？": CannedRequest("退款", "preview"),
    "preview refund": CannedRequest("refund", "preview"),
    "预览 退款": CannedRequest("退款", "preview"),
    "預覽 退款？": CannedRequest("退款", "preview"),
    "save refund": CannedRequest("refund", "save"),
    "Save: Refund zh-Hans": CannedRequest("Refund", "save", "zh-Hans"),
    "保存 退款": CannedRequest("退款", "save"),
    "儲存 退款": CannedRequest("退款", "save"),
    "delete refund": CannedRequest("refund", "delete"),
    "刪除 退款 zh-Hant": CannedRequest("退款", "delete", "zh-Hant"),
    # A response may be called so, and is sent as ever.
    "save": CannedRequest("save"),
    "删除账号": CannedRequest("删除账号"),
}


@pytest.mark.parametrize("written", READ)
def test_what_follows_is_read(written: str) -> None:
    argument = canned.read(written)
    assert READ[written] == canned.request(argument)
    assert argument == canned.read(argument)


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("svae refund", "#canned save refund"),
        ("delet refund", "#canned delete refund"),
        ("my refund", "single"),
    ],
)
def test_a_near_miss_is_told_and_sends_nothing(written: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        canned.request(canned.read(written))


# What is written at the top, and whether its words stay inside and why it is refused.
TOPS = {
    "#canned": (True, ""),
    "#canned\nDear Lin": (True, "only with its name"),
    "#canned refund?\nBest wishes": (True, ""),
    "#canned save refund\nWe pay.": (True, ""),
    "#canned delete refund\nDear Lin": (True, "only with its name"),
    "#canned save refund\n#canned hours\nWe pay.": (True, "the only command"),
    "#canned save refund\n#close\nWe pay.": (True, "the only command"),
    "#note\n#canned save refund\nWe pay.": (True, "the only command"),
    "#canned refund\nBest wishes": (False, ""),
    "#canned refund\n#close": (False, ""),
    "#close\nBest wishes": (False, ""),
}


@pytest.mark.parametrize("text", TOPS)
def test_what_lists_shows_or_keeps_sends_none_of_its_words(text: str) -> None:
    asked = execute.read(text, CommandScope.TICKET)
    keeps, why = TOPS[text]
    assert keeps == canned.keeps(asked)
    assert why in apart(asked)
    assert bool(why) == bool(apart(asked))


SEED = "legal winner thank year wave sausage worth useful legal winner thank yellow"
NOT_KEPT = {
    "no text": ("refund", "", "no text"),
    "too long": ("refund", "x" * (MAX_TEXT + 1), "longer than 20 kB"),
    "too long in bytes": ("refund", "退" * 7000, "longer than 20 kB"),
    "a recovery phrase": ("refund", f"Yours is {SEED}.", "recovery phrase"),
    "a card": ("refund", "Pay with 4111 1111 1111 1111.", "card number"),
    "a line of ours": ("refund", f"{MARK} Anna took this ticket", "email of this desk"),
    "an agent's address": ("refund", f"Write to help+a{'c' * 43}@desk.example", "email of this desk"),
    "a link to a ticket": ("refund", f"https://desk.example/t/{'ab2' * 14}cd", "secret link"),
    "a name of two words": ("my refund", "We pay.", "cannot be called"),
    "a folder": ("../refund", "We pay.", "cannot be called"),
    "a question": ("refund?", "We pay.", "cannot be called"),
    "a word that saves": ("save", "We pay.", "cannot be called"),
    "nothing to see": ("re\u200bfund", "We pay.", "cannot be called"),
}


@pytest.mark.parametrize("case", NOT_KEPT)
def test_what_must_not_be_saved_is_refused(case: str) -> None:
    name, text, why = NOT_KEPT[case]
    with pytest.raises(Refused, match=why):
        refuse(name, text)


def test_what_may_be_saved_is_not_refused() -> None:
    why = ""
    try:
        refuse("退款", "We pay {name} in {braces}: https://desk.example/help, see our terms.")
    except Refused as err:
        why = str(err)
    assert "" == why


def test_the_database_comes_first_and_the_folder_behind_it_language_by_language() -> None:
    folder = {"refund": {"": "File", "zh-hans": "文件"}, "hours": {"": "9 to 5"}}
    kept = [CannedText(1, "refund", "", "Saved", "Anna", NOW)]
    texts = merged(folder, kept)
    assert {"refund": {"": "Saved", "zh-hans": "文件"}, "hours": {"": "9 to 5"}} == texts
    assert ("文件", "Saved") == tuple(canned.text(texts["refund"], code, "en") for code in ("zh-Hans", "de"))
    assert "File" == folder["refund"][""]


def test_fields_without_a_value_and_words_that_are_no_fields_are_found() -> None:
    text = "{name}, {number} {category} {field.order} {field.order} {order} {Name} {x.y} { no }"
    assert ["{order}", "{Name}", "{x.y}"] == canned.unknown(text)
    ticket = no_ticket(NOW)
    assert ["{name}", "{category}", "{field.order}"] == canned.empty(text, ticket, "Anna")


def test_an_unknown_name_is_told_with_the_nearest_first() -> None:
    texts = {name: {"": name} for name in ("address", "hours", "refund", "refund-late")}
    with pytest.raises(Refused, match="Available: refund, refund-late, address, hours"):
        canned.prepared(texts, "refnd")


@pytest.mark.parametrize(
    ("category", "language", "expected"),
    [
        ("enquiry", "en", "About your enquiry."),
        ("enquiry", "zh-Hans", "About your 咨询."),
        ("enquiry", "de", "About your Anfrage."),
        ("enquiry", "nl", "About your enquiry."),
        ("wallets", "de", "About your wallets."),
    ],
)
def test_a_category_is_called_in_the_language_of_the_customer(
    category: str, language: str, expected: str
) -> None:
    ticket = replace(no_ticket(NOW), category=category, language=language)
    assert expected == canned.filled("About your {category}.", ticket, "Anna")
