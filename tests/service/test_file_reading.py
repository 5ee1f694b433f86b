"""Looking into files in a child with limits, at once or later; real child, real PDF."""

import time
from collections.abc import Sequence

import pytest
from office_files import docx, pdf
from screens import ENGLISH, drawn, plain

from intake.desk.message import Attachment, Message
from intake.desk.sensitive.reading import CLEAN, CLOSED, WAITING, FileState, Reading
from intake.runtime.file_reading import Asked, FileReader, in_child, unpacked

PHRASE = "legal winner thank year wave sausage worth useful legal winner thank yellow"
WORDS = PHRASE.split()
PDF = "application/pdf"


def _state(name: str, media_type: str, content: bytes) -> FileState | None:
    (reading,), _ = in_child([Asked(name, media_type, content)])
    return reading.state if reading else None


@pytest.mark.parametrize(
    ("lines", "pages", "state"),
    [
        ([PHRASE], 1, FileState.SECRET),
        ([f"{n}. {word}" for n, word in enumerate(WORDS, 1)], 1, FileState.SECRET),
        (["Your invoice of November, with thanks"], 2, FileState.CLEAN),
        # More than is read.
        (["Your invoice of November, with thanks"], 21, FileState.CLOSED),
        # A scan has no text.
        ([], 1, FileState.CLOSED),
    ],
)
def test_the_first_pages_of_a_pdf_are_read(lines: list[str], pages: int, state: FileState) -> None:
    assert state is _state("a.pdf", PDF, pdf(lines, pages))


def test_a_damaged_pdf_is_closed_and_the_next_file_is_read() -> None:
    files = [Asked("a.pdf", PDF, b"%PDF-1.4\n%%EOF"), Asked("b.docx", "", docx(PHRASE))]
    (first, second), limit = in_child(files)
    assert (CLOSED, False) == (first, limit)
    assert second is not None
    assert ("seed phrase",) == second.kinds


def test_what_a_file_holds_does_not_come_back_from_the_child(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[bytes] = []

    def heard(line: bytes) -> Reading | None:
        said.append(line)
        return unpacked(line)

    monkeypatch.setattr("intake.runtime.file_reading.unpacked", heard)
    in_child([Asked("a.docx", "", docx(PHRASE))])
    assert said
    assert not any(word.encode() in line for word in ("winner", "sausage") for line in said)


def test_a_child_that_takes_too_long_is_ended_and_nothing_of_it_goes_on() -> None:
    began = time.monotonic()
    ((reading,), limit) = in_child([Asked("a.pdf", PDF, pdf([PHRASE]))], wall=0.01)
    assert (None, True) == (reading, limit)
    assert time.monotonic() - began < 5


def test_a_child_without_memory_meets_its_limit() -> None:
    much = pdf(["word " * 2000] * 50, pages=20)
    readings, limit = in_child([Asked("a.pdf", PDF, much)], memory=1 << 20)
    assert limit or readings == [CLOSED]


def _message(*files: Attachment, automatic: str = "") -> Message:
    return Message("0" * 64, 0, "", attachments=files, automatic=automatic)


OFFICE = Attachment("a.docx", "", docx("an ordinary letter to the support about an order"))
SHORT = Attachment("a.txt", "text/plain", PHRASE.encode())


class _Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_short_text_needs_no_child() -> None:
    def never(files: Sequence[Asked]) -> tuple[list[Reading | None], bool]:
        raise AssertionError

    (file,) = FileReader(read=never)(_message(SHORT)).attachments
    assert file.reading is not None
    assert FileState.SECRET is file.reading.state


def test_what_is_not_ready_at_once_waits_and_so_does_what_comes_within_a_minute() -> None:
    clock, asked = _Clock(), []

    def slow(files: Sequence[Asked]) -> tuple[list[Reading | None], bool]:
        asked.append(clock.now)
        clock.now += 1.0
        return [None] * len(files), True

    reader = FileReader(read=slow, clock=clock)
    for _ in range(3):
        assert WAITING == reader(_message(OFFICE)).attachments[0].reading
    assert [0.0] == asked
    clock.now += 61
    reader(_message(OFFICE))
    assert 2 == len(asked)


def test_all_files_together_get_no_more_than_their_share_of_a_minute() -> None:
    clock, count = _Clock(), 0

    def half_a_second(files: Sequence[Asked]) -> tuple[list[Reading | None], bool]:
        nonlocal count
        count += 1
        clock.now += 0.5
        return [CLEAN] * len(files), False

    reader = FileReader(read=half_a_second, clock=clock)
    readings = [reader(_message(OFFICE)).attachments[0].reading for _ in range(8)]
    assert [CLEAN] * 4 + [WAITING] * 4 == readings


def test_a_file_that_was_looked_into_before_is_known() -> None:
    def never(files: Sequence[Asked]) -> tuple[list[Reading | None], bool]:
        raise AssertionError

    reader = FileReader(read=never, known=lambda names: {name: CLEAN for name in names})
    assert CLEAN == reader(_message(OFFICE)).attachments[0].reading


def test_files_of_an_automatic_mail_wait_until_there_is_time() -> None:
    (file,) = FileReader()(_message(OFFICE, automatic="auto-submitted")).attachments
    assert WAITING == file.reading


def test_where_no_process_is_to_be_had_files_wait() -> None:
    def none(files: Sequence[Asked]) -> tuple[list[Reading | None], bool]:
        raise OSError(11, "no more processes")

    assert WAITING == FileReader(read=none)(_message(OFFICE)).attachments[0].reading


@pytest.mark.parametrize(("pictures", "reading"), [("later", WAITING), ("off", None)])
def test_pictures_are_read_unless_that_is_off(pictures: str, reading: Reading | None) -> None:
    picture = Attachment("a.png", "image/png", drawn(WORDS, "list", True, ENGLISH, (540, "JPEG")).content)
    reader = FileReader(pictures, read=lambda files: ([None] * len(files), False))
    assert reading == reader(_message(picture)).attachments[0].reading


def test_a_picture_of_a_few_bytes_holds_no_phrase() -> None:
    dot = Attachment("a.png", "image/png", b"\x89PNG\r\n\x1a\n" + bytes(100))
    assert CLEAN == FileReader()(_message(dot)).attachments[0].reading


@pytest.mark.parametrize(
    ("layout", "dark", "size"),
    [
        ("grid of 2", True, (1080, "PNG")),
        ("grid of 3", False, (540, "JPEG")),
        ("list", True, (540, "JPEG")),
        ("paragraph", False, (720, "JPEG")),
    ],
)
def test_a_phrase_in_a_screenshot_is_found(layout: str, dark: bool, size: tuple[int, str]) -> None:
    screen = drawn(WORDS, layout, dark, ENGLISH, size)
    assert FileState.SECRET is _state("screen", screen.media_type, screen.content)


@pytest.mark.parametrize("dark", [False, True])
def test_an_ordinary_screenshot_is_clean(dark: bool) -> None:
    lines = ["Send 0.25 ETH", "Network fee 0.0011", "Your transfer is pending", "余额不足", "Settings"] * 4
    screen = plain(lines, dark, (720, "JPEG"))
    assert FileState.CLEAN is _state("screen", screen.media_type, screen.content)
