"""The text of a spreadsheet (.xlsx): its cells by rows, and by columns where that differs. Pure."""

import html
import re
from collections import defaultdict
from collections.abc import Sequence

_TEXT = re.compile(r"<t\b[^<>]*>([^<]*)</t>")
# Split, not searched for with its end: without one that would take the square of its length.
_STRING, _CELL = re.compile(r"<si\b[^<>]*>"), re.compile(r"<c\b(?=[ >])")
_PLACE = re.compile(r'\br="([A-Z]{1,3})(\d{1,7})"')
_SHARED = re.compile(r'\bt="s"')
_VALUE = re.compile(r"<v>([^<]*)</v>")


def shared_strings(xml: str) -> list[str]:
    """Return the strings that cells refer to by their number (ECMA-376 part 1, 18.4.9)."""
    return [_texts(item.partition("</si>")[0]) for item in _STRING.split(xml)[1:]]


def sheet_texts(xml: str, strings: Sequence[str]) -> list[str]:
    """Return the text of one sheet, a line for each row; and that of each column of several cells."""
    rows: dict[int, list[str]] = defaultdict(list)
    columns: dict[str, list[str]] = defaultdict(list)
    for piece in _CELL.split(xml)[1:]:
        attributes, _, inside = piece.partition("</c>")[0].partition(">")
        text = "" if attributes.endswith("/") else _cell(attributes, inside, strings)
        place = _PLACE.search(attributes)
        if text:
            rows[int(place[2]) if place else 0].append(text)
            columns[place[1] if place else ""].append(text)
    by_rows = "\n".join("\t".join(cells) for cells in rows.values())
    if all(len(cells) < 2 for cells in rows.values()):
        return [by_rows]
    return [by_rows, *("\n".join(cells) for cells in columns.values() if len(cells) > 1)]


def _cell(attributes: str, inside: str, strings: Sequence[str]) -> str:
    value = _VALUE.search(inside)
    if value is None:
        return _texts(inside)
    if not _SHARED.search(attributes):
        return html.unescape(value[1])
    number = value[1].strip()
    known = number.isascii() and number.isdigit() and len(number) < 8 and int(number) < len(strings)
    return strings[int(number)] if known else ""


def _texts(xml: str) -> str:
    return html.unescape("".join(_TEXT.findall(xml)))
