"""Finding what nobody should ever have mailed: seed phrases, private keys, numbers, passwords.

Exact where a format can be exact: a checksum is computed wherever there is one. Linear in the
length of the text.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from intake.desk.sensitive.keys import find_keys
from intake.desk.sensitive.labelled import find_labelled
from intake.desk.sensitive.numbers import find_numbers
from intake.desk.sensitive.phrases import find_phrases
from intake.desk.sensitive.remembered import Remembered

SEED, KEY, CARD, TEXT = "seed phrase", "private key", "card number", "text"
IDENTITY, PASSWORD, CODE = "identity number", "password", "code"
# What nobody has a reason to write, agents included, who do write of accounts and codes.
NEVER = (SEED, KEY, CARD)
# What is not said in full by itself is known by its end.
_LAST = 4


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
    secrets = list(_KNOWN.of(text))
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
        *(
            Secret(IDENTITY if number.identity else CARD, number.start, number.end)
            for number in find_numbers(text)
        ),
        *(
            Secret(CODE if value.code else PASSWORD, value.start, value.end, False)
            for value in find_labelled(text)
        ),
    )


# A text is shown in many places, each of which asks: in the mail to each agent, in a list, on a page.
_KNOWN = Remembered(_looked_for)


def redacted(text: str, secrets: Sequence[Secret]) -> str:
    """Return `text` with each secret of `find` replaced by a word that says what stood there."""
    return _replaced(text, [(secret, f"[redacted: {secret.kind}]") for secret in secrets])


def _replaced(text: str, secrets: Iterable[tuple[Secret, str]]) -> str:
    pieces: list[str] = []
    at = 0
    for secret, word in secrets:
        pieces += (text[at : secret.start], word)
        at = secret.end
    return "".join((*pieces, text[at:]))


def cleaned(text: str, literals: Iterable[str] = ()) -> str:
    """Return `text` with each secret in it, and each of `literals`, replaced as `redacted` does."""
    return redacted(text, find(text, literals))


def hidden(text: str, kinds: Sequence[str] = ()) -> str:
    """Return `text` as it may be shown or mailed: each secret, of `kinds` where some are named, replaced by a
    word for it, and of numbers the last four digits.

    A mail lies in mailboxes and backups that no redaction reaches, a page with whoever has its
    link, a screen in the scrollback. So whatever shows what somebody wrote goes through here.
    """
    return masked(text, [secret for secret in find(text) if not kinds or secret.kind in kinds])


def masked(text: str, secrets: Sequence[Secret]) -> str:
    """Return `text` with each of these secrets of `find` replaced by a word for it, as `hidden` does."""
    return _replaced(text, [(secret, f"[hidden: {_called(text, secret)}]") for secret in secrets])


def _called(text: str, secret: Secret) -> str:
    if secret.kind not in (CARD, IDENTITY):
        return secret.kind
    value = "".join(letter for letter in text[secret.start : secret.end] if letter.isalnum())
    return f"{secret.kind} …{value[-_LAST:]}"


def excerpt(text: str, most: int, more: str = "…") -> str:
    """Return the first `most` characters of `text` as they may be shown; `more` says that it goes on.

    Cut first, a secret would be too short to be known for one.
    """
    return cut(hidden(text), most, more)


def cut(shown: str, most: int, more: str) -> str:
    """Return the first `most` characters of what was hidden before; `more` says that it goes on."""
    return shown if len(shown) <= most else f"{shown[:most]}{more}"
