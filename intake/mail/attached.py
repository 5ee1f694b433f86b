"""The files of a mail: named safely, typed by what they are, limited in number."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import filetype

from intake.desk.message import Attachment
from intake.mail import filenames, headers
from intake.mail.formats import tnef
from intake.mail.parts import Part

# More files than anybody attaches; the raw mail keeps them all.
MAX_ATTACHMENTS = 100

# As long as a name can be on common file systems.
MAX_CLAIMED = 255

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
_MAILS = ("message/rfc822", "message/global")
_TNEF = ("application/ms-tnef", "application/vnd.ms-tnef")
_PROOFS = ("application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature")
# What mail clients call the signature of a mail; some servers on the way take its type away.
_PROOF_NAME = re.compile(
    r"smime[ _-]?(?:sign(?:ature|ed)?)?(?:\(\d\))?\.p7s|signature(?:-\d)?\.(?:asc|pgp|sig|p7s)"
    r"|(?:open)?pgp[ _-]?(?:digital[ _-])?sig(?:nature)?(?:\.\w{3})?"
)


@dataclass(slots=True)
class Files:
    """The attachments of one mail, and what was wrong with them."""

    kept: list[Attachment] = field(default_factory=list)
    # Of each of them its Content-Location, "" for none.
    locations: list[str] = field(default_factory=list)
    # What proves the mail, and is no file of it.
    signatures: list[Attachment] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)

    def add(self, leaf: Part) -> None:
        """Keep a leaf as a file, or as the mail's signature; beyond MAX_ATTACHMENTS say so instead."""
        if is_signature(leaf):
            self.add_signature(leaf)
            return
        if len(self.kept) >= MAX_ATTACHMENTS:
            defect = f"only the first {MAX_ATTACHMENTS} files were kept apart"
            if defect not in self.defects:
                self.defects.append(defect)
            return
        media_type = sniffed(leaf.media_type, leaf.content)
        name = leaf.name
        if not name and media_type in _MAILS:
            name = _inner_subject(leaf.content)
            name = name and name + ".eml"
        inline = leaf.disposition == "inline" or (leaf.disposition == "" and bool(leaf.content_id))
        safe = filenames.safe(name, media_type)
        self.locations.append(leaf.location)
        self.kept.append(
            Attachment(safe, media_type, leaf.content, leaf.content_id, inline, name[:MAX_CLAIMED])
        )

    def add_signature(self, leaf: Part) -> None:
        """Keep a leaf as what proves the mail: it fits nothing but the mail as it came."""
        if len(self.signatures) < MAX_ATTACHMENTS:
            name = filenames.safe(leaf.name, leaf.media_type)
            self.signatures.append(
                Attachment(name, leaf.media_type, leaf.content, claimed=leaf.name[:MAX_CLAIMED])
            )

    def embed(self, pictures: Mapping[str, Part]) -> dict[str, int]:
        """Return which file each picture of the HTML is, by its content id.

        Those that are not attached as well are kept now.
        """
        if not pictures:
            return {}
        known = {file.content: number for number, file in enumerate(self.kept) if not file.content_id}
        numbers: dict[str, int] = {}
        for identity, picture in pictures.items():
            number = known.get(picture.content)
            if number is not None:
                self.kept[number] = replace(self.kept[number], content_id=identity)
            else:
                number = len(self.kept)
                self.add(picture)
            if number < len(self.kept):
                numbers[identity] = number
        return numbers

    def add_text(self, name: str, media_type: str, text: str) -> None:
        """Keep a piece of the text as a file of its own."""
        self.add(Part(media_type, text.encode("utf-8", "replace"), name=name))

    def unpack(self, leaf: Part) -> tnef.Unpacked | None:
        """Return what a winmail.dat holds, its files kept; None when the leaf is none.

        The wrapper itself stays a file unless all that was in it is one.
        """
        if not is_tnef(leaf):
            return None
        unpacked = tnef.unpack(leaf.content)
        if unpacked is None:
            self.add(leaf)
            return None
        if not unpacked.files or not unpacked.complete:
            self.add(leaf)
        if not unpacked.complete:
            self.defects.append("a winmail.dat could not be unpacked to its end")
        for file in unpacked.files:
            if file.content or file.name:
                media_type = file.media_type if "/" in file.media_type else "application/octet-stream"
                name, identity = headers.clean(file.name), headers.clean(file.content_id).strip("<> ")
                self.add(Part(media_type, file.content, name=name, content_id=identity))
        return unpacked


def is_signature(leaf: Part) -> bool:
    """Whether a leaf is what proves the mail around it: a detached signature of S/MIME or OpenPGP.

    One that somebody attached on purpose, to a file, has that file's name.
    """
    kind, name = leaf.media_type, leaf.name.lower()
    usual = _PROOF_NAME.fullmatch(name) is not None
    if kind in _PROOFS:
        return usual or not name or leaf.within == "multipart/signed"
    return usual and (
        (kind in _VAGUE and sniffed(kind, leaf.content) == sniffed(kind, b""))
        or leaf.content.lstrip().startswith(b"-----BEGIN PGP SIGNATURE")
    )


def is_tnef(leaf: Part) -> bool:
    """Whether a leaf is a winmail.dat, by its type or by its first bytes."""
    return leaf.media_type in _TNEF or leaf.content[:4] == tnef.SIGNATURE


def _inner_subject(content: bytes) -> str:
    fields, _ = headers.read(content[: 64 * 1024].lstrip(b"\r\n"), 0, min(len(content), 64 * 1024))
    return headers.decode(headers.first(fields, "subject") or b"")


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
    guess = filetype.guess(content[:_SNIFF_BYTES])
    if guess is None:
        return claimed
    proven = str(guess.mime)
    exact = proven.startswith(("image/", "audio/", "video/")) or proven in (
        "application/pdf",
        "application/x-msdownload",
    )
    return proven if exact or claimed in _VAGUE else claimed
