"""What must never be shown: secrets that a checksum proves, and what a terminal would act on."""

import re

# Test vectors: BIP-39, WIF (the wiki's), the card number that every shop tries with, a PEM key cut off.
PHRASE = "legal winner thank year wave sausage worth useful legal winner thank yellow"
WIF = "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ"
CARD = "4111 1111 1111 1111"
SECRETS = f"{PHRASE}. {WIF} and {CARD}."
# A window's title, the clipboard, clearing the screen in two ways, a bell, and turning the line round.
ESCAPES = "\x1b]0;owned\x07 \x1b]52;c;aGk=\x1b\\ \x1b[2J \x9b2J \x08 \u202e"
NASTY = f"{SECRETS}{ESCAPES}"

_WORDS = re.compile(r"sausage|yellow|5HueCGU8|4111", re.IGNORECASE)
_ACTS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
# Our own colours and the bar that tells how far a command has come, which only a terminal gets.
_COLOUR = re.compile(r"\x1b\[(?:[0-9;]*m|\?25[lh]|1A|2K)|\r(?=\x1b\[(?:2K|1A|\?25))")


def leaks(text: str) -> list[str]:
    """Return what of the secrets stands in a text."""
    return [found[0] for found in _WORDS.finditer(text)]


def acting(text: str) -> list[str]:
    """Return what in a text a terminal would act on, our own colours aside."""
    return [repr(found[0]) for found in _ACTS.finditer(_COLOUR.sub("", text).replace("\r\n", "\n"))]
