"""All spellings of one mailbox are counted as one, and two persons are not."""

import unicodedata

import pytest

from intake.desk.ceilings import ceiling_key

ONE_MAILBOX = {
    "case": ["vic@customer.example", "VIC@customer.example", "Vic@CUSTOMER.Example"],
    "plus parts": [
        "vic@customer.example",
        *(f"vic+{n}@customer.example" for n in range(25)),
        "vic+@customer.example",
    ],
    "dots that Gmail ignores": [
        "first.last@gmail.com",
        "firstlast@gmail.com",
        "f.i.r.s.t.last+x@googlemail.com",
    ],
    "dots and hyphens that others ignore": [
        "j.doe@proton.me",
        "j-doe@proton.me",
        "j_doe@pm.me",
        "jdoe@protonmail.com",
    ],
    "Yandex": ["j.doe@yandex.ru", "j-doe@ya.ru", "J.Doe+x@yandex.com"],
    "Apple's domains": ["vic@icloud.com", "vic@me.com", "vic+1@mac.com"],
    "letters that take no room": [
        "vic@customer.example",
        "v\u00adic@customer.example",
        "vic\u200b@customer.example",
        "vic@cust\u00adomer.example",
    ],
    "an international domain": ["vic@münchen.example", "vic@xn--mnchen-3ya.example", "vic@MÜNCHEN.example."],
    "a domain that was folded": ["vic@straße.example", "vic@strasse.example", "vic@xn--strae-oqa.example"],
    "composed and decomposed": [
        unicodedata.normalize("NFC", "josé@bücher.example"),
        unicodedata.normalize("NFD", "josé@bücher.example"),
        "JOSÉ@xn--bcher-kva.example",
    ],
    "full-width letters": [
        "vic@customer.example",
        "ｖｉｃ＠ｃｕｓｔｏｍｅｒ．ｅｘａｍｐｌｅ",
        "vic@customer。example",
    ],
    "quotes and brackets": [
        "vic@customer.example",
        '"vic"@customer.example',
        "<vic@customer.example>",
        '"v\\ic"@customer.example',
    ],
}
TWO_MAILBOXES = {
    "another name": ("vic@customer.example", "vick@customer.example"),
    "another domain": ("vic@customer.example", "vic@customers.example"),
    "dots that count": ("first.last@customer.example", "firstlast@customer.example"),
    "hyphens that count": ("first-last@gmail.com", "firstlast@gmail.com"),
    "dots that count at Apple's": ("first.last@icloud.com", "firstlast@icloud.com"),
    "a name that begins with a plus": ("+vic@customer.example", "+tom@customer.example"),
    "a domain that only looks like Gmail": ("first.last@gmail.com.example", "firstlast@gmail.com.example"),
    "a letter with and without its mark": ("jose@customer.example", "josé@customer.example"),
}


@pytest.mark.parametrize("spellings", ONE_MAILBOX.values(), ids=ONE_MAILBOX)
def test_every_spelling_of_a_mailbox_is_counted_as_one(spellings: list[str]) -> None:
    assert 1 == len({ceiling_key(one) for one in spellings})


@pytest.mark.parametrize("pair", TWO_MAILBOXES.values(), ids=TWO_MAILBOXES)
def test_two_mailboxes_are_two(pair: tuple[str, str]) -> None:
    assert 2 == len({ceiling_key(one) for one in pair})


@pytest.mark.parametrize(
    "odd", ["", "@", "vic", "vic@", "@customer.example", "vic@xn--", "vic@xn--\udcff", "...@gmail.com", "+@x"]
)
def test_what_is_no_address_has_a_key_all_the_same(odd: str) -> None:
    key = ceiling_key(odd)
    assert key == ceiling_key(odd.upper())
    assert bool(odd) == bool(key)
