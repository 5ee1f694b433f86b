"""How Authentication-Results is written (RFC 8601 section 2.2), and its careless and forged forms."""

import re
from typing import Any

import authres

# What servers write between the semicolons, comments taken out: a method and its result, then
# "ptype.property=value" and, beyond the standard, "action=none" and the like.
_VALUE = r'(?:"(?:[^"\\]|\\.)*"|[^\s;"()\\])+'
RESULT = re.compile(
    rf"\s*[A-Za-z][A-Za-z0-9-]*(?:\s*/\s*[0-9]+)?\s*=\s*[A-Za-z][A-Za-z0-9-]*"
    # QQ writes an empty envelope sender so.
    rf"(?:\s+[A-Za-z][A-Za-z0-9._-]*\s*=\s*{_VALUE})*(?:\s+smtp\.mailfrom\s*=)?\s*"
)
# And any other one in its brackets.
_BRACKETS = re.compile(r"=\s*<([^<>\s\"]*)>(?=\s|$)")
# Between the results Microsoft once put the domain of the recipient.
_DOMAIN = re.compile(r"\s*[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+\s*")


def nameless(value: str) -> bool:
    """Whether a field begins with a result, where the name of its server should stand."""
    return RESULT.fullmatch(_pieces(bare(value) or "")[0]) is not None


def name_of(value: str) -> str:
    """Return the authserv-id of a field value, without version and comments."""
    word = value.partition(";")[0].partition("(")[0].split()
    return word[0].strip('"').rstrip(".").lower() if word else ""


def bare(value: str) -> str | None:
    """Return a field value without its comments; None when quotes or comments do not end as they must.

    So too for what no server writes, controls and letters beyond ASCII, and for a comment with
    half a quote in it, which somebody's quoted local part may have left there.
    """
    if not value.replace("\t", " ").isprintable() or not value.isascii():
        return None
    out: list[str] = []
    depth, quoted, marks, at = 0, False, 0, 0
    while at < len(value):
        sign = value[at]
        pair = sign == "\\" and (quoted or depth > 0)
        if pair:
            sign = value[at : at + 2]
            if len(sign) < 2:
                return None
        elif sign == '"' and depth:
            marks += 1
        elif sign == '"':
            quoted = not quoted
        elif sign == "(" and not quoted:
            depth += 1
        elif sign == ")" and not quoted:
            depth -= 1
            if depth < 0 or (not depth and marks % 2):
                return None
            sign = " "
        at += 2 if pair else 1
        if not depth:
            out.append(sign)
    return None if depth or quoted else "".join(out)


def results(value: str, wanted: str) -> list[Any] | None:
    """Return the results of a field of the server `wanted`, "" for one without a name.

    None when it is not wholly well formed.
    """
    plain = bare(value)
    if plain is None:
        return None
    if wanted:
        name, *pieces = _pieces(plain)
        id_, _, version = name.strip().partition(" ")
        if id_.strip('"').rstrip(".").lower() != wanted or version.strip() not in ("", "1"):
            return None
    else:
        pieces = [piece for piece in _pieces(plain) if not _DOMAIN.fullmatch(piece)]
    pieces = pieces[:-1] if pieces and not pieces[-1].strip() else pieces
    if [piece.strip().lower() for piece in pieces] == ["none"]:
        return []
    if not pieces or not all(RESULT.fullmatch(piece) for piece in pieces):
        return None
    try:
        said = ";".join(_BRACKETS.sub(r"=\1", piece) for piece in pieces)
        text = f"Authentication-Results: {wanted or 'nameless'};{said}"
        parsed = list(authres.AuthenticationResultsHeader.parse(text).results)
    except (authres.AuthResError, ValueError, TypeError, AttributeError, IndexError, RecursionError):
        return None
    return parsed if len(parsed) == len(pieces) else None


def _pieces(bare: str) -> list[str]:
    """Return what stands between the semicolons that are not quoted."""
    pieces: list[str] = []
    quoted, start, at = False, 0, 0
    while at < len(bare):
        if bare[at] == "\\" and quoted:
            at += 1
        elif bare[at] == '"':
            quoted = not quoted
        elif bare[at] == ";" and not quoted:
            pieces.append(bare[start:at])
            start = at + 1
        at += 1
    return [*pieces, bare[start:]]
