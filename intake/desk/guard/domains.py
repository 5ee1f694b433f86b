"""The hosts that a text leads to: of URLs, of addresses, and of bare names that clients make links of."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from intake.desk.addresses import a_labels
from intake.desk.guard.folding import refanged

# Two letters of ISO 3166-1 and what stands among them (IANA root zone, without those nobody uses).
_COUNTRIES_TEXT = """
    ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw
    by bz ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et
    eu fi fj fk fm fo fr ga gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie
    il im in io iq ir is it je jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv
    ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr
    nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw sa sb sc sd se sg sh si sk sl
    sm sn so sr ss st su sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug uk us uy uz
    va vc ve vg vi vn vu wf ws ye yt za zm zw рф рус укр бел қаз срб мкд бг ευ ελ
    """
_COUNTRIES = frozenset(_COUNTRIES_TEXT.split())
# The larger ones of the others; with a path or www any ending counts.
_GENERIC_TEXT = """
    com net org info biz name pro mobi app dev page web site website online store shop blog cloud tech
    tools live life world today news media digital network systems software support help helpdesk
    service services company group team center centre email chat social community wiki link click top
    xyz icu vip club fun one work works space host hosting press agency studio solutions security secure
    finance financial money cash bank credit exchange trade trading market markets capital fund
    investments crypto wallet token bitcoin coin gold rewards bonus gift claims claim verify art game
    games win bet casino zip mov edu gov int mil museum aero asia tel jobs travel post cat global
    international plus best cool buzz rest monster cyou sbs cfd lol bar quest beauty hair skin makeup
    autos boats homes bond lat pics dad foo nexus academy directory reviews report run codes technology
    expert guru zone city land express delivery москва онлайн сайт дети орг ком
    """
_GENERIC = frozenset(_GENERIC_TEXT.split())
# Endings that are ordinary words: after a capital letter, or with nothing behind them, they end no host.
_WORDS_TEXT = """
    in it is to me so no at be my us as am do by re an
    """
_WORDS = frozenset(_WORDS_TEXT.split())
# Names of files look like hosts; clients link none of these without a path.
_FILES_TEXT = """
    py md sh rs pl ps cc so zip mov
    """
_FILES = frozenset(_FILES_TEXT.split())

_LETTER = "a-z0-9\u00df-\u024f\u0370-\u03ff\u0400-\u052f"
_LABEL = rf"[{_LETTER}](?:[{_LETTER}_-]{{0,62}}[{_LETTER}])?"
_URL = re.compile(
    r"\b(?:https?|ftp|tg|whatsapp|viber|skype|weixin)\s{0,2}:"
    r"(?:[\t ]{0,3}/){1,3}([^\s<>\"'”“»）】」]{1,2000})",
    re.I,
)
_MAIL = re.compile(
    rf"(?<![\w.+%-])([\w.+%'-]{{1,64}})@((?:{_LABEL}\.){{1,8}}[{_LETTER}]{{2,30}})(?![\w])", re.I
)
_BARE = re.compile(rf"(?<![\w.@/-])((?:{_LABEL}\.){{1,8}}([{_LETTER}]{{2,30}}))(?![\w@])(/\S?)?", re.I)
# In a text of another script a host begins where its letters do.
_BARE_ASCII = re.compile(
    r"(?<![a-z0-9.@/_-])((?:[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?\.){1,8}([a-z]{2,30}))(?![a-z0-9@_])(/[^\s]?)?",
    re.I,
)
_SOCIAL = re.compile(rf"[{_LETTER}._-]+", re.I)
_NUMBER = re.compile(r"(?:0x[0-9a-f]{1,8}|\d{8,10}|(?:\d{1,3}\.){3}\d{1,3})", re.I)


@dataclass(frozen=True, slots=True)
class Lead:
    """Where a text leads: a `host` as A-labels in small letters; `address` of a mail address, else ""."""

    host: str
    shown: str
    address: str = ""


def leads(text: str) -> list[Lead]:
    """Return where a text leads, each once, in order of kind: URLs, mail addresses, bare hosts. Linear."""
    made: dict[tuple[str, str], Lead] = {}
    rest = refanged(text)
    for kind in (_urls, _mails, _bare):
        for lead, (start, end) in kind(rest):
            made.setdefault((lead.host, lead.address), lead)
            rest = f"{rest[:start]}{' ' * (end - start)}{rest[end:]}"
    return list(made.values())


def target(link: str) -> Lead | None:
    """Return where a link (an href) leads; None where to no host, such as a place in the same page."""
    link = "".join(refanged(unquote(link) if link[:20].lower().startswith("mailto:") else link).split())
    if link.lower().startswith("mailto:"):
        address = link[7:].partition("?")[0]
        host = wire_host(address.rpartition("@")[2])
        return Lead(host, link, address.lower()) if host else None
    bare = re.sub(r"^[a-z][a-z0-9+.-]*:", "", link, flags=re.IGNORECASE)
    host = host_of(bare.lstrip("/"))
    return Lead(host, link) if host and bare.startswith("/") else None


def host_of(rest: str) -> str:
    """Return the host (A-labels, small letters) of what follows the slashes of a URL; "" for none.

    What stands before an @ is no host, however much it looks like one; a percent sign hides nothing.
    """
    place = re.split(r"[/?#]", rest, maxsplit=1)[0]
    place = unquote(place).rpartition("@")[2]
    place = re.split(r"[/?#]", place, maxsplit=1)[0]
    place = re.sub(r":\d{0,5}$", "", place).strip(".,;!()[]")
    if _NUMBER.fullmatch(place):
        return place.lower()
    # Between signs of another script a host ends where its own letters do.
    match = _SOCIAL.match(place)
    return wire_host(match[0].strip(".") if match else place)


def wire_host(host: str) -> str:
    """Return a host as A-labels in small letters; one that is none, as it is."""
    host = host.strip().strip(".").lower()
    try:
        return a_labels(host)
    except ValueError:
        return host


def u_labels(host: str) -> str:
    """Return a host as people see it."""
    return ".".join(_shown(label) for label in host.split("."))


def _shown(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return label


def below(host: str, hosts: frozenset[str]) -> bool:
    """Whether a host is one of `hosts`, or below one."""
    parts = host.split(".")
    return any(".".join(parts[at:]) in hosts for at in range(len(parts)))


def _urls(text: str) -> Iterator[tuple[Lead, tuple[int, int]]]:
    for match in _URL.finditer(text):
        host = host_of(match[1].lstrip("/"))
        if host:
            yield Lead(host, match[0]), match.span()


def _mails(text: str) -> Iterator[tuple[Lead, tuple[int, int]]]:
    for match in _MAIL.finditer(text):
        yield Lead(wire_host(match[2]), match[0], match[0].lower()), match.span()


def _bare(text: str) -> Iterator[tuple[Lead, tuple[int, int]]]:
    for pattern in (_BARE, _BARE_ASCII):
        for match in pattern.finditer(text):
            if _linked(match[1], match[2], bool(match[3])):
                yield Lead(wire_host(match[1]), match[0]), match.span(1)


def _linked(host: str, ending: str, path: bool) -> bool:
    """Whether a client may make a link of a bare name."""
    low = ending.lower()
    if path or host.lower().startswith("www."):
        return not low.isdigit()
    if low in _WORDS and (ending != low or host.count(".") > 1):
        return False
    return low in _GENERIC | _COUNTRIES and low not in _FILES
