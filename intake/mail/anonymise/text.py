"""Decoded text made anonymous: plain text, HTML and calendars, each character in its place."""

import re
from collections.abc import Callable, Iterator

from intake.mail.anonymise import known_words
from intake.mail.anonymise.standins import WORD, Standins

Writer = Callable[[str, str, Standins], str]
"""(text, codec, standins) to the text to write instead."""

_TAG = re.compile(r"<!--.*?(?:-->|$)|<!\[[^>]*>|</?[a-zA-Z!?][^>]*(?:>|$)", re.DOTALL)
_ENTITY = re.compile(r"&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|[a-zA-Z][a-zA-Z0-9]{1,30});")
_NAME = re.compile(r"</?[a-zA-Z!?][a-zA-Z0-9:]*")
_ATTRIBUTE = re.compile(r"([a-zA-Z_:-]{1,40}\s{0,10}=\s{0,10})(\"[^\"]*\"|'[^']*'|[^\s\"'>]+)")
# What these say is form, not words; a number in them is one of pixels.
_FORM = frozenset(
    (
        "width", "height", "border", "align", "valign", "cellspacing", "cellpadding", "colspan",
        "rowspan", "type", "rel", "target", "dir", "lang", "size", "face", "color", "bgcolor",
        "http-equiv", "charset",
    )
)  # fmt: skip
# Names of classes and ids by which quoted mail is known.
_MARKS = re.compile(
    r"divrplyfwdmsg|appendonsend|olk_src_body_section|isforwardcontent|mail-editor-reference-message-container"
    r"|yahoo_quoted|protonmail_quote|gmail_(?:quote|attr|extra|signature)(?:_container)?|moz-cite-prefix"
    r"|messagereplysection|x_(?=\w)|blockquote|qmbox|foxdiv\w{0,20}",
    re.IGNORECASE,
)
_CSS = frozenset(
    (
        "display", "none", "block", "inline", "border", "left", "right", "top", "bottom", "solid",
        "margin", "padding", "font", "family", "size", "color", "background", "width", "height",
        "style", "weight", "bold", "normal", "line", "text", "align", "pre", "wrap", "white",
        "space", "mso", "overflow", "visibility", "hidden", "px", "pt", "em", "rgb", "style",
        "important",
    )
)  # fmt: skip
_CALENDAR_LINE = re.compile(
    r"((?:BEGIN|END|METHOD|VERSION|STATUS|CLASS|TRANSP|CALSCALE|SEQUENCE|PRIORITY)(?=[:;])[^\r\n]*)"
    r"|([A-Z][A-Z-]{1,40}(?=[:;]))|(;[A-Z][A-Z-]{1,30}=(?:[A-Z-]{1,30}(?=[;:]))?)"
)


def plain(text: str, codec: str, standins: Standins) -> str:
    """Return `text` with every word but the known ones replaced."""
    out: list[str] = []
    at = 0
    for start, end in known_words.spans(text):
        out += (_replaced(text[at:start], codec, standins), text[start:end])
        at = end
    out.append(_replaced(text[at:], codec, standins))
    return "".join(out)


def _replaced(text: str, codec: str, standins: Standins) -> str:
    known = known_words.vocabulary()

    def replacement(match: re.Match[str]) -> str:
        word = match[0]
        return word if word.casefold() in known else standins.word(word, codec)

    return WORD.sub(replacement, text)


def html(text: str, codec: str, standins: Standins) -> str:
    """Return HTML with the words between its tags and in its attributes replaced; tags and marks stay."""
    out: list[str] = []
    for piece, is_tag in _pieces(text, _TAG):
        out.append(_tag(piece, codec, standins) if is_tag else _between(piece, codec, standins))
    return "".join(out)


def calendar(text: str, codec: str, standins: Standins) -> str:
    """Return an iCalendar object or a vCard with its values replaced (RFC 5545 section 3.1)."""
    out = [
        piece if is_form else _replaced(piece, codec, standins)
        for piece, is_form in _pieces(text, _CALENDAR_LINE)
    ]
    return "".join(out)


def _pieces(text: str, pattern: re.Pattern[str]) -> Iterator[tuple[str, bool]]:
    at = 0
    for match in pattern.finditer(text):
        if match.start() > at:
            yield text[at : match.start()], False
        yield match[0], True
        at = match.end()
    if at < len(text):
        yield text[at:], False


def _between(text: str, codec: str, standins: Standins) -> str:
    if text.strip().casefold() in known_words.labels():
        return text
    return "".join(
        _entity(piece, standins) if is_entity else plain(piece, codec, standins)
        for piece, is_entity in _pieces(text, _ENTITY)
    )


def _entity(entity: str, standins: Standins) -> str:
    """Return a numeric reference to a letter as one to another letter, of as many digits."""
    match = _ENTITY.fullmatch(entity)
    code = int(match[1]) if match and match[1] else int(match[2], 16) if match and match[2] else 0
    if code < 128 or code > 0x10FFFF or not chr(code).isalpha():
        return entity
    made = ord(standins.word(chr(code), "utf-8")[0])
    digits = str(made) if match and match[1] else f"{made:x}"
    return re.sub(r"(?<=#)\d+|(?<=#[xX])[0-9a-fA-F]+", digits, entity) if code != made else entity


def _tag(tag: str, codec: str, standins: Standins) -> str:
    if tag.startswith("<!"):
        return tag if re.match(r"<!doctype", tag, re.IGNORECASE) else _replaced(tag, codec, standins)
    name = _NAME.match(tag)
    if not name or (name[0].lower() == "<meta" and "charset" in tag.lower()):
        return tag if name else _replaced(tag, codec, standins)

    def attribute(match: re.Match[str]) -> str:
        head, value = match[1], match[2]
        key = head.rstrip("= \t\r\n").lower()
        if key in _FORM and len(value) < 40:
            return match[0]
        if key in ("class", "id", "name"):
            kept = _MARKS
        elif key == "style":
            return head + WORD.sub(
                lambda word: word[0] if word[0].lower() in _CSS else standins.word(word[0], codec), value
            )
        else:
            return head + _between(value, codec, standins)
        return head + "".join(
            piece if is_mark else _replaced(piece, codec, standins) for piece, is_mark in _pieces(value, kept)
        )

    return name[0] + _ATTRIBUTE.sub(attribute, tag[name.end() :])
