"""Previews of pictures that mail programs and browsers cannot show (HEIC, WebP, TIFF), or are too large for.

A picture is a stranger's file and its decoders are written in C, so a child with limits on
time and memory reads it. What comes back counts only if it is a PNG or JPEG by its first
bytes, and is small. The original is always kept; without the extra `images` (Pillow and
pillow-heif) there are no previews and nothing else changes.
"""

import hashlib
import logging
import math
import os
import resource
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.util import find_spec
from io import BytesIO
from typing import IO, TYPE_CHECKING, Any, cast

from intake.desk.message import Attachment, Message

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

log = logging.getLogger("intake.runtime.previews")

# The largest a telephone takes has 48 Mpx; 20,000 by 20,000 would take 1.2 GB (reliability T24).
MAX_PIXELS = 50_000_000
# Wide enough to read a screenshot by.
SIDE = 1600
# One preview, in bytes, and how much of a PNG is better than a JPEG of it.
MAX_BYTES = 1 << 20
PNG_BYTES = 400_000
# Pictures of one mail, and their bytes together.
MAX_PICTURES = 5
MAX_INPUT = 32 << 20
# One picture that is taken up when there is time.
CPU_SECONDS = 5
WALL_SECONDS = 8
# All pictures of a mail that is being processed: the next mail waits for it. What takes longer is
# made later (intake/runtime/deferred_previews.py), and so is all else for a MINUTE; and what comes when
# QUICK_SHARE seconds of the last MINUTE were spent on pictures that did not take too long.
QUICK_SECONDS = 1.0
QUICK_SHARE = 2.0
MINUTE = 60.0
# A picture of MAX_PIXELS in four channels, and once more while it is made smaller.
MEMORY = 640 << 20

# What Outlook and most browsers do not show.
_ODD = frozenset(
    (
        "heic",
        "heif",
        "heic-sequence",
        "heif-sequence",
        "avif",
        "webp",
        "tiff",
        "bmp",
        "x-ms-bmp",
        "jp2",
        "jpx",
    )
)
_USUAL = frozenset(("png", "jpeg", "jpg", "pjpeg", "gif"))
# Of these, what is larger than this in bytes, or wider or higher in pixels.
LARGE_BYTES = 2 << 20
LARGE_SIDE = 4096
FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP", "JPEG2000", "AVIF", "HEIF")
_SIZE = struct.Struct(">I")


def missing() -> str:
    """Return which of the libraries of the extra `images` is not installed, "" when all are."""
    return ", ".join(name for name, module in _LIBRARIES if find_spec(module) is None)


_LIBRARIES = (("Pillow", "PIL"), ("pillow-heif", "pillow_heif"))


def wanted(attachment: Attachment) -> bool:
    """Whether a file is a picture that its readers could not see, or not without trouble."""
    kind, _, subtype = attachment.media_type.partition("/")
    if kind != "image" or attachment.preview or not 100 < len(attachment.content) <= MAX_INPUT:
        return False
    return subtype in _ODD or (
        subtype in _USUAL and (len(attachment.content) > LARGE_BYTES or _wide(attachment.content))
    )


def _wide(content: bytes) -> bool:
    """Whether a PNG says that it is large: its first chunk holds width and height."""
    if content[:8] != b"\x89PNG\r\n\x1a\n" or content[12:16] != b"IHDR":
        return False
    width, height = struct.unpack_from(">II", content, 16)
    return bool(max(width, height) > LARGE_SIDE)


class Previewer:
    """Adds to a message's pictures the previews that are made at once, and marks the others for later.

    Never raises; one child at a time. `make` takes contents and returns as many previews (b"" for
    none) and whether it met a limit; `known` returns the preview of a picture by its sha256.
    """

    def __init__(
        self,
        make: Callable[[Sequence[bytes]], tuple[list[bytes], bool]] | None = None,
        clock: Callable[[], float] = time.monotonic,
        known: Callable[[str], bytes | None] = lambda sha256: None,
    ) -> None:
        self._make, self._clock, self._known = make or quickly, clock, known
        # When we made some, and how many seconds it took.
        self._spent: deque[tuple[float, float]] = deque()
        self._paused_until = -math.inf
        self._alone = threading.Lock()

    def __call__(self, message: Message) -> Message:
        """Return the message with previews on those attachments that want one, or that mark.

        It takes QUICK_SECONDS at most, and QUICK_SECONDS more than QUICK_SHARE in any MINUTE.
        """
        if message.automatic or message.bounce:
            return message
        files = [*message.attachments, *(message.forward.attachments if message.forward else ())]
        chosen = _chosen(files)
        # Asked last: looking for a library reads folders.
        if not chosen or not find_spec("PIL"):
            return message
        by = {picture: self._known(hashlib.sha256(picture).hexdigest()) or b"" for picture in chosen}
        missing = [picture for picture, preview in by.items() if not preview]
        later: Sequence[bytes] = ()
        if missing:
            with self._alone:
                made, later = self._at_once(missing)
            by |= made
        forward = message.forward
        if forward:
            forward = replace(forward, attachments=_with(forward.attachments, by, later))
        return replace(message, attachments=_with(message.attachments, by, later), forward=forward)

    def _at_once(self, contents: Sequence[bytes]) -> tuple[dict[bytes, bytes], Sequence[bytes]]:
        """Return what could be made of them now, and those to be tried later."""
        began = self._clock()
        while self._spent and began - self._spent[0][0] >= MINUTE:
            self._spent.popleft()
        if began < self._paused_until or sum(took for _, took in self._spent) >= QUICK_SHARE:
            return {}, contents
        try:
            made, limit = self._make(contents)
        except OSError as err:
            # No process or no room to be had just now: the mail goes on without.
            log.warning("no previews could be made: %s", err.strerror)
            return {}, contents
        ended = self._clock()
        self._spent.append((began, ended - began))
        by = {content: preview for content, preview in zip(contents, made, strict=True) if preview}
        if not limit:
            return by, ()
        # Somebody may mean to keep us busy.
        self._paused_until = ended + MINUTE
        return by, [picture for picture in contents if picture not in by]


def _chosen(files: Sequence[Attachment]) -> list[bytes]:
    out: list[bytes] = []
    room = MAX_INPUT
    for file in files:
        if len(out) < MAX_PICTURES and wanted(file) and len(file.content) <= room and file.content not in out:
            out.append(file.content)
            room -= len(file.content)
    return out


def _with(
    files: Sequence[Attachment], previews: dict[bytes, bytes], later: Sequence[bytes]
) -> tuple[Attachment, ...]:
    return tuple(
        replace(file, preview=previews[file.content], wants_preview=file.content in later)
        if file.content in previews and not file.preview
        else file
        for file in files
    )


def quickly(contents: Sequence[bytes]) -> tuple[list[bytes], bool]:
    """Return what a child makes of them within QUICK_SECONDS; see `in_child`."""
    return in_child(contents, wall=QUICK_SECONDS)


def in_child(
    contents: Sequence[bytes],
    cpu: int = CPU_SECONDS,
    memory: int = MEMORY,
    wall: float = WALL_SECONDS,
    nice: int = 0,
) -> tuple[list[bytes], bool]:
    """Return a preview for each content (b"" for none), and whether the child met a limit.

    `cpu` and `wall` are seconds, `memory` bytes, `nice` how far the child gives way to others.
    What the child had finished before it met one counts. Without Pillow there are none.
    Raises OSError when no child can be started.
    """
    if find_spec("PIL") is None:
        return [b""] * len(contents), False
    asked = b"".join(_SIZE.pack(len(content)) + content for content in contents)
    # Into a file, whose size the child's limits bound, and which survives the child.
    with tempfile.TemporaryFile() as answer:
        command = [sys.executable, "-m", "intake.runtime.previews", str(cpu), str(memory), str(nice)]
        try:
            done = subprocess.run(
                command, input=asked, stdout=answer, stderr=subprocess.DEVNULL, timeout=wall
            )
            limit = done.returncode != 0
        except subprocess.TimeoutExpired:
            limit = True
        answer.seek(0)
        return _answers(answer, len(contents)), limit


def _answers(answer: IO[bytes], count: int) -> list[bytes]:
    """Return what the child wrote, as far as it is a picture of a kind and size we show."""
    out: list[bytes] = []
    while len(out) < count:
        head = answer.read(_SIZE.size)
        size = _SIZE.unpack(head)[0] if len(head) == _SIZE.size else 0
        content = answer.read(size) if size <= MAX_BYTES else b""
        sound = len(content) == size and media_type(content) != ""
        out.append(content if sound else b"")
        if len(head) < _SIZE.size or size > MAX_BYTES:
            break
    return out + [b""] * (count - len(out))


def media_type(preview: bytes) -> str:
    """Return "image/png" or "image/jpeg" by the first bytes of a preview, "" for anything else."""
    if preview.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    return "image/jpeg" if preview.startswith(b"\xff\xd8\xff") else ""


def main() -> None:
    """Read pictures from standard input and write their previews to standard output, within limits."""
    # Imported before the limits: what the libraries need is no picture's fault.
    from PIL import Image

    if find_spec("pillow_heif"):
        import pillow_heif

        pillow_heif.register_heif_opener(thumbnails=False)
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    Image.preinit()
    os.nice(int(sys.argv[3]))
    _limit(int(sys.argv[1]), int(sys.argv[2]))
    while head := sys.stdin.buffer.read(_SIZE.size):
        content = sys.stdin.buffer.read(_SIZE.unpack(head)[0])
        try:
            made = preview(content)
        except MemoryError:
            os._exit(1)
        except Exception:
            # A decoder may raise anything at all on a damaged file; then there is no preview of it.
            made = b""
        sys.stdout.buffer.write(_SIZE.pack(len(made)) + made)
        sys.stdout.buffer.flush()


def _limit(cpu: int, memory: int) -> None:
    with open("/proc/self/statm", encoding="ascii") as file:
        size = int(file.read().split()[0]) * resource.getpagesize() + memory
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))
    written = MAX_PICTURES * (MAX_BYTES + _SIZE.size)
    resource.setrlimit(resource.RLIMIT_FSIZE, (written, written))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def preview(content: bytes) -> bytes:
    """Return a PNG or JPEG of a picture, upright, at most SIDE pixels wide and high, without metadata.

    b"" when it has too many pixels. Raises whatever its decoder does. Only its first frame is read.
    """
    from PIL import Image

    with Image.open(BytesIO(content), formats=FORMATS) as source:
        if source.width * source.height > MAX_PIXELS:
            return b""
        drawn = source.format in ("PNG", "GIF", "BMP", "TIFF")
        source.draft("RGB", (SIDE, SIDE))
        picture = _small(source)
        # Asked when it is loaded: of TIFF and HEIC the decoder has turned it by then, and says so.
        turned = source.getexif().get(_ORIENTATION, 1)
        if turned in _UPRIGHT:
            picture = picture.transpose(Image.Transpose[_UPRIGHT[turned]])
    # Pasted into an empty one, it leaves its metadata behind: a place, a name, a camera's number.
    clean = Image.new(picture.mode, picture.size, "white")
    clean.paste(picture, mask=picture if picture.mode == "RGBA" else None)
    clean = clean if clean.mode == "L" else clean.convert("RGB")
    if drawn and len(made := _saved(clean, "PNG")) <= PNG_BYTES:
        return made
    for quality in (85, 60, 30):
        made = _saved(clean, "JPEG", quality=quality, subsampling=0 if drawn else 2)
        if len(made) <= MAX_BYTES:
            return made
    return b""


# What the tag 0x0112 asks for (EXIF 2.32 section 4.6.4, table 6).
_ORIENTATION = 0x0112
_UPRIGHT = {
    2: "FLIP_LEFT_RIGHT", 3: "ROTATE_180", 4: "FLIP_TOP_BOTTOM", 5: "TRANSPOSE", 6: "ROTATE_270",
    7: "TRANSVERSE", 8: "ROTATE_90",
}  # fmt: skip


def _small(source: "Picture") -> "Picture":
    """Return a picture of at most SIDE by SIDE in grey, RGB or RGBA."""
    mode = source.mode
    if mode.startswith(("I", "F")):
        # Samples of 16 bits, as scanners write them, stretched to eight.
        picture = source.convert("F")
        low, high = cast("tuple[float, float]", picture.getextrema())
        picture = picture.point(lambda value: (value - low) * (255.0 / max(high - low, 1.0)))
        picture = picture.convert("L")
    elif mode in ("1", "L"):
        picture = source.convert("L")
    elif "transparency" in source.info or mode in ("LA", "La", "PA", "RGBa"):
        picture = source.convert("RGBA")
    else:
        picture = source if mode in ("RGB", "RGBA") else source.convert("RGB")
    picture.load()
    picture.thumbnail((SIDE, SIDE), reducing_gap=2.0)
    return picture


def _saved(picture: "Picture", kind: str, **options: Any) -> bytes:
    out = BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


if __name__ == "__main__":
    main()
