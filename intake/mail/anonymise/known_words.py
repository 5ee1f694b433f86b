"""What of a text may stay when it is made anonymous: the words that our own readers go by.

They are no one's: "wrote", "发件人", "Sent from my iPhone", what servers say when a
mail is undeliverable, names of header fields and of months.
"""

import re
from collections.abc import Iterator
from functools import cache

from intake.desk.text.subject_prefixes import FORWARDS, REPLIES, words
from intake.mail.machines import automatic_words, bounce_words, calendar_answers, reactions
from intake.mail.quotes import vocabulary as quote_words

_LETTERS = re.compile(r"[^\W\d_]+")
_ESCAPES = re.compile(r"\\[a-zA-Z]|\(\?:|\[[^\]]*\]")

_PLAIN = """
monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun
january february march april may june july august september october november december
jan feb mar apr jun jul aug sep sept oct nov dec am pm gmt utc cet cest est pst
http https ftp mailto cid www smtp esmtp esmtps esmtpsa lmtp rfc dns rfc822 utf
pass fail softfail neutral none dkim spf dmarc arc mailfrom bestguesspass policy
nbsp amp quot
at um uhr à
begin end pgp gpg public signature signed encrypted hash sha256 sha512
winmail dat smime p7s p7m
notificationtype eventtype bouncetype bouncesubtype bouncedrecipients complainedrecipients
delayedrecipients delaytype deliverydelay emailaddress diagnosticcode smtpresponse messageid commonheaders
headers drecipients subtype type
destination mail name value action status permanent transient undetermined general
bounce complaint delivery reject
emoji version
"""
_FIELDS = (
    "from", "to", "cc", "bcc", "subject", "date", "message-id", "original-message-id",
    "x-original-message-id", "received", "return-path", "content-type", "content-transfer-encoding",
    "content-disposition", "content-id", "mime-version", "reply-to", "sender", "delivered-to",
    "in-reply-to", "references", "x-mailer", "user-agent", "final-recipient", "original-recipient",
    "action", "status", "diagnostic-code", "remote-mta", "reporting-mta", "arrival-date",
    "last-attempt-date", "will-retry-until", "received-from-mta", "original-envelope-id",
    "disposition", "reporting-ua", "feedback-type", "x-failed-recipients", "auto-submitted",
    "precedence", "list-id",
)  # fmt: skip
# Pieces of a local part that say that no person reads there.
MACHINES = frozenset(
    (
        "mailer", "daemon", "mailerdaemon", "postmaster", "no", "reply", "noreply", "do", "not",
        "donotreply", "auto", "autoreply", "responder", "bounce", "bounces", "root", "nobody",
        "listserv", "majordomo", "mailman", "owner", "request", "mdaemon", "mail", "delivery",
        "maildelivery", "double", "admin", "mmdf", "uucp", "microsoftexchange", "antispam",
        "sysadmin",
    )
)  # fmt: skip

# How "On Monday ... wrote:" begins, which tells an attribution that is folded.
_OPENING = re.compile(
    r"\s{0,8}(?:on|am|le|el|il|em|op|den|w|dnia|in|data|giorno|at|vào|dne|στις|在|于|於)(?=\W)", re.I
)

_SEARCHED = (
    quote_words.WROTE, bounce_words.DELAYED, bounce_words.FAILED, bounce_words.SUBJECT,
    bounce_words.PLAIN_SUBJECT, bounce_words.TEXT,
)  # fmt: skip
_DEVICES = (quote_words.SENT_FROM, quote_words.SENT_LAST)
# These have wild cards between their words, so only the words of theirs stay.
_BY_WORD = (
    quote_words.ORIGINAL, *_DEVICES, bounce_words.EVIDENCE, automatic_words.SUBJECTS,
    automatic_words.MILD, automatic_words.SUFFIX, automatic_words.SAYS_SO, calendar_answers.SUBJECT,
    calendar_answers.LABEL,
    calendar_answers.REPORTED, reactions.SENTENCE, reactions.BY_GMAIL, _OPENING,
)  # fmt: skip
_ANYWHERE = (bounce_words.EVIDENCE, automatic_words.SUFFIX, automatic_words.SAYS_SO)
_CODES = re.compile(
    r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])|(?<![\d.])[245]\d\d(?=[ -])"
    r"|(?<![\w])[+-](?:0\d|1[0-4])(?:00|15|30|45)\b"
    r"|(?<=\d)\s?(?:[年月日号號時时分秒년월일시분초])|[上下]午|오[전후](?=\s?\d)"
    rf"|(?:\b|(?=[\u2e80-\uffff]))(?:{words(REPLIES, FORWARDS, names=False)})(?=\s?[:：])"
    r"|(?<=begin )[0-7]{3,4}(?= )"
    r"|-----(?:BEGIN|END) [A-Z ]{3,40}-----",
    re.IGNORECASE,
)


def _words_of(pattern: re.Pattern[str]) -> set[str]:
    return set(_LETTERS.findall(_ESCAPES.sub(" ", pattern.pattern).casefold()))


@cache
def vocabulary() -> frozenset[str]:
    """Return the single words, casefolded, that stay wherever they stand."""
    return frozenset(_PLAIN.split())


@cache
def _by_word() -> frozenset[str]:
    return frozenset().union(*map(_words_of, _BY_WORD))


def _is_theirs(word: str) -> bool:
    # Patterns name the beginning of some words: "telefon", "abwesenheits".
    return word in _by_word() or any(word[:size] in _by_word() for size in range(6, len(word)))


@cache
def _labels() -> re.Pattern[str]:
    names = sorted(labels(), key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, names))})(?=\s{{0,4}}\*{{0,2}}[:：])", re.I)


def spans(text: str) -> list[tuple[int, int]]:
    """Return (start, end) of what of `text` stays, in order, without overlaps."""
    places = sorted(_found(text))
    out: list[tuple[int, int]] = []
    for start, end in places:
        if out and start < out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        elif end > start:
            out.append((start, end))
    return out


def _found(text: str) -> Iterator[tuple[int, int]]:
    for pattern in (*_SEARCHED, _CODES, _labels()):
        yield from (match.span() for match in pattern.finditer(text))
    at = 0
    for line in text.splitlines(keepends=True):
        lowered = line.lower()
        for pattern in _BY_WORD:
            if pattern in _DEVICES and not quote_words.may_be_sent_from(lowered):
                continue
            match = (pattern.search if pattern in _ANYWHERE else pattern.match)(line[:400].rstrip())
            if match:
                for word in _LETTERS.finditer(line, match.start(), match.end()):
                    if _is_theirs(word[0].casefold()):
                        yield at + word.start(), at + word.end()
        at += len(line)
    for address in _MACHINE_ADDRESS.finditer(text):
        for word in _LETTERS.finditer(address[1]):
            if word[0].casefold() in MACHINES:
                yield address.start() + word.start(), address.start() + word.end()


_MACHINE_ADDRESS = re.compile(r"(?<![\w.+-])([A-Za-z][\w.+-]{0,63})@")


@cache
def labels() -> frozenset[str]:
    """Return the names of a quoted mail's header lines, in every language we know."""
    return frozenset({*quote_words.LABELS, *_FIELDS})
