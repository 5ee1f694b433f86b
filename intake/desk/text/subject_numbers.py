"""The number of a ticket in a subject, as the desk writes it: "[#12]", and "#12" in its sentences. Pure."""

import re
from collections.abc import Callable

# Keyboards of East Asian languages write them full-width.
_NARROW = str.maketrans("＃﹟［］０１２３４５６７８９", "##[]0123456789")
BRACKETED = re.compile(r"\[#([0-9]{1,9})\]")
# "ticket#12" counts, and "ticket_#12"; not "C#12", "&#12;", "12#12" and "/#12", nor "#12a", "#12-34" and
# "#12.5". Around it may stand letters of languages that put no blanks between words. With a blank in it,
# "Ticket # 12", it counts behind a word only, and not where more digits follow: people write telephones so.
_BARE = re.compile(
    r"(?:(?:(?<![0-9A-Za-z_&/#.-])|(?<=[A-Za-z]{3})|(?<=[A-Za-z]{3}[_-]))#"
    r"|(?:(?<=[^\W\d_]{3})|(?<=[^\W\d_]{3}[ _])|(?<=[^\x00-\u1fff]{2})|(?<=[^\x00-\u1fff]{2} ))"
    r"# (?![0-9]{1,9} [0-9]))"
    r"([0-9]{1,9})(?![0-9A-Za-z_]|[.,:/-][0-9])"
)
# A subject with more of them is a list of something.
MOST = 4


def number_in(subject: str, own: Callable[[int], bool]) -> int | None:
    """Return the number of the ticket that a subject names, None for none.

    People number their orders, too: without its brackets a number counts only where `own` says that the
    sender has part in the ticket.
    """
    subject = subject.translate(_NARROW) if "#" in subject or not subject.isascii() else ""
    bracketed = BRACKETED.search(subject)
    if bracketed:
        return int(bracketed[1])
    bare = [int(match[1]) for match in _BARE.finditer(subject)][:MOST]
    return next((number for number in bare if own(number)), None)


def numbers_in(subject: str) -> list[int]:
    """Return every number that `number_in` might return for a subject, whoever its sender is."""
    numbers: list[int] = []

    def kept(number: int) -> bool:
        numbers.append(number)
        return False

    number = number_in(subject, kept)
    return numbers if number is None else [number]


# "[#123]", "Ticket#2024", "[Ticket #12-34]": the numbers of an old desk, which are longer than ours.
_OLD = re.compile(r"# ?([0-9]{1,30}(?:-[0-9]{1,12})?)(?![0-9A-Za-z_])")


def old_numbers(subject: str) -> tuple[str, ...]:
    """Return the numbers in a subject that a ticket may have had at an old desk; whose, is not said."""
    subject = subject.translate(_NARROW) if "#" in subject or not subject.isascii() else ""
    return tuple(dict.fromkeys(_OLD.findall(subject[:1000])))[:MOST] if "#" in subject else ()
