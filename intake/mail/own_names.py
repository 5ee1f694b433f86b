"""Which `trusted_authserv` fits the mails that came, by what our servers wrote into them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from intake.desk import server_names
from intake.desk.message import Message
from intake.mail import auth_results, headers
from intake.mail.authenticity import heard, host_by, judged

# Of the mails looked at, so many hundredths must have the field: who writes it writes it into all of them,
# and who forges it only into their own.
ENOUGH = 80
# iCloud writes five.
_MOST_FIELDS = 8


@dataclass(frozen=True, slots=True)
class Fit:
    """A value and how many mails it fits."""

    value: str
    mails: int


def fitting(mails: Sequence[tuple[bytes, Message]]) -> Fit | None:
    """Return the value that fits most of these mails, None where none fits ENOUGH of them.

    A name fits as it stands, and a pattern where the servers have many names. What fits is what
    the desk then uses, for both ask `intake.mail.authenticity`.
    """
    fits, tells = Counter[str](), Counter[str]()
    for value in dict.fromkeys(value for raw, _ in mails for value in _candidates(raw)):
        for raw, message in mails:
            fits[value] += heard(raw, message, value)
            tells[value] += judged(raw, message, value) is not None
    # Of two that fit as well the name, of two patterns the narrower.
    best = max(
        fits,
        default="",
        key=lambda value: (fits[value], tells[value], -value.count("*"), value.count(".") * value.count("*")),
    )
    if not best or fits[best] * 100 < ENOUGH * len(mails):
        return None
    return Fit(best, fits[best])


def _candidates(raw: bytes) -> Iterator[str]:
    """Yield what the fields may be called that stand together at the top of the header."""
    seen = 0
    for field, value in headers.read(raw, 0, len(raw))[0]:
        if field == "authentication-results" and seen < _MOST_FIELDS:
            seen += 1
            text = value.decode("latin-1")
            if not auth_results.nameless(text):
                yield from _valid(auth_results.name_of(text))
        elif field == "received" and seen:
            # Of a field without a name it is the host that took the mail in.
            yield from _valid(host_by(value), patterns_only=True)
            return


def _valid(host: str, patterns_only: bool = False) -> Iterator[str]:
    labels = host.split(".")
    values = [] if patterns_only else [host]
    values += [f"*.{'.'.join(labels[at:])}" for at in range(1, len(labels) - 1)]
    for value in values:
        try:
            names = server_names.read(value)
        except server_names.BadName:
            continue
        if len(names) == 1:
            yield value
