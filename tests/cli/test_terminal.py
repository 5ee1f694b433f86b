"""What strangers write never acts on a terminal, in any kind of output."""

import json
import unicodedata
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from intake import terminal
from intake.terminal import Column

TABLE = {
    "colour": ("\x1b[31mred", r"\x1b[31mred"),
    "window title": ("\x1b]0;owned\x07", r"\x1b]0;owned\x07"),
    "clipboard, OSC 52": ("\x1b]52;c;aGk=\x1b\\", "\\x1b]52;c;aGk=\\x1b\\"),
    "C1 CSI": ("\x9b2J", r"\x9b2J"),
    "C1 next line": ("a\x85b", r"a\x85b"),
    "delete": ("a\x7fb", r"a\x7fb"),
    "null": ("a\x00b", r"a\x00b"),
    "carriage return overwrites": ("good\rbad", r"good\x0dbad"),
    "backspace": ("a\x08b", r"a\x08b"),
    "right-to-left override": ("photo\u202egnp.exe", r"photo\u202egnp.exe"),
    "isolate": ("\u2067a\u2069", r"\u2067a\u2069"),
    "marks": ("\u200e\u200f\u061c", r"\u200e\u200f\u061c"),
    "line separator": ("a\u2028b\u2029c", r"a\u2028b\u2029c"),
    "lone surrogate": ("a\udc9bb", r"a\udc9bb"),
    "tag characters": ("a\U000e0041", r"a\U000e0041"),
    "Chinese": ("打印机坏了", "打印机坏了"),
    "Arabic": ("مرحبا", "مرحبا"),
    "joined emoji": ("👩\u200d💻", "👩\u200d💻"),
    "markup is text": ("[bold red]x[/] [link=http://x]y[/link]", "[bold red]x[/] [link=http://x]y[/link]"),
}
NASTY = "".join(text for text, _ in TABLE.values()) + " :smile: [/]"


@pytest.mark.parametrize(("text", "shown"), TABLE.values(), ids=TABLE.keys())
def test_safe(text: str, shown: str) -> None:
    assert shown == terminal.safe(text)


def test_newline_and_tab_stay_in_texts_and_become_a_space_on_one_line() -> None:
    assert "a\n\tb" == terminal.safe("a\n\tb")
    assert "a b c" == terminal.line(" a\r\n\tb \n c ")


def harmless(output: str) -> None:
    assert output
    for char in output:
        code = ord(char)
        assert char == "\n" or code >= 0x20, repr(char)
        assert not 0x7F <= code <= 0x9F, repr(char)
        assert unicodedata.bidirectional(char) not in {
            "RLO",
            "LRO",
            "RLE",
            "LRE",
            "PDF",
            "RLI",
            "LRI",
            "FSI",
            "PDI",
        }


def test_every_kind_of_output_is_harmless(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.say(NASTY)
    terminal.warn(NASTY)
    terminal.table((Column(NASTY), Column("b")), [(NASTY, (NASTY, "bold"))])
    terminal.pairs([(NASTY, NASTY)])
    terminal.passage(NASTY, NASTY)
    terminal.say_json({"a": NASTY})
    got = capsys.readouterr()
    harmless(got.out.replace("    ", ""))
    harmless(got.err)


def test_json_loses_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.say_json({"subject": NASTY})
    assert {"subject": NASTY} == json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0, "now"),
        (59, "now"),
        (60, "1 min"),
        (3600, "1 h"),
        (2 * 86400 - 1, "47 h"),
        (2 * 86400, "2 d"),
        (-1, "soon"),
        (-300, "in 5 min"),
    ],
)
def test_ago(seconds: int, told: str) -> None:
    moment = datetime(2026, 1, 31, 9, 0, tzinfo=UTC)
    assert told == terminal.ago(moment, moment + timedelta(seconds=seconds))
    assert "" == terminal.ago(None, moment)


def test_json_knows_times_and_views() -> None:
    moment = datetime(2026, 1, 31, 9, 0, 1, tzinfo=UTC)
    assert "2026-01-31T09:00:01Z" == terminal.plain(moment)
    expected = {"name": "a", "gives_way": False, "right": True, "spare": False, "least": 12}
    assert expected == terminal.plain(Column("a", right=True))
    assert ["UTC", "Europe/Berlin"] == terminal.plain([UTC, ZoneInfo("Europe/Berlin")])


def test_markup_in_cells_is_never_read(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.table((Column("Subject"),), [("[bold]x[/bold] [/] :warning:",)])
    assert "[bold]x[/bold] [/] :warning:" in capsys.readouterr().out


def width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


@pytest.mark.parametrize("columns", [60, 80, 132])
def test_tables_with_wide_characters_keep_to_the_width_and_in_line(
    columns: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    rows = [
        ("1", "打印机无法连接到网络" * 9, "end"),
        ("2", "Printer on fire " * 20, "end"),
        ("3", "短", "end"),
    ]
    terminal.table((Column("No.", right=True), Column("Subject", gives_way=True), Column("Last")), rows)
    lines = capsys.readouterr().out.splitlines()
    assert 4 == len(lines)
    assert {columns} >= {max(width(line) for line in lines)}
    starts = {width(line[: line.rindex("end")]) for line in lines[1:]}
    assert 1 == len(starts), lines


@pytest.mark.parametrize(
    ("columns", "heads"),
    [
        (40, ["No.", "Subject", "Due"]),
        (50, ["No.", "Subject", "Team", "Due"]),
        (60, ["No.", "Subject", "Team", "Due", "Changed"]),
    ],
)
def test_a_spare_column_is_left_out_before_the_others_cannot_be_read(
    columns: int, heads: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    kinds = (
        Column("No.", right=True),
        Column("Subject", gives_way=True),
        Column("Team", gives_way=True, spare=True),
        Column("Due", right=True),
        Column("Changed", right=True, spare=True),
    )
    terminal.table(kinds, [("1", "a subject that is long", "a team of many", "2026-11-24 00:00", "10 min")])
    lines = capsys.readouterr().out.splitlines()
    assert heads == lines[0].split()
    assert {columns} >= {max(width(line) for line in lines)}
    assert "2026-11-24 00:00" in lines[1]


def test_a_narrow_encoding_ends_no_list(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    stream = SimpleNamespace(encoding="ascii", write=written.append, flush=lambda: None, isatty=lambda: False)
    monkeypatch.setattr("sys.stdout", stream)
    terminal.table((Column("Subject"),), [("打印机",)])
    terminal.say("打印机")
    assert "".join(written).isascii()
    assert r"\u6253" in "".join(written)


def test_a_line_of_five_thousand_characters_is_one_row(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.table((Column("Subject", gives_way=True),), [("x" * 5000,)])
    assert 2 == len(capsys.readouterr().out.splitlines())
