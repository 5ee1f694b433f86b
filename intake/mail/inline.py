"""Pictures in their place: where the HTML shows an attached image, the text names it."""

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
from html import unescape
from urllib.parse import unquote, urljoin

from intake.desk.message import Attachment

# References followed in one mail; a newsletter has some dozens.
MAX_PLACES = 200

_TAG = re.compile(r"<(?:img|v:imagedata)\b([^<>]{0,4000})>", re.IGNORECASE)
_SOURCE = re.compile(
    r"\bsrc\s{0,5}=\s{0,5}(?:\"cid:([^\"]{1,300})\"|'cid:([^']{1,300})'|cid:([^\s\"'>]{1,300}))",
    re.IGNORECASE,
)
_ANY_SOURCE = re.compile(
    r"\bsrc\s{0,5}=\s{0,5}(?:\"([^\"]{1,2000})\"|'([^']{1,2000})'|([^\s\"'>]{1,2000}))", re.IGNORECASE
)
# How Outlook and others write it into the plain text beside the HTML.
_IN_TEXT = re.compile(r"[\[<]cid:([^\]>\s]{1,300})[\]>]", re.IGNORECASE)


def located(base: str, locations: Sequence[str]) -> dict[str, int]:
    """Return the addresses by which HTML may show a part, and which part it is (RFC 2557 section 5).

    `locations` are the Content-Location of each part ("" for none), `base` that of the HTML:
    what is relative in either is meant from there.
    """
    numbers: dict[str, int] = {}
    folder = base[: base.rfind("/") + 1]
    for number, location in enumerate(locations):
        if location:
            whole = _joined(base, location)
            relative = whole.removeprefix(folder) if folder else whole
            for address in (location, whole, relative):
                numbers.setdefault(unquote(address), number)
    return numbers


def _joined(base: str, location: str) -> str:
    try:
        return urljoin(base, location)
    except ValueError:
        return location  # "http://[" and the like are no addresses


def places(html: str, located: Mapping[str, int] | None = None) -> list[str]:
    """Return the content ids, and the addresses among `located`, that `html` shows pictures of.

    In their order, each once.
    """
    if not located and "cid:" not in html.lower():
        return []
    identities = dict.fromkeys(_identity(match, located or ()) for match in _TAG.finditer(html))
    return [identity for identity in identities if identity][:MAX_PLACES]


def matched(
    files: Sequence[Attachment], shown: Sequence[str], located: Mapping[str, int] | None = None
) -> tuple[list[Attachment], dict[str, str]]:
    """Return the files, those that are shown marked inline, and their names by what is used for them.

    That is a content id or one of the addresses `located`. Some mailers write a file's name
    where its content id belongs.
    """
    if not shown:
        return list(files), {}
    by_place = {key: files[number] for key, number in (located or {}).items()}
    by_id = {file.content_id.lower(): file for file in reversed(files) if file.content_id}
    by_name = {file.name.lower(): file for file in reversed(files)}
    used = {
        key: file
        for key in shown
        if (file := by_place.get(key) or by_id.get(key.lower()) or by_name.get(key.lower()))
    }
    names = {key: file.name for key, file in used.items()}
    inline = {id(file) for file in used.values()}
    return [replace(file, inline=True) if id(file) in inline else file for file in files], names


def named_in_html(html: str, names: dict[str, str]) -> str:
    """Return `html` with the pictures it shows from its own mail written as "[image: name]"."""
    if not names:
        return html
    return _TAG.sub(
        lambda match: _escaped(names[key]) if (key := _identity(match, names)) in names else match[0], html
    )


def named_in_text(text: str, names: dict[str, str]) -> str:
    """Return a plain text with the references "[cid:…]" of Outlook written as "[image: name]"."""
    if "cid:" not in text.lower():
        return text
    lowered = {key.lower(): name for key, name in names.items()}

    def shown(match: re.Match[str]) -> str:
        name = lowered.get(unquote(match[1]).lower())
        return f"[image: {name}]" if name else match[0]

    return _IN_TEXT.sub(shown, text)


def placed(text: str, beside: str, names: dict[str, str]) -> str:
    """Return a plain text with the pictures that only `beside` (the HTML as text) shows.

    Each is put below the line that stands above it there, when that line is in the
    text once; else it is added at the end.
    """
    # Gmail and Apple write a marker of their own into the text: then every picture has its place already.
    missing = [name for name in dict.fromkeys(names.values()) if f"[image: {name}]" not in text]
    if not missing or "[image:" in text.lower():
        return text
    lines = text.split("\n")
    bare = [line.strip() for line in lines]
    above = ""
    after: dict[int, list[str]] = {}
    for line in beside.split("\n"):
        marks = [name for name in missing if f"[image: {name}]" in line]
        for name in marks:
            missing.remove(name)
            at = bare.index(above) if above and bare.count(above) == 1 else len(lines) - 1
            after.setdefault(at, []).append(f"[image: {name}]")
        if line.strip() and not marks:
            above = line.strip()
    out: list[str] = []
    for number, line in enumerate(lines):
        out += [line, *after.get(number, ())]
    return "\n".join(out)


def _identity(match: re.Match[str], located: Container[str] = ()) -> str:
    """Return the content id an image tag refers to, or the address if it is `located`; else ""."""
    source = _SOURCE.search(match[1])
    if source:
        return unquote(source[1] or source[2] or source[3]).strip()
    other = _ANY_SOURCE.search(match[1]) if located else None
    address = unquote(unescape(other[1] or other[2] or other[3])).strip() if other else ""
    return address if address in located else ""


def _escaped(name: str) -> str:
    return "[image: " + name.replace("&", "&amp;").replace("<", "&lt;") + "]"
