"""Damaged copies of the corpus: nothing crashes, and a file that was not hit is not lost.

INTAKE_DAMAGED=10000 makes as many copies; a short run is always made.
"""

import os
import random
from pathlib import Path

from intake.mail import structure
from intake.mail.parse import parse

CORPUS = Path(__file__).parent.parent / "corpus"
MAILS = [path.read_bytes() for path in sorted(CORPUS.glob("**/*.eml"))]
COPIES = int(os.environ.get("INTAKE_DAMAGED", "500"))
WITH_FILES = [raw for raw in MAILS if parse(raw).attachments]


def damaged(raw: bytes, dice: random.Random, spans: list[tuple[int, int]]) -> bytes:
    """Return a copy with up to eight places in `spans` overwritten, cut out, doubled or filled with noise."""
    out = bytearray(raw)
    # From the end, so that places before stay where they are; never across the end of a span.
    places = sorted((dice.choice(spans) for _ in range(dice.randint(1, 8))), reverse=True)
    for start, stop in dict.fromkeys(places):
        at = dice.randrange(start, stop)
        size = min(dice.choice((1, 1, 2, 5, 40)), stop - at)
        # No line break of ours: an empty line ends a header, and what follows it is lost in truth.
        noise = dice.randbytes(size).replace(b"\n", b"!").replace(b"\r", b"!")
        out[at : at + size] = dice.choice((noise, b"", bytes(out[at : at + size]) * 2, b"\0" * size))
    return bytes(out)


def harmless_spans(raw: bytes) -> list[tuple[int, int]]:
    """Return where damage hits no file: in texts, and in header values that say nothing of structure."""
    tree = structure.own(raw)
    spans: list[tuple[int, int]] = []
    at = 0
    for line in raw[: tree.body_start].split(b"\n"):
        name, colon, value = line.partition(b":")
        if colon and not name.lower().startswith((b"content-", b"mime-")) and len(value) > 1:
            spans.append((at + len(name) + 1, at + len(line)))
        at += len(line) + 1
    files = {one.content for one in parse(raw).attachments}
    for leaf in tree.leaves:
        start = raw.find(leaf.body) if leaf.media_type.startswith("text/") and leaf.depth else -1
        named = any(b"filename" in value or b"name=" in value for _, value in leaf.fields)
        if start > 0 and leaf.body and not named and leaf.body not in files:
            spans.append((start, start + len(leaf.body)))
    return spans


def test_damaged_copies_are_read_without_an_error() -> None:
    dice = random.Random(20)
    for number in range(COPIES):
        raw = dice.choice(MAILS)
        message = parse(damaged(raw, dice, [(0, len(raw))]))
        assert not [one for one in message.defects if "could not be read (" in one], number


def test_files_that_were_not_hit_are_never_lost() -> None:
    dice = random.Random(21)
    looked_at = 0
    for number in range(COPIES):
        raw = dice.choice(WITH_FILES)
        spans = harmless_spans(raw)
        if not spans:
            continue
        copy = damaged(raw, dice, spans)
        looked_at += 1
        kept = {one.content for one in parse(copy).attachments}
        assert {one.content for one in parse(raw).attachments} <= kept, number
    assert looked_at >= COPIES // 2
