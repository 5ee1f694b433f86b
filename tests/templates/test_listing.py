"""Lists of tickets: a table with links that begin a mail, and text whose columns align."""

import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, unquote, urlsplit
from zoneinfo import ZoneInfo

import pytest
from factories import ANNA, KEY, NOW, a_policy, a_ticket, some_settings
from rich.cells import cell_len

from intake.desk import tokens
from intake.desk.effects import Mail, MailKind
from intake.desk.listing import HOW, ListRow, ListTable, table_of
from intake.desk.lookup import TicketLine
from intake.desk.sensitive import leaks
from intake.desk.text.language import LANGUAGES
from intake.desk.text.said import said
from intake.desk.ticket import NO_TICKET
from intake.rendering.composer import DELIMITER, Composer
from intake.rendering.listing import WIDTH, Reader, ShownTable, begin_mail, shown

TITLE = said("Your open tickets")
LONG = "a.very.long.address.of.somebody@department.customer.example"
LIN, WANG = "lin@customer.example", "王@例子.example"
LATE, SOON = NOW - timedelta(hours=2), NOW + timedelta(hours=3)
LINES = (
    TicketLine(12, "My wallet is empty", "open", LIN, "Anna", "urgent", NOW, LATE),
    TicketLine(7, "硬币不见了，请帮忙看看我的钱包到底怎么了", "new", WANG, "", "normal", NOW, SOON),
    TicketLine(100345, "", "pending", LONG, "魏", "low", NOW, snoozed_until=NOW + timedelta(days=1)),
    TicketLine(3, "x" * 300, "closed", "ben@customer.example", "", "normal", NOW),
)


def reader(language: str = "en", zone: str = "UTC") -> Reader:
    return Reader(language, ZoneInfo(zone), NOW, lambda number, _: f"help+{number}@desk.example", DELIMITER)


def shown_in(language: str = "en", zone: str = "UTC", table: ListTable | None = None) -> ShownTable:
    return shown(table or table_of(TITLE, LINES), reader(language, zone))


def starts(line: str, cells: tuple[str, ...]) -> list[int]:
    """The cells at which these begin in a line as a terminal shows it."""
    return [cell_len(line[: line.index(cell)]) for cell in cells]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_columns_align_and_fit_eighty_cells_in_every_language(language: str) -> None:
    table = shown_in(language)
    lines = table.text.splitlines()
    grid = lines[2 : lines.index("", 2)]
    head, rows = grid[1], [line for line in grid if "@" in line]
    columns = starts(head, table.heads[2:])
    assert columns == starts(rows[0], ("lin@customer", table.rows[0].state[:4], table.rows[0].due, "Anna"))
    assert columns[:1] + columns[3:] == starts(rows[1], ("王@例子", table.rows[1].assignee[:4]))
    assert [] == [line for line in grid if cell_len(line) > WIDTH and "x" * 60 not in line]


def test_a_row_says_who_what_and_until_when_on_the_readers_clock() -> None:
    first, second, third, last = shown_in(zone="Asia/Shanghai").rows
    assert ("#12", "open", "overdue, urgent", "2026-11-22 18:00") == (
        first.number,
        first.state,
        first.marks,
        first.due,
    )
    assert ("unassigned", "2026-11-22 23:00", "") == (second.assignee, second.due, second.marks)
    assert ("(no subject)", "pending", "low priority") == (third.subject, third.state, third.marks)
    assert ("Snoozed until Monday, November 23, 8:00 PM (UTC+8)",) == third.below
    assert ("closed", "") == (last.state, last.due)
    assert "Due (UTC+8)" == shown_in(zone="Asia/Shanghai").heads[4]


def test_a_list_says_how_many_there_are_and_an_empty_one_that_there_are_none() -> None:
    assert "Your open tickets (4)" == shown_in().title
    many = tuple(replace(LINES[0], id=number) for number in range(1, 31))
    assert "Your open tickets (30+)" == shown_in(table=table_of(TITLE, many)).title
    assert "Your open tickets\n\nThere are none." == shown_in(table=table_of(TITLE, ())).text


def test_a_link_begins_a_mail_to_the_ticket_whose_first_line_is_the_command() -> None:
    first, second, _, last = shown_in().rows
    link = urlsplit(second.take)
    fields = parse_qs(link.query)
    assert ("mailto", "help+7@desk.example") == (link.scheme, unquote(link.path))
    assert f"#mine\r\n\r\n{DELIMITER}\r\n" == fields["body"][0]
    assert fields["subject"][0].startswith("[#7] 硬币")
    assert "%23show%0D%0A" in first.show
    # What somebody has, or is closed, is not there to be taken.
    assert ("", "") == (first.take, last.take)
    assert "" == begin_mail("", "x", "#show", DELIMITER)


SEED = "legal winner thank year wave sausage worth useful legal winner thank yellow"
TOKEN = tokens.make(KEY, tokens.Purpose.AGENT, 1, 1, NOW)


@pytest.mark.parametrize("text", [SEED, f"ref:{TOKEN}"])
def test_what_others_wrote_is_as_harmless_in_a_list_as_in_any_mail(text: str) -> None:
    rows = (ListRow(replace(LINES[0], subject=text, requester=text), (text,)),)
    table = shown_in(table=ListTable(said("Tickets with “{words}”", words=text), rows))
    said_of = " ".join((table.text, table.rows[0].show, table.rows[0].take))
    assert "sausage" not in said_of
    assert f"ref:{TOKEN}" not in unquote(said_of)


def letter(table: ListTable, language: str = "en") -> tuple[str, str]:
    composer = Composer(some_settings(name="Desk"), a_policy(), (KEY,))
    mail = Mail(MailKind.ANSWER, NO_TICKET, ANNA.as_address, "k", agent=ANNA, event="list", table=table)
    made = composer.letter(mail, a_ticket(id=NO_TICKET), NOW, language, html=True)
    return made.text, made.html


def test_the_html_says_what_the_text_says_and_its_links_hold_the_agents_token() -> None:
    text, html = letter(table_of(TITLE, LINES))
    for words in (
        "Your open tickets (4)",
        "My wallet is empty",
        "lin@customer.example",
        "overdue, urgent",
        HOW,
    ):
        assert words in text
        assert words in html
    assert "mailto:" not in text
    links = re.findall(r'href="(mailto:[^"]*)"', html)
    # Each can be opened, and the one that is nobody's, taken.
    assert 4 + 1 == len(links)
    held = unquote(urlsplit(links[0]).path).partition("@")[0].partition("+")[2]
    token = tokens.read((KEY,), held, NOW)
    assert token is not None
    assert (tokens.Purpose.AGENT, 12, ANNA.id) == (token.purpose, token.ticket, token.person)
    # None of it is loaded from anywhere.
    assert [] == re.findall(r"src=|@import|url\(|https?:", html)


def test_a_list_that_is_quoted_is_known_for_one_of_ours() -> None:
    text, html = letter(table_of(TITLE, LINES))
    assert leaks.TOKEN == leaks.held(html.encode())
    # Its text without the line above which one answers: the sentence below it gives it away.
    own = (leaks.squeezed(HOW),)
    quoted = "".join(f"> {line}\n" for line in text.partition("Your open")[2].splitlines())
    assert leaks.WORDS == leaks.held(quoted.encode(), (), own)
