"""Leaves decoded, and told apart: what a person is meant to read, and the files beside it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from intake.desk.message import Attachment
from intake.mail import alternatives, filenames, gate, headers, inline, structure, transfer, uuencode
from intake.mail.attached import Files, is_tnef
from intake.mail.charsets import decode as charsets
from intake.mail.embedded import Embedded
from intake.mail.formats import encrypted as secured
from intake.mail.formats import enriched, invitation, reaction
from intake.mail.formats import html as text
from intake.mail.parts import Fields, Part, is_body
from intake.mail.structure import Leaf

# So much plain text, so much HTML and so much attached text (read for bounces only) of one mail is decoded
# (reliability: a body of 256 KiB). What is longer is shown up to there and also kept whole, as a file.
MAX_TEXT = 256 * 1024
# Tags and entities of all HTML of a mail: each costs 3 us, and a page of 256 KiB that people read has 10,000.
MAX_MARKUP = 25_000
# Fields that rules look at (servers on the way write some forty), and how much of each.
MAX_SHOWN_FIELDS, MAX_SHOWN = 200, 1_000
# Of a Content-Location; URLs are shorter.
MAX_LOCATION = 2000
# Of a text that tells the charset of its mail's header.
MAX_TOLD = 4000
# S/MIME signatures around signatures that are opened.
MAX_WRAPPED = 3
# A text of nothing but HTML begins so. Atomic: five comments that may each end in many places are for ever.
_HTML = re.compile(
    rb"\s{0,100}+(?:\xef\xbb\xbf\s{0,100}+)?(?>(?><!--.{0,2000}?-->)\s{0,100}+){0,5}+"
    rb"(?:<\?xml[^>]{0,200}\?>\s{0,100}+)?"
    rb"(?:<!doctype\s+html|<(?:html|head|body|meta|style|table|div|p|center|font|span|h[1-6]|b|br|strong|em|i|u"
    rb"|ul|ol|section|main|article|blockquote|img|a\s+href)\b)",
    re.IGNORECASE | re.DOTALL,
)
_BINARY = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"%PDF-", b"PK\x03\x04")
_NO_WORD = re.compile(r"\W+")
_MARKUP = re.compile(rb"[<&]")
_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w.:-]{2,40})", re.IGNORECASE)
# The same words once more, for readers that we are not.
_OTHER_RENDITIONS = ("text/x-amp-html", "text/watch-html", "text/enriched", "text/richtext", reaction.GMAIL)
_MAILS = ("message/", "text/rfc822-headers")
_LINES = str.maketrans({0: "\ufffd", 11: "\n", 12: "\n", 0x85: "\n", 0x2028: "\n", 0x2029: "\n"} | {
    code: None for code in (*range(1, 9), *range(14, 32), *range(0x7F, 0x85), *range(0x86, 0xA0), 0xFEFF)
})  # fmt: skip
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]")


@dataclass(slots=True)
class Bodies:
    """What a mail shows: its text, its HTML, its files, all leaves, and the charset it speaks."""

    text: str = ""
    html: str = ""
    # The HTML with its own pictures written as words, as the text was made from it.
    named_html: str = ""
    # What we say of the mail below its author's words: an invitation in short, that it is encrypted.
    notes: list[str] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    signatures: list[Attachment] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)


def plain(value: str) -> str:
    """Return text with "\\n" line ends and no control but newline and tab; NUL becomes U+FFFD."""
    if "\r" in value:
        # Twice: a script that wrote "\r\n" where "\n" was to be written made "\r\r\n" of it.
        value = value.replace("\r\n", "\n").replace("\r\n", "\n").replace("\r", "\n")
    # Bytes are looked through ten times as fast as a pattern looks through text.
    if value.isascii():
        if not value.encode("ascii").translate(None, _ASCII_TEXT):
            return value
    # What is printable is no control; the pattern, ten times as slow, looks where something is not.
    elif value.replace("\n", "").isprintable() or not _CONTROL.search(value):
        return value
    value = value.translate(_LINES)
    return value.encode("utf-8", "replace").decode("utf-8") if _SURROGATE.search(value) else value


_SURROGATE = re.compile("[\ud800-\udfff]")
_ASCII_TEXT = b"\t\n" + bytes(range(0x20, 0x7F))


def charset_hint(tree: structure.Tree) -> str:
    """Return the charset that a mail is most likely in where it has no label: the best guess for raw headers
    and for bodies.

    That is the first one any text leaf declares, then that of a multipart around it, then that of the words
    in code of its subject or author; and for raw headers what the text seems to be in.
    """
    declared = next((leaf.params["charset"] for leaf in tree.leaves if leaf.params.get("charset")), "")
    if charsets.lookup(declared):
        return declared
    if charsets.lookup(tree.charset):
        return tree.charset
    coded = {name: value for name, value in reversed(tree.fields) if b"=?" in value}
    for name in ("subject", "from") if coded else ():
        in_words = headers.charset_of_words(coded.get(name, b""))
        if charsets.lookup(in_words) not in ("", "utf-8"):
            return in_words
    if all([value.isascii() for _, value in tree.fields]):
        return declared
    # A header without a label, of a mail without one: both are by the same hand.
    return charset_told(tree.leaves)


def charset_told(leaves: Sequence[Leaf]) -> str:
    """Return the charset that the first text beyond ASCII seems to be in, where no label says it."""
    for leaf in leaves:
        if leaf.media_type in ("text/plain", "text/html") and leaf.body:
            encoding = headers.first(leaf.fields, "content-transfer-encoding") or b""
            charset = charsets.told(transfer.decode(leaf.body[:MAX_TOLD], encoding))
            if charset:
                return charset
    return ""


def fields(raw: list[headers.RawField], hint: str) -> Fields:
    """Return header fields decoded for the readers of automatic mail and bounces."""
    return tuple([(name, headers.decode(value, hint)) for name, value in raw])


def shown(raw: list[headers.RawField], hint: str) -> Fields:
    """Return header fields as an admin's rules look at them: decoded, and cut."""
    return tuple(
        [
            (name, headers.decode(value[:MAX_SHOWN], hint)[:MAX_SHOWN])
            for name, value in raw[:MAX_SHOWN_FIELDS]
            if name
        ]
    )


def part(leaf: Leaf, hint: str) -> Part:
    """Return a leaf with its transfer encoding undone; its text, where it has one, is yet to be decoded."""
    firsts = dict(reversed(leaf.fields))
    encoding = firsts.get("content-transfer-encoding", b"")
    if leaf.media_type in ("text/plain", "text/html"):
        codec = charsets.lookup(leaf.params.get("charset", "")) or "utf-8"
        content = transfer.text(leaf.body, encoding, codec)
    else:
        content = transfer.decode(leaf.body, encoding)
    shown = firsts.get("content-disposition")
    disposition, more = headers.parameters(shown, hint) if shown else ("", {})
    params = leaf.params
    if params and not all(map(str.isascii, params.values())):
        declared = firsts.get("content-type", b"")
        params = headers.parameters(declared, hint)[1]
    media_type = leaf.media_type
    name = filenames.said(more if disposition != "form-data" else {**more, "name": ""}, params)  # RFC 7578
    if disposition not in ("", "inline", "attachment"):
        # RFC 2183 section 2.8: unknown ones are attachments. But no text is hidden for an odd word.
        readable = media_type in ("text/plain", "text/html") and not name
        kept = "reaction" if disposition == "reaction" else ""  # RFC 9078
        disposition = kept if readable and not disposition.startswith("attach") else "attachment"
    if media_type.startswith("text/") and not name and disposition != "attachment":
        media_type = _written_as(content, media_type)
    identity = firsts.get("content-id")
    location = firsts.get("content-location")
    place = "".join(headers.decode(location, hint).split())[:MAX_LOCATION] if location else ""
    return Part(
        media_type,
        content,
        "" if media_type.startswith(("text/", "message/")) else None,
        params,
        disposition,
        name or filenames.from_location(place),
        headers.decode(identity).strip("<> ") if identity else "",
        place,
        leaf.within,
        leaf.depth,
        fields(leaf.fields, hint) if leaf.depth and leaf.media_type.startswith(_MAILS) else (),
    )


def _written_as(content: bytes, media_type: str) -> str:
    """Return the media type of what is labelled as some text: scripts put that label on everything."""
    if media_type in ("text/html", "text/calendar", "text/rfc822-headers"):
        return media_type
    if content.startswith(_BINARY):
        return "application/octet-stream"
    if _HTML.match(content) and b"</" in content and content.endswith(b">", 0, len(content.rstrip())):
        return "text/html"
    return media_type


def charset_of(leaf: Part) -> str:
    """Return the charset a leaf is labelled with: by its type, or for HTML by its own meta tag."""
    charset = leaf.params.get("charset", "")
    if not charset and leaf.media_type == "text/html":
        meta = _META.search(leaf.content[:2048])
        charset = meta[1].decode("ascii", "replace") if meta else ""
    return charset


def _cut(content: bytes, room: int) -> bytes:
    """Return the beginning of a text, at the end of a line if one is near."""
    if len(content) <= room:
        return content
    at = content.rfind(b"\n", room // 2, room)
    return content[: at if at >= 0 else room]


def read(leaves: Sequence[Leaf], hint: str) -> Bodies:
    """Return the body and the files of a mail from its leaves. Never raises.

    Of a multipart/alternative the plain text is the body and the HTML kept beside it;
    text leaves that follow one another are one text. What is not shown is a file.
    """
    reader = _Reader(hint)
    reader.leaves(leaves, 0)
    return reader.finish()


class _Reader:
    """One reading of one mail."""

    def __init__(self, hint: str) -> None:
        self._hint = hint
        self._out = Bodies()
        self._files = Files()
        self._embedded = Embedded()
        self._markup = MAX_MARKUP
        self._base = ""
        self._room = {"plain": MAX_TEXT, "html": MAX_TEXT, "file": MAX_TEXT}
        # Of each alternative, and of each leaf outside one, its plain texts and its HTML texts.
        self._slots: dict[object, tuple[list[str], list[str]]] = {}

    def leaves(self, leaves: Sequence[Leaf], wrapped: int) -> None:
        """Read leaves in their order; `wrapped` counts the signatures around them."""
        html_groups = {leaf.group for leaf in leaves if leaf.group and leaf.media_type == "text/html"}
        for number, leaf in enumerate(leaves):
            piece = part(leaf, self._hint)
            kind = piece.media_type
            if kind == "text/html" != leaf.media_type and leaf.group in html_groups:
                continue  # the HTML once more, under the label of the plain text
            shown = is_body(piece, self._slots)
            if shown and kind == "text/html":
                piece.content = self._embedded.taken_out(piece.content)
            if piece.text is not None:
                purse = "file" if not shown else "html" if kind == "text/html" else "plain"
                written = _cut(piece.content, self._room[purse])
                if purse == "html":
                    written = self._affordable(written)
                if shown and piece.content and not written:
                    shown = False  # there was more than enough before it: it is kept as a file
                self._room[purse] -= len(written)
                piece.text = plain(charsets.decode(written, charset_of(piece), self._hint))
            self._out.parts.append(piece)
            if shown:
                # The parts of one alternative share a slot; any other leaf has its own.
                self._show(piece, (wrapped, leaf.group or -number - 1), cut=len(written) < len(piece.content))
            elif is_tnef(piece):
                self._unpack(piece, (wrapped, -number - 1))
            elif (piece.content or piece.name) and not (leaf.group and kind in _OTHER_RENDITIONS):
                if self._look_into(piece, wrapped):
                    self._files.add_signature(piece)
                else:
                    self._files.add(piece)

    def _affordable(self, markup: bytes) -> bytes:
        """Return what MAX_MARKUP lets be read of a page; the tags and entities of a mail count together."""
        tags, entities = markup.count(b"<"), markup.count(b"&")
        if tags + entities > self._markup:
            ends = islice(_MARKUP.finditer(markup), self._markup, None)
            markup = markup[: next(ends).start()]
            tags, entities = self._markup, 0
        self._markup -= tags + entities
        return markup

    def _show(self, piece: Part, slot: object, cut: bool) -> None:
        plains, htmls = self._slots.setdefault(slot, ([], []))
        if cut:
            self._files.add(piece)
            self._out.defects.append(
                f"a text of {len(piece.content)} bytes is shown in part and kept whole as a file"
            )
        if piece.media_type == "text/html":
            htmls.append(piece.text or "")
            self._base = self._base or piece.location
        else:
            plains.append(self._text_of(piece))

    def _text_of(self, piece: Part) -> str:
        """Return a plain leaf's text: flowed lines joined; uuencoded files and OpenPGP armour taken out."""
        written = piece.text or ""
        if b"begin " in piece.content and b"\nend" in piece.content:
            rest, files = uuencode.uuencoded(piece.content)
            if files:
                label = piece.params.get("charset", "")
                written = plain(charsets.decode(_cut(rest, MAX_TEXT), label, self._hint))
                for name, content in files:
                    named = headers.decode(name, self._hint)
                    self._files.add(Part("application/octet-stream", content, name=named))
        if "-----BEGIN PGP " in written:
            written, signature, encrypted = secured.armour(written)
            if signature:
                self._files.add_text("signature.asc", "application/pgp-signature", signature)
            if encrypted:
                self._files.add_text("encrypted.asc", "application/pgp-encrypted", encrypted)
                self._out.defects.append(f"encrypted: {secured.PGP}")
        if reaction.is_type(piece.media_type):
            written = reaction.sign(written) or written
        elif piece.media_type == "text/enriched":
            written = enriched.read(written)
        elif piece.media_type == "text/richtext":
            written = enriched.read_rich(written)
        elif piece.params.get("format", "").lower() == "flowed":
            written = text.unflow(written, piece.params.get("delsp", "").lower() == "yes")
        return written

    def _look_into(self, piece: Part, wrapped: int) -> bool:
        """Read what a file says of the mail: an invitation, a signature around the mail, encryption.

        Return whether the mail was in it, and it is no file.
        """
        kind = piece.media_type
        if kind == "text/calendar" and piece.text:
            summary = invitation.summary(piece.text)
            if summary and summary not in self._out.notes:
                self._out.notes.append(plain(summary))
        elif kind == "application/pgp-encrypted" or piece.within == "multipart/encrypted":
            self._encrypted(secured.PGP)
        elif kind in secured.SMIME or piece.name.lower().endswith(".p7m"):
            protection, content = secured.cms(piece.content)
            if protection == "encrypted" or (
                not protection and "enveloped" in piece.params.get("smime-type", "").lower()
            ):
                self._encrypted(secured.CMS)
            elif content and wrapped < MAX_WRAPPED:
                refused = gate.check(content)
                if refused:
                    self._out.defects.append(f"what an S/MIME signature holds was not read: {refused}")
                else:
                    inner = structure.own(content).leaves
                    self.leaves([replace(leaf, depth=leaf.depth + 1) for leaf in inner], wrapped + 1)
                    # What somebody attached to be read as a file has that file's name.
                    return bool(inner) and piece.name.lower() in ("", "smime.p7m")
        return False

    def _encrypted(self, how: str) -> None:
        if f"encrypted: {how}" not in self._out.defects:
            self._out.defects.append(f"encrypted: {how}")
            self._out.notes.append(secured.note(how))

    def _unpack(self, piece: Part, slot: object) -> None:
        """Keep the files of a winmail.dat; show its text when the mail has no other."""
        unpacked = self._files.unpack(piece)
        if unpacked and not any(any(plains) or any(htmls) for plains, htmls in self._slots.values()):
            written = plain(unpacked.text[:MAX_TEXT])
            page = self._embedded.taken_out(unpacked.html)
            markup = plain(charsets.decode(_cut(page, MAX_TEXT), "", self._hint))
            self._slots[slot] = ([written], [markup] if markup else [])

    def _named(self) -> tuple[list[str], list[str]]:
        """Return the texts that are shown inline although they have a name; they are kept as files, too."""
        named = [piece for piece in self._out.parts if piece.text and piece.disposition == "inline"]
        texts = [piece.text or "" for piece in named if piece.media_type == "text/plain"]
        return texts, [piece.text or "" for piece in named if piece.media_type == "text/html" and not texts]

    def finish(self) -> Bodies:
        """Return what was read."""
        out = self._out
        out.html = "\n".join(
            markup for _, htmls in self._slots.values() for markup in htmls if markup.strip()
        )
        located = inline.located(self._base, self._files.locations) if any(self._files.locations) else {}
        located |= self._files.embed(self._embedded.pictures)
        shown = inline.places(out.html, located)
        out.attachments, names = inline.matched(self._files.kept, shown, located)
        out.named_html = inline.named_in_html(out.html, names)
        texts: list[str] = []
        before = ""
        for plains, htmls in self._slots.values() or [self._named()]:
            written = inline.named_in_text("\n".join(plains), names)
            page = inline.named_in_html("\n".join(htmls), names) if htmls else ""
            better = alternatives.better(written, page) if htmls and written.strip() else None
            if better is not None:
                out.defects.append("the plain text says less than the HTML beside it, which is shown")
                written = plain(better)
            elif not written.strip() and htmls:
                written = plain(text.from_html(page))
                if before and _NO_WORD.sub("", before) == _NO_WORD.sub("", written):
                    written = ""  # the plain text above it once more, though not called an alternative
            elif names and htmls:
                here = {key: names[key] for key in inline.places("\n".join(htmls), located) if key in names}
                if here:
                    beside = plain(text.from_html(inline.named_in_html("\n".join(htmls), here)))
                    written = inline.placed(written, beside, here)
            texts.append(written)
            before = "" if htmls else written
        out.text = "\n".join([markup.strip("\r\n") for markup in texts if markup.strip()])
        out.signatures = self._files.signatures
        out.defects += self._files.defects + self._embedded.defects
        return out
