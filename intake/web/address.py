"""An address somebody typed, as it is used. Pure."""

import re
import unicodedata

from intake.web import text

# Longest that fits: 256 octets of path less its brackets (RFC 5321 section 4.5.3.1.3).
MAX_ADDRESS = 254
MAX_LOCAL = 64

# A dot-atom (RFC 5322 section 3.2.3). Quoted local parts are left out: nobody's mail uses them.
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")


def address(value: str) -> str | None:
    """Return a typed address as it is used (domain in lower case, as A-labels), None when it is none.

    Full-width letters and signs, which an input method for Chinese leaves behind, are
    read as what they stand for.
    """
    plain = unicodedata.normalize("NFKC", text.one_line(value)).strip()
    local, _, domain = plain.rpartition("@")
    try:
        host = domain.rstrip(".").encode("idna").decode("ascii").lower() if domain else ""
    except UnicodeError:
        return None
    labels = host.split(".")
    fits = len(local) <= MAX_LOCAL and len(local) + 1 + len(host) <= MAX_ADDRESS
    # A last label of digits would be an IP address, to which we do not write.
    named = len(labels) > 1 and all(_LABEL.fullmatch(one) for one in labels) and not labels[-1].isdigit()
    return f"{local}@{host}" if fits and named and _LOCAL.fullmatch(local) else None
