"""An address that a person typed, whoever reads it: agents' commands and the form agree on its host."""

import pytest

from intake.desk.addresses import as_kept, typed
from intake.desk.commands import grammar
from intake.desk.message import Address
from intake.mail.addresses import mailbox, parse_list
from intake.mail.outgoing.compose import mailbox_header, wire_address
from intake.web.address import typed_address

# What was typed, and how it is used; "" where it is no address.
TYPED = {
    "as it is used": ("eve@x.example", "eve@x.example"),
    "a host in capitals": ("Eve@X.Example", "Eve@x.example"),
    "a host with letters beyond ASCII": ("eve@bücher.example", "eve@xn--bcher-kva.example"),
    "full-width letters": ("eve＠x．example", "eve@x.example"),
    "a dot behind it": ("eve@x.example.", "eve@x.example"),
    "a host alone": ("x.example", ""),
    "a machine in the house": ("eve@localhost", ""),
    "an IP address": ("eve@127.0.0.1", ""),
    "an empty label": ("eve@x..example", ""),
    "a host that is too long": ("eve@" + "x." * 130 + "example", ""),
    "a local part that is too long": ("x" * 65 + "@x.example", ""),
    "a control character": ("e\x00ve@x.example", ""),
    "two of them": ("eve@x.example,bob@x.example", ""),
}


@pytest.mark.parametrize(("text", "used"), TYPED.values(), ids=TYPED)
def test_what_was_typed_is_one_address_for_commands_form_and_mail(text: str, used: str) -> None:
    assert used == typed(text)
    assert used == (typed_address(text) or "")
    if used:
        assert used == grammar.address(text)
        # The header of their mail is read as the same one.
        assert used == mailbox(used)


# As some are, and what is kept of each: it is one address for its owner, for agents and for the form.
ODD = {
    "two dots": ("a..b@docomo.example", "a..b@docomo.example"),
    "a dot at its end": ("ab.@docomo.example", "ab.@docomo.example"),
    "the same in quotes": ('"a..b."@docomo.example', "a..b.@docomo.example"),
    "quotes without need": ('"ab"@x.example', "ab@x.example"),
    "escaped without need": (r'"a\b"@x.example', "ab@x.example"),
    "a blank": ('"a b"@x.example', '"a b"@x.example'),
    "an at sign": ('"a@b"@x.example', '"a@b"@x.example'),
    "a quote within": (r'"a\"b"@x.example', r'"a\"b"@x.example'),
}


@pytest.mark.parametrize(("text", "kept"), ODD.values(), ids=ODD)
def test_an_odd_address_is_one_address_wherever_it_is_written(text: str, kept: str) -> None:
    assert kept == typed(text) == typed_address(text) == grammar.address(text) == as_kept(text)
    assert kept == mailbox(text) == mailbox(kept)
    (read,) = parse_list(f"Taro <{text}>, bob@y.example".encode())[:1]
    assert Address(kept, "Taro") == read
    (read,) = parse_list(f"{text}, bob@y.example".encode())[:1]
    assert Address(kept) == read
    # What is told to a server and written in a header comes back as the same one.
    assert kept == mailbox(wire_address(kept))
    header = mailbox_header("To", "Taro", kept).partition(":")[2]
    assert (Address(kept, "Taro"),) == parse_list(header.encode())


@pytest.mark.parametrize("text", ["jörg@x.example"])
def test_an_agent_may_name_what_a_stranger_may_not_type(text: str) -> None:
    assert text == typed(text) == grammar.address(text)
    assert typed_address(text) is None
