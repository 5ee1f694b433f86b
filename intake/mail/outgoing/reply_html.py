"""The HTML of an agent's answer: what they wrote now, as simple HTML, and nothing that the text does not say.

The text beside it decides. Of the HTML that came, cleaned to a few tags, those lines are kept
that make up the text, in its order; quotes, signatures, commands and whatever else the text
was cut of are no part of it and fall away, whoever's client wrote them and however. When lines
and text do not come out equal, there is no HTML, and the text is shown alone.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import unquote

from intake.desk.message import Attachment
from intake.desk.sensitive import leaks
from intake.mail.formats.html import from_html
from intake.mail.outgoing import compose

# Beyond these the text goes out alone. What is no more than this deep is cleaned in linear time;
# the parser of nh3 took 200 s for 80,000 open <div> (measured).
MAX_HTML = 1 << 18
MAX_TAGS = 20_000
MAX_LINES = 2000
MAX_DEPTH = 100

_INLINE = frozenset(("a", "b", "strong", "i", "em", "u", "s", "code", "sub", "sup"))
_BLOCKS = frozenset(
    (
        "p", "div", "ul", "ol", "li", "blockquote", "pre", "table", "tbody", "thead", "tr", "td", "th",
        "h1", "h2", "h3", "h4", "h5", "h6",
    )
)  # fmt: skip
_VOID = frozenset(("br", "img"))
# Left out with all they hold.
_GONE = frozenset(
    ("script", "style", "title", "template", "noscript", "svg", "math", "xml", "object", "select", "textarea")
)
# A heading in a mail is a line in bold; one sets its size by accident more than on purpose.
_HEADING = re.compile(r"h[1-6]")
# Tags that stay open until they are closed; a paragraph, for one, ends where the next begins.
_OPENING = re.compile(
    r"<(/?)(?!(?:p|br|img|hr|li|td|th|tr|input|meta|link|col|dd|dt|option)\b)[a-z]", re.IGNORECASE
)
_TARGET = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)
_PLACE = re.compile(r"[A-Za-z0-9@._$+=~-]{1,250}")
_TOKEN = re.compile(r'<(/?)([a-z][a-z0-9]*)((?:[^"<>]|"[^"]*")*)>|([^<]+|<)')
_ATTRIBUTE = re.compile(r'([a-z]+)="([^"]*)"')
_ENTITY = re.compile(r"&(amp|lt|gt|quot|nbsp|#39);")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "nbsp": "\u00a0", "#39": "'"}
# What clients put around the words of a line when they write HTML as text, and what stands in for a picture.
_LEAD = re.compile(r"^[\s>]*(?:[-*•·◦▪‣–]\s+|\(?\d{1,3}[.)]\s+)?")
_LINK = re.compile(r"[<(\[]?\s?(?:https?://|mailto:|tel:)[^\s<>\"]{1,2000}[>\])]?", re.IGNORECASE)
_PICTURE = re.compile(r"\[image:[^\]\n]{0,300}\]|\[cid:[^\]\n]{0,300}\]", re.IGNORECASE)


@dataclass(slots=True)
class _Node:
    """An element, or a text where `name` is "". `line` is which line of the page it stands on."""

    name: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    line: int = -1
    children: "list[_Node]" = field(default_factory=list)


def answer(html: str, text: str, files: Sequence[Attachment]) -> tuple[str, list[Attachment]]:
    """Return the HTML that says what `text` says ("" when none can be made), and the files that go with it.

    `html` is that of the whole mail, `text` the plain text that goes out, `files` all files of
    the mail. Pictures that stood in what was cut, a signature's or the quoted mail's, are left
    out. The HTML holds a few tags, links to http, https and mailto, and pictures by the
    Content-ID of one of the files returned: nothing is loaded from anywhere. Never raises.
    """
    shown = {file.content_id.lower(): file for file in files if _showable(file)}
    placed = _places(html)
    made, used = _made(html, text, shown) if _typed(html) else ("", set())
    kept = []
    for file in files:
        key = file.content_id.lower()
        if key in used or key not in placed or f"[image: {file.name}]" in text:
            # What the HTML does not show must be found among the files.
            kept.append(replace(file, inline=key in used))
    return made, kept


def _typed(html: str) -> bool:
    """Whether somebody may have typed this HTML: it is not so long, so full of tags or so deep."""
    if not html.strip() or len(html) > MAX_HTML or html.count("<") > MAX_TAGS:
        return False
    depth = deepest = 0
    for match in _OPENING.finditer(html):
        depth = max(depth - 1, 0) if match[1] else depth + 1
        deepest = max(deepest, depth)
    return deepest <= MAX_DEPTH


def _showable(file: Attachment) -> bool:
    kind = file.media_type.lower()
    known = kind.startswith("image/") and kind in compose.SAFE_TYPES
    return known and _PLACE.fullmatch(file.content_id) is not None


def _made(html: str, text: str, shown: Mapping[str, Attachment]) -> tuple[str, set[str]]:
    root = _tree(_cleaned(html, shown))
    lines = _lines(root)
    kept = _matched(lines, text, shown) if 0 < len(lines) <= MAX_LINES else None
    if kept is None:
        return "", set()
    used: set[str] = set()
    made = "".join(_written(child, kept, shown, used) for child in root.children)
    # Read once more, by the reader that all mail is read with: what it says is what goes out.
    if _all_said(from_html(made)) != _all_said(text) or leaks.held(made.encode("utf-8", "replace")):
        return "", set()
    return made, used


def _cleaned(html: str, shown: Mapping[str, Attachment]) -> str:
    """Return HTML of the few tags only, well formed: what it says and nothing that acts."""

    def attribute(tag: str, name: str, value: str) -> str | None:
        own = value[:4].lower() == "cid:"
        if tag == "img":
            # From the mail itself, or not at all.
            return value if own and _place(value) in shown else None
        return value if tag != "a" or _TARGET.match(value) else None

    # Loaded with the first reply in HTML: 1.5 MB in each process.
    import nh3

    return nh3.clean(
        html.replace("\x00", ""),
        tags=set(_INLINE | _BLOCKS | _VOID),
        clean_content_tags=set(_GONE),
        attributes={"a": {"href"}, "img": {"src"}, "ol": {"start"}},
        attribute_filter=attribute,
        url_schemes={"http", "https", "mailto", "cid"},
        link_rel="noopener noreferrer",
        strip_comments=True,
    )


def _places(html: str) -> set[str]:
    names = re.findall(r"cid:([^\"'\s>]{1,300})", html[: 4 * MAX_HTML], re.IGNORECASE)
    return {unquote(name).lower() for name in names}


def _tree(html: str) -> _Node:
    """Return the elements of well-formed HTML."""
    root = _Node("div")
    open_ = [root]
    deepest = 0
    for match in _TOKEN.finditer(html):
        closing, name, attributes, data = match.groups()
        if data is not None:
            open_[-1].children.append(_Node(text=_decoded(data)))
        elif closing:
            while len(open_) > 1 and open_.pop().name != name:
                pass
        else:
            values = {key: _decoded(value) for key, value in _ATTRIBUTE.findall(attributes)}
            node = _Node(name, values)
            open_[-1].children.append(node)
            if name not in _VOID:
                open_.append(node)
                deepest = max(deepest, len(open_))
    return root if deepest <= MAX_DEPTH else _Node("div")


def _place(source: str) -> str:
    return unquote(source[4:]).strip().lower()


def _decoded(text: str) -> str:
    return _ENTITY.sub(lambda match: _ENTITIES[match[1]], text)


def _lines(root: _Node) -> list[list[_Node]]:
    """Return the texts and pictures of each line as it is shown, and write its number into them."""
    lines: list[list[_Node]] = [[]]

    def end() -> None:
        if lines[-1]:
            lines.append([])

    work: list[tuple[_Node, bool]] = [(root, False)]
    while work:
        node, done = work.pop()
        if node.name in _BLOCKS:
            end()
        if done:
            continue
        if node.name == "br":
            node.line = len(lines) - 1
            # An empty line is a line too.
            lines[-1].append(node)
            end()
        elif not node.name or node.name == "img":
            if node.name or node.text.strip() or lines[-1]:
                node.line = len(lines) - 1
                lines[-1].append(node)
        else:
            work.append((node, True))
            work.extend((child, False) for child in reversed(node.children))
    return [line for line in lines if line]


def _matched(
    lines: Sequence[Sequence[_Node]], text: str, shown_: Mapping[str, Attachment]
) -> frozenset[int] | None:
    """Return the numbers of the lines that together say what `text` says; None when none do."""
    wanted = _all_said(text)
    links = {_bare(link) for link in _LINK.findall(text)}
    named = {key for key, file in shown_.items() if f"[image: {file.name}]" in text}
    kept: list[int] = []
    loose: list[int] = []
    outside: list[int] = []
    at = 0
    for line in lines:
        number = line[0].line
        shown = "".join(node.text for node in line if not node.name)
        said = _said(shown)
        if said and wanted.startswith(said, at):
            at += len(said)
            # What stands between two lines of the answer without a word of its own belongs to it.
            kept += [*loose, number] if kept else [number]
            loose = []
        elif said:
            # A line that was cut: what was loose before it may belong to it.
            loose = []
        elif all(_bare(link) in links for link in _LINK.findall(shown)):
            loose.append(number)
            # Above the first words and below the last only what the text names.
            pictures = [_place(node.attributes.get("src", "")) for node in line if node.name == "img"]
            if (pictures and set(pictures) <= named) or _LINK.search(shown):
                outside.append(number)
    if at != len(wanted):
        return None
    return frozenset((*kept, *outside)) or None


def _all_said(text: str) -> str:
    return "".join(_said(line) for line in text.split("\n"))


def _bare(link: str) -> str:
    return link.strip("<>()[] .,;").lower().rstrip("/")


def _said(line: str) -> str:
    """Return the letters and digits of a line: what it says, however it is decorated.

    Of a line without any, its other signs: an emoji may be all of an answer.
    """
    line = _PICTURE.sub(" ", _LINK.sub(" ", line))
    line = line[_LEAD.match(line).end() :] if _LEAD.match(line) else line  # type: ignore[union-attr]
    said = "".join(char for char in line if char.isalnum())
    return said or "".join(char for char in line if ord(char) > 0x2000 and not char.isspace())


def _written(node: _Node, kept: frozenset[int], shown: Mapping[str, Attachment], used: set[str]) -> str:
    """Return a node as HTML with the lines that are kept, "" when it holds none."""
    if not node.name:
        return _escaped(node.text) if node.line in kept else ""
    if node.name == "br":
        return "<br>" if node.line in kept else ""
    if node.name == "img":
        place = _place(node.attributes.get("src", ""))
        if node.line not in kept or place not in shown:
            return ""
        used.add(place)
        return f'<img src="cid:{shown[place].content_id}" alt="" style="max-width:100%">'
    inside = "".join(_written(child, kept, shown, used) for child in node.children)
    if not inside:
        return ""
    if _HEADING.fullmatch(node.name):
        return f"<p><b>{inside}</b></p>"
    attributes = "".join(f' {name}="{_escaped(value)}"' for name, value in node.attributes.items())
    return f"<{node.name}{attributes}>{inside}</{node.name}>"


def _escaped(text: str) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace('"', "&quot;").replace("\u00a0", "&nbsp;")
