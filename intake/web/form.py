"""What the form asks for, and everything that can be wrong with an answer. Pure."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from intake.mail import compose
from intake.web import text

# Longest that fits: 256 octets of path less its brackets (RFC 5321 section 4.5.3.1.3).
MAX_ADDRESS = 254
MAX_LOCAL = 64
MAX_NAME = compose.MAX_NAME
# What agents see in a list of mail; longer ones belong into the text.
MAX_SUBJECT = compose.MAX_SUBJECT
MAX_TEXT_BYTES = 256 * 1024
# No short field is shown again beyond this.
MAX_SHORT_BYTES = 16 * 1024

# A dot-atom (RFC 5322 section 3.2.3). Quoted local parts are left out: nobody's mail uses them.
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of the form. `wide` is a text of many lines; `autocomplete` is HTML's word."""

    name: str
    required: bool = True
    wide: bool = False
    kind: str = "text"
    autocomplete: str = "off"
    longest: int = MAX_SUBJECT


ASKED = (
    Asked("name", required=False, autocomplete="name", longest=MAX_NAME),
    Asked("email", kind="email", autocomplete="email", longest=MAX_ADDRESS),
    Asked("subject"),
    Asked("message", wide=True),
)

# People never see this field, and programs that fill in every field do.
HONEYPOT = "website"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to put right: the field it belongs to, and the key of its sentence in the words."""

    field: str
    key: str


def typed(fields: Mapping[str, str]) -> dict[str, str]:
    """Return what was typed into each question, to be shown again just so ("" where nothing was)."""
    return {
        one.name: fields.get(one.name, "") if one.wide else fields.get(one.name, "")[:MAX_SHORT_BYTES]
        for one in ASKED
    }


def check(values: Mapping[str, str], problems: Sequence[str] = ()) -> list[Fault]:
    """Return everything that is wrong, in the order of the page.

    `problems` are those of `body.Body`: what was wrong with the files or the post.
    """
    faults: list[Fault] = []
    for one in ASKED:
        value = text.body(values[one.name]) if one.wide else text.one_line(values[one.name])
        too_long = len(value.encode()) > MAX_TEXT_BYTES if one.wide else len(value) > one.longest
        if one.required and not value:
            faults.append(Fault(one.name, f"{one.name}_missing"))
        elif too_long:
            faults.append(Fault(one.name, f"{one.name}_long"))
        elif one.kind == "email" and address(value) is None:
            faults.append(Fault(one.name, "email_wrong"))
    if "cut" in problems:
        faults.append(Fault("message", "message_cut"))
    faults += [Fault("files", key) for key in ("files_large", "files_many") if key in problems]
    return faults


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
