"""An address that a person typed, whoever reads it: agents' commands and the form agree on its host."""

import pytest

from intake.desk.addresses import typed
from intake.desk.commands import grammar
from intake.mail.addresses import mailbox
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


@pytest.mark.parametrize("text", ["a..b@docomo.example", "ab.@docomo.example", "jörg@x.example"])
def test_an_agent_may_name_what_a_stranger_may_not_type(text: str) -> None:
    assert text == typed(text) == grammar.address(text)
    assert typed_address(text) is None
