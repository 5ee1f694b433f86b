"""Lines of a header that are no field: a scanner's with an odd name, the rest of a subject at the margin."""

import re
from collections.abc import Mapping

from intake.mail import transfer

# A line with a colon and something behind it, whose name is none: with a blank in it, a letter beyond ASCII,
# over a hundred letters. A greeting below a forgotten empty line has small letters in its later words.
_ODD = re.compile(
    rb"(?:(?=[^:]{0,998}[A-Za-z])[^\s:\"=<>]{1,998}"
    rb"|(?!(?i:dear|hello|hi|hey|good|hallo|liebe|sehr|guten|bonjour|hola|estimad|ol|ciao)\b)"
    rb"[A-Z][!#-9;<>-~]{0,40}(?:[ \t]{1,3}[A-Z0-9][!#-9;<>-~]{0,40}){1,4}"
    rb"|[A-Za-z]{1,20}-[!#-9;<>-~]{1,40}(?:[ \t]{1,3}[!#-9;<>-~]{1,40}){1,4})[ \t]{0,3}:[ \t]*\S"
)
_PARAMETER = re.compile(rb"[A-Za-z*0-9-]{1,40}=")
# The fields that people's words and long lists stand in: what follows at the margin is their rest.
_LONG = frozenset(("subject", "to", "cc", "references", "in-reply-to", "comments", "keywords"))
_LISTS = ("to", "cc", "references", "in-reply-to")
# A line is folded where it is about so long.
MIN_FOLDED = 50
# A value of one word is a program's; more than the beginning of a value is not counted.
MIN_WORDS = 2
MAX_REST = 200
MAX_REST_LINES = 3
# So much of a body tells what the lines above it are.
MAX_BELOW = 400
# What may stand right above the empty line, no field among it: some short lines.
MAX_LAST = 500
MAX_NAME = 60
MAX_NAME_WORDS = 3
MAX_VALUE_WORDS = 2
MAX_IDEOGRAPHS = 3
_IDEOGRAPH = re.compile(rb"[\xe3-\xe9][\x80-\xbf]{2}")
# A banner that a filter wrote: "***** SPAM *****", "[External]".
_BANNER = re.compile(
    rb"([*=#!+~-])\1{2,40}(?: {0,3}[^\s*=#!+~]{1,30}){1,5} {0,3}\1{3,40}|\[(?: ?[^\s\[\]]{1,30}){1,4} ?\]"
)
# How people begin a mail, or a sentence about themselves.
_SALUTES = re.compile(
    rb"(?i:dear|hello|hi|hey|good|hallo|liebe|sehr|guten|bonjour|hola|estimad|ol|ciao|subject|betreff|i|my|ich|mein"
    rb"|je|mon|thanks?|please|bitte|the|we|our|this|it|problem|question|error|frage)\b"
)
_BASE64_LINE = re.compile(rb"[A-Za-z0-9+/]{4,}={0,2}(?=\s|\Z)")
# Fields of one word that programs write in small letters (RFC 4021, RFC 5536, and scripts).
_SMALL = frozenset(
    b"approved archive autoforwarded autosubmitted bcc category cc charset comments control "
    b"conversion date deferred disposition distribution encoding encrypted errors expires expiry "
    b"format from host id importance keywords language lines location mailer newsgroups obsoletes "
    b"organisation organization path precedence preference priority received references sender "
    b"sensitivity status subject summary supersedes tags to type version via xref".split()
)


def left(raw: bytes, at: int, stop: int, body: int) -> bytes:
    """Return the last lines of a header that ends at `stop` with a body below it, b"" where they are many."""
    ended = stop < body and stop - at < MAX_LAST and raw[body : body + MAX_BELOW].strip()
    return raw[at:stop] if ended else b""


def goes_on(line: bytes, above: tuple[str, list[bytes], int] | None, amid: bool, ending: bytes) -> bool:
    """Whether a line is the rest of the field above it that was folded without its blank.

    `above` is that field's name, its lines and their length. `amid` says that more fields follow;
    else only a long line above, or a word in code, tells it, or the `ending` of the header:
    some short lines, none of which begins as a mail or a sentence does.
    """
    if above is None or above[0] not in _LONG:
        return False
    if above[0] in _LISTS:
        return amid and b"@" in line
    if line.startswith(b"=?") or amid or len(above[1][-1]) >= MIN_FOLDED:
        return True
    lines = ending.split(b"\n") if above[0] == "subject" and ending else []
    return 0 < len(lines) <= MAX_REST_LINES and all(map(_is_in_a_sentence, lines))


def _is_in_a_sentence(line: bytes) -> bool:
    line = line.rstrip()
    first = line[:4].decode("utf-8", "ignore")[:1]
    return first.islower() and not (
        _SALUTES.match(line) or line.endswith((b".", b"!", b"?", b",", b":", b";"))
    )


def is_folded(line: bytes, above: tuple[str, list[bytes], int] | None, named: re.Match[bytes] | None) -> bool:
    """Whether a line is a parameter or the rest of the field above it, folded without its blank.

    `above` is that field's name, its lines and their length, `named` the name that the line begins with.
    """
    if above is None:
        return False
    last = above[1][-1]
    if named and above[0] == "subject":
        return is_subjects(named[1], line[named.end() :], last)
    return above[0].startswith("content-") and last.rstrip()[-1:] == b";" and bool(_PARAMETER.match(line))


def is_subjects(name: bytes, value: bytes, above: bytes) -> bool:
    """Whether a field right below a subject is that subject's rest, folded without its blank.

    Only where all speaks for it: `name` is one small word that is no field's, `value` is a blank and some
    words, and `above`, the last line of the subject, goes on or is long.
    """
    if not (name.isalpha() and name.islower()) or name in _SMALL:
        return False
    if value[:1] != b" " or len(value[:MAX_REST].split()) < MIN_WORDS:
        return False
    above = above.rstrip()
    return above.endswith((b":", b",", b";", b"(", b" -")) or len(above) >= MIN_FOLDED


def is_odd(line: bytes, said: Mapping[str, bytes]) -> bool:
    """Whether a line that is no field stands in the header all the same, and not where a body begins.

    `said` is what the fields above it say of the body.
    """
    if _ODD.match(line):
        return True
    if said.get("content-type", b"").lstrip().lower().startswith(b"multipart/"):
        return not line.startswith(b"--")
    # What has a colon is no base64, and no body of it begins so.
    return b":" in line and transfer.named(said.get("content-transfer-encoding", b"").strip()) == b"base64"


def belong(line: bytes, raw: bytes, at: int, stop: int, body: int, said: Mapping[str, bytes]) -> bool:
    """Whether a line at raw[at:], which is no field, belongs to a header that ends at `stop`.

    `body` is where the body begins below an empty line; where there is none, the body begins with the line.
    """
    if body <= stop:
        return False
    return ends(raw[at:stop], raw[body : body + MAX_BELOW], said) or is_odd(line, said)


def ends(lines: bytes, below: bytes, said: Mapping[str, bytes]) -> bool:
    """Whether the last lines of a header, none of them a field, stand in it all the same.

    `below` is what follows the empty line. Where nothing does, or where they may be the words of somebody
    whose mailer forgot that line, they are the body.
    """
    if len(lines) > MAX_LAST or not below.strip():
        return False
    encoded = transfer.named(said.get("content-transfer-encoding", b"").strip()) == b"base64"
    if encoded and not _BASE64_LINE.match(below.lstrip()):
        return False
    known = _is_no_base64 if encoded else _is_last
    return all([line[:1] in b" \t" or known(line) for line in map(bytes.rstrip, lines.rstrip().split(b"\n"))])


def _is_no_base64(line: bytes) -> bool:
    """Whether a line above an empty one and base64 is none itself: it has another length, or is a word."""
    return _BASE64_LINE.fullmatch(line) is None or len(line) % 4 > 0 or (line.isalpha() and line.islower())


def _is_last(line: bytes) -> bool:
    """Whether a line is a banner in stars or brackets, or a short name with a colon and a word behind it."""
    if _BANNER.fullmatch(line):
        return True
    name, colon, value = line.replace("：".encode(), b":").partition(b":")
    words = name.split()
    if not colon or not 0 < len(words) <= MAX_NAME_WORDS or len(name) > MAX_NAME or _SALUTES.match(name):
        return False
    if not 0 < len(value.split()) <= MAX_VALUE_WORDS or value.rstrip().endswith(
        (b".", b"!", b"?", b",", b";")
    ):
        return False
    # In Chinese and Japanese a sentence has no blanks.
    return name.isascii() or (len(value.split()) == 1 and len(_IDEOGRAPH.findall(value)) <= MAX_IDEOGRAPHS)


def believed(fields: list[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    """Return a mail's fields with no name for what pretends to be our server's word below an odd line.

    The server may have taken what stands there for text, and not have looked for it.
    """
    if "" not in dict(fields):
        return fields
    odd = [name for name, _ in fields].index("")
    below = [("" if name == "authentication-results" else name, value) for name, value in fields[odd:]]
    return fields[:odd] + below
