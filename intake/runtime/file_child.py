"""The child that looks into files within limits: `python -m intake.runtime.file_child CPU MEMORY NICE`.

Each file comes over standard input as a line of JSON (name, media_type, size) and its bytes; of each goes a
line of JSON to standard output. What stands in a file never does, only what kind of thing it is.
"""

import json
import os
import resource
import sys

from intake.desk.sensitive.reading import CLOSED, Reading, as_text, of_picture, reading_of
from intake.mail.contents.roads import Road, road_of
from intake.runtime import pdf_text, screen_text
from intake.runtime.previews import FORMATS, MAX_PIXELS

# What a child may write: its answers are short.
_MOST_WRITTEN = 1 << 20


def main() -> None:
    """Read files from standard input and write of each what it came to, within limits."""
    cpu, memory, nice = (int(number) for number in sys.argv[1:4])
    os.nice(nice)
    pictures = _ready()
    _limit(cpu, memory)
    while line := sys.stdin.buffer.readline():
        about = json.loads(line)
        content = sys.stdin.buffer.read(about["size"])
        try:
            reading = look_into(about["name"], about["media_type"], content, pictures)
        except MemoryError:
            os._exit(1)
        except Exception:
            # A reader may raise anything at all on a damaged file; then nobody can look into it.
            reading = CLOSED
        sys.stdout.write(as_text(reading) + "\n")
        sys.stdout.flush()


def look_into(name: str, media_type: str, content: bytes, pictures: bool) -> Reading:
    """Return what a file came to. Without `pictures` those stay closed. Raises what its reader does."""
    road = road_of(name, media_type, content)
    if road is Road.PICTURE:
        return _of_picture(content) if pictures else CLOSED
    if road is Road.PDF:
        return CLOSED if pdf_text.missing() else reading_of(*pdf_text.pdf_texts(content))
    # What reads charsets takes long to load, and a picture needs none.
    from intake.mail.contents.text import contents

    read = contents(name, media_type, content)
    return CLOSED if read is None else reading_of(read.texts, read.whole)


def _of_picture(content: bytes) -> Reading:
    reading = CLOSED
    for text in screen_text.screen_texts(content, FORMATS, MAX_PIXELS):
        reading = CLOSED if text is None else of_picture(text)
        if reading.finds:
            break
    return reading


def _ready() -> bool:
    """Load what reads pictures before the limits, for what it needs is no file's fault."""
    if screen_text.missing():
        return False
    try:
        from PIL import Image
    except ImportError:
        return False
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    Image.preinit()
    try:
        import pillow_heif
    except ImportError:
        return True
    pillow_heif.register_heif_opener(thumbnails=False)
    return True


def _limit(cpu: int, memory: int) -> None:
    with open("/proc/self/statm", encoding="ascii") as file:
        size = int(file.read().split()[0]) * resource.getpagesize() + memory
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_MOST_WRITTEN, _MOST_WRITTEN))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
