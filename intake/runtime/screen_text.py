"""The text of a picture, by tesseract (Debian's `tesseract-ocr`): only ever called in a child with limits.

Set for screenshots: the writing on a screen is dark on light, of even size, and in Latin letters where it
is a seed phrase or a key. Chinese and Japanese phrases in pictures are not read.
"""

import os
import shutil
import subprocess
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

# The longer side of what is read, in pixels: below, letters are too small, above it takes too long
# (25 Mpx of noise: 25 s; at 1,600 px: 0.8 s).
LEAST_SIDE, MOST_SIDE = 1000, 1600
# Below, a picture is taken for light writing on dark, of which tesseract reads nothing.
DARK = 110
# Letters as far apart as on a screen with lists and buttons: "sparse text" (tesseract --help-psm).
_LAYOUT = "11"
_PROGRAM = "tesseract"


def missing() -> str:
    """Return the program that is not installed, "" when it is."""
    return "" if shutil.which(_PROGRAM) else _PROGRAM


def screen_text(content: bytes, formats: tuple[str, ...], most_pixels: int) -> str | None:
    """Return the text in a picture, None where it could not be read. Raises what its decoder does."""
    from PIL import Image, ImageOps

    with Image.open(BytesIO(content), formats=formats) as source:
        if source.width * source.height > most_pixels:
            return None
        source.draft("L", (MOST_SIDE, MOST_SIDE))
        upright = ImageOps.exif_transpose(_of_fit_size(_grey(source)))
    return _read(_light(upright))


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


def _read(picture: "Picture") -> str | None:
    out = BytesIO()
    picture.save(out, "PPM")
    # With more threads it is no faster on one picture, and takes the processor from the mail.
    environ = os.environ | {"OMP_THREAD_LIMIT": "1"}
    command = [_PROGRAM, "stdin", "stdout", "-l", "eng", "--psm", _LAYOUT]
    done = subprocess.run(
        command, input=out.getvalue(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environ
    )
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None
