"""Mail addresses out of header values: lists by our own reader, the odd single one by flanker.

Names are decoded only after the addresses have been told apart: an encoded name
that holds a comma and an address must not become a second address.
"""

import re
from html import unescape

from intake.desk.addresses import MAX_ADDRESS, a_labels, plain_local
from intake.desk.message import Address
from intake.mail import headers
from intake.mail.structure import flanker_mailbox

# No person reads more recipients; our own addresses are also in the envelope.
MAX_ADDRESSES = 100
MAX_NAME = 200
# Of a name and an address together in encoded words: what is longer is none, and is not decoded.
MAX_ENCODED = 400

# What may stand in an address at all: nothing that could end an SMTP command, a header or a list.
_ATOM = r"[^\s\"<>()\[\],;:\\@\x00-\x1f\x7f-\x9f]"
_MAILBOX = re.compile(
    rf"(?:\"(?:[^\"\\\x00-\x1f\x7f-\x9f]|\\[^\x00-\x1f\x7f-\x9f]){{1,64}}\"|{_ATOM}{{1,150}})@(?:\[[0-9A-Fa-f:.IPv]{{3,45}}\]|{_ATOM}{{1,253}})"
)
_COMMENT = re.compile(r"\([^()]{0,200}\)")
_ANY_COMMENT = re.compile(r"\([^()]*+\)")
# A name and its address together in encoded words.
_ALL = re.compile(r"<[^<>@\s]{1,64}@[^<>@\s]{1,200}>\s*\Z")
# What is an address in a mailbox that is none by its form.
_WITHIN = re.compile(rf"{_ATOM}{{1,64}}@[A-Za-z0-9-]{{1,63}}(?:\.[A-Za-z0-9-]{{1,63}}){{1,10}}(?![\w.-])")
_SIMPLE = re.compile(
    r"\s*(?:\"?([\w .+'/&!-]{0,100}+)\"?\s*<)?([\w.+=~-]{1,64}@[\w-]+(?:\.[\w-]+)*)>?\s*", re.ASCII
)
# A name without any sign that means something in a list, mostly encoded words.
_PHRASE = rb"[ \t!#-&*+./0-9=?A-Z^_`a-z{|}~-]{0,250}"
_SPEC = rb"[!#-&*+./0-9=?A-Z^_`a-z{|}~-]{1,64}@[A-Za-z0-9.-]{1,250}"
_USUAL = re.compile(rb"(" + _PHRASE + rb")<(" + _SPEC + rb")>")
# One of several, with the comma behind it; its name may be quoted.
_ONE = re.compile(
    rb"[ \t]*+(?:(?:\"([^\"\\\x00-\x1f\x7f-\xff]{0,100})\"[ \t]*+|(" + _PHRASE + rb"+))<(" + _SPEC + rb")>"
    rb"|(" + _SPEC + rb"))[ \t]*+(?:,|\Z)"
)


def mailbox(text: str) -> str:
    """Return an addr-spec as we keep it: its domain lower-cased (IDN as A-label), no quotes without need;
    "" when it is none."""
    text = text.strip(" \t<>'").rstrip(" \t.<>'").removeprefix("mailto:").replace("\r", "").replace("\n", "")
    if text[:1] == "@":
        text = text.rpartition(":")[2]  # a route (RFC 5322 section 4.4)
    if "(" in text:
        text = _COMMENT.sub("", text)
    if not _MAILBOX.fullmatch(text):
        text = re.sub(r"\s*([@.])\s*", r"\1", text)  # "name @ example . com"
        if not _MAILBOX.fullmatch(text):
            return ""
    local, _, domain = text.rpartition("@")
    try:
        domain = a_labels(domain.strip("."))
    except ValueError:
        return ""
    address = f"{plain_local(local)}@{domain}"
    return address if domain and len(address) <= MAX_ADDRESS else ""


def parse_list(value: bytes, hint: str = "") -> tuple[Address, ...]:
    """Return the addresses of a To, Cc, From or Reply-To value. Never raises; what is none is left out."""
    if not value:
        return ()
    simple = _SIMPLE.fullmatch(value.decode("latin-1")) if len(value) < 300 and b"=?" not in value else None
    if simple:
        local, _, domain = simple[2].rpartition("@")
        addr = f"{local}@{domain.lower()}" if local[0] != "." and len(simple[2]) <= MAX_ADDRESS else ""
        addr = addr or mailbox(simple[2])
        return (Address(addr, (simple[1] or "").strip(" '")),) if addr else ()
    usual = _USUAL.fullmatch(value)
    if usual:
        addr = mailbox(usual[2].decode("ascii"))
        return (Address(addr, _name(usual[1].decode("ascii"), hint)),) if addr else ()
    out: list[Address] = []
    for name, spec in _listed(value) or _split(value.decode("latin-1")):
        address = _address(name, _unlatin(spec, hint), hint)
        if address:
            out.append(address)
            if len(out) >= MAX_ADDRESSES:
                break
    return tuple(out)


def _address(name: str, spec: str, hint: str) -> Address | None:
    addr = mailbox(spec)
    if addr:
        return Address(addr, _name(name, hint))
    # `Bob [mailto:b@x]`, `team:b@x`, or all of a mailbox in encoded words: one address, and it is whole.
    text = unescape(spec) if "&" in spec else spec
    within = _WITHIN.search(text) if text.count("@") == 1 and "\n" not in text else None
    if not within or not mailbox(within[0]):
        return None
    before = text[: within.start()].strip().removesuffix("mailto:").rstrip(' \t[(<"')
    said = "" if before.endswith(":") else before
    return Address(mailbox(within[0]), _name(f"{name} {said}".strip(), ""))


def guessed(value: bytes, hint: str = "") -> bool:
    """Whether what stands in a From is no mailbox by its form, so that an address in it is a guess.

    Another reader, as that of the server which checked the mail, finds another address there or none.
    """
    if _USUAL.fullmatch(value):
        return False
    specs = [spec for _, spec in _listed(value) or _split(_ANY_COMMENT.sub("", value.decode("latin-1")))]
    return not specs or any(
        not mailbox(spec if "=?" in spec else _unlatin(spec, hint)) for spec in specs[:MAX_ADDRESSES]
    )


def parse_one(value: bytes, hint: str = "") -> Address | None:
    """Return the first address of a From value, by flanker or by search when our reader finds none."""
    addresses = parse_list(value, hint)
    if addresses:
        return addresses[0]
    if b"@" not in value:
        return parse_one(decoded.encode(), "") if "@" in (decoded := headers.decode(value, hint)) else None
    by_flanker = flanker_mailbox(value.decode("latin-1"))
    if by_flanker and mailbox(by_flanker[1]):
        return Address(mailbox(by_flanker[1]), _name(by_flanker[0], hint))
    text = headers.decode(value, hint)
    anywhere = _MAILBOX.search(text[:2000])
    if anywhere and mailbox(anywhere[0]):
        return Address(mailbox(anywhere[0]), _name(text[: anywhere.start()], ""))
    return None


def _unlatin(spec: str, hint: str) -> str:
    return spec if spec.isascii() and "=?" not in spec else headers.decode(spec.encode("latin-1"), hint)


def _name(raw: str, hint: str) -> str:
    """Return a display name for people: decoded, one line, without its quotes."""
    try:
        text = headers.decode(raw.encode("latin-1"), hint)
    except UnicodeEncodeError:
        text = headers.clean(raw)
    return text.strip(" \"'<>").strip()[:MAX_NAME]


def _listed(value: bytes) -> list[tuple[str, str]]:
    """Return what _split does of a list in which every mailbox has a usual form, else nothing."""
    out: list[tuple[str, str]] = []
    at = 0
    while at < len(value):
        match = _ONE.match(value, at)
        if match is None:
            return []
        quoted, name, spec, bare = match.groups(b"")
        out.append(((quoted or name).decode("ascii"), (spec or bare).decode("ascii")))
        at = match.end()
    return out


def _split(text: str) -> list[tuple[str, str]]:
    """Return (display name, addr-spec) pairs of an address list, in one walk.

    A comma ends a mailbox only if an address came before it, so `Müller, Bob <b@x>`
    is one. Group names and comments are dropped; a comment names a bare address.
    """
    out: list[tuple[str, str]] = []
    word: list[str] = []  # what may be a name or a bare address
    comment: list[str] = []
    spec = ""
    depth = closed = opened = before = 0
    quoted = in_angle = False
    skip = False
    groups_end = text.rfind(";")

    # Of `word` so much was looked through for an address, and whether anything but blanks stood in it: a
    # list of a thousand words without one must not be joined a thousand times.
    checked = 0
    said_any = False

    def end(separator: str = "") -> None:
        nonlocal spec, checked, said_any
        fresh = "".join(word[checked:])
        bare = "".join(word).strip() if "@" in fresh or len(word) <= MAX_ENCODED else ""
        if spec:
            out.append(("".join(word), spec))
        elif "@" in bare:
            words = bare.split()
            if len(words) > 1 and all(_MAILBOX.fullmatch(token) for token in words):
                out.extend(("", token) for token in words[:-1])
                bare = words[-1]
            name, _, last = bare.rpartition(" ")
            usual = "@" in last and not last.startswith("@") and '"@' not in last
            bare_spec, rest = (last, name) if usual else (bare, "")
            out.append((rest or "".join(comment), bare_spec))
        elif len(comment) <= MAX_ADDRESS and "@" in (said := "".join(comment).strip()) and " " not in said:
            out.append((bare, said))
        elif (
            bare.startswith("=?")
            and bare.endswith("?=")
            and _ALL.search(headers.decode(bare.encode("latin-1")))
        ):
            out.append(("", bare))
        else:
            said_any = said_any or bool(fresh.strip())
            if said_any:
                word.append(separator)
            checked = len(word)
            return
        spec, checked, said_any = "", 0, False
        word.clear()
        comment.clear()

    for at, char in enumerate(text):
        if skip:
            skip = False
            (comment if depth else word).append(char)
        elif char == "\\" and (quoted or depth):
            skip = True
        elif depth:
            depth += (char == "(") - (char == ")")
            if depth:
                comment.append(char)
        elif quoted:
            if char == '"':
                quoted = False
                # A quoted local part keeps its quotes and what is escaped in it: it is part of the address.
                if text[at + 1 : at + 2] == "@":
                    word[before:] = text[opened : at + 1]
            else:
                word.append(char)
        elif in_angle:
            if char == ">":
                in_angle = False
                closed = len(word)
            elif char == "<":
                word += ("<", spec)
                spec = ""
            elif char != "\t":
                spec += char
        elif char == '"':
            quoted, opened, before = True, at, len(word)
        elif char == "(":
            depth = 1
        elif char == "<":
            # The last bracket of a mailbox counts: `Max <office> <max@x>`.
            if "@" in spec:
                # Words after a bracket with an address are the next one's name: the comma was forgotten.
                following = word[closed:]
                del word[closed:]
                end()
                word += following
            spec, in_angle = "", True
        elif char in ",;":
            end(char)
        elif char == ":" and at < groups_end and not spec and "@" not in "".join(word[-100:]):
            word.clear()  # a group's name
            checked, said_any = 0, False
        else:
            word.append(char)
    if (quoted or depth) and not out:
        # A quote or bracket that never closes is a slip, not a name of everything.
        return _split(text.replace('"', "") if quoted else text.replace("(", " "))
    end()
    return out
