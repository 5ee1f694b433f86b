"""Forwarded mail: who wrote the original, when, and what the one who passed it on added.

Clients put a little header of localized labels over the original, or attach it whole.
What was read is the forwarder's word for it and nothing more: whether it is believed is
the desk's rule (intake/desk/rules/forwards.py).
"""

import re
from collections.abc import Mapping, Sequence
from html import unescape
from urllib.parse import unquote

from intake.desk.message import Address, Attachment, Forward
from intake.desk.text.subject_prefixes import FORWARD, is_forward, unprefixed
from intake.mail import addresses, bodies, gate, headers, structure
from intake.mail.machines import automatic
from intake.mail.quotes import headers as quote_headers
from intake.mail.quotes.headers import TITLE, unglued
from intake.mail.quotes.lines import attribution, heads_mail
from intake.mail.quotes.new_text import new_text, split
from intake.mail.quotes.vocabulary import FORWARDED, FORWARDED_END, ORIGINAL

# The header over a forwarded mail stands among the forwarder's words, near the top.
MAX_SEARCHED = 400
MAX_LINE = 1000
# Lines of the little header: labels, folded values and the blank lines some clients put between.
MAX_HEADER = 30
MAX_DATE = 100
MAX_SUBJECT = 1000
# A larger attached mail is read up to here, and its own files are left inside it.
MAX_ATTACHED = 5 << 20

_ADDRESS = re.compile(
    r"[^\s<>\[\]\"'(),:;@|]{1,64}@[^\s<>\[\]\"'(),:;@|]{1,250}\.[^\s<>\[\]\"'(),:;@|]{2,60}"
)
_DRESSING = re.compile(r"^[>\s]{0,20}")
_DASHES = "-_=—–*\u2500"
# What a line that may head a mail ends in, blanks included.
_LASTS = frozenset([":", "：", *filter(str.isspace, map(chr, range(0x3001)))])
_CELLS = re.compile(
    r"^(?:\|\s?)?([^\s|:：][^|:：]{0,30}?)(?:\s?\|\s?|\s+(?=[\"<\d]|\S{1,64}@|Re:))([^|]{0,900})\|?\s*$"
)
_MAILTO = re.compile(
    r"""href=["']?mailto:([^"'?\s<>]{3,320}+)[^<>]{0,300}+>([^<>]{1,200}+)<""", re.IGNORECASE
)
MAX_HTML = 1 << 18
# Gmail's first line, whatever word stands for "From".
_FIRST = re.compile(r"^[^\W\d_][^:：]{1,30}[:：] (.{0,200}<[^<>\s@]{1,64}@[^<>\s@]{1,250}>)\s*$")
# Yandex: "05.03.2024, 10:15, "Bob" <bob@example.com>:" instead of a header.
_ONE_LINE = re.compile(r"^(?P<date>\d{1,2}\.\d{1,2}\.\d{4}, \d{1,2}:\d{2})[^,]{0,20}, (?P<who>.{3,300}):$")

# The name in what stands before the address of "On 5/3/2024 10:15, "Bob" <bob@example.com> wrote:".
_QUOTED_NAME = re.compile('["“”„«»] ?([^"“”„«»]{1,100}) ?["“”„«»]$')
_PLAIN_NAME = re.compile(r"(?:^|[\d,:：，、] )(?:[^\W\dA-ZÀ-Þ_]{2,14} )?([^\d,:：，、]{1,100}?)\s?\(?$")
_DATED = re.compile(
    r"\d{1,4}[./-] ?\d{1,2}[./-] ?\d{1,4}(?:,? (?:[^\W\d]{1,6} )?\d{1,2}[:.]\d{2}(?::\d{2})?(?: ?[AP]M)?)?",
    re.IGNORECASE,
)


def read(text: str, html: str, attachments: Sequence[Attachment], subject: str = "") -> Forward | None:
    """Return the mail that this one passes on, None when it passes on none.

    `text` is the whole readable text, `html` the HTML it came with, `subject` its own.
    Either a client says that it forwards, in words of its own or by the subject's prefix,
    or exactly one mail is attached. Never raises; linear in the text.
    """
    lines = text.replace("\r\n", "\n").split("\n")
    prefixed = is_forward(subject[:MAX_SUBJECT])
    forward = _inline(lines, prefixed, subject, _linked(html) if prefixed else {})
    if forward is None and prefixed and FORWARD.match(subject[:MAX_SUBJECT]):
        forward = _introduced(lines, subject)
    if forward is not None:
        return forward
    mails = [
        attachment
        for attachment in attachments
        if attachment.media_type in ("message/rfc822", "message/global")
    ]
    return _attached(mails[0], text, html, subject) if len(mails) == 1 else None


def plain_subject(subject: str) -> str:
    """Return a subject without the prefixes that forwarding and answering put before it."""
    return unprefixed(subject[:MAX_SUBJECT]) or subject.strip()


def _inline(lines: Sequence[str], prefixed: bool, subject: str, linked: Mapping[str, str]) -> Forward | None:
    """Return the first forwarded mail in the text: below a client's own line, or below its header alone."""
    tried = False
    # What begins with a letter and does not end in a colon heads no mail; a longer line is cut first.
    heads = [
        (at, line)
        for at, line in enumerate(lines[:MAX_SEARCHED])
        if line and (prefixed or line[-1] in _LASTS or not line[0].isalnum() or len(line) > MAX_LINE)
    ]
    for at, line in heads:
        line = line[:MAX_LINE].strip()
        # Most lines begin with a letter and end without a colon: nothing heads a mail so.
        if not line or (not prefixed and line[0].isalnum() and line[-1] not in ":："):
            continue
        # Every form has dashes or ends in a colon; most lines have neither.
        bare = line.lstrip("> \t")
        may = len(line) < 300 and (line[-1] in ":：" or bare[:1] in _DASHES)
        if may and (FORWARDED.match(line) or (prefixed and ORIGINAL.match(line))):
            forward = _below(lines, at, at + 1, subject, linked)
        elif prefixed and _label(line) is not None:
            forward = _below(lines, _above(lines, at), at, subject, linked)
        elif bare[:1] == "-" and not tried and (pieces := unglued(lines[at])):
            tried = True
            forward = _below([*lines[:at], *pieces, "", *lines[at + 1 :]], at, at + 1, subject, linked)
        else:
            continue
        if forward is not None:
            return forward
    return None


def _above(lines: Sequence[str], at: int) -> int:
    """Return where the title over a little header stands, `at` where it has none."""
    above = at - 1
    while above > 0 and not lines[above].strip("> \t"):
        above -= 1
    if above < 0:
        return at
    title = lines[above][:300]
    return above if TITLE.match(title) or heads_mail(title) else at


def _introduced(lines: Sequence[str], subject: str) -> Forward | None:
    """Return the mail below "On ... Bob <bob@example.com> wrote:", which some write over a forward, too."""
    span = attribution(lines[:MAX_SEARCHED])
    if span is None:
        return None
    start, body = span
    said = " ".join(" ".join(lines[start:body]).split())[:MAX_LINE]
    who = _person(said)
    address = _ADDRESS.search(said)
    if who is None or address is None:
        return None
    before = said[: address.start()].rstrip(" <([")
    name = _QUOTED_NAME.search(before) or _PLAIN_NAME.search(before)
    date = _DATED.search(said)
    original = _original(lines[body:])
    written = split(original, "")
    remark = "\n".join(lines[:start]).strip()
    return Forward(
        sender=Address(who.mailbox, headers.clean(name[1]).strip()[:200] if name else ""),
        subject=plain_subject(subject)[:MAX_SUBJECT],
        date=date[0] if date else "",
        text=written.new,
        full_text=original,
        remark=new_text(remark, "") if remark else "",
        suppress=automatic.of_sender(who.mailbox),
        pieces=written.pieces,
    )


def _below(
    lines: Sequence[str], end: int, start: int, subject: str, linked: Mapping[str, str]
) -> Forward | None:
    """Return the forwarded mail whose header begins at `start`; above `end` are the forwarder's words."""
    while start < len(lines) and not lines[start].strip("> \t"):
        start += 1
    values, body = _header(lines, start, titled=start > end)
    shown = " ".join(values.get("from", "").split())
    who = _person(shown)
    if who is None and shown in linked and (mailbox := addresses.mailbox(linked[shown])):
        who = Address(mailbox, headers.clean(shown)[:200])
    if who is None and start < len(lines):
        one_line = _ONE_LINE.match(_undressed(lines[start])[:MAX_LINE].strip())
        if one_line:
            who, body = _person(one_line["who"]), start + 1
            values = {"date": one_line["date"]}
    if who is None or not (values.keys() & {"date", "subject", "to"}):
        return None
    while body < len(lines) and (not lines[body].strip() or FORWARDED_END.match(lines[body][:200])):
        # Zoho closes its header with the line that opened it.
        body += 1
    original = _original(lines[body:])
    written = split(original, "")
    remark = "\n".join(lines[:end]).strip()
    return Forward(
        sender=who,
        subject=plain_subject(values.get("subject") or subject)[:MAX_SUBJECT],
        date=" ".join(values.get("date", "").split())[:MAX_DATE],
        text=written.new,
        full_text=original,
        remark=new_text(remark, "") if remark.strip("-_=* \n") else "",
        suppress=automatic.of_sender(who.mailbox),
        pieces=written.pieces,
    )


def _header(lines: Sequence[str], start: int, titled: bool) -> tuple[dict[str, str], int]:
    """Return the values of the little header by what they are, and the line below it.

    `titled`: a line of the client's stands over it. Gmail translates "From" and nothing else,
    into more languages than are known here, and puts it first.
    """
    values: dict[str, str] = {}
    last, blank, at = "", 0, start
    body = start
    for at in range(start, min(start + MAX_HEADER, len(lines))):
        line = _undressed(lines[at])[:MAX_LINE]
        if not line.strip():
            blank += 1
            # A blank line ends it, unless (Apple, Outlook as text) one stands between all labels.
            if blank > 1 or "subject" in values or len(values) > 3:
                break
            continue
        label = _label(line, titled)
        if label is None and titled and last == "date":
            # eM Client's subject, which has no colon either.
            word, _, value = line.strip().partition(" ")
            named = quote_headers.label(f"{word}: {value}")
            label = named if named and named[0] == "subject" else None
        if label is None and titled and at == start and (first := _FIRST.match(line)):
            label = ("from", first[1])
        if label is None:
            if blank or not last or last == "subject":
                break
            values[last] = f"{values[last]} {line.strip()}"[:MAX_LINE]
        elif label[0] != "other" and label[0] in values:
            break
        else:
            last = label[0]
            values[last] = label[1]
            blank = 0
        body = at + 1
    return values, body


def _label(line: str, titled: bool = False) -> tuple[str, str] | None:
    bare = _undressed(line)
    label = quote_headers.label(bare)
    if label is None and titled and (cells := _CELLS.match(bare[:MAX_LINE])):
        # NetEase Mail Master writes a table, eM Client no colons.
        label = quote_headers.label(f"{cells[1]}: {cells[2]}")
    return None if label is None else (label[0], label[1].lstrip(" \t|*").strip(" \t*"))


def _undressed(line: str) -> str:
    return _DRESSING.sub("", line, count=1)


def _person(value: str) -> Address | None:
    """Return the person a From value of a little header names: "Bob <b@x>", "Bob [mailto:b@x]", "b@x"."""
    shown = value[:MAX_LINE].replace("mailto:", "")
    match = _ADDRESS.search(shown)
    mailbox = addresses.mailbox(match.group()) if match else ""
    if match is None or not mailbox:
        return None
    name = headers.clean(shown[: match.start()]).strip(" \t\"'“”;,<[(|")
    return Address(mailbox, name[:200])


def _linked(html: str) -> dict[str, str]:
    """Return the mailboxes that names in the HTML link to: Windows Mail shows a name without its address."""
    mailboxes: dict[str, str] = {}
    if "mailto:" in html:
        for link in _MAILTO.finditer(html[:MAX_HTML]):
            mailboxes.setdefault(" ".join(unescape(link[2]).split()), unquote(link[1]))
    return mailboxes


def _original(lines: Sequence[str]) -> str:
    """Return the forwarded text, without the quote marks that stand before all of it."""
    end = next((at for at, line in enumerate(lines) if FORWARDED_END.match(line[:200])), len(lines))
    kept = list(lines[:end])
    said = [line for line in kept if line.strip()]
    if said and all(line.lstrip().startswith(">") for line in said):
        kept = [line.lstrip().removeprefix(">").removeprefix(" ") for line in kept]
    elif said and all(line.startswith("    ") for line in said):
        kept = [line[4:] for line in kept]
    return "\n".join(kept).strip("\n").rstrip()


def _attached(attachment: Attachment, text: str, html: str, subject: str) -> Forward | None:
    """Return a mail that came attached. What it was attached to are the forwarder's words."""
    raw = attachment.content[:MAX_ATTACHED]
    if gate.check(raw):
        return None
    tree = structure.scan(raw)
    hint = bodies.charset_hint(tree)
    who = addresses.parse_one(headers.first(tree.fields, "from") or b"", hint)
    if who is None:
        return None
    body = bodies.read(tree.leaves, hint)
    decoded = bodies.fields(tree.fields, hint)
    said = dict(reversed(decoded))
    kind = headers.parameters(headers.first(tree.fields, "content-type") or b"text/plain")[0]
    return_path = said.get("return-path")
    reason, suppress = automatic.classify(
        decoded,
        return_path=None if return_path is None else addresses.mailbox(return_path),
        sender=who.mailbox,
        subject=said.get("subject", ""),
        media_type=kind,
        text=body.text,
    )
    whole = len(raw) == len(attachment.content)
    written = split(body.text, body.html)
    return Forward(
        sender=who,
        subject=plain_subject(said.get("subject", "") or subject)[:MAX_SUBJECT],
        date=" ".join(said.get("date", "").split())[:MAX_DATE],
        text=written.new,
        full_text=body.text,
        remark=new_text(text, html) if text.strip() else "",
        attachments=tuple(body.attachments) if whole else (),
        suppress=reason or suppress,
        pieces=written.pieces,
    )
