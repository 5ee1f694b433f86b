"""Whether an email was meant to stay inside, also where its command was mistyped or refused."""

import re

from intake.desk.commands.nearness import suggested
from intake.desk.commands.strays import foreign
from intake.desk.commands.table import NAMES

# Of these nothing goes to the customer, whatever stands below.
_INSIDE = frozenset(("note", "ask"))
# The lines on top that commands may stand in are few; each is read as far as its first word.
_MOST = 10
_FIRST = re.compile(r"^[#\uff03\ufe5f\u266f\u2317]\s?([^\W\d_]+(?:-[^\W\d_]+)*)")


def stays_inside(text: str) -> bool:
    """Whether the commands on top of an agent's text name `#note` or `#ask`, or nearly so."""
    lines = [line.strip() for line in text.splitlines() if line.strip()][:_MOST]
    for line in lines:
        match = _FIRST.match(line)
        if match is None:
            return False
        name = match[1].casefold()
        if foreign(name) in _INSIDE:
            return True
        words = (name,) if name in NAMES else suggested(name, NAMES)
        if any(NAMES[word].name in _INSIDE for word in words if word in NAMES):
            return True
    return False
