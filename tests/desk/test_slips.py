"""One key missed in the name of a command: what is suggested is what was meant, and nothing private leaves.

Every name and alias of every command, in all languages, is typed with each slip there is: a letter left out,
doubled or swapped with its neighbour, one beside it on the keyboard hit instead or as well.
"""

import string
from collections.abc import Iterator

import pytest
from each_case import each

from intake.desk.commands import execute as commands
from intake.desk.commands.drafts import keeps
from intake.desk.commands.nearness import MOST, PRIVATE, nearest, slips, suggested
from intake.desk.commands.table import NAMES

ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю")
# Signs that stand in names beside others, and are hit for them in no order.
EASTERN = sorted({char for name in NAMES for char in name if ord(char) > 0x2E7F})
# What else is under a finger: digits, marks, the blank.
BESIDE = string.digits + "-_.,'’ ;:!"
SECRET = "This customer is a fraudster."


def beside(char: str) -> str:
    """The keys to the left and the right of one."""
    row = next((row for row in ROWS if char in row), "")
    at = row.find(char)
    return "" if at < 0 else row[max(at - 1, 0) : at] + row[at + 1 : at + 2]


def alphabet(name: str) -> str:
    if any(char in EASTERN for char in name):
        return "".join(EASTERN[::6])
    return ROWS[3] + ROWS[4] + ROWS[5] if "а" <= name[-1] <= "я" else string.ascii_lowercase


def typed(name: str, letters: str = "") -> Iterator[str]:
    """Every typing of a name with one slip; `letters`: any of these may be hit, not only what is beside."""
    for at, char in enumerate(name):
        yield name[:at] + name[at + 1 :]
        yield name[:at] + char + name[at:]
        if at:
            yield name[: at - 1] + char + name[at - 1] + name[at + 1 :]
        for other in letters or beside(char) or EASTERN[at::40]:
            yield name[:at] + other + name[at + 1 :]
            yield name[:at] + other + name[at:]
            yield name[: at + 1] + other + name[at + 1 :]


def test_what_was_meant_is_among_what_is_suggested() -> None:
    right = first = total = 0
    wrong: list[str] = []
    for name, kind in NAMES.items():
        for slip in sorted(set(typed(name)) - set(NAMES) - {""}):
            near = [NAMES[word].name for word in suggested(slip, NAMES)]
            assert len(set(near)) == len(near) <= MOST
            total += 1
            right += kind.name in near
            first += near[:1] == [kind.name]
            wrong += [] if kind.name in near else [f"{slip} for {name}: {near}"]
            if kind.name in PRIVATE:
                assert near[0] in PRIVATE, f"{slip} for {name}: {near}"
    print(f"{right / total:.4f} suggested, {first / total:.4f} as the first, of {total}: {wrong}")
    assert total > 5000
    assert right / total >= 0.99
    assert first / total >= 0.95


@pytest.mark.parametrize(
    ("written", "first"),
    [
        ("noet", "note"),
        ("ntoe", "note"),
        ("nto", "not"),
        ("clo", "close"),
        ("escal", "escalate"),
        ("clsoe", "close"),
        ("closeit", "close"),
        ("drfat", "draft"),
        ("备", "备注"),
    ],
)
def test_the_likeliest_comes_first(written: str, first: str) -> None:
    assert first == suggested(written, NAMES)[0]


@pytest.mark.parametrize(
    ("written", "first"),
    [
        ("主体", "主题"), ("主提", "主题"), ("标欠", "标签"), ("优选级", "优先级"), ("重新打歼", "重新打开"),
        ("主顎", "主題"), ("標欠", "標籤"), ("重新打閱", "重新打開"), ("結业", "結束"),
    ],
)  # fmt: skip
def test_what_is_suggested_is_in_the_script_that_was_written(written: str, first: str) -> None:
    assert first == suggested(written, NAMES)[0]


@pytest.mark.parametrize("written", ["xyzzy", "q", "é", "謝", "thanks-a-lot"])
def test_what_is_near_nothing_is_suggested_nothing(written: str) -> None:
    assert () == suggested(written, NAMES)


def test_two_that_are_as_near_are_both_suggested() -> None:
    assert "#drafs is not a command. Did you mean #draft / #drafts?" in commands.read("#drafs\nx").problem


PRIVATES = sorted(name for name, kind in NAMES.items() if kind.name in PRIVATE)


def sends(text: str) -> bool:
    """Whether a reply of these words goes out as it is."""
    asked = commands.read(text)
    return not (asked.note or asked.problem or asked.stray or keeps(asked))


def test_the_private_commands_are_those_that_there_are() -> None:
    assert {"note", "draft"} <= {NAMES[name].name for name in PRIVATES} <= PRIVATE
    assert len(PRIVATES) >= 20


@each("name", PRIVATES)
def test_a_private_command_with_any_slip_in_it_never_leads_to_sending(name: str) -> None:
    slipped = set(typed(f"#{name}", alphabet(name) + BESIDE)) - {f"#{name}"}
    assert len(slipped) > 100
    # A digit instead of the only sign makes the number of a ticket, and half of a Chinese word another one.
    slipped -= {f"#{other}" for other in NAMES if name[0] in EASTERN and NAMES[other].name not in PRIVATE}
    slipped = {slip for slip in slipped if len(slip) > 2 or slip[1:].isalpha()}
    texts = (f"{{}}\n{SECRET}", f"{{}}\n\n{SECRET}", f"#close\n{{}}\n{SECRET}")
    assert [] == [slip for slip in slipped for text in texts if sends(text.format(slip))]
    marked = [slip for slip in slipped if slip.startswith("#")]
    assert [] == [slip for slip in marked if sends(f"Dear Lin,\n\n{slip}\n{SECRET}")]


@pytest.mark.parametrize("name", [name for name in PRIVATES if len(name) > 3])
def test_nor_does_it_where_the_note_stands_behind_it(name: str) -> None:
    if NAMES[name].name != "note":
        return
    slipped = set(typed(name, alphabet(name) + string.digits)) - {name}
    assert [] == [slip for slip in slipped if sends(f"#{slip} {SECRET}")]


def test_no_other_command_obeys_a_slip_of_a_private_one() -> None:
    """`#drafts` is obeyed, and what stands below it is not sent: `#draft` was meant."""
    near = {
        name
        for name, kind in NAMES.items()
        for private in PRIVATES
        if kind.name not in PRIVATE and name[0] not in EASTERN and slips(name, private, 1) is not None
    }
    assert "drafts" in near
    assert [] == [name for name in near if sends(f"#{name}\n{SECRET}")]


@pytest.mark.parametrize("line", ["#drafts", "#draft 12", "#草稿1"])
def test_a_list_of_drafts_with_a_text_below_it_sends_nothing_and_says_what_was_meant(line: str) -> None:
    assert "Did you mean #draft?" in commands.read(f"{line}\n{SECRET}").problem
    assert not commands.read(line).problem


@pytest.mark.parametrize(
    "text",
    [
        "Note: this takes a day.\nYours, Anna",
        "Not yet.\nWe are looking into it.",
        "Keep the app open.\nThen restart it.",
        "Notes of our call:\n- one",
        "Please see below\nnote",
        "Intern:\nx",
        "#close\nDear Lin,\nall is well.",
        "Hello\n#task list of the day goes here",
        "Hello\n# Network\n- one",
        "Hello\n#crypto",
    ],
)
def test_words_that_only_look_like_private_commands_go_out(text: str) -> None:
    assert sends(text)


def test_nearest_knows_swapped_letters() -> None:
    assert "save" == nearest("svae", ["list", "save", "show"])
