"""The list of canned responses: a table with links that begin a mail, and text whose columns align."""

import re
from urllib.parse import parse_qs, unquote, urlsplit
from zoneinfo import ZoneInfo

import pytest
from factories import NOW
from rich.cells import cell_len

from intake.desk.listing import TextRow, TextTable
from intake.desk.text.language import LANGUAGES
from intake.desk.text.said import said
from intake.rendering.composer import DELIMITER
from intake.rendering.listing import WIDTH, Reader
from intake.rendering.text_listing import ShownTexts, shown_texts

ROWS = (
    TextRow("hours", ("",), "We are there from 9 to 5, on each day of the week but Sunday. " * 2),
    TextRow(
        "refund", ("en", "zh-hans"), "{name}您好，我们会退款，很快就会到账，请您耐心等待几天的时间。" * 2
    ),
    TextRow("a-name-that-is-longer-than-its-column", ("", "de"), "Short."),
)


def listed(language: str = "en", number: int = 12) -> ShownTexts:
    table = TextTable(said("Canned responses"), ROWS, number, "", "My wallet", 3, ("Below.",))
    address = f"help+{number}@desk.example" if number else "desk+c@desk.example"
    return shown_texts(table, Reader(language, ZoneInfo("UTC"), NOW, lambda *_: address, DELIMITER))


@pytest.mark.parametrize("language", LANGUAGES)
def test_its_columns_align_and_fit_eighty_cells_in_every_language(language: str) -> None:
    table = listed(language)
    lines = table.text.splitlines()
    assert [] == [line for line in lines if cell_len(line) > WIDTH]
    at = next(line for line in lines if table.heads[1] in line)
    column = cell_len(at[: at.index(table.heads[1])])
    texts = [table.heads[2], "We are there", "{name}", "Short.", table.rows[0].languages, "en, zh-hans"]
    for text in texts:
        (line, *_) = [line for line in lines[2:] if text in line]
        assert column == cell_len(line[: line.index(text)]), text


def test_links_begin_a_mail_that_shows_or_sends_it() -> None:
    first = listed().rows[0]
    for link, command in ((first.preview, "#canned hours?"), (first.send, "#canned hours")):
        parts = urlsplit(link)
        fields = parse_qs(parts.query)
        assert ("mailto", "help+12@desk.example") == (parts.scheme, unquote(parts.path))
        assert f"{command}\r\n\r\n{DELIMITER}\r\n" == fields["body"][0]
        assert "[#12] My wallet" == fields["subject"][0]


def test_without_a_ticket_there_is_nobody_to_send_it_to() -> None:
    assert {""} == {row.send for row in listed(number=0).rows}
    assert all(re.match(r"mailto:desk%2Bc@desk\.example\?", row.preview) for row in listed(number=0).rows)


def test_its_languages_are_named() -> None:
    assert ["every language", "en, zh-hans", "de, every language"] == [row.languages for row in listed().rows]
