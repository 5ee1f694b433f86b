"""Pictures that mail programs cannot show get a small PNG or JPEG beside them, made within limits."""

import hashlib
import resource
import struct
import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import factories
import pillow_heif
import pytest
from config_files import config_text
from PIL import Image

from intake import app
from intake.commands.check.seeing import seen_in_files
from intake.config import settings as config
from intake.config.sections import ScanSettings
from intake.desk.message import Address, Attachment, Bounce, BounceKind, Envelope, Forward, Message
from intake.mail.parse import parse
from intake.ports import Arrival
from intake.runtime import previews
from intake.store.upkeep.erasure import Erasing

pillow_heif.register_heif_opener()


def picture(mode: str = "RGB", size: tuple[int, int] = (640, 480)) -> Image.Image:
    """Return a picture whose upper left corner is darkest."""
    return Image.linear_gradient("L").resize(size).convert(mode)


def as_file(one: Image.Image, kind: str, **options: Any) -> bytes:
    out = BytesIO()
    one.save(out, kind, **options)
    return out.getvalue()


def bomb(width: int, height: int) -> bytes:
    """Return a PNG of that size in some kilobytes: one bit for each pixel, all white."""
    pack = zlib.compressobj(9)
    row = b"\0" + b"\xff" * ((width + 7) // 8)
    data = b"".join(pack.compress(row) for _ in range(height)) + pack.flush()

    def chunk(name: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        )

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


HEIC = as_file(picture(), "HEIF")
READ: dict[str, Callable[[], bytes]] = {
    "a telephone's HEIC": lambda: as_file(picture(size=(4032, 3024)), "HEIF"),
    "WebP": lambda: as_file(picture(), "WEBP"),
    "WebP that is seen through": lambda: as_file(picture("RGBA"), "WEBP", lossless=True),
    "AVIF": lambda: as_file(picture(), "AVIF"),
    "a scanned page as TIFF": lambda: as_file(picture("1", (2480, 3508)), "TIFF", compression="group4"),
    "TIFF of 16 bits": lambda: as_file(Image.new("I;16", (900, 900), 700), "TIFF"),
    "TIFF in the colours of print": lambda: as_file(picture("CMYK"), "TIFF"),
    "BMP": lambda: as_file(picture(), "BMP"),
    "JPEG 2000": lambda: as_file(picture(), "JPEG2000"),
    "a PNG of 5,000 by 4,000": lambda: as_file(picture("P", (5000, 4000)), "PNG"),
}
REFUSED = {
    "400 million pixels": lambda: bomb(20_000, 20_000),
    "81 million pixels": lambda: bomb(9_000, 9_000),
    "a HEIC cut off": lambda: HEIC[: len(HEIC) // 2],
    "bytes that are no picture": lambda: b"\0" * 5000,
    "PostScript, which a program would run": lambda: (
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n" + b" " * 200
    ),
    "an SVG": lambda: b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>" + b" " * 200,
}


@cache
def large() -> bytes:
    """Return a picture as large as one may be: nearly 50 million pixels in four channels."""
    return as_file(picture("RGBA", (6900, 7000)), "PNG", compress_level=1)


def opened(preview: bytes) -> Image.Image:
    found = Image.open(BytesIO(preview), formats=("PNG", "JPEG"))
    found.load()
    return found


def test_every_kind_becomes_a_small_png_or_jpeg() -> None:
    contents = [content() for content in READ.values()]

    made, limits = zip(
        *(previews.in_child(contents[at : at + 5], cpu=30, wall=90) for at in (0, 5)), strict=True
    )

    assert (False, False) == limits
    by_name = dict(zip(READ, [*made[0], *made[1]], strict=True))
    assert [] == [name for name, one in by_name.items() if previews.media_type(one) == ""]
    assert [] == [name for name, one in by_name.items() if max(opened(one).size) > previews.SIDE]
    assert [] == [name for name, one in by_name.items() if len(one) > previews.MAX_BYTES]
    assert {"L", "RGB"} == {opened(one).mode for one in by_name.values()}


def test_bombs_and_rubbish_are_refused_at_once_and_cost_the_desk_no_memory() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.monotonic()

    made, limit = previews.in_child([content() for content in REFUSED.values()][:5])
    last, _ = previews.in_child([REFUSED["an SVG"]()])

    assert [b""] * 6 == [*made, *last]
    assert not limit
    assert time.monotonic() - began < 8
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024


@pytest.mark.parametrize(
    ("turned", "size", "dark"),
    [(1, (80, 40), (2, 2)), (6, (40, 80), (37, 2)), (3, (80, 40), (77, 37)), (8, (40, 80), (2, 77))],
)
def test_it_stands_upright_and_tells_nothing_of_who_took_it(
    turned: int, size: tuple[int, int], dark: tuple[int, int]
) -> None:
    exif = Image.Exif()
    exif[0x0112] = turned
    exif[0x010F] = "Camera of Lin Example"
    shown = Image.new("L", (80, 40), 255)
    shown.paste(0, (0, 0, 10, 10))
    # HEIF has a property of its own for this, which its decoder obeys, and says nothing by EXIF.
    kinds = ("TIFF", "JPEG", "WEBP", "PNG")
    assert all(b"Lin Example" in as_file(shown, kind, exif=exif) for kind in kinds)

    made, _ = previews.in_child([as_file(shown, kind, exif=exif) for kind in kinds])

    shown_as = {kind: opened(one) for kind, one in zip(kinds, made, strict=True)}
    assert dict.fromkeys(kinds, size) == {kind: one.size for kind, one in shown_as.items()}
    assert [] == [kind for kind, one in shown_as.items() if one.convert("L").getpixel(dark) > 60]
    assert [] == [kind for kind, one in zip(kinds, made, strict=True) if b"Lin Example" in one]
    assert not any(one.getexif() for one in shown_as.values())


@pytest.mark.parametrize(
    ("limits"),
    [{"wall": 0.05}, {"memory": 1 << 20}, {"cpu": 1}],
    ids=["wall clock", "memory", "processor"],
)
def test_a_limit_ends_the_child_and_says_so(limits: dict[str, Any]) -> None:
    slow = [large()] * 3

    made, limit = previews.in_child(slow, **limits)

    assert limit
    assert b"" == made[-1]


def test_while_a_mail_is_processed_a_second_is_all_that_pictures_get() -> None:
    began = time.monotonic()

    made, limit = previews.quickly([large()] * 5)

    assert (True, b"") == (limit, made[-1])
    # To start and to end a child takes time as well, on a machine with other things to do.
    assert time.monotonic() - began < previews.QUICK_SECONDS + 3


def test_what_was_done_before_the_limit_counts() -> None:
    made, limit = previews.in_child([READ["WebP"](), large()], memory=60 << 20)

    assert limit
    assert ["image/jpeg", ""] == [previews.media_type(one) for one in made]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (b"", [b"", b""]),
        (b"\0\0\0\3\xff\xd8\xff", [b"\xff\xd8\xff", b""]),
        (b"\0\0\0\4<svg\0\0\0\3\xff\xd8\xff", [b"", b"\xff\xd8\xff"]),
        (b"\0\0\0\4\xff\xd8\xff", [b"", b""]),
        (b"\xff\xff\xff\xff\xff\xd8\xff", [b"", b""]),
        (b"\0\0", [b"", b""]),
    ],
    ids=["nothing", "one of two", "no picture", "cut off", "endless", "half a length"],
)
def test_the_word_of_a_child_counts_only_as_far_as_it_is_a_picture(
    said: bytes, expected: list[bytes]
) -> None:
    assert expected == previews._answers(BytesIO(said), 2)


def a_file(content: bytes, media_type: str = "image/heic", name: str = "IMG_1.heic") -> Attachment:
    return Attachment(name, media_type, content)


@pytest.mark.parametrize(
    ("media_type", "content", "expected"),
    [
        ("image/heic", b"x" * 2000, True),
        ("image/webp", b"x" * 2000, True),
        ("image/tiff", b"x" * 2000, True),
        ("image/png", b"x" * 2000, False),
        ("image/png", bomb(5000, 10), True),
        ("image/png", b"x" * (previews.LARGE_BYTES + 1), True),
        ("image/jpeg", b"x" * (previews.LARGE_BYTES + 1), True),
        ("image/jpeg", b"x" * previews.LARGE_BYTES, False),
        ("image/svg+xml", b"x" * 2000, False),
        ("application/pdf", b"x" * (previews.LARGE_BYTES + 1), False),
        ("image/heic", b"", False),
        ("image/heic", b"x" * (previews.MAX_INPUT + 1), False),
    ],
)
def test_who_gets_a_preview(media_type: str, content: bytes, expected: bool) -> None:
    assert expected == previews.wanted(a_file(content, media_type))


class Maker:
    """A child that is none: answers with the same preview, or says that a limit was met."""

    def __init__(self) -> None:
        self.asked: list[int] = []
        self.limit = False

    def __call__(self, contents: Sequence[bytes]) -> tuple[list[bytes], bool]:
        self.asked.append(len(contents))
        return [b"" if self.limit else b"\xff\xd8\xff" for _ in contents], self.limit


def with_files(*contents: bytes, **changes: Any) -> Message:
    return factories.a_message(attachments=tuple(map(a_file, contents)), **changes)


def test_the_same_picture_is_made_once_and_only_the_first_few_are() -> None:
    make = Maker()
    many = [bytes((number,)) * 200 for number in range(9)]

    got = previews.Previewer(make)(with_files(many[0], many[0], *many))

    assert [previews.MAX_PICTURES] == make.asked
    assert [True] * 7 + [False] * 4 == [bool(one.preview) for one in got.attachments]
    assert [one.content for one in got.attachments] == [many[0], many[0], *many]


def test_the_pictures_of_a_forwarded_mail_get_theirs_too() -> None:
    forward = Forward(Address("lin@customer.example"), attachments=(a_file(b"x" * 200),))

    got = previews.Previewer(Maker())(factories.a_message(forward=forward))

    assert got.forward is not None
    assert [b"\xff\xd8\xff"] == [one.preview for one in got.forward.attachments]


@pytest.mark.parametrize(
    "changes",
    [{"automatic": "it says so"}, {"bounce": Bounce(BounceKind.FAILED)}],
    ids=["an answering machine", "a bounce"],
)
def test_machines_get_none(changes: dict[str, Any]) -> None:
    make = Maker()

    previews.Previewer(make)(with_files(b"x" * 200, **changes))

    assert [] == make.asked


def marks(message: Message) -> list[tuple[bool, bool]]:
    """Return of each file whether it has a preview, and whether one is to be made later."""
    return [(bool(one.preview), one.wants_preview) for one in message.attachments]


MADE, LATER = (True, False), (False, True)


def test_after_a_picture_that_took_too_long_others_wait_for_their_turn_for_a_minute() -> None:
    now, make = [0.0], Maker()
    previewer = previews.Previewer(make, lambda: now[0])
    make.limit = True
    assert [LATER] == marks(previewer(with_files(b"x" * 200)))
    make.limit = False

    now[0] += previews.MINUTE - 1
    assert [LATER] == marks(previewer(with_files(b"x" * 200)))
    assert 1 == len(make.asked)
    now[0] += 2
    assert [MADE] == marks(previewer(with_files(b"x" * 200)))


def test_pictures_that_take_their_time_get_a_share_of_a_minute_and_the_rest_wait() -> None:
    now = [0.0]

    def slow(contents: Sequence[bytes]) -> tuple[list[bytes], bool]:
        now[0] += 0.9
        return [b"\xff\xd8\xff"], False

    previewer = previews.Previewer(slow, lambda: now[0])
    got = [marks(previewer(with_files(b"x" * 200))) for _ in range(9)]

    assert [[MADE]] * 3 + [[LATER]] * 6 == got
    assert now[0] <= previews.QUICK_SHARE + previews.QUICK_SECONDS
    now[0] = previews.MINUTE
    assert [MADE] == marks(previewer(with_files(b"x" * 200)))


def test_of_several_pictures_only_those_that_were_not_reached_are_made_later() -> None:
    small, slow, plain = b"a" * 200, b"b" * 200, Attachment("a.pdf", "application/pdf", b"c" * 200)
    message = with_files(small, slow)
    message = replace(message, attachments=(*message.attachments, plain))

    got = previews.Previewer(lambda contents: ([b"\xff\xd8\xff", b""], True))(message)

    assert [MADE, LATER, (False, False)] == marks(got)


def test_what_is_no_picture_is_not_tried_again() -> None:
    got = previews.Previewer(lambda contents: ([b""], False))(with_files(b"x" * 200))

    assert [(False, False)] == marks(got)


def test_a_picture_whose_preview_is_known_is_not_made_again() -> None:
    make, known = Maker(), {hashlib.sha256(b"x" * 200).hexdigest(): b"\xff\xd8\xffknown"}

    got = previews.Previewer(make, known=known.get)(with_files(b"x" * 200, b"y" * 200))

    assert [b"\xff\xd8\xffknown", b"\xff\xd8\xff"] == [one.preview for one in got.attachments]
    assert [1] == make.asked


def test_when_no_child_can_be_started_the_mail_goes_on() -> None:
    def fails(contents: Sequence[bytes]) -> tuple[list[bytes], bool]:
        raise OSError(12, "Cannot allocate memory")

    assert [LATER] == marks(previews.Previewer(fails)(with_files(b"x" * 200)))


def test_without_the_extra_all_else_works_and_check_says_so_in_one_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(previews, "find_spec", lambda name: None)
    message = with_files(HEIC)

    assert message == previews.Previewer()(message)
    said = next(seen_in_files(ScanSettings()))
    assert ("ok", "Pillow, pillow-heif" in said.what, "\n" in said.what) == (said.level, True, False)
    assert "intake-desk[images]" in said.cure


# -- on the road ---------------------------------------------------------------------

CONFIG = config_text(desk="")


@pytest.fixture
def desk(tmp_path: Path) -> Any:
    (tmp_path / "intake.ini").write_text(CONFIG)
    made = app.build(config.load(tmp_path / "intake.ini"))
    made.store.agents.add("anna@desk.example", "Anna", (), made.service.clock())
    yield made
    made.store.close()


def mail(content: bytes, media_type: str, name: str, subject: str = "help") -> bytes:
    import base64

    head = (
        f"From: Lin <lin@customer.example>\r\nTo: support@desk.example\r\nSubject: {subject}\r\n"
        "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nLook at this.\r\n"
        f"--b\r\nContent-Type: {media_type}; name={name}\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    )
    return head.encode() + base64.encodebytes(content) + b"--b--\r\n"


@pytest.fixture
def calm(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that is never too busy for a picture."""
    monkeypatch.setattr(previews, "QUICK_SECONDS", 60.0)


def arrive(desk: app.Desk, *raw: bytes) -> None:
    desk.service.receive([Arrival(one, Envelope("ingest", "support")) for one in raw])
    while desk.service.process_pending(50):
        pass


def sent(desk: app.Desk, kind: str) -> Message:
    (number,) = [one.id for one in desk.store.outbox.list_mails() if one.kind == kind]
    claimed = desk.store.outbox.claim(number, "test", desk.service.clock(), timedelta(minutes=5))
    assert claimed is not None
    return parse(claimed.mail.raw)


@pytest.mark.usefixtures("calm")
def test_an_agents_notice_shows_the_picture_and_holds_the_original_and_the_store_both(desk: app.Desk) -> None:
    arrive(desk, mail(HEIC, "image/heic", "IMG_1.heic"))

    (entry,) = [one for one in desk.store.tickets.entries(1) if one.files]
    (file,) = entry.files
    assert (HEIC, True) == (desk.store.tickets.file(file.sha256), file.preview)
    small = desk.store.previews.get(file.sha256)
    assert small is not None
    notice = sent(desk, "notice")
    # The preview is shown in the page, the original is attached.
    assert [("IMG_1 (preview).jpg", small, True), ("IMG_1.heic", HEIC, False)] == [
        (one.name, one.content, bool(one.content_id)) for one in notice.attachments
    ]
    assert "image/jpeg" == notice.attachments[0].media_type
    assert f"cid:{notice.attachments[0].content_id}" in notice.html


def test_only_agents_get_a_preview_beside_the_original(desk: app.Desk) -> None:
    arrive(desk, mail(HEIC, "image/heic", "IMG_1.heic"))

    assert () == sent(desk, "acknowledgement").attachments


def test_a_bomb_becomes_a_ticket_with_its_file_and_does_not_hold_up_the_next_mail(desk: app.Desk) -> None:
    content = bomb(20_000, 20_000)

    arrive(desk, mail(content, "image/png", "a.png"), mail(b"x" * 900, "image/webp", "b.webp", "next"))

    files = [file for number in (1, 2) for one in desk.store.tickets.entries(number) for file in one.files]
    assert [("a.png", False), ("b.webp", False)] == [(one.name, one.preview) for one in files]
    assert content == desk.store.tickets.file(files[0].sha256)


@pytest.mark.usefixtures("calm")
def test_an_erased_ticket_takes_its_previews_along(desk: app.Desk) -> None:
    arrive(desk, mail(HEIC, "image/heic", "IMG_1.heic"))
    file = next(file for one in desk.store.tickets.entries(1) for file in one.files)
    assert desk.store.previews.get(file.sha256)

    erasing = Erasing(desk.store.db, desk.store.blobs)
    erasing.erase([1], "", [], desk.keys[-1], "test", desk.service.clock())

    assert desk.store.previews.get(file.sha256) is None


@pytest.mark.usefixtures("calm")
def test_a_file_without_its_row_leaves_no_preview(desk: app.Desk) -> None:
    from intake.store.schema.tables import Attachment as Row
    from intake.store.upkeep.orphans import Orphans

    arrive(desk, mail(HEIC, "image/heic", "IMG_1.heic"))
    file = next(file for one in desk.store.tickets.entries(1) for file in one.files)
    with desk.store.transaction():
        desk.store.db.run(Row.delete())

    Orphans(desk.store.db, desk.store.blobs).remove_orphan_rows()

    assert desk.store.previews.get(file.sha256) is None
    assert desk.store.tickets.file(file.sha256) is None


def test_a_message_knows_its_previews_only_by_its_files() -> None:
    message = with_files(b"x" * 200)

    assert message == replace(previews.Previewer(Maker())(message), attachments=message.attachments)
