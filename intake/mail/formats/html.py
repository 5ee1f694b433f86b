"""Readable text out of what mail carries: HTML, and text/plain with format=flowed.

Both readers are linear in their input and have no state that nests, because the
input is a stranger's: see docs/decisions/0003-html-to-text.md for the figures.
"""

import html as entities
import re
from collections.abc import Iterator, Mapping

from intake.mail.formats.html_lines import ATTRIBUTION, CUT, SIGNATURE, USUAL, Lines

# Longer HTML is read up to here; the worst of our hostile cases takes 0.7 s at
# this size, an ordinary mail of it 0.4 s.
MAX_HTML = 1 << 19
# A tag longer than this has its attributes ignored.
MAX_TAG = 8192
# Quotes in a tag may hold this many ">" before it is taken to end at the first.
MAX_TAG_ENDS = 3

# A text and the whole tag behind it, where no value in that holds an angle bracket: nearly every one.
# It looks no further than the second "<", and where the tag is another, it finds the text alone.
_PIECE = re.compile(r"""([^<]*+)(?:<(/?[a-zA-Z][a-zA-Z0-9:]{0,30}+)([^<>"]*+(?:"[^<>"]*+"[^<>"]*+)*+)>)?+""")
_TAG = re.compile(r"<(?:(/?[a-zA-Z][a-zA-Z0-9:]{0,30})|[!?/])")
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
# Blocks that have an inside of another kind.
_NESTED = frozenset({"blockquote", "pre", "ul", "ol"})
_SPACED = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6"})
# What a tag does to the page, by its name, that of an end tag with its "/". Of those that do nothing and say
# only how the page looks, the frequent ones are here too, and all once more in capitals.
_NOTHING, _BLOCK, _SPACED_BLOCK, _CELL, _BREAK, _LINK, _END_LINK, _OTHER, _SKIP, _SKIP_ALL, _SHOW = range(11)
_LOOKS = frozenset({"b", "big", "em", "font", "i", "small", "span", "strong", "u"})
_DOES = {
    f"{end}{name}": does
    for end in ("", "/")
    for names, does in ((_LOOKS, _NOTHING), (_BLOCKS, _BLOCK), (_SPACED, _SPACED_BLOCK), (_NESTED, _OTHER))
    for name in names
}
_DOES |= {
    "td": _CELL,
    "th": _CELL,
    "/td": _NOTHING,
    "/th": _NOTHING,
    "br": _BREAK,
    "a": _LINK,
    "/a": _END_LINK,
}
_DOES |= {"li": _OTHER, "hr": _OTHER, "img": _OTHER, "body": _SHOW, "/body": _SHOW}
_DOES |= {f"/{name}": _SHOW for name in _SKIPPED}
_DOES |= {name: _SKIP_ALL if name in _OPAQUE else _SKIP for name in _SKIPPED}
_DOES |= {tag.upper(): does for tag, does in _DOES.items()}
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
# document.execCommand("indent") writes margin: 0 0 0 40px; border: none; padding: 0px.
_UNBORDERED = re.compile(r"(?:^|;)border:(?:none|0|0px)(?:;|$)")
_CUT_CLASSES = frozenset({"yahoo_quoted", "protonmail_quote", "isforwardcontent"})
_ATTRIBUTION_CLASSES = frozenset({"gmail_attr", "moz-cite-prefix"})
# And around a signature, which needs no "-- " then.
_SIGNATURE_CLASSES = frozenset(
    {
        "gmail_signature", "protonmail_signature_block", "moz-signature", "k9mail-signature",
        "ntes-mailmaster-signature", "front-signature", "sh-signature",
    }
)  # fmt: skip
_SIGNATURE_IDS = frozenset({"signature", "ms-outlook-mobile-signature", "zm-_id_-sgn"})
# The attributes that say so.
_TELLING = ("id", "class", "name", "data-marker", "data-signature-widget")


def from_html(html: str) -> str:
    """Return what a reader of `html` sees, as text.

    Paragraphs and list items stand on lines of their own, a link is written
    "text (url)" when the two differ, a table row is a line, a blockquote is
    prefixed with "> ". Scripts, styles, comments and images without a text
    are left out. Never raises; reads at most MAX_HTML characters.
    """
    return _read(html, marked=False)


def marked_html(html: str) -> str:
    """Like from_html, with the marks CUT and ATTRIBUTION where a mail client wrapped the mail it quotes,
    and SIGNATURE where it wrapped a signature."""
    return _read(html, marked=True)


def unmark(text: str) -> str:
    """Return a text of marked_html as from_html would have given it."""
    lines = (line for line in text.split("\n") if CUT not in line)
    return "\n".join(lines).replace(ATTRIBUTION, "").replace(SIGNATURE, "")


def _read(html: str, marked: bool) -> str:
    html = html[:MAX_HTML]
    out = Lines(marked)
    # Bytes are looked through ten times as fast as a pattern looks through text.
    usual = html.isascii() and not html.encode("ascii").translate(None, USUAL)
    skipping = ""
    for data, does, tag, attributes in _tokens(html, every=marked):
        if skipping:
            if tag.lower() in ("body", "/body", "/" + skipping):
                skipping = ""
            continue
        if data:
            if not out.pre and (data == "&nbsp;" or (usual and data.isspace())):
                # Between tags there is mostly nothing.
                out.space = True
            elif "&" in data:
                out.text(_decoded(data))
            else:
                out.text(data, usual)
        if does == _BLOCK:
            out.block()
        elif does == _CELL:
            out.cell()
        elif does == _BREAK:
            out.line_break()
            continue
        elif does == _SPACED_BLOCK:
            out.block(spaced=True)
        elif does == _LINK:
            out.link(_target(attributes))
        elif does == _END_LINK:
            out.end_link()
        elif does in (_SKIP, _SKIP_ALL):
            skipping = tag.lower()
            continue
        elif does == _OTHER:
            _other(out, tag.lower(), attributes)
        if marked and tag:
            _mark(out, tag.lower(), attributes)
    return out.finish()


def _other(out: Lines, tag: str, attributes: str) -> None:
    """Write what a tag does that is not one of the frequent ones."""
    if tag == "img":
        lowered = attributes.lower()
        if "alt" not in lowered or ('alt=""' in lowered and lowered.count("alt") == 1):
            return
        values = _values(attributes)
        alt = values.get("alt", "").strip()
        if alt and not _is_pixel(values):
            out.text(f"[{alt}]" if not alt.startswith("[") else alt)
        return
    out.block()
    name = tag.lstrip("/")
    inside = 1 if name == tag else -1
    if name == "blockquote":
        out.quote(inside, bool(attributes) and _is_indent(attributes))
    elif name == "pre":
        out.preformatted(inside)
    elif tag in ("ul", "ol"):
        out.list(ordered=tag == "ol")
    elif inside < 0:
        out.end_list()
    elif tag == "li":
        out.item()
    elif tag == "hr":
        out.text("-" * 20)
        out.block()


def _mark(out: Lines, tag: str, attributes: str) -> None:
    out.inside_signature(tag)
    if not attributes or tag[0] == "/":
        return
    values = _values(attributes)
    if values.keys().isdisjoint(_TELLING):
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
    elif _is_signature(values):
        out.begin_signature(tag)


def _is_indent(attributes: str) -> bool:
    """Whether a blockquote is what editors in browsers make of "indent more": no quote, by its style."""
    values = _values(attributes)
    if "cite" in values or "type" in values or "class" in values:
        return False
    style = "".join(values.get("style", "").lower().split())
    return _UNBORDERED.search(style) is not None and "border-" not in style


def _is_signature(values: Mapping[str, str]) -> bool:
    return (
        values.get("id", "").lower().removeprefix("x_") in _SIGNATURE_IDS
        or values.get("name", "").lower() == "messagesignaturesection"
        or values.get("data-marker", "").lower() in ("__sig_pre__", "__sig_post__")
        or "data-signature-widget" in values
        or not _SIGNATURE_CLASSES.isdisjoint(values.get("class", "").lower().split())
    )


def _is_pixel(values: Mapping[str, str]) -> bool:
    return values.get("width", "").strip() in ("0", "1") or values.get("height", "").strip() in ("0", "1")


def _values(attributes: str) -> dict[str, str]:
    values: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(attributes):
        name, double, single, bare = match.groups()
        values.setdefault(name.lower(), _decoded(double or single or bare or ""))
    return values


def _target(attributes: str) -> str:
    """Return the address of a link: mostly its first attribute."""
    first = _HREF.match(attributes)
    if first:
        return _decoded(first[1] or first[2] or first[3] or "")
    return _values(attributes).get("href", "")


def _decoded(text: str) -> str:
    if "&" not in text:
        return text
    text = text.replace("&nbsp;", "\u00a0")
    if "&" not in text:
        return text
    try:
        return entities.unescape(text)
    except ValueError:
        # A character reference of more digits than Python will read.
        return text


def _tokens(html: str, every: bool) -> Iterator[tuple[str, int, str, str]]:
    """Yield (a text, what the tag behind it does, that tag, its attributes); each may be empty, or 0.

    Not `every`: of tags those alone that change what is read.

    Every step consumes what it looked at, and a search that found nothing is
    never made again, so hostile input costs no more than its length.
    """
    at, size = 0, len(html)
    lowered = ""
    unclosed: set[str] = set()
    known = _DOES.get
    while at < size:
        for match in _PIECE.finditer(html, at):
            data, tag, attributes = match.groups()
            if tag is None:
                break
            does = known(tag)
            if does is None:
                does = known(tag.lower(), 0)
            if len(attributes) >= MAX_TAG:
                attributes = ""
            if data or does or every:
                yield data, does, tag, attributes
                if does == _SKIP_ALL:
                    break
        # The last match is always one without a tag.
        if tag is None:
            data, tag, attributes, at = _rare(html, match.start(), unclosed)
            does = known(tag.lower(), 0)
            yield data, does, tag, attributes
        else:
            at = match.end()
        name = tag.lower()
        if does == _SKIP_ALL and not attributes.endswith("/") and name not in unclosed:
            lowered = lowered or html.lower()
            stop = lowered.find(f"</{name}", at) if len(lowered) == size else -1
            if stop < 0:
                unclosed.add(name)
                yield "", 0, "/" + name, ""
            else:
                at = stop


def _rare(html: str, at: int, unclosed: set[str]) -> tuple[str, str, str, int]:
    """Return a text from `at` on, the tag behind it, its attributes, and where that ends.

    The tag may be a comment (then ""), be cut off, or hold angle brackets in its values.
    """
    size = len(html)
    match = _TAG.search(html, at)
    if match is None:
        return html[at:], "", "", size
    start, tag = match.start(), match[1]
    if tag is None:
        mark = "-->" if html.startswith("<!--", start) else ">"
        end = -1 if mark in unclosed else html.find(mark, start + 2)
        if end < 0:
            # An unclosed comment ends at the next ">", as browsers recover.
            unclosed.add(mark)
            mark = ">"
            end = html.find(mark, start + 2)
        return html[at:start], "", "", end + len(mark) if end >= 0 else size
    end = _tag_end(html, match.end())
    if end < 0:
        # The tag was cut off with the mail; what it holds is not text.
        return html[at:start], "", "", size
    return html[at:start], tag, html[match.end() : end] if end - start < MAX_TAG else "", end + 1


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
