"""Mail in mbox files: where each begins and ends, and how it was before it was put there."""

import io
import itertools
import random
import re
from datetime import UTC, datetime

import pytest
from each_case import each

from intake.imports import mbox

FROM = b"From ann@example.org Mon Jan  1 10:00:00 2024\n"
FIRST = b"From: ann@example.org\nSubject: one\n\nHello\n"
SECOND = b"From: bo@example.org\nSubject: two\n\nBye\n"


def read(raw: bytes) -> list[bytes]:
    file = io.BytesIO(raw)
    return [mbox.content(io.BytesIO(raw), mail.start, mail.size) for mail in mbox.scan(file)]


def written(mails: list[bytes]) -> bytes:
    """An mboxrd file of these mails."""
    quoted = (re.sub(rb"(?m)^(>*From )", rb">\1", mail) for mail in mails)
    return b"".join(FROM + mail + b"\n" for mail in quoted)


SPLIT = {
    "a sentence that begins with From": (
        FROM + FIRST + b"\nFrom here on all was well.\n\nFrom: me\n\n" + FROM + SECOND + b"\n",
        [FIRST + b"\nFrom here on all was well.\n\nFrom: me\n", SECOND],
    ),
    "a sentence with a date": (
        FROM + FIRST + b"\nFrom Mon Jan  1 10:00:00 2024\nI was away.\n\n" + FROM + SECOND + b"\n",
        [FIRST + b"\nFrom Mon Jan  1 10:00:00 2024\nI was away.\n", SECOND],
    ),
    "a line with a date, and a blank line behind it": (
        FROM + FIRST + b"\n" + FROM + b"\nthat stood in it\n\n" + FROM + SECOND + b"\n",
        [FIRST + b"\n" + FROM + b"\nthat stood in it\n", SECOND],
    ),
    "a separator without a blank line before it": (
        FROM + FIRST + FROM + SECOND + b"\n",
        [FIRST + FROM + SECOND],
    ),
    "no blank line at the end": (FROM + FIRST + b"\n" + FROM + SECOND, [FIRST, SECOND]),
    "no line end at the end": (FROM + FIRST + b"\n" + FROM + SECOND[:-1], [FIRST, SECOND[:-1]]),
    "CRLF": (
        (FROM + FIRST + b"\n" + FROM + SECOND + b"\n").replace(b"\n", b"\r\n"),
        [FIRST.replace(b"\n", b"\r\n"), SECOND.replace(b"\n", b"\r\n")],
    ),
    "a BOM": (mbox.BOM + FROM + FIRST + b"\n", [FIRST]),
    "blank lines and other text before the first": (b"\n\nwhat is this\n\n" + FROM + FIRST + b"\n", [FIRST]),
    "Google Takeout": (
        b"From 1734567890@xxx Mon Jan 01 10:00:00 +0000 2024\r\nX-GM-THRID: 17\r\n\r\nA\r\n\r\n"
        b"From 1734567891@xxx Mon Jan 01 11:00:00 +0000 2024\r\nX-GM-THRID: 18\r\n\r\nB\r\n\r\n",
        [b"X-GM-THRID: 17\r\n\r\nA\r\n", b"X-GM-THRID: 18\r\n\r\nB\r\n"],
    ),
    "Thunderbird": (
        b"From - Mon Jan 01 10:00:00 2024\n" + FIRST + b"\nFrom - Mon Jan 01 10:00:01 2024\n" + SECOND,
        [FIRST, SECOND],
    ),
    "Thunderbird without dates": (
        b"From \r\nSubject: a\r\n\r\nx\r\n\r\nFrom \r\nSubject: b\r\n\r\ny\r\n",
        [b"Subject: a\r\n\r\nx\r\n", b"Subject: b\r\n\r\ny\r\n"],
    ),
    "Eudora": (
        b"From ???@??? Mon Jan 01 10:00:00 2024\n"
        + FIRST
        + b"From ???@??? Mon Jan 01 10:00:01 2024\n"
        + SECOND,
        [FIRST, SECOND],
    ),
    "a mail without text": (FROM + b"Subject: a\n\n\n" + FROM + SECOND + b"\n", [b"Subject: a\n\n", SECOND]),
    "a mail without a header": (FROM + b"\nx\n\n" + FROM + SECOND + b"\n", [b"\nx\n", SECOND]),
    "lengths, and nothing is quoted": (
        b"".join(
            FROM + b"Subject: a\nContent-Length: %d\n\n" % len(body) + body + b"\n"
            for body in (b"x\n\n" + FROM + b"I was away\n\n>From y\n", b"end\n\n\n")
        ),
        [
            b"Subject: a\nContent-Length: 69\n\nx\n\n" + FROM + b"I was away\n\n>From y\n",
            b"Subject: a\nContent-Length: 6\n\nend\n\n\n",
        ],
    ),
    "a length of the first mail's that ends where a later one begins": (
        FROM
        + b"Content-Length: %d\n\nx\n\n" % (3 + len(FROM + SECOND))
        + FROM
        + SECOND
        + b"\n"
        + FROM
        + FIRST
        + b"\n",
        [b"Content-Length: %d\n\nx\n" % (3 + len(FROM + SECOND)), SECOND, FIRST],
    ),
    "a length of a stranger's would take a neighbour along": (
        FROM
        + FIRST
        + b"\n"
        + FROM
        + b"Content-Length: %d\n\nx\n\n" % (3 + len(FROM + SECOND))
        + FROM
        + SECOND
        + b"\n",
        [FIRST, b"Content-Length: %d\n\nx\n" % (3 + len(FROM + SECOND)), SECOND],
    ),
    "a wrong length": (
        FROM + b"Content-Length: 9999\n\nx\n\n" + FROM + SECOND + b"\n",
        [b"Content-Length: 9999\n\nx\n", SECOND],
    ),
    "mboxo": (FROM + b"Subject: a\n\n>From x\n>>From y\n\n", [b"Subject: a\n\nFrom x\n>From y\n"]),
    "a writer that quotes nothing": (
        FROM + b"Subject: a\n\nFrom x\n>From y\n\n",
        [b"Subject: a\n\nFrom x\n>From y\n"],
    ),
    "nothing": (b"", []),
    "no mail": (b"hello\n\nworld\n", []),
    "cut right behind a separator": (FROM + FIRST + b"\n" + FROM, [FIRST, b""]),
}


@each("name", SPLIT)
def test_a_file_is_split_where_its_mails_begin(name: str) -> None:
    raw, mails = SPLIT[name]
    assert read(raw) == mails


@pytest.mark.parametrize(
    ("line", "at"),
    [
        (b"From a@b Mon Jan  1 10:00:00 2024", datetime(2024, 1, 1, 10, tzinfo=UTC)),
        (b"From a@b Mon Jan 01 10:00:00 +0200 2024\r\n", datetime(2024, 1, 1, 8, tzinfo=UTC)),
        (b"From a@b Mon Jan  1 10:00 2024\n", datetime(2024, 1, 1, 10, tzinfo=UTC)),
        (b"From a@b Mon Jan  1 10:00:00 2024 -0130\n", datetime(2024, 1, 1, 11, 30, tzinfo=UTC)),
        (b"From a@b Mon Jan  1 10:00:00 GMT 2024\n", datetime(2024, 1, 1, 10, tzinfo=UTC)),
        (b"From a@b Mon Jan  1 10:00:00 2024 remote from there\n", datetime(2024, 1, 1, 10, tzinfo=UTC)),
        (b"From - Mon Feb 31 10:00:00 2024\n", None),
        (b"From \n", None),
    ],
)
def test_a_separator_says_when_a_mail_came(line: bytes, at: datetime | None) -> None:
    assert mbox.separator(line)
    assert mbox.begins(line) == at


@pytest.mark.parametrize(
    "line",
    [
        b"From here\n",
        b"from a@b Mon Jan  1 10:00:00 2024\n",
        b">From a@b Mon Jan  1 10:00:00 2024\n",
        b"From a@b Mon Jan  1 10:00:00 2024 it was\n",
        b"From " + b"x" * 2000 + b" Mon Jan  1 10:00:00 2024\n",
    ],
)
def test_what_only_looks_like_a_separator_is_none(line: bytes) -> None:
    assert not mbox.separator(line)


def _some_mail(chance: random.Random) -> bytes:
    words = [
        b"From ",
        b">From ",
        b">>From ",
        b"\n",
        b"\r\n",
        FROM,
        b"x",
        b"Subject: a\n",
        b"\xff\x00",
        b" ",
        b"-- \n",
    ]
    body = b"".join(chance.choice(words) for _ in range(chance.randrange(30)))
    return b"Subject: %d\n" % chance.randrange(99) + b"\n" * chance.randrange(2) + body + b"\n"


def test_what_is_written_as_mboxrd_is_read_back_byte_for_byte() -> None:
    chance = random.Random(7)
    for _ in range(3000):
        mails = [_some_mail(chance) for _ in range(chance.randrange(1, 6))]
        assert read(written(mails)) == mails


def test_any_bytes_are_read_without_an_error_and_within_the_file() -> None:
    chance = random.Random(8)
    for _ in range(2000):
        raw = b"".join(_some_mail(chance) if chance.random() < 0.5 else FROM for _ in range(5))
        raw = raw[chance.randrange(20) : len(raw) - chance.randrange(20)]
        ends = [(mail.start, mail.start + mail.size) for mail in mbox.scan(io.BytesIO(raw))]
        assert all(start <= end <= len(raw) for start, end in ends)
        assert all(end <= after for (_, end), (after, _) in itertools.pairwise(ends))


def test_of_a_mail_of_any_size_only_its_head_is_held() -> None:
    raw = FROM + b"Subject: a\n\n" + b"y" * 3_000_000 + b"\n\n" + FROM + b"X: " + b"z" * 1_000_000
    first, second = mbox.scan(io.BytesIO(raw))
    assert (len(first.head), first.size) == (12, 3_000_013)
    assert len(second.head) <= mbox.HEAD_BYTES + mbox.PIECE
    assert (second.headed, second.last, second.open_end) == (False, True, True)
