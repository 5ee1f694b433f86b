"""Finished mails out of values: every header through one cleaning function, bodies that survive any relay.

Pure: dates, identifiers and boundaries are arguments. Nothing here uses the
`email` package's header objects, which on some Pythons turn an encoded CR LF into
a header line of its own (CVE-2024-6923); the few forms we need are made by hand.
"""

import binascii
import re
import struct
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import quote

from intake.desk import form_origin
from intake.desk.addresses import MAX_ADDRESS, MAX_LOCAL, a_labels, wire_local
from intake.desk.message import Attachment
from intake.desk.text.subject_numbers import BRACKETED
from intake.desk.text.subject_prefixes import REPLY, unprefixed

CRLF = "\r\n"
# RFC 2047 section 2: an encoded-word has at most 75 characters, its line at most 76.
_WORD, _LINE = 75, 76
# RFC 5322 section 2.1.1: a line has at most 998 characters, and should have no more than 78.
_MAX_LINE = 998
MAX_SUBJECT = 250
MAX_NAME = 100
MAX_FILENAME = 120
# A Message-ID beyond this is a stranger's nonsense; RFC 5322 section 2.1.1 would let it be 998.
MAX_MESSAGE_ID = 250
# References of a long thread: the first and the newest (RFC 5256 section 3 asks no more of us).
MAX_REFERENCES = 20

# C0, DEL, C1 and the two Unicode line ends; also what cannot be encoded at all.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
# What turns the reading direction round or hides: a name must not look like another one.
_HIDDEN = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_BODY_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_LINE_END = re.compile("\r\n|\r|\u2028|\u2029")
_MESSAGE_ID = re.compile(rf"[!-;=?-~]{{3,{MAX_MESSAGE_ID}}}")
# Dots may stand anywhere in it: those in odd places are quoted on the way out.
_ATOMS = r"[A-Za-z0-9!#$%&'*+./=?^_`{|}~\x80-\U0010ffff-]+"
_ADDRESS = re.compile(
    rf"""(?:{_ATOMS}|"(?:[ !#-\[\]-~]|\\[ -~])*")@"""
    r"(?:[A-Za-z0-9\x80-\U0010ffff_](?:[A-Za-z0-9\x80-\U0010ffff_.-]*)|\[[0-9A-Fa-f:.IPv]+\])"
)
# What a mail client may be told as it is; anything else is bytes to be saved (ASVS 5.0 V5.4).
SAFE_TYPES = frozenset(
    {
        form_origin.MEDIA_TYPE,
        "application/json",
        "application/pdf",
        "application/zip",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "audio/mpeg",
        "image/bmp",
        "image/gif",
        "image/heic",
        "image/jpeg",
        "image/png",
        "image/tiff",
        "image/webp",
        "text/csv",
        "text/plain",
        "video/mp4",
        "video/quicktime",
        "video/webm",
    }
)


def clean(text: str, limit: int) -> str:
    """Return `text` fit for a header: one line, no control characters, at most `limit` characters."""
    # The cut comes first so that the cost is bounded whatever is handed in.
    text = _HIDDEN.sub("", _CONTROL.sub(" ", text[: limit * 4]))
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def bare_subject(subject: str) -> str:
    """Return a subject without "Re:" before it and ticket numbers in it."""
    return unprefixed(" ".join(BRACKETED.sub(" ", clean(subject, MAX_SUBJECT)).split()), REPLY)


def plain_address(address: str) -> bool:
    """Whether `address` is one addr-spec (RFC 5321 section 4.1.2, RFC 6531), harmless in a command."""
    local, _, domain = address.rpartition("@")
    return (
        len(address) <= MAX_ADDRESS
        and len(local.encode("utf-8", "replace")) <= MAX_LOCAL
        and ".." not in domain
        and not _CONTROL.search(address)
        and _ADDRESS.fullmatch(address) is not None
    )


def wire_domain(address: str) -> str:
    """Return a plain address with its domain in A-labels, where the local part is ASCII.

    Raises ValueError when the domain has no such form.
    """
    local, _, domain = address.rpartition("@")
    if local.isascii() and not domain.isascii():
        return f"{local}@{a_labels(domain)}"
    return address


def wire_address(address: str) -> str:
    """Return a plain address as headers and servers are told it: wire_domain, and quotes where needed."""
    local, _, domain = wire_domain(address).rpartition("@")
    return f"{wire_local(local)}@{domain}"


def unstructured(name: str, value: str, limit: int = MAX_SUBJECT) -> str:
    """Return the header line(s) of a free text such as Subject, without the last line end."""
    value = clean(value, limit)
    # What looks like an encoded-word would be decoded by the reader: encoding it keeps it literal.
    if value.isascii() and "=?" not in value and not any(len(w) > _LINE - 2 for w in value.split()):
        return _folded(f"{name}:", value.split(" "))
    return f"{name}: " + f"{CRLF} ".join(_encoded_words(value, len(name) + 2))


def mailbox_header(name: str, display: str, address: str) -> str:
    """Return an address header of one mailbox; of none when `address` is no plain one."""
    if not plain_address(address):
        return f"{name}: undisclosed-recipients:;"
    try:
        address = wire_address(address)
    except ValueError:
        return f"{name}: undisclosed-recipients:;"
    display = clean(display, MAX_NAME)
    if not display:
        return _folded(f"{name}:", [address])
    if display.isascii() and "=?" not in display:
        quoted = display.replace("\\", "\\\\").replace('"', '\\"')
        return _folded(f"{name}:", [f'"{quoted}"', f"<{address}>"])
    words = _encoded_words(display, len(name) + 2)
    # Each on a line of its own: an encoded-word's line has a limit, an address may be long.
    return f"{name}: " + f"{CRLF} ".join([*words, f"<{address}>"])


def message_ids(name: str, ids: Iterable[str]) -> str:
    """Return a header of Message-IDs (given without brackets), "" when none of them is sound."""
    sound = [f"<{message_id}>" for message_id in ids if _MESSAGE_ID.fullmatch(message_id)]
    return f"{name}: " + f"{CRLF} ".join(sound) if sound else ""


def thread(ids: Sequence[str]) -> tuple[str, ...]:
    """Return the first of `ids` and the newest, at most MAX_REFERENCES, the sound ones only."""
    sound = tuple(dict.fromkeys(message_id for message_id in ids if _MESSAGE_ID.fullmatch(message_id)))
    return sound if len(sound) <= MAX_REFERENCES else (sound[0], *sound[1 - MAX_REFERENCES :])


def message(
    headers: Iterable[str], text: str, attachments: Sequence[Attachment], boundary: str, html: str = ""
) -> bytes:
    """Return the finished mail: `headers` as made above ("" is skipped), then the text and the files.

    With `html` readers choose between the two (RFC 2046 section 5.1.4). Lines end in CRLF
    and are no longer than 998 octets. Only an address header may be other than ASCII
    (RFC 6532). `boundary` must not be guessable by who wrote the text.
    """
    body = _part(*text_part(text))
    if html:
        page = _part(*text_part(html, "html"))
        # Pictures that the page shows travel with it (RFC 2387), not among the files.
        shown = [file for file in attachments if file.inline and file.content_id]
        if shown:
            page = _multipart(
                "related", f"{boundary}-r", [page, *(_part(*file_part(file)) for file in shown)]
            )
            attachments = [file for file in attachments if not (file.inline and file.content_id)]
        body = _multipart("alternative", f"{boundary}-a", [body, page])
    if attachments:
        body = _multipart("mixed", boundary, [body, *(_part(*file_part(file)) for file in attachments)])
    lines = [*(file for file in headers if file), "MIME-Version: 1.0", ""]
    return CRLF.join(lines).encode("utf-8") + body


def pieces(
    headers: Iterable[str], text: str, files: Sequence[tuple[Attachment, Iterable[bytes]]], boundary: str
) -> Iterator[bytes]:
    """Yield the mail that `message` would return, without ever holding a file of it.

    Each attachment comes with its content in chunks; the one in it is not looked at.
    """
    lines = [*(header for header in headers if header), "MIME-Version: 1.0", ""]
    yield CRLF.join(lines).encode("utf-8")
    body = _part(*text_part(text))
    if not files:
        yield body
        return
    yield _opening("mixed", boundary) + _before(boundary) + body
    for attachment, chunks in files:
        yield _before(boundary) + _part(file_headers(attachment), b"")
        yield from _base64_pieces(chunks)
    yield _closing(boundary)


def _part(headers: Sequence[str], content: bytes) -> bytes:
    return CRLF.join([*headers, "", ""]).encode("ascii") + content


def _multipart(kind: str, boundary: str, parts: Sequence[bytes]) -> bytes:
    """Return a part that holds `parts`."""
    inside = b"".join(_before(boundary) + part for part in parts)
    return _opening(kind, boundary) + inside + _closing(boundary)


def _opening(kind: str, boundary: str) -> bytes:
    return f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n'.encode("ascii")


def _before(boundary: str) -> bytes:
    # The line end before a boundary belongs to the boundary.
    return f"\r\n--{boundary}\r\n".encode("ascii")


def _closing(boundary: str) -> bytes:
    return f"\r\n--{boundary}--\r\n".encode("ascii")


def text_part(text: str, subtype: str = "plain") -> tuple[list[str], bytes]:
    """Return the headers and the encoded bytes of a text/`subtype` part."""
    text = _BODY_CONTROL.sub("", _LINE_END.sub("\n", text))
    kind = f"Content-Type: text/{subtype}; charset=utf-8"
    data = text.encode("utf-8", "replace")
    crlf = data.replace(b"\n", b"\r\n")
    if text.isascii() and max(map(len, text.split("\n"))) <= _MAX_LINE:
        return [kind, "Content-Transfer-Encoding: 7bit"], crlf
    # Quoted-printable triples every octet outside ASCII: right for Latin, wasteful for Chinese.
    if 4 * (len(data) - len(text)) > len(data):
        return [kind, "Content-Transfer-Encoding: base64"], _base64(crlf)
    # Given LF it breaks long lines with LF too, so that one replacement makes all of them CRLF.
    encoded = binascii.b2a_qp(data, istext=True).replace(b"\n", b"\r\n")
    return [kind, "Content-Transfer-Encoding: quoted-printable"], encoded


def file_part(attachment: Attachment) -> tuple[list[str], bytes]:
    """Return the headers and the encoded bytes of an attachment."""
    return file_headers(attachment), _base64(attachment.content)


def file_headers(attachment: Attachment) -> list[str]:
    """Return the headers of an attachment.

    A media type outside SAFE_TYPES becomes application/octet-stream; a picture that
    the sender had placed in the text keeps its Content-ID and is marked inline.
    """
    name = _short(clean(attachment.name, 1000)) or "attachment"
    media_type = attachment.media_type.lower()
    if media_type == "message/rfc822" and not name.lower().endswith(".eml"):
        name += ".eml"
    if media_type not in SAFE_TYPES:
        media_type = "application/octet-stream"
    inline = attachment.inline and media_type.startswith("image/")
    disposition = "inline" if inline else "attachment"
    headers = [
        f"Content-Type: {media_type}",
        f"Content-Disposition: {disposition};{CRLF} {_filename(name)}",
        "Content-Transfer-Encoding: base64",
    ]
    if attachment.content_id and _MESSAGE_ID.fullmatch(attachment.content_id):
        headers.append(f"Content-ID: <{attachment.content_id}>")
    return headers


def _short(name: str) -> str:
    """Return a file name of at most MAX_FILENAME octets, with the end that tells its kind."""
    if len(name.encode("utf-8", "replace")) <= MAX_FILENAME:
        return name
    stem, dot, ending = name.rpartition(".")
    ending = f"{dot}{ending}" if dot and len(ending.encode()) <= 12 else ""
    room = MAX_FILENAME - len(ending.encode())
    return (stem or name).encode("utf-8", "replace")[:room].decode("utf-8", "ignore") + ending


def _filename(name: str) -> str:
    if name.isascii() and "=?" not in name:
        return 'filename="' + name.replace("\\", "_").replace('"', "'") + '"'
    # RFC 2231 section 4. No ASCII twin beside it: readers disagree which of two counts.
    return f"filename*=utf-8''{quote(name, safe='')}"


def _base64(data: bytes | memoryview) -> bytes:
    encoded = binascii.b2a_base64(data, newline=False)
    whole = len(encoded) // _LINE
    # Half the time of slicing in Python, which for a screenshot is most of making a mail.
    lines = struct.unpack_from(f"{_LINE}s" * whole, encoded)
    rest = encoded[whole * _LINE :]
    return b"\r\n".join([*lines, *([rest] if rest else []), b""])


def _base64_pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield what `_base64` returns of all chunks, whatever their sizes."""
    rest = b""
    for chunk in chunks:
        # A file comes in one piece mostly: it is not copied only to be cut.
        rest = rest + chunk if rest else chunk
        whole = len(rest) - len(rest) % (_LINE // 4 * 3)
        if whole:
            yield _base64(memoryview(rest)[:whole])
            rest = rest[whole:]
    if rest:
        yield _base64(rest)


def _folded(start: str, words: Sequence[str]) -> str:
    lines, line = [], start
    for word in words:
        if len(line) + 1 + len(word) > _LINE and line != start:
            lines.append(line)
            line = ""
        line += f" {word}"
    return CRLF.join([*lines, line])


def _encoded_words(text: str, used: int) -> list[str]:
    """Return RFC 2047 encoded-words of whole characters; the first line has `used` columns taken."""
    words: list[str] = []
    room = (min(_WORD, _LINE - used) - len("=?utf-8?b??=")) // 4 * 3
    chunk = b""
    for char in text:
        encoded = char.encode("utf-8", "replace")
        if len(chunk) + len(encoded) > room:
            words.append(_encoded_word(chunk))
            # A continuation line begins with one space.
            chunk, room = b"", (_LINE - 1 - len("=?utf-8?b??=")) // 4 * 3
        chunk += encoded
    return [*words, _encoded_word(chunk)] if chunk or not words else words


def _encoded_word(chunk: bytes) -> str:
    return f"=?utf-8?b?{binascii.b2a_base64(chunk, newline=False).decode('ascii')}?="
