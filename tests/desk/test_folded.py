"""What is not shown of a mail is counted, and told without the secrets in it."""

import time

import pytest

from intake.desk.text import folded

SEED = "legal winner thank year wave sausage worth useful legal winner thank yellow"
HALVES = ("legal winner thank year wave sausage", "worth useful legal winner thank yellow")


@pytest.mark.parametrize(
    ("shown", "whole", "count", "rest"),
    [
        ("Hello", "Hello", 0, ""),
        ("Hello", "", 0, ""),
        ("Hello", "Hello\n\nOn Monday Anna wrote:\n> Hi", 2, "On Monday Anna wrote:\n> Hi"),
        # A quote above the answer, and the same words in both.
        ("Thanks", "> Thanks\n\nThanks\n", 1, "> Thanks"),
        ("Yes", "Yes\n\nYes\n", 1, "Yes"),
        # Empty lines are none; within what is folded a paragraph stays one.
        ("a", "a\n\n\n\nb\n\n\nc\n\n", 2, "b\n\nc"),
        ("I need this", "I need\nthis\n\n-- \nLin", 2, "--\nLin"),
        # The question above an answer is shown as a quote though the whole text has no mark.
        ("> Since when?\nMonday", "Which one?\nSince when?\nMonday", 1, "Which one?"),
        # What is shown of a forward begins with a line of ours.
        ("[Mon, 2 Nov]\n\nIt broke", "FYI\n\nFrom: Lin\n\nIt broke", 2, "FYI\n\nFrom: Lin"),
        # CRLF, and a blank at the end of a line.
        ("Hello", "Hello \r\n> Hi\r", 1, "> Hi"),
    ],
)
def test_what_is_folded_is_what_stands_in_the_whole_text_only(
    shown: str, whole: str, count: int, rest: str
) -> None:
    assert (count, rest) == (folded.lines(shown, whole), folded.text(shown, whole))


@pytest.mark.parametrize(
    ("shown", "whole"),
    [
        ("Help!", f"Help!\n> {SEED}"),
        # Half of it is shown, half is folded.
        (f"Help!\n{HALVES[0]}", f"Help!\n{HALVES[0]}\n{HALVES[1]}"),
        # In the whole text a line stands between the halves, in what is shown none does.
        (
            f"{HALVES[0]}\n{HALVES[1]}",
            f"{HALVES[0]}\nSent from my telephone\n{HALVES[1]}\n\n> {HALVES[0]}\n> {HALVES[1]}",
        ),
        ("Look", f"Look\n> {HALVES[0]}\n> > {HALVES[1]}"),
        ("Look", "Look\n> my card is 4111 1111 1111 1111"),
    ],
)
def test_a_secret_is_hidden_in_what_is_folded(shown: str, whole: str) -> None:
    told = folded.text(shown, whole)
    assert not any(half in told for half in HALVES)
    assert "1111 1111" not in told


def test_many_lines_take_no_more_than_their_number() -> None:
    whole = "\n".join(f"line {at} of a long quote" for at in range(20_000))
    shown = " ".join(f"word{at}" for at in range(20_000))
    assert 20_000 == folded.lines(shown, whole)
    assert ("1 more line", "1,200 more lines") == (folded.more(1), folded.more(1200))


def cards(number: int) -> list[str]:
    """So many different numbers of cards."""
    found: list[str] = []
    for count in range(10**6, 10**7):
        digits = f"4{count:014d}"
        total = sum(
            value if place % 2 else value * 2 - 9 * (value > 4)
            for place, value in enumerate(map(int, digits))
        )
        found.append(f"{digits}{-total % 10}")
        if len(found) == number:
            break
    return found


def test_so_many_different_secrets_are_not_told_apart() -> None:
    """Each would cost a look at all of the text, of which there are 256 KB."""
    numbers = cards(101)
    quoted = "\n".join(f"> {number[:4]}\n> {number[4:]}" for number in numbers)
    assert "[hidden: secrets]" == folded.text("\n".join(numbers), f"Hi\n{quoted}")


def test_the_same_secret_again_and_again_is_looked_for_once() -> None:
    lines = f"{SEED}\n" * 3000
    start = time.thread_time()
    rest = folded.text(lines, f"{lines}\n" + lines.replace("legal", "> legal"))
    assert time.thread_time() - start < 5
    assert "winner" not in rest


@pytest.mark.parametrize(
    ("shown", "line"),
    [
        ("a " * 60_000, "a a a b"),
        ("ab " * 40_000, "a"),
        ("a" * 120_000, "a" * 9),
        ("aaaaaaaaaaaaaaa " * 1000, "aaaaaaaaaaaaaaa aaaaaaaaaaaaaaa b"),
    ],
)
def test_what_nearly_says_the_same_again_and_again_costs_no_more(shown: str, line: str) -> None:
    whole = "\n".join([line] * 25_000)
    start = time.thread_time()
    assert 25_000 == folded.lines(shown, whole)
    assert time.thread_time() - start < 0.5


@pytest.mark.parametrize(
    ("whole", "count"),
    [
        ("He lies.\n\nOn Monday the desk wrote:\n> ## Reply above\n> ▎ Ticket #1\n>\n> Lin: where is it?", 0),
        ("He lies.\n\n-- \nWei\n\nAm Montag schrieb der Desk:\n> ▎ Ticket #1\n> Hallo", 2),
        ("He lies.\n\nOn Monday Lin wrote:\n> where is it?\n> It is late.", 3),
        ("He lies.\n\n▎ Ticket #1\n▎ From Lin", 0),
        # The commands on top are no words of theirs.
        ("#note\nHe lies.", 0),
        ("\n＃备注：\n#mine\n\nHe lies.\n-- \nWei", 2),
        ("# note @wei\n\nHe lies.\n#close", 1),
        ("Hello,\n#note\nHe lies.", 2),
    ],
)
def test_our_own_notification_below_an_agents_words_is_nothing_that_is_hidden(whole: str, count: int) -> None:
    assert count == folded.agents_lines("He lies.", whole)
