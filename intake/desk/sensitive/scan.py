"""Finding what nobody should ever have mailed: seed phrases, private keys, numbers of payment cards.

Exact where a format can be exact: a checksum is computed wherever there is one. Linear in the
length of the text.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from intake.desk.sensitive.keys import find_keys
from intake.desk.sensitive.phrases import find_phrases

SEED, KEY, CARD, TEXT = "seed phrase", "private key", "card number", "text"
_REMEMBERED = 16_384
# Whoever pastes a phrase does it early; beyond this a text is a log file.
_MOST_LOOKED_AT = 50_000
_DIGITS = re.compile(r"(?<![0-9A-Za-z])[0-9](?:[ \u00a0-]?[0-9]){12,18}(?![0-9A-Za-z])")
# First digits and lengths of Visa, Mastercard, American Express, UnionPay, Discover and JCB (ISO/IEC 7812).
_ISSUERS = (
    (r"4", (13, 16, 19)),
    (r"5[1-5]|2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720)", (16,)),
    (r"3[47]", (15,)),
    (r"62", (16, 17, 18, 19)),
    (r"6011|65|64[4-9]", (16, 19)),
    (r"35(?:2[89]|[3-8])", (16, 17, 18, 19)),
)


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret at text[start:end]. `certain` where a checksum or a format says so, not mere looks.

    `words` are those of a seed phrase, 0 of anything else.
    """

    kind: str
    start: int
    end: int
    certain: bool = True
    words: int = 0


def find(text: str, literals: Iterable[str] = ()) -> list[Secret]:
    """Return the secrets in `text`, in order and without overlaps; each of `literals` counts as one."""
    secrets = list(_known(text) if len(text) <= _REMEMBERED else _looked_for(text))
    for literal in literals:
        if literal.strip():
            # White space is as the mail's client broke the line.
            pattern = r"\s+".join(re.escape(word) for word in literal.split())
            secrets += [Secret(TEXT, m.start(), m.end()) for m in re.finditer(pattern, text)]
    kept: list[Secret] = []
    for secret in sorted(secrets, key=lambda literal: (literal.start, -literal.end)):
        if kept and secret.start < kept[-1].end:
            last = kept[-1]
            if secret.end > last.end:
                certain, words = last.certain or secret.certain, max(last.words, secret.words)
                kept[-1] = Secret(last.kind, last.start, secret.end, certain, words)
            continue
        kept.append(secret)
    return kept


def _looked_for(text: str) -> tuple[Secret, ...]:
    return (
        *(
            Secret(SEED, phrase.start, phrase.end, phrase.certain, phrase.words)
            for phrase in find_phrases(text)
        ),
        *(Secret(KEY, key.start, key.end, key.certain) for key in find_keys(text)),
        *_cards(text),
    )


# A text is shown in many places, each of which asks: in the mail to each agent, in a list, on a page.
_known = lru_cache(64)(_looked_for)


def redacted(text: str, secrets: Sequence[Secret]) -> str:
    """Return `text` with each secret of `find` replaced by a word that says what stood there."""
    for secret in reversed(secrets):
        text = f"{text[: secret.start]}[redacted: {secret.kind}]{text[secret.end :]}"
    return text


def hidden(text: str) -> str:
    """Return `text` as it may be shown or mailed: each secret replaced by a word for it.

    A mail lies in mailboxes and backups that no redaction reaches, a page with whoever has its
    link, a screen in the scrollback. So whatever shows what somebody wrote goes through here.
    """
    secrets = find(text)
    for secret in reversed(secrets):
        text = f"{text[: secret.start]}[hidden: {secret.kind}]{text[secret.end :]}"
    return text


def excerpt(text: str, most: int, more: str = "…") -> str:
    """Return the first `most` characters of `text` as they may be shown; `more` says that it goes on.

    Cut first, a secret would be too short to be known for one.
    """
    shown = hidden(text)
    return shown if len(shown) <= most else f"{shown[:most]}{more}"


def exposed(text: str) -> bool:
    """Whether a key to somebody's money stands in `text`, as far as its looks tell."""
    return any(secret.kind in (SEED, KEY) for secret in find(text[:_MOST_LOOKED_AT]))


def _cards(text: str) -> Iterator[Secret]:
    for match in _DIGITS.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        issued = any(re.match(first, digits) and len(digits) in lengths for first, lengths in _ISSUERS)
        if issued and len(set(digits)) > 1 and _luhn(digits):
            yield Secret(CARD, match.start(), match.end())


def _luhn(digits: str) -> bool:
    """Whether the check digit is right (ISO/IEC 7812-1 annex B)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
