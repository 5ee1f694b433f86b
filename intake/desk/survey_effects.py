"""What a decision asks for about surveys. See `effects`, whose list they belong to."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AskSurvey:
    """Write down that a closing was asked about, or why (`skipped`) it never will be.

    `closing` is that of `surveys.closing_of`.
    """

    ticket: int
    closing: int
    skipped: str = ""


@dataclass(frozen=True, slots=True)
class RecordScore:
    """Keep what was answered about a closing, in place of any earlier answer."""

    ticket: int
    closing: int
    score: int
    comment: str = ""
    consent: bool = False
