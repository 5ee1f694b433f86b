"""The text of a picture, by tesseract (Debian's `tesseract-ocr`): only ever called in a child with limits.

Set for screenshots: the writing on a screen is dark on light, of even size, and in Latin letters where it
is a seed phrase or a key. Chinese and Japanese phrases in pictures are not read.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import TYPE_CHECKING

from intake.desk.sensitive.lists.english import WORDS

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

# The longer side of what is read, in pixels: below, letters are too small, above it takes too long
# (25 Mpx of noise: 25 s; at 1,600 px: 0.8 s).
LEAST_SIDE, MOST_SIDE = 1000, 1600
# Below, a picture is taken for light writing on dark, of which tesseract reads nothing.
DARK = 110
# Letters as far apart as on a screen with lists and buttons: "sparse text"; and that whichever way it is
# turned, which takes twice as long (tesseract --help-psm).
_LAYOUT, _TURNED = "11", "12"
# With fewer words that are English a screen may lie on its side.
_FEW_WORDS = 3
# Of a screen so much has one shade; of a photograph hardly any.
_FLAT = 0.25
# A picture that is longer was scrolled. Tiles have these sides, in pixels as they came, and are read so many
# times as large; they overlap, so that no line is cut in both.
_SCROLLED, _OVERLAP, MOST_TILES = 2.6, 80, 10
_OF_A_SCROLL, _OF_A_MONITOR = (1100, 1500, 1), (1000, 640, 2)
_PROGRAM = "tesseract"
_ENGLISH = frozenset(WORDS)
_WORD = re.compile("[a-z]{3,}")


def missing() -> str:
    """Return the program that is not installed, "" when it is."""
    return "" if shutil.which(_PROGRAM) else _PROGRAM


def screen_texts(content: bytes, formats: tuple[str, ...], most_pixels: int) -> Iterator[str | None]:
    """Yield the text in a picture as it is read better and better, None where it could not be read.

    Whoever finds what they look for need not go on: most pictures are read once, a screen on its side or
    upside down twice, and a long or wide one with small letters in tiles. Raises what its decoder does.
    """
    from PIL import Image, ImageOps

    with Image.open(BytesIO(content), formats=formats) as source:
        if source.width * source.height > most_pixels:
            yield None
            return
        size = source.size
        source.draft("L", (MOST_SIDE, MOST_SIDE))
        upright = _light(ImageOps.exif_transpose(_of_fit_size(_grey(source))))
    text = _read(upright)
    yield text
    if text is None:
        return
    words = sum(word in _ENGLISH for word in _WORD.findall(text.lower()))
    scrolled = max(size) > _SCROLLED * min(size)
    if words < _FEW_WORDS and _flat(upright) and not scrolled:
        yield _read(upright, _TURNED)
    elif (scrolled or size[0] > size[1]) and max(size) > MOST_SIDE and (scrolled or words >= _FEW_WORDS):
        yield _in_tiles(content, formats)


def _in_tiles(content: bytes, formats: tuple[str, ...]) -> str | None:
    """Return the text of a picture that is read part by part, None where there are too many."""
    from PIL import Image, ImageOps

    with Image.open(BytesIO(content), formats=formats) as source:
        whole = _light(ImageOps.exif_transpose(_grey(source)))
    scrolled = max(whole.size) > _SCROLLED * min(whole.size)
    wide, high, times = _OF_A_SCROLL if scrolled else _OF_A_MONITOR
    across, down = _starts(whole.width, wide), _starts(whole.height, high)
    if len(across) * len(down) > MOST_TILES:
        return None
    texts = []
    for top in down:
        for left in across:
            right, below = min(left + wide, whole.width), min(top + high, whole.height)
            tile = whole.crop((left, top, right, below))
            texts.append(
                _read(tile.resize((tile.width * times, tile.height * times), Image.Resampling.LANCZOS))
            )
    return None if None in texts else "\n".join(text for text in texts if text is not None)


def _starts(side: int, most: int) -> Sequence[int]:
    """Return where tiles of a side begin."""
    return range(0, max(side - _OVERLAP, 1), most - _OVERLAP)


def _flat(picture: "Picture") -> bool:
    shades = picture.histogram()
    return max(shades) >= _FLAT * sum(shades)


def _grey(source: "Picture") -> "Picture":
    from PIL import Image

    if source.mode in ("RGBA", "LA", "PA") or "transparency" in source.info:
        # What shows through is white, as in most mail programs.
        picture = source.convert("RGBA")
        sheet = Image.new("RGBA", picture.size, "white")
        sheet.alpha_composite(picture)
        return sheet.convert("L")
    return source.convert("L")


def _of_fit_size(picture: "Picture") -> "Picture":
    from PIL import Image

    side = max(picture.size)
    wanted = min(max(side, LEAST_SIDE), MOST_SIDE)
    if side == wanted:
        return picture
    size = tuple(max(1, round(edge * wanted / side)) for edge in picture.size)
    return picture.resize((size[0], size[1]), Image.Resampling.LANCZOS, reducing_gap=2.0)


def _light(picture: "Picture") -> "Picture":
    from PIL import ImageOps, ImageStat

    return ImageOps.invert(picture) if ImageStat.Stat(picture).mean[0] < DARK else picture


def _read(picture: "Picture", layout: str = _LAYOUT) -> str | None:
    out = BytesIO()
    picture.save(out, "PPM")
    # With more threads it is no faster on one picture, and takes the processor from the mail.
    environ = os.environ | {"OMP_THREAD_LIMIT": "1"}
    command = [_PROGRAM, "stdin", "stdout", "-l", "eng", "--psm", layout]
    done = subprocess.run(
        command, input=out.getvalue(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environ
    )
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None
