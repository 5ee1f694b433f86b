"""What a refusal of an SMTP server means: the mail's own, the desk's, or a matter of time."""

import re

from intake.desk.tokens import untokened
from intake.mail.outgoing.compose import clean
from intake.ports import Permanent, SenderRefused, Temporary

# "Log in first" and the like (RFC 4954 section 6, RFC 5321 section 4.2.3): not this mail's fault.
_CONFIGURATION = frozenset({503, 530, 534, 535, 538})
# A refusal of MAIL FROM that is the mail's: its size (RFC 1870 section 6.1), its letters (RFC 6531
# section 3.5).
_OF_THE_MAIL = re.compile(r": 552\b|\b5\.(3\.4|2\.3|6\.7)\b")


def refusal(code: int, text: str, section: str = "smtp") -> Temporary | Permanent:
    """Return what a refusing reply is. `text` says where it came, with the server's words; `section` of the
    config names the server."""
    if code in _CONFIGURATION:
        return Temporary(f"{text} (check security, user and password in [{section}])")
    return Permanent(text) if 500 <= code < 600 else Temporary(text)


def refused_sender(code: int, text: str, section: str = "smtp") -> Temporary | Permanent:
    """Return what a refusal of MAIL FROM is: seldom the mail's, for all the desk sends from is its own."""
    met = refusal(code, text, section)
    if isinstance(met, Temporary) or _OF_THE_MAIL.search(text):
        return met
    return SenderRefused(text)


def shown(reply: bytes | str) -> str:
    """Return a server's words fit to be stored and shown: many name the sender, and ours may hold a token."""
    text = reply if isinstance(reply, str) else reply.decode("utf-8", "replace")
    return clean(untokened(text), 300)
