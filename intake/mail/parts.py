"""One leaf of a MIME tree, decoded: what the readers of text, bounces and files work on."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Fields = tuple[tuple[str, str], ...]
"""Header fields in their order: (lower-cased name, decoded and unfolded value)."""


@dataclass(slots=True)
class Part:
    """A decoded leaf. `media_type` is what the header claims, lower-cased.

    `content` is the bytes after the transfer encoding; `text` is set for text/*
    and message/* leaves, decoded by what the bytes are. `disposition` is "",
    "inline", "attachment" or of a text "reaction" (RFC 9078); `depth` counts the multiparts around it and
    `location` is where the part stands in for (RFC 2557);
    `within` names the innermost one's type ("multipart/alternative", …). `fields` are
    the header's of a part that holds another mail.
    """

    media_type: str
    content: bytes = field(repr=False)
    text: str | None = None
    params: Mapping[str, str] = field(default_factory=dict)
    disposition: str = ""
    name: str = ""
    content_id: str = ""
    location: str = ""
    within: str = ""
    depth: int = 0
    fields: Fields = ()


def is_body(piece: Part, slots: Mapping[object, tuple[list[str], list[str]]]) -> bool:
    """Whether a leaf is body: readable text that nobody named or called a file.

    `slots`: the plain texts and the HTML that were read before it.
    """
    kind = piece.media_type
    readable = kind in ("text/plain", "text/html")
    if piece.text is None or not kind.startswith("text/") or kind in ("text/calendar", "text/rfc822-headers"):
        return False
    if piece.disposition == "attachment":
        # A mail that is nothing but one part is its body, whatever it calls itself, unless it has a name.
        return piece.depth == 0 and not piece.name
    if piece.name:
        return readable and (piece.depth == 0 or (not slots and piece.disposition == ""))
    return readable or not any(any(p) or any(h) for p, h in slots.values())
