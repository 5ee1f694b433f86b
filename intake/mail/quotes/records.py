"""Lines of logs and of chats' records, which begin and end as the introduction of a quote does.

"[12:03] Bob wrote:", "2024-03-05 10:15:23 ERROR the writer wrote:". Over a marked quote they may be one.
"""

import re

from intake.mail.quotes.vocabulary import WROTE

# A date, a time or both at the beginning of a line.
_BEGINS = re.compile(
    r"(?P<bracket>[\[(]\s?)?"
    r"(?P<date>\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[./-]\d{1,2}[./-]\d{2,4})?[T ,]{0,2}"
    r"\d{1,2}:\d{2}(?P<seconds>:\d{2})?(?:[.,]\d{1,9})?(?: ?[AP]M)?(?P<dash> - )?",
    re.IGNORECASE,
)
# "Mar  5 10:15:23 host program[12]:", as servers write it: without a year.
_SYSLOG = re.compile(r"[A-Z][a-z]{2} {1,2}\d{1,2} \d{2}:\d{2}:\d{2} \S")
_DATE = re.compile(r"\d{4}|\d{1,2}[./-]\d{1,2}|\d{1,2}[. ]{1,2}[^\W\d_]{3}|\d\s?[月월]")
_LEVEL = re.compile(r"\b(?:ERROR|WARN(?:ING)?|INFO|DEBUG|FATAL|TRACE|CRITICAL|NOTICE|SEVERE)\b")

TO_TIME = re.compile(r"(?:\d|\bkl\.|,|\b(?:at|um|à|às|a las|alle|om|kl|o|в|klo|saat|lúc))$")
"""The end of "On 5 March 2024 at", of which the time and the rest stand in the next line."""


def is_record(line: str) -> bool:
    """Whether a line begins as a program's record does, and does not go on as an introduction would."""
    start = _BEGINS.match(line)
    if start is None:
        return bool(_SYSLOG.match(line)) or (_LEVEL.match(line) is not None and "@" not in line)
    if start["bracket"]:
        return True
    if not start["date"] and not _DATE.search(line, start.end()):
        return True
    if "@" not in line:
        # "2024/03/05 10:15, Bob wrote:" is Thunderbird's.
        return bool(start["seconds"] or start["dash"]) or _LEVEL.search(line) is not None
    # No program names seconds and an address, and then says in more words what happened.
    behind = line.rpartition(">")[2].strip(" :：*-")
    return bool(start["seconds"] and behind) and not WROTE.search(behind)
