"""What a rule asks of a mail's header fields: a name, and what one of the fields so called must hold. Pure.

A field is compared as it was decoded, on one line (`Message.headers`). Anybody can write any field: who
lets mail in by one asks for `verified` besides.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from intake.desk.text.words import fold
from intake.desk.triage.safe_regex import BadPattern, compiled

# RFC 5322 section 3.6.8: printable US-ASCII without the colon.
_NAME = re.compile(r"[!-9;-~]{1,100}")
ANY = "*"


@dataclass(frozen=True, slots=True)
class HeaderTest:
    """A condition on the fields called `name` (lower-cased): one of them holds `text` (folded), or `pattern`
    is found in it; with neither it must only be there."""

    name: str
    text: str = ""
    pattern: re.Pattern[str] | None = None

    def holds(self, headers: Iterable[tuple[str, str]]) -> bool:
        """Whether a mail with these fields (lower-cased name, decoded value) meets it."""
        return any(self._fits(value) for name, value in headers if name == self.name)

    def _fits(self, value: str) -> bool:
        if self.pattern is not None:
            return self.pattern.search(value) is not None
        return self.text in fold(value)


def header_test(line: str) -> HeaderTest:
    """Return the condition that an admin wrote: `NAME: text`, `NAME: /pattern/`, or `NAME: *` for any value.

    Raises BadPattern, whose text says what is wrong with it.
    """
    name, colon, value = (part.strip() for part in line.partition(":"))
    if not colon or not _NAME.fullmatch(name):
        raise BadPattern("it begins with no name of a header field and a colon")
    if not value:
        raise BadPattern(
            f"nothing stands behind the colon: write {name}: * where the field must only be there"
        )
    if value == ANY:
        return HeaderTest(name.lower())
    if len(value) > 2 and value[0] == value[-1] == "/":
        return HeaderTest(name.lower(), pattern=compiled(value[1:-1]))
    text = fold(" ".join(value.split()))
    return HeaderTest(name.lower(), text)
