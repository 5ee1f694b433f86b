"""Which files go with a mail, and which are only named."""

import hashlib
from collections.abc import Sequence

from intake.desk.kept_files import MIB, KeptFile
from intake.desk.message import Attachment
from intake.mail import filenames
from intake.runtime.previews import media_type

# What an agent sends a customer, beyond which it is named, not sent: base64 adds a third, and 25 MB is what
# providers take. With mails to agents goes as much as [desk] attach_mb says.
MAX_FILES = 18 * MIB


def previewed(files: Sequence[Attachment], room: int) -> list[Attachment]:
    """Return files, behind each picture that a mail program may not show its preview, as far as they fit."""
    out: list[Attachment] = []
    room -= sum(len(file.content) for file in files)
    for file in files:
        out.append(file)
        if file.preview and len(file.preview) <= room:
            kind = media_type(file.preview)
            stem = file.name.rpartition(".")[0] or file.name
            name = filenames.safe(f"{stem} (preview){filenames.extension_of(kind)}", kind)
            out.append(Attachment(name, kind, file.preview, inline=True))
            room -= len(file.preview)
    return out


def fitting(files: Sequence[Attachment], room: int) -> tuple[list[Attachment], list[str]]:
    """Return the files that fit into `room` bytes, in their order, and the names of the others."""
    kept: list[Attachment] = []
    left_out: list[str] = []
    for file in files:
        if len(file.content) <= room:
            kept.append(file)
            room -= len(file.content)
        else:
            sha256 = hashlib.sha256(file.content).hexdigest()
            left_out.append(KeptFile(file.name, sha256, len(file.content), file.media_type))
    return kept, left_out
