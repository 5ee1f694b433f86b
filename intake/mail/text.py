"""Readable text out of what mail carries: HTML, and text/plain with format=flowed.

Both readers are linear in their input and have no state that nests, because the
input is a stranger's: see docs/decisions/0003-html-to-text.md for the figures.
"""

import html as entities
import re
from collections.abc import Iterator, Mapping

from intake.mail.text_lines import ATTRIBUTION, CUT, Lines

# Longer HTML is read up to here; the worst of our hostile cases takes 0.7 s at
# this size, an ordinary mail of it 0.4 s.
MAX_HTML = 1 << 19
# A tag longer than this has its attributes ignored.
MAX_TAG = 8192
# Quotes in a tag may hold this many ">" before it is taken to end at the first.
MAX_TAG_ENDS = 3

# A whole tag in which no value holds an angle bracket: nearly every one. It looks no further than the
# next "<".
_WHOLE_TAG = re.compile(r"""<(/?)([a-zA-Z][a-zA-Z0-9:]{0,30}+)([^<>"]*+(?:"[^<>"]*+"[^<>"]*+)*+)>""")
_TAG = re.compile(r"<(?:(/?)([a-zA-Z][a-zA-Z0-9:]{0,30})|[!?/])")
_ATTRIBUTE = re.compile(
    r"""([a-zA-Z_:-]{1,40})\s{0,10}=\s{0,10}(?:"([^"]{0,4000})"|'([^']{0,4000})'|([^\s"'>]{1,4000}))"""
)
_HREF = re.compile(
    r"""\s+href\s{0,10}=\s{0,10}(?:"([^"]{0,4000})"|'([^']{0,4000})'|([^\s"'>]{1,4000}))""", re.IGNORECASE
)
# Left out with all they hold.
_SKIPPED = frozenset(
    {"script", "style", "head", "title", "template", "noscript", "svg", "math", "xml", "object"}
)
# These hold characters, not tags: the end is their own end tag, wherever it is.
_OPAQUE = frozenset({"script", "style", "title", "template", "noscript", "svg", "math", "xml"})
_BLOCKS = frozenset(
    {
        "address", "article", "aside", "blockquote", "caption", "center", "dd", "details", "div",
        "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "header", "hr", "li", "main", "nav",
        "ol", "option", "pre",
        "section", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul",
    }
)  # fmt: skip
_SPACED = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6"})
# All that change what is read; most tags of a page say only how it looks.
_TELLING = _SKIPPED | _OPAQUE | _BLOCKS | _SPACED | {"body", "br", "a", "img", "td", "th"}
# What clients wrap around the mail they quote without marking it as a quote.
_CUT_IDS = frozenset(
    {
        "divrplyfwdmsg",
        "appendonsend",
        "olk_src_body_section",
        "isforwardcontent",
        "mail-editor-reference-message-container",
    }
)
_CUT_CLASSES = frozenset({"yahoo_quoted", "protonmail_quote", "isforwardcontent"})
_ATTRIBUTION_CLASSES = frozenset({"gmail_attr", "moz-cite-prefix"})


def from_html(html: str) -> str:
    """Return what a reader of `html` sees, as text.

    Paragraphs and list items stand on lines of their own, a link is written
    "text (url)" when the two differ, a table row is a line, a blockquote is
    prefixed with "> ". Scripts, styles, comments and images without a text
    are left out. Never raises; reads at most MAX_HTML characters.
    """
    return _read(html, marked=False)


def marked_html(html: str) -> str:
    """Like from_html, with the marks CUT and ATTRIBUTION where a mail client wrapped the mail it quotes."""
    return _read(html, marked=True)


def unmark(text: str) -> str:
    """Return a text of marked_html as from_html would have given it."""
    lines = (line.replace(ATTRIBUTION, "") for line in text.split("\n") if CUT not in line)
    return "\n".join(lines)


def _read(html: str, marked: bool) -> str:
    out = Lines(marked)
    skipping = ""
    for name, closing, attributes, data in _tokens(html[:MAX_HTML], every=marked):
        if skipping:
            if name == "body" or (closing and name == skipping):
                skipping = ""
        elif data:
            out.text(_decoded(data))
        elif name in _SKIPPED and not closing:
            skipping = name
        elif closing:
            _close(out, name)
        elif name:
            _open(out, name, attributes)
    return out.finish()


def _open(out: Lines, name: str, attributes: str) -> None:
    if name == "br":
        out.line_break()
        return
    values = _values(attributes) if attributes and (out.marked or name == "img") else {}
    if name == "a":
        out.link(values.get("href", "") if out.marked else _target(attributes))
    elif name == "img":
        alt = values.get("alt", "").strip()
        if alt and not _is_pixel(values):
            out.text(f"[{alt}]" if not alt.startswith("[") else alt)
    elif name in ("td", "th"):
        out.cell()
    elif name in _SPACED:
        out.block(spaced=True)
    elif name in _BLOCKS:
        out.block()
        if name == "blockquote":
            out.quote(1)
        elif name == "pre":
            out.preformatted(1)
        elif name in ("ul", "ol"):
            out.list(ordered=name == "ol")
        elif name == "li":
            out.item()
        elif name == "hr":
            out.text("-" * 20)
            out.block()
    if values:
        _mark(out, values)


def _close(out: Lines, name: str) -> None:
    if name == "a":
        out.end_link()
    elif name in _SPACED:
        out.block(spaced=True)
    elif name in _BLOCKS:
        out.block()
        if name == "blockquote":
            out.quote(-1)
        elif name == "pre":
            out.preformatted(-1)
        elif name in ("ul", "ol"):
            out.end_list()


def _mark(out: Lines, values: Mapping[str, str]) -> None:
    if "id" not in values and "class" not in values and "name" not in values:
        return
    classes = set(values.get("class", "").lower().split())
    # Webmail puts its own prefix in front of the ids and classes of what it quotes.
    identity = values.get("id", "").lower().removeprefix("x_")
    if (
        identity in _CUT_IDS
        or values.get("name", "").lower() == "messagereplysection"
        or classes & _CUT_CLASSES
    ):
        out.mark(CUT)
    elif classes & _ATTRIBUTION_CLASSES:
        out.mark(ATTRIBUTION)


def _is_pixel(values: Mapping[str, str]) -> bool:
    return values.get("width", "").strip() in ("0", "1") or values.get("height", "").strip() in ("0", "1")


def _values(attributes: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(attributes):
        name, double, single, bare = match.groups()
        found.setdefault(name.lower(), _decoded(double or single or bare or ""))
    return found


def _target(attributes: str) -> str:
    """Return the address of a link: mostly its first attribute."""
    first = _HREF.match(attributes)
    if first:
        return _decoded(first[1] or first[2] or first[3] or "")
    return _values(attributes).get("href", "")


def _decoded(text: str) -> str:
    if "&" not in text:
        return text
    try:
        return entities.unescape(text)
    except ValueError:
        # A character reference of more digits than Python will read.
        return text


def _tokens(html: str, every: bool) -> Iterator[tuple[str, bool, str, str]]:
    """Yield (tag, closing, attributes, text): a tag or a text, never both.

    Not `every`: of tags those alone that change what is read.

    Every step consumes what it looked at, and a search that found nothing is
    never made again, so hostile input costs no more than its length.
    """
    at, size = 0, len(html)
    lowered = ""
    unclosed: set[str] = set()
    while at < size:
        start = html.find("<", at)
        whole = _WHOLE_TAG.match(html, start) if start >= 0 else None
        match = whole or _TAG.search(html, at)
        if match is None:
            yield "", False, "", html[at:]
            return
        start = match.start()
        if start > at:
            yield "", False, "", html[at:start]
        slash, name = match[1], match[2]
        if name is None:
            mark = "-->" if html.startswith("<!--", start) else ">"
            end = -1 if mark in unclosed else html.find(mark, start + 2)
            if end < 0:
                # An unclosed comment ends at the next ">", as browsers recover.
                unclosed.add(mark)
                mark = ">"
                end = html.find(mark, start + 2)
            if end < 0:
                return
            at = end + len(mark)
            continue
        end = whole.end() - 1 if whole else _tag_end(html, match.end())
        if end < 0:
            # The tag was cut off with the mail; what it holds is not text.
            return
        name, closing = name.lower(), slash == "/"
        if not every and name not in _TELLING:
            at = end + 1
            continue
        attributes = html[match.end(2) : end] if end - start < MAX_TAG else ""
        yield name, closing, attributes, ""
        at = end + 1
        if name in _OPAQUE and not closing and not attributes.endswith("/") and name not in unclosed:
            lowered = lowered or html.lower()
            stop = lowered.find(f"</{name}", at) if len(lowered) == size else -1
            if stop < 0:
                unclosed.add(name)
                yield name, True, "", ""
            else:
                at = stop


def _tag_end(html: str, at: int) -> int:
    """Return where the tag's ">" is, minding quotes, -1 when it has none."""
    first = end = html.find(">", at)
    for _ in range(MAX_TAG_ENDS):
        if end < 0 or end - at > MAX_TAG:
            break
        if html.count('"', at, end) % 2 == 0:
            return end
        end = html.find(">", end + 1)
    return first


def unflow(text: str, delsp: bool) -> str:
    """Join the soft-broken lines of a format=flowed text (RFC 3676 section 4).

    A line ending in a space goes on in the next one of the same quote depth;
    "-- " is a signature separator and never joined; stuffed spaces are taken
    off. `delsp` (DelSp=yes) says that the space at the break is not a word's.
    """
    out: list[str] = []
    pieces: list[str] = []
    depth = 0

    def flush() -> None:
        if pieces:
            prefix = ">" * depth + " " if depth else ""
            out.append(prefix + "".join(pieces))
            pieces.clear()

    for line in text.replace("\r\n", "\n").split("\n"):
        body = line.lstrip(">")
        quoted = len(line) - len(body)
        body = body.removeprefix(" ")
        if pieces and (quoted != depth or body == "-- "):
            flush()
        depth = quoted
        if body == "-- ":
            pieces.append(body)
            flush()
        elif body.endswith(" "):
            pieces.append(body[:-1] if delsp else body)
        else:
            pieces.append(body)
            flush()
    flush()
    return "\n".join(out)
