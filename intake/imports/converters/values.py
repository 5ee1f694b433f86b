"""Single values of other desks' rows: times, people, names of files, fields. Pure, and never raises."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, tzinfo
from email.utils import getaddresses, parseaddr

from intake.imports.model import Person

# What file systems, archives and terminals refuse or act on.
_UNSAFE_IN_NAMES = re.compile(r"[^\w.()+=@ -]+")
# With the id in front of it, below the 255 bytes of most file systems (in UTF-8, up to 4 a letter).
LONGEST_NAME = 50


def number(value: object) -> int | None:
    """Return a whole number of a number or of digits; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, str) and value.strip().isdecimal() and len(value) < 20:
        return int(value)
    return None


def text(value: object) -> str:
    """Return a text, a number or a boolean as text, with LF line ends and without NUL; "" for all else."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return str(value)
    if not isinstance(value, str):
        return ""
    clean = value.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    # A lone half of a surrogate pair, which JSON may hold and UTF-8 may not.
    return clean.encode("utf-8", "replace").decode("utf-8")


def line(value: object) -> str:
    """Return `text` on one line."""
    return " ".join(text(value).split())


def flat(value: object) -> str:
    """Return the value of a custom field as one text: lists and objects joined by commas."""
    if isinstance(value, Mapping):
        return ", ".join(part for part in map(flat, value.values()) if part)
    if isinstance(value, list | tuple | set):
        return ", ".join(part for part in map(flat, value) if part)
    return text(value).strip()


def moment(value: object, zone: tzinfo = UTC) -> datetime | None:
    """Return a time as aware UTC; None where it is none (empty, zero, broken).

    One without a distance from UTC was written in `zone`.
    """
    if isinstance(value, str):
        value = _parsed(value.strip())
    if not isinstance(value, datetime):
        return None
    try:
        aware = value if value.tzinfo is not None else value.replace(tzinfo=zone)
        return aware.astimezone(UTC)
    except (OverflowError, ValueError):
        return None


def _parsed(value: str) -> datetime | None:
    if not value or value.startswith("0000"):
        return None
    # Ruby and old Freshdesk write "2015-03-02 10:00:00 +0100" and "… UTC".
    value = re.sub(r" (UTC|GMT)$", "+00:00", value)
    value = re.sub(r" ([+-]\d\d):?(\d\d)$", r"\1:\2", value)
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None


def address(value: object) -> str:
    """Return a mail address, "" where it is none ("facebook:123", a telephone number, a login)."""
    bare = parseaddr(line(value))[1]
    local, at, domain = bare.rpartition("@")
    return bare if at and local and domain and not re.search(r"[\s<>,;]", bare) else ""


def person(mail: object = "", name: object = "") -> Person:
    """Return somebody; a name that is only their address again is none."""
    bare, called = address(mail), line(name)
    return Person(bare, "" if called.lower() == bare.lower() else called)


def gone(who: str, ref: object, why: str = "deleted") -> Person:
    """Return the author that the old desk no longer knows: a name that tells them from others."""
    return Person("", f"{who} {text(ref)} ({why})" if text(ref) else f"{who} ({why})")


def people(value: object) -> tuple[Person, ...]:
    """Return the people of a header ("Ann <ann@example.org>, bo@example.org") or of a list of such."""
    parts: Iterable[object] = value if isinstance(value, list | tuple) else [value]
    pairs = getaddresses([line(part) for part in parts if text(part)])
    return tuple(somebody for name, mail in pairs if (somebody := person(mail, name)).address)


def others(candidates: Iterable[Person], but: Iterable[str]) -> tuple[Person, ...]:
    """Return each person with an address once, without those of `but`, in their order."""
    seen = {known.lower() for known in but}
    kept = []
    for somebody in candidates:
        if somebody.address and somebody.address.lower() not in seen:
            seen.add(somebody.address.lower())
            kept.append(somebody)
    return tuple(kept)


def file_path(ticket: object, ref: object, name: object) -> str:
    """Return where a file goes below the folder: `files/TICKET/REF-NAME`, harmless whatever it was called."""
    wanted = _UNSAFE_IN_NAMES.sub("_", line(name)).strip(". ")
    stem, dot, ending = wanted.rpartition(".")
    short = f"{stem[: LONGEST_NAME - len(ending) - 1]}{dot}{ending}" if stem and len(ending) < 12 else wanted
    return f"files/{_part(ticket)}/{_part(ref)}-{short[:LONGEST_NAME] or 'file'}"


def _part(value: object) -> str:
    return re.sub(r"[^A-Za-z0-9_-]+", "_", text(value))[:80] or "0"


def file_name(value: object, otherwise: str = "file") -> str:
    """Return what people know a file by: its last part, on one line."""
    return re.split(r"[\\/]", line(value))[-1] or otherwise


def media_type(value: object) -> str:
    """Return a media type without parameters, or that of unknown bytes."""
    bare = line(value).partition(";")[0].strip().lower()
    return bare if re.fullmatch(r"[\w.+-]+/[\w.+-]+", bare) else "application/octet-stream"


def members(value: object) -> list[Mapping[str, object]]:
    """Return the objects of a list; what is no object, or no list, counts for nothing."""
    return [part for part in value if isinstance(part, Mapping)] if isinstance(value, list) else []


def member(value: object) -> Mapping[str, object]:
    """Return an object, or an empty one."""
    return value if isinstance(value, Mapping) else {}
