"""Screenshots of wallets, drawn: a phrase in a grid, a list or a paragraph, in three sizes."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

# Of the package fonts-noto-cjk (scripts/install-test-servers.sh).
FONT = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
WIDTH, HEIGHT = 1080, 1920
LAYOUTS = ("grid of 2", "grid of 3", "list", "paragraph")
SIZES = ((1080, "PNG"), (720, "JPEG"), (540, "JPEG"))
CHINESE = ("备份助记词", "请按顺序抄写以下单词，妥善保管。", "我已备份完成")
ENGLISH = ("Recovery phrase", "Write these words down in order and keep them safe.", "I have saved it")
_Way = Callable[[ImageDraw.ImageDraw, list[str], str, str], None]
_LIGHT, _DARK = ("#ffffff", "#111111", "#eef1f5"), ("#101418", "#e8eaed", "#1d232a")


@dataclass(frozen=True)
class Screen:
    """One screenshot: `name` says what it is, `content` are its bytes."""

    name: str
    media_type: str
    content: bytes


def drawn(
    words: list[str], layout: str, dark: bool, texts: tuple[str, str, str], size: tuple[int, str]
) -> Screen:
    """Draw the page of a wallet that shows `words`."""
    ground, ink, box = _DARK if dark else _LIGHT
    picture = Image.new("RGB", (WIDTH, HEIGHT), ground)
    pen = ImageDraw.Draw(picture)
    pen.text((60, 40), "9:41", ink, font=_font(34))
    pen.text((60, 150), texts[0], ink, font=_font(64))
    pen.text((60, 260), texts[1], ink, font=_font(36))
    _WAYS[layout](pen, words, ink, box)
    pen.rounded_rectangle((60, 1700, WIDTH - 60, 1820), 30, fill="#2f6fed")
    pen.text((WIDTH // 2, 1760), texts[2], "#ffffff", font=_font(42), anchor="mm")
    name = f"{layout}, {'dark' if dark else 'light'}, {texts[0]}, {size[0]} px"
    return Screen(name, f"image/{size[1].lower()}", _bytes(picture, *size))


def plain(lines: list[str], dark: bool, size: tuple[int, str]) -> Screen:
    """Draw a screen that shows other lines."""
    ground, ink, _ = _DARK if dark else _LIGHT
    picture = Image.new("RGB", (WIDTH, HEIGHT), ground)
    pen = ImageDraw.Draw(picture)
    for number, line in enumerate(lines):
        pen.text((60, 120 + 64 * number), line, ink, font=_font(38))
    return Screen(lines[0], f"image/{size[1].lower()}", _bytes(picture, *size))


def screens(phrases: Iterator[list[str]]) -> Iterator[Screen]:
    """Yield 36 screenshots: three sizes of twelve pages, each with a phrase of its own."""
    pages = [(layout, dark, ENGLISH) for layout in LAYOUTS for dark in (False, True)]
    pages += [(layout, layout in LAYOUTS[:2], CHINESE) for layout in LAYOUTS]
    for layout, dark, texts in pages:
        for size in SIZES:
            yield drawn(next(phrases), layout, dark, texts, size)


def _grid(columns: int) -> _Way:
    def way(pen: ImageDraw.ImageDraw, words: list[str], ink: str, box: str) -> None:
        wide = (WIDTH - 120) // columns
        for number, word in enumerate(words):
            left, top = 60 + wide * (number % columns), 420 + 130 * (number // columns)
            pen.rounded_rectangle((left + 8, top, left + wide - 8, top + 100), 16, fill=box)
            pen.text((left + 36, top + 24), f"{number + 1}. {word}", ink, font=_font(40))

    return way


def _list(pen: ImageDraw.ImageDraw, words: list[str], ink: str, box: str) -> None:
    for number, word in enumerate(words):
        pen.text((90, 400 + 100 * number), f"{number + 1}", "#8a8f98", font=_font(40))
        pen.text((200, 400 + 100 * number), word, ink, font=_font(44))


def _paragraph(pen: ImageDraw.ImageDraw, words: list[str], ink: str, box: str) -> None:
    pen.rounded_rectangle((60, 400, WIDTH - 60, 760), 24, fill=box)
    for number in range(0, len(words), 4):
        pen.text((100, 440 + 20 * number), " ".join(words[number : number + 4]), ink, font=_font(44))


_WAYS = {"grid of 2": _grid(2), "grid of 3": _grid(3), "list": _list, "paragraph": _paragraph}


def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONT, size)


def _bytes(picture: Image.Image, width: int, kind: str) -> bytes:
    if width != WIDTH:
        picture = picture.resize((width, HEIGHT * width // WIDTH), Image.Resampling.LANCZOS)
    out = BytesIO()
    picture.save(out, kind, **({"quality": 75} if kind == "JPEG" else {}))
    return out.getvalue()


def shuffled(words: list[str], seed: int) -> list[str]:
    """Return the words in another order, the same for each `seed`."""
    return random.Random(seed).sample(words, len(words))
