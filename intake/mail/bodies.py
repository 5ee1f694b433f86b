"""Leaves decoded, and told apart: what a person is meant to read, and the files beside it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import filetype

from intake.desk.message import Attachment
from intake.mail import charsets, filenames, headers, text, transfer
from intake.mail.parts import Fields, Part
from intake.mail.structure import Leaf

# More files than anybody attaches; the raw mail keeps them all.
MAX_ATTACHMENTS = 100

_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w.:-]{2,40})", re.IGNORECASE)
_MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,100}/[a-z0-9!#$&^_.+-]{1,100}", re.ASCII)
_SIGNATURES = {
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/jpeg": b"\xff\xd8\xff",
    "image/gif": b"GIF8",
    "application/pdf": b"%PDF-",
}
# Claims that say nothing, against which even a container format is news.
_VAGUE = frozenset(
    ("", "application/octet-stream", "application/x-download", "application/unknown", "binary/octet-stream")
)
_SNIFF_BYTES = 8192
# The same words once more, for readers that we are not.
_OTHER_RENDITIONS = ("text/x-amp-html", "text/watch-html", "text/enriched", "text/richtext")
_LINES = str.maketrans({0: "\ufffd", 11: "\n", 12: "\n", 0x85: "\n", 0x2028: "\n", 0x2029: "\n"} | {
    code: None for code in (*range(1, 9), *range(14, 32), *range(0x7F, 0x85), *range(0x86, 0xA0), 0xFEFF)
})  # fmt: skip
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]")


@dataclass(slots=True)
class Bodies:
    """What a mail shows: its text, its HTML, its files, all leaves, and the charset it speaks."""

    text: str = ""
    html: str = ""
    attachments: list[Attachment] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)


def plain(value: str) -> str:
    """Return text with "\\n" line ends and no control but newline and tab; NUL becomes U+FFFD."""
    if "\r" in value:
        value = value.replace("\r\n", "\n").replace("\r", "\n")
    if not _CONTROL.search(value):
        return value
    value = value.translate(_LINES)
    return value.encode("utf-8", "replace").decode("utf-8") if _SURROGATE.search(value) else value


_SURROGATE = re.compile("[\ud800-\udfff]")


def charset_hint(leaves: Sequence[Leaf]) -> str:
    """Return the first charset any text leaf declares: the best guess for raw 8-bit headers."""
    return next((leaf.params["charset"] for leaf in leaves if leaf.params.get("charset")), "")


def fields(raw: list[headers.RawField], hint: str) -> Fields:
    """Return header fields decoded for the readers of automatic mail and bounces."""
    return tuple((name, headers.decode(value, hint)) for name, value in raw)


def part(leaf: Leaf, hint: str) -> Part:
    """Return a leaf with its transfer encoding and charset undone."""
    content = transfer.decode(leaf.body, headers.first(leaf.fields, "content-transfer-encoding") or b"")
    shown = headers.first(leaf.fields, "content-disposition")
    disposition, more = headers.parameters(shown, hint) if shown else ("", {})
    if disposition not in ("", "inline"):
        disposition = "attachment"  # RFC 2183 section 2.8: unknown ones are attachments
    params = leaf.params
    if "name" in params and not params["name"].isascii():
        declared = headers.first(leaf.fields, "content-type") or b""
        params = headers.parameters(declared, hint)[1]
    written = None
    if leaf.media_type.startswith(("text/", "message/")):
        charset = params.get("charset", "")
        if not charset and leaf.media_type == "text/html":
            meta = _META.search(content[:2048])
            charset = meta[1].decode("ascii", "replace") if meta else ""
        written = plain(charsets.decode(content, charset, hint))
    identity = headers.first(leaf.fields, "content-id") or b""
    location = headers.first(leaf.fields, "content-location") or b""
    return Part(
        leaf.media_type,
        content,
        written,
        params,
        disposition,
        more.get("filename") or params.get("name") or _from_location(location, hint),
        headers.decode(identity).strip("<> "),
        leaf.within,
        leaf.depth,
        fields(leaf.fields, hint) if leaf.depth else (),
    )


def _from_location(value: bytes, hint: str) -> str:
    name = headers.decode(value, hint) if value else ""
    return name if "/" not in name and ":" not in name else ""


def read(leaves: Sequence[Leaf], hint: str) -> Bodies:
    """Return the body and the files of a mail from its leaves. Never raises.

    Of a multipart/alternative the plain text is the body and the HTML kept beside it;
    text leaves that follow one another are one text. What is not shown is a file.
    """
    out = Bodies()
    slots: dict[object, tuple[list[str], list[str]]] = {}
    for number, leaf in enumerate(leaves):
        one = part(leaf, hint)
        out.parts.append(one)
        kind = one.media_type
        if _shown(one, slots):
            # The parts of one alternative share a slot; any other leaf has its own.
            plains, htmls = slots.setdefault(leaf.group or -number - 1, ([], []))
            if kind == "text/html":
                htmls.append(one.text or "")
            else:
                plains.append(_text_of(one, out, hint))
        elif (one.content or one.name) and not (leaf.group and kind in _OTHER_RENDITIONS):
            _attach(out, one)
    texts = []
    for plains, htmls in slots.values():
        written = "\n".join(plains)
        texts.append(written if written.strip() else text.from_html("\n".join(htmls)) if htmls else "")
    out.text = plain("\n".join(one.strip("\r\n") for one in texts if one.strip()))
    out.html = "\n".join(one for _, htmls in slots.values() for one in htmls if one.strip())
    return out


def _shown(one: Part, slots: dict[object, tuple[list[str], list[str]]]) -> bool:
    """Whether a leaf is body: readable text that nobody named or called a file."""
    kind = one.media_type
    if one.text is None or not kind.startswith("text/") or kind in ("text/calendar", "text/rfc822-headers"):
        return False
    if one.disposition == "attachment":
        # A mail that is nothing but one part is its body, whatever it calls itself, unless it has a name.
        return one.depth == 0 and not one.name
    if one.name:
        return (one.depth == 0 or (not slots and one.disposition == "")) and kind in (
            "text/plain",
            "text/html",
        )
    return kind in ("text/plain", "text/html") or not any(any(p) or any(h) for p, h in slots.values())


def _text_of(one: Part, out: Bodies, hint: str) -> str:
    """Return a plain leaf's text: flowed lines joined, uuencoded files taken out of it."""
    written = one.text or ""
    if b"begin " in one.content and b"\nend" in one.content:
        rest, files = transfer.uuencoded(one.content)
        if files:
            written = plain(charsets.decode(rest, one.params.get("charset", ""), hint))
            for name, content in files:
                _attach(out, Part("application/octet-stream", content, name=headers.decode(name, hint)))
    if one.params.get("format", "").lower() == "flowed":
        written = text.unflow(written, one.params.get("delsp", "").lower() == "yes")
    return written


def _attach(out: Bodies, one: Part) -> None:
    if len(out.attachments) >= MAX_ATTACHMENTS:
        defect = f"only the first {MAX_ATTACHMENTS} files were kept apart"
        if defect not in out.defects:
            out.defects.append(defect)
        return
    media_type = sniffed(one.media_type, one.content)
    name = one.name
    if not name and media_type in ("message/rfc822", "message/global"):
        name = _inner_subject(one.content)
        name = name and name + ".eml"
    inline = one.disposition == "inline" or (one.disposition == "" and bool(one.content_id))
    out.attachments.append(
        Attachment(filenames.safe(name, media_type), media_type, one.content, one.content_id, inline)
    )


def _inner_subject(content: bytes) -> str:
    found, _ = headers.read(content[: 64 * 1024].lstrip(b"\r\n"), 0, min(len(content), 64 * 1024))
    return headers.decode(headers.first(found, "subject") or b"")


def sniffed(claimed: str, content: bytes) -> str:
    """Return the media type of a file: what its first bytes prove, else what was claimed.

    A container format (zip) proves nothing against a claim that is more exact.
    """
    claimed = claimed if _MEDIA_TYPE.fullmatch(claimed) else "application/octet-stream"
    if claimed.startswith(("text/", "message/")) or not content:
        return claimed
    known = _SIGNATURES.get(claimed)
    if known and content.startswith(known):
        return claimed
    found = filetype.guess(content[:_SNIFF_BYTES])
    if found is None:
        return claimed
    proven = str(found.mime)
    exact = proven.startswith(("image/", "audio/", "video/")) or proven in (
        "application/pdf",
        "application/x-msdownload",
    )
    return proven if exact or claimed in _VAGUE else claimed
