"""An address that somebody typed into the form. Pure."""

import re

from intake.desk import addresses
from intake.web import text

# ASCII, and no dot before it: what else a stranger types here is a slip.
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-][A-Za-z0-9!#$%&'*+./=?^_`{|}~-]*|\"[ -~]+\"")


def typed_address(value: str) -> str | None:
    """Return a typed address as it is used (domain in lower case, as A-labels), None when it is none."""
    address = addresses.typed(text.one_line(value))
    return address if _LOCAL.fullmatch(address.rpartition("@")[0]) else None
