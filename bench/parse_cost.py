#!/usr/bin/env python3
"""What reading a mail costs: ordinary ones beside the standard library, large and hostile ones beside benign.

Each large mail is read in a process of its own; memory is the peak above what the process had before.
Usage: python bench/parse_cost.py [--json]. Linux only (it forks and reads /proc).
"""

import argparse
import base64
import contextlib
import json
import math
import os
import random
import statistics
import struct
import time
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.header import decode_header, make_header
from pathlib import Path
from typing import Any

from bench import load
from intake.mail.parse import parse

SIZE = 10 * 1024 * 1024
HEAD = b"From: a@x.example\nSubject: s\nDate: Tue, 5 Mar 2024 10:15:00 +0100\nMIME-Version: 1.0\n"
MIXED = HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n"
ROOT = Path(__file__).parents[1]
CORPUS = ROOT / "tests" / "corpus"
# Public lists and spam of 2002, where they lie beside the project (tests/mail/test_shared_corpora.py).
PUBLIC = Path(os.environ.get("INTAKE_CORPORA") or ROOT.parent / "shared" / "corpora") / "dev"
PUBLIC_MAILS = 300


def attachment(size: int) -> bytes:
    """Return a mail with a file of `size` bytes in base64."""
    head = b"--b\n\nhi\n--b\nContent-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64\n\n"
    return MIXED + head + base64.encodebytes(random.Random(1).randbytes(size)) + b"\n--b--\n"


def winmail(rtf: bytes) -> bytes:
    """Return a TNEF stream whose only body is this RTF, not compressed ([MS-OXTNEF], [MS-OXRTFCP])."""
    body = struct.pack("<II", len(rtf) + 12, len(rtf)) + b"MELA\0\0\0\0" + rtf
    properties = struct.pack("<IHHII", 1, 0x0102, 0x1009, 1, len(body)) + body + b"\0" * (-len(body) % 4)
    head = b"\x78\x9f\x3e\x22\x01\x00" + struct.pack("<BII", 1, 0x00069003, len(properties))
    return head + properties + b"\0\0"


def hostile() -> Iterator[tuple[str, bytes]]:
    """Yield (name, mail) of what parsers take longest for, of SIZE bytes or as large as the gate allows."""
    dice = random.Random(2)
    text = HEAD + b"Content-Type: text/plain; charset=utf-8\n\n"
    page = HEAD + b"Content-Type: text/html\n\n"
    part = b"--b\nContent-Type: text/html\n\n" + b"<b>&x " * (SIZE // 300) + b"\n"
    depth = (b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(50))
    yield "random bytes as text", text + dice.randbytes(SIZE)
    yield "random bytes as gb2312", text.replace(b"utf-8", b"gb2312") + dice.randbytes(SIZE)
    yield "controls as text", text + bytes(range(1, 32)) * (SIZE // 31)
    yield "one line of text", text + b"a" * SIZE
    yield "empty lines", text + b"\n" * 1_999_000
    yield "quotes", text + b"> > > a\n" * (SIZE // 8)
    yield "flowed lines", text.replace(b"utf-8", b"utf-8; format=flowed") + b"a \n" * 1_999_000
    yield "HTML: tags", page + b"<div>" * (SIZE // 5)
    yield "HTML: comments", page + b"<!--" * (SIZE // 4)
    yield "HTML: ampersands", page + b"&" * SIZE
    yield "HTML: fifty parts", MIXED + part * 50
    yield (
        "base64: padding",
        text.replace(b"\n\n", b"\nContent-Transfer-Encoding: base64\n\n") + b"a=" * (SIZE // 2),
    )
    yield "uuencode: empty files", text + b"begin 644 a\nx\nend\n" * (SIZE // 18)
    yield (
        "winmail.dat: RTF of groups",
        HEAD + b"Content-Type: application/ms-tnef\n\n" + winmail(b"{\\rtf1" + b"{\\b x" * (SIZE // 6)),
    )
    yield "false boundaries", MIXED + b"--b%s\n" % (b"x" * 95) * 99_000
    yield "a thousand parts", MIXED + (b"--b\n\n" + b"x" * 10_000 + b"\n") * 999
    yield "fifty levels", HEAD + b"".join(depth) + b"\n" + b"x" * SIZE
    yield (
        "noise in an attached mail",
        HEAD + b"Content-Type: message/rfc822\n\n" + text + dice.randbytes(SIZE),
    )


def measured(raw: bytes) -> tuple[float, float]:
    """Return (seconds of processor time, peak memory as a multiple of the mail) of reading `raw`."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        before = _status("VmRSS")
        Path("/proc/self/clear_refs").write_text("5")  # the peak is counted from here
        began = time.process_time()
        parse(raw)
        seconds = time.process_time() - began
        os.write(writer, json.dumps([seconds, (_status("VmHWM") - before) / len(raw)]).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        answer = pipe.read()
    os.waitpid(child, 0)
    seconds, memory = json.loads(answer)
    return seconds, memory


def _status(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) * 1024


def compat32(raw: bytes) -> None:
    """Read a mail as the standard library does, headers and texts decoded."""
    message = message_from_bytes(raw)
    for _, value in message.items():
        with contextlib.suppress(LookupError, UnicodeError, ValueError):
            str(make_header(decode_header(value)))
    for part in message.walk():
        if not part.is_multipart():
            content = part.get_payload(decode=True)
            if part.get_content_maintype() == "text" and isinstance(content, bytes):
                try:
                    content.decode(part.get_content_charset("utf-8"), "replace")
                except LookupError:
                    content.decode("latin-1")


def ordinary(mails: list[bytes], rounds: int = 11) -> tuple[float, float, float]:
    """Return milliseconds for each mail, ours and the standard library's, and the median of their ratios.

    The two take turns, so that a machine that is busy at times is so for both.
    """
    taken: list[tuple[float, float]] = []
    readers: tuple[Callable[[bytes], Any], ...] = (parse, compat32)
    for _ in range(rounds + 1):
        times = []
        for read in readers:
            began = time.process_time()
            for raw in mails:
                read(raw)
            times.append(time.process_time() - began)
        taken.append((times[0], times[1]))
    # The first round loads what is loaded late.
    ratios = [ours / theirs for ours, theirs in taken[1:]]
    each = [1000 * min(some) / len(mails) for some in zip(*taken[1:], strict=True)]
    return each[0], each[1], statistics.median(ratios)


def public() -> list[bytes]:
    """Return the first PUBLIC_MAILS real mails of the shared set, none where it is absent."""
    listing = PUBLIC / "manifest.jsonl"
    if not listing.is_file():
        return []
    rows = (json.loads(line) for line in listing.read_text(encoding="utf-8").splitlines())
    names = [row["file"] for row in rows if row["corpus"] == "robust"]
    return [(PUBLIC / name).read_bytes() for name in names[:PUBLIC_MAILS]]


def one_by_one(mails: list[bytes], rounds: int = 11) -> dict[str, float]:
    """Return milliseconds for each mail, ours and the standard library's, the ratio of their sums, and that
    of the median mail: of each mail the best of the rounds, taken in turns."""
    best = [(math.inf, math.inf)] * len(mails)
    for _ in range(rounds):
        for number, raw in enumerate(mails):
            began = time.perf_counter()
            parse(raw)
            between = time.perf_counter()
            compat32(raw)
            took = between - began, time.perf_counter() - between
            best[number] = min(best[number][0], took[0]), min(best[number][1], took[1])
    ours, theirs = (sum(some) for some in zip(*best, strict=True))
    return {
        "ms": round(1000 * ours / len(mails), 2),
        "compat32_ms": round(1000 * theirs / len(mails), 2),
        "ratio": round(ours / theirs, 2),
        "median_ratio": round(statistics.median(own / other for own, other in best), 2),
    }


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--json", action="store_true")
    as_json = arguments.parse_args().json
    mails = [path.read_bytes() for path in sorted(CORPUS.glob("*.eml"))]
    ours, theirs, ratio = ordinary(mails)
    load_ours, load_theirs, load_ratio = ordinary([sample.raw for sample in load.mixed(200)], 5)
    real = public()
    real_mails = one_by_one(real) if real else None
    # Loads what a desk loads once and keeps: the detector of charsets, the second tree.
    parse(HEAD + b"\n" + "Привет, как дела?".encode("koi8-r"))
    parse(HEAD.replace(b"a@x.example", b"a@x.example <") + b"Content-Type: multipart/mixed; boundary=z\n\nx")
    seconds, memory = min(measured(attachment(SIZE * 3 // 4)) for _ in range(3))
    rows = [(name, *min(measured(raw) for _ in range(3))) for name, raw in hostile()]
    big_seconds, big_memory = measured(attachment(25 * 1024 * 1024))
    slowest, greediest = max(rows, key=lambda row: row[1]), max(rows, key=lambda row: row[2])
    small = one_by_one(mails)
    results = {
        "ordinary": {"ms": round(ours, 2), "compat32_ms": round(theirs, 2), "ratio": round(ratio, 2)},
        "mixed_load": {
            "ms": round(load_ours, 2),
            "compat32_ms": round(load_theirs, 2),
            "ratio": round(load_ratio, 2),
        },
        "corpus_one_by_one": small,
        "public_mails": real_mails,
        "benign_10mb": {"seconds": round(seconds, 2), "memory": round(memory, 1)},
        "file_25mb": {"seconds": round(big_seconds, 2), "memory": round(big_memory, 1)},
        "hostile": {name: {"seconds": round(s, 2), "memory": round(m, 1)} for name, s, m in rows},
        "time_ratio": round(slowest[1] / seconds, 2),
        "memory_ratio": round(greediest[2] / memory, 2),
    }
    if as_json:
        print(json.dumps(results, indent=2))
        return
    print("                      ours   compat32 with headers and texts decoded   ratio")
    print(f"ordinary mail      {ours:6.2f} ms  {theirs:6.2f} ms  {ratio:5.2f}")
    print(f"the mixed load     {load_ours:6.2f} ms  {load_theirs:6.2f} ms  {load_ratio:5.2f}")
    print(f"ordinary mail, the median one: {small['median_ratio']}")
    if real_mails is None:
        print(f"public mails: not measured, they are not beside the project ({PUBLIC.parent.name})")
    else:
        print(
            f"{len(real)} public mails  {real_mails['ms']:6.2f} ms  {real_mails['compat32_ms']:6.2f} ms"
            f"  {real_mails['ratio']:5.2f}, the median one {real_mails['median_ratio']}"
        )
    print(f"benign, 10 MB      {seconds:6.2f} s  {memory:4.1f} times its size in memory")
    print(f"a file of 25 MB    {big_seconds:6.2f} s  {big_memory:4.1f}")
    for name, took, needed in rows:
        print(f"{name:28} {took:6.2f} s  {needed:4.1f}")
    print(f"slowest: {slowest[0]}, {results['time_ratio']} times benign")
    print(f"greediest: {greediest[0]}, {results['memory_ratio']} times benign")


if __name__ == "__main__":
    main()
