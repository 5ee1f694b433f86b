"""Screens that lie on their side, are upside down, were scrolled, or of which only half can be read."""

import random
from io import BytesIO

from PIL import Image
from screens import ENGLISH, drawn
from seeds import phrase

from intake.desk.sensitive.lists import english
from intake.desk.sensitive.reading import FileState, of_picture
from intake.runtime.file_child import look_into

WORDS = phrase(random.Random(5), english.WORDS, 12)


def read(picture: Image.Image) -> FileState:
    out = BytesIO()
    picture.save(out, "PNG")
    return look_into("screen.png", "image/png", out.getvalue(), pictures=True).state


def test_a_screen_is_read_however_it_is_turned_and_when_it_was_scrolled() -> None:
    screen = Image.open(BytesIO(drawn(WORDS, "grid of 2", False, ENGLISH, (720, "JPEG")).content)).convert(
        "L"
    )
    scrolled = Image.new("L", (screen.width, screen.width * 9), 255)
    scrolled.paste(screen, (0, screen.height * 2))

    for name, picture in (
        ("on its side", screen.rotate(90, expand=True)),
        ("upside down", screen.rotate(180)),
        ("scrolled", scrolled),
    ):
        assert FileState.SECRET is read(picture), name


def test_a_scroll_that_is_too_long_to_be_read_stays_closed() -> None:
    blank = Image.new("L", (300, 30_000), 255)
    assert FileState.CLOSED is read(blank)


def test_half_of_a_phrase_that_is_named_is_enough_in_a_picture() -> None:
    for text, state in (
        (
            "Secret recovery phrase\nsaddle\n\nimmune\n\njammer\n\nbudget\nfury\n\ndeposit\nzebra\nwalnut",
            "secret",
        ),
        ("saddle\n\nimmune\n\njammer\n\nbudget\nfury\n\ndeposit", "clean"),
        ("Never share your recovery phrase. We will not ask for it. Open the settings.", "clean"),
    ):
        assert state == of_picture(text).state.value, text
