"""Golden mails: each x.eml of tests/corpus is read as the x.json beside it says.

INTAKE_BLESS=1 writes the .json anew. Look at what changed before it is committed:
it has to be right, not merely what came out.
"""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from each_case import each

from intake.desk.message import Address, Attachment, Forward, Message
from intake.mail.parse import parse

CORPUS = Path(__file__).parent.parent / "corpus"
MAILS = sorted(CORPUS.glob("**/*.eml"))
NAMES = [str(path.relative_to(CORPUS).with_suffix("")) for path in MAILS]
# Another number means that somebody's checkout lost some: whoever adds a mail counts it.
COUNT = 74


def person(one: Address | None) -> str:
    if one is None:
        return ""
    return f"{one.name} <{one.mailbox}>" if one.name else one.mailbox


def file(one: Attachment) -> dict[str, Any]:
    content = one.content
    if one.media_type.startswith(("text/", "message/")):
        # Text that was not encoded has the line ends of the mail around it.
        content = content.replace(b"\r\n", b"\n")
    return {
        "name": one.name,
        "type": one.media_type,
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "content_id": one.content_id,
        "inline": one.inline,
    }


def passed_on(forward: Forward) -> dict[str, Any]:
    return {
        "from": person(forward.sender),
        "subject": forward.subject,
        "date": forward.date,
        "text": forward.text.split("\n"),
        "remark": forward.remark.split("\n"),
        "attachments": [file(one) for one in forward.attachments],
        "suppress": forward.suppress,
    }


def described(message: Message) -> dict[str, Any]:
    """Return what is compared: everything but the raw bytes' size and digests, in plain values."""
    bounce = message.bounce
    found = {
        "message_id": message.message_id,
        "in_reply_to": list(message.in_reply_to),
        "references": list(message.references),
        "from": person(message.sender),
        "reply_to": [person(one) for one in message.reply_to],
        "to": [person(one) for one in message.to],
        "cc": [person(one) for one in message.cc],
        "delivered_to": list(message.delivered_to),
        "return_path": message.return_path,
        "subject": message.subject,
        "date": message.date.isoformat() if message.date else None,
        "text": message.text.split("\n"),
        "new_text": message.new_text.split("\n"),
        "language": message.language,
        "has_html": bool(message.html),
        "attachments": [file(one) for one in message.attachments],
        "automatic": message.automatic,
        "suppress": message.suppress,
        "bounce": bounce
        and {
            "kind": str(bounce.kind),
            "recipients": list(bounce.recipients),
            "about": list(bounce.about),
            "status": bounce.status,
            "diagnostic": bounce.diagnostic,
        },
        "forward": message.forward and passed_on(message.forward),
        "defects": list(message.defects),
    }
    # What is not there is not written down: a field that appears is a difference.
    return {name: value for name, value in found.items() if value not in ("", [], [""], None, False)}


def test_the_corpus_is_there() -> None:
    assert COUNT == len(MAILS)


@each("path", MAILS, ids=NAMES)
def test_a_mail_reads_as_written_down(path: Path) -> None:
    expected = path.with_suffix(".json")
    actual = described(parse(path.read_bytes().replace(b"\r\n", b"\n")))
    if os.environ.get("INTAKE_BLESS") == "1":
        expected.write_text(json.dumps(actual, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    assert json.loads(expected.read_text(encoding="utf-8")) == actual


@each("path", MAILS, ids=NAMES)
def test_line_ends_make_no_difference(path: Path) -> None:
    lf = path.read_bytes().replace(b"\r\n", b"\n")
    one, other = parse(lf), parse(lf.replace(b"\n", b"\r\n"))
    assert described(other) == described(one)
    # Without Date and Message-ID nothing but the very bytes tells two mails apart.
    if one.message_id or one.date:
        assert other.fingerprint == one.fingerprint


def test_no_expectation_stands_alone() -> None:
    assert {path.with_suffix(".json") for path in MAILS} == set(CORPUS.glob("**/*.json"))
