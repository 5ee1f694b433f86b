"""An article of the knowledge base in one language, and reading it from its file. Pure.

A file is Markdown below a head of `key: value` lines between two lines of three hyphens. The head looks like
YAML and is none: every value is a text, so that `no` stays a language and a date a date. Its first paragraph
is the short answer.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from intake.desk.text.language import LANGUAGES

# Of a short answer and a title, in characters; of a file, in bytes: more takes Markdown too long to read.
MOST_SHORT, MOST_TITLE, MOST_FILE = 600, 80, 64 * 1024
# A slug is part of an address on the web, of a file's name and of a command.
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
MOST_SLUG = 60
# Addresses of the help pages that are no articles.
RESERVED = ("search",)
# So much of a digest names a revision in `source`: what git shows, and more.
DIGITS = 12
_FILE = re.compile(r"(?P<slug>[^.]+)(?:\.(?P<language>[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})?))?\.md")
_SOURCE = re.compile(r"(?P<language>[A-Za-z-]+)@(?P<digest>[0-9a-f]{6,64})")
_FENCE = "---"


class Kind(StrEnum):
    """What an article is: an answer, a solved case, or a notice."""

    ANSWER = "answer"
    CASE = "case"
    NOTICE = "notice"


class Automatic(StrEnum):
    """Whether a machine may offer an article, or (later, and only where it has earned it) answer with it."""

    NEVER = "never"
    SUGGEST = "suggest"
    ALLOWED = "allowed"


class Change(StrEnum):
    """How much a revision says that the one before it did not; a major one makes translations outdated."""

    MINOR = "minor"
    MAJOR = "major"


class Audience(StrEnum):
    """Who may read an article. There is nothing between."""

    PUBLIC = "public"
    AGENTS = "agents"


class ArticleState(StrEnum):
    """Where a revision stands."""

    DRAFT = "draft"
    LIVE = "live"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Source:
    """The revision that a translation was made of: its language, and how its file's digest begins."""

    language: str
    digest: str

    def __str__(self) -> str:
        return f"{self.language}@{self.digest}"


@dataclass(frozen=True, slots=True)
class Article:
    """An article in one language.

    `short` is the short answer and `body` what follows it, both Markdown; `text` is the file whole and
    `sha256` its digest (hex). `revision` counts the published ones of a slug and language from 1; 0 stands
    for a file that nobody published. `ticket` is the one that it was made of, if any.
    """

    slug: str
    language: str
    title: str
    short: str = ""
    body: str = ""
    also: tuple[str, ...] = ()
    category: str = ""
    see: tuple[str, ...] = ()
    kind: Kind = Kind.ANSWER
    automatic: Automatic = Automatic.SUGGEST
    source: Source | None = None
    change: Change = Change.MAJOR
    review_by: date | None = None
    audience: Audience = Audience.PUBLIC
    ticket: int | None = None
    text: str = field(default="", repr=False)
    sha256: str = ""
    revision: int = 0
    state: ArticleState = ArticleState.DRAFT
    by: str = ""
    published_at: datetime | None = None

    @property
    def public(self) -> bool:
        """Whether customers may read it."""
        return self.audience is Audience.PUBLIC

    @property
    def as_source(self) -> str:
        """Return what a translation of this revision writes behind `source:`."""
        return f"{self.language}@{self.sha256[:DIGITS]}"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a file, in its line (from 1; 0 for the file)."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A file that was read: the article as far as it could be understood, and what is wrong with it."""

    article: Article
    faults: tuple[Fault, ...] = ()


def named(file: str, default_language: str) -> tuple[str, str] | None:
    """Return slug and language that a file's name stands for, None where it is no article's.

    `deposit-missing.md` is in the desk's own language, `deposit-missing.zh-Hans.md` in that of its name.
    """
    match = _FILE.fullmatch(file)
    if match is None:
        return None
    written = match["language"] or default_language
    return match["slug"], language_of(written) or written


def language_of(written: str) -> str:
    """Return one of LANGUAGES however its letters are written, "" for none of them."""
    return next((tag for tag in LANGUAGES if tag.casefold() == written.strip().casefold()), "")


def digest(text: str) -> str:
    """Return the SHA-256 (hex) of an article's file; line ends make no difference."""
    return hashlib.sha256(_plain(text).encode("utf-8", "replace")).hexdigest()


def read(slug: str, language: str, text: str) -> Reading:
    """Read an article's file. Never raises: what is wrong is said with its line, all at once."""
    text = _plain(text)
    faults: list[Fault] = []
    if not SLUG.fullmatch(slug) or len(slug) > MOST_SLUG:
        faults.append(
            Fault(
                0, f"the name “{slug}” is not made of small letters, digits and hyphens, {MOST_SLUG} at most"
            )
        )
    if slug in RESERVED:
        faults.append(Fault(0, f"“{slug}” is an address of the help pages; call it something else"))
    if language not in LANGUAGES:
        faults.append(Fault(0, f"there is no language “{language}”; there are {', '.join(LANGUAGES)}"))
    if len(text.encode("utf-8", "replace")) > MOST_FILE:
        faults.append(Fault(0, f"it is larger than {MOST_FILE // 1024} KB"))
        text = text.encode("utf-8", "replace")[:MOST_FILE].decode("utf-8", "ignore")
    lines = text.split("\n")
    end = _end(lines, faults)
    values = _head(lines[1:end], faults) if end else {}
    at = end + 1 if end else 0
    short, body, line = _parted(lines[at:], at + 1)
    if not short:
        faults.append(Fault(line, "there is no first paragraph, which is the short answer"))
    elif len(short) > MOST_SHORT:
        faults.append(
            Fault(line, f"the first paragraph has {len(short)} characters; a short answer has {MOST_SHORT}")
        )
    if end and not values.get("title"):
        faults.append(Fault(1, "the key `title` is missing"))
    article = _article(slug, language, text, values, short, body)
    return Reading(article, tuple(sorted(faults, key=lambda fault: fault.line)))


def _plain(text: str) -> str:
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _end(lines: Sequence[str], faults: list[Fault]) -> int:
    """Return the index of the line that ends the head, 0 where there is no head."""
    if lines[0].strip() != _FENCE:
        faults.append(Fault(1, f"the first line is not {_FENCE}, which begins the head"))
        return 0
    for at, line in enumerate(lines[1:], 1):
        if line.strip() == _FENCE:
            return at
    faults.append(Fault(1, f"no line {_FENCE} ends the head"))
    return 0


def _head(lines: Sequence[str], faults: list[Fault]) -> Mapping[str, str]:
    """Return the values by key, without those that are wrong."""
    values: dict[str, str] = {}
    for number, line in enumerate(lines, 2):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        written, colon, rest = line.partition(":")
        key, value = written.strip().lower(), rest.strip()
        wrong = _wrong(key, value, colon, values)
        if wrong:
            faults.append(Fault(number, wrong))
        else:
            values[key] = value
    return values


def _wrong(key: str, value: str, colon: str, before: Mapping[str, str]) -> str:
    """Return what is wrong with a line of the head, "" for nothing."""
    if not colon:
        return "a line of the head has a key, a colon and a value"
    if key not in _KEYS:
        return f"there is no key `{key[:40]}`; there are {', '.join(_KEYS)}"
    if key in before:
        return f"`{key}` stands there twice"
    choices = _CHOICES.get(key)
    if value and choices is not None and value.lower() not in [choice.value for choice in choices]:
        return f"`{key}` is one of {', '.join(choice.value for choice in choices)}"
    if key == "review" and value and _date(value) is None:
        return "`review` is a date such as 2027-03-01"
    if key == "source" and value and _source(value) is None:
        return "`source` is a language and a revision, such as en@1f3a9c (`intake faq show` prints it)"
    if key == "ticket" and value and not _number(value):
        return "`ticket` is a number"
    return ""


def _parted(lines: Sequence[str], first: int) -> tuple[str, str, int]:
    """Return the first paragraph, what follows it, and the line (from `first`) where the paragraph begins."""
    start = next((at for at, line in enumerate(lines) if line.strip()), None)
    if start is None:
        return "", "", first
    if lines[start].startswith(("#", "|", "```", "~~~", ">", "![")):
        return "", "\n".join(lines[start:]).strip("\n"), first + start
    end = next((at for at in range(start, len(lines)) if not lines[at].strip()), len(lines))
    short = " ".join(line.strip() for line in lines[start:end])
    return short, "\n".join(lines[end:]).strip("\n"), first + start


def _article(
    slug: str, language: str, text: str, values: Mapping[str, str], short: str, body: str
) -> Article:
    return Article(
        slug=slug,
        language=language,
        title=values.get("title", ""),
        short=short,
        body=body,
        also=tuple(_pieces(values.get("also", ""), ";；")),
        category=values.get("category", "").lower(),
        see=tuple(_pieces(values.get("see", ""), ",，;；")),
        kind=Kind(values.get("kind", "").lower() or Kind.ANSWER),
        automatic=Automatic(values.get("automatic", "").lower() or Automatic.SUGGEST),
        source=_source(values.get("source", "")),
        change=Change(values.get("change", "").lower() or Change.MAJOR),
        review_by=_date(values.get("review", "")),
        audience=Audience(values.get("audience", "").lower() or Audience.PUBLIC),
        ticket=_number(values.get("ticket", "").lstrip("#")),
        text=text,
        sha256=digest(text),
    )


def _pieces(value: str, signs: str) -> Iterator[str]:
    for piece in re.split(f"[{signs}]", value):
        if piece.strip():
            yield piece.strip()


def _date(value: str) -> date | None:
    try:
        return date.fromisoformat(value) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value) else None
    except ValueError:
        return None


def _source(value: str) -> Source | None:
    match = _SOURCE.fullmatch(value)
    tag = language_of(match["language"]) if match else ""
    return Source(tag, match["digest"]) if match and tag else None


def _number(value: str) -> int | None:
    digits = value.lstrip("#")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None


_CHOICES: Mapping[str, type[StrEnum]] = {
    "kind": Kind,
    "automatic": Automatic,
    "change": Change,
    "audience": Audience,
}
_KEYS = (
    "title",
    "also",
    "category",
    "see",
    "kind",
    "automatic",
    "source",
    "change",
    "review",
    "audience",
    "ticket",
)
