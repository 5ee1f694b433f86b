"""How a line calls a colleague by name without a sign: "Hey Wei, can you look?", "Note for Wei:". Pure."""

import re
from collections.abc import Iterable, Sequence

# How one begins to speak to somebody.
_GREETING = re.compile(
    r"(?:hi|hey|hello|dear|hallo|liebe|lieber|moin|hola|oye|olá|oi|bonjour|salut|merhaba|привет|слушай"
    r"|chào(?: chị| anh| em| bạn)?|chị|anh|em)\s+(?=\w)"
)
# What stands between a colleague's name and what they are asked: "Wei, please look", "Wei please look".
_ASKED = re.compile(
    r"\s*(?:(?:[,:,、!?]|\.{2,})\s*\w|[!?]+\s*$"
    r"|(?:[-–—]\s*)?(?:please|pls|plz|can you|could you|bitte|kannst du)\b"
    r"|\s+(?:ơi|xem|giúp|nhận)\b"
    r"|请|請|麻烦|麻煩|看[一下看]|帮忙|幫忙|跟进|跟進|你(?![好们們]))"
)
# The same within a line: "he lies, jana please take it".
_ASKED_WITHIN = re.compile(
    r"\b(?P<name>[^\W\d_][\w.-]{0,40}),? (?:please|pls|plz|can you|could you|bitte|kannst du)\b"
)
# Of a colleague one speaks so to a customer: "Wei Chen, my colleague, will call you."
_OF_A_COLLEAGUE = re.compile(r"\s*,\s*(?:my|our) colleague\b")
# To whom a line goes, above the words: "FYI Wei:", "cc Wei, she lies", "致陈美：".
_TO = re.compile(
    r"(?:fyi|cc|to|for|für|an|para|pour|для|heads up|attn|z\. ?k\.|zur (?:info|kenntnis))\s+(?=\w)"
    r"|[给給致请請]\s*"
)
_BEHIND_TO = re.compile(r"\s*[:,;–—-]|\s*(?:看|请|請)")
# To all of the desk: "FYI team: she lies", "给团队：先别付款".
_ALL = (
    r"(?:team|all|every(?:one|body)|colleagues?|folks|kollegen|equipo|colegas|équipe|equipe|collègues|ekip"
    r"|nhóm)"
)
_TO_ALL = re.compile(
    rf"(?:(?:fyi|cc|attn|attention|heads up)[\s,:]+(?:(?:for|to|an|für|the|our|das)\s+){{0,2}}{_ALL}"
    r"|[给給致]\s*(?:各位)?(?:团队|團隊|大家|同事们?|同事們))(?:\s*[,:;]|\s+[–—-]|\s*$)"
)
# Thanks right behind a name ask nothing: customers have the names of colleagues.
_THANKS = re.compile(
    r"[^\W\d_][^,:!]{0,40}[,:!]\s*"
    r"(?:thank|thx|(?:vielen |herzlichen )?dank|merci|(?:muchas )?gracias|(?:muito )?obrigad"
    r"|спасибо|teşekkür|cảm ơn|谢谢|謝謝|感谢|感謝|ありがとう|감사)"
)
# What one puts before or behind a Chinese surname among colleagues.
_FAMILIAR = re.compile(
    r"(?:[小老](?P<before>[\u4e00-\u9fff])|(?P<behind>[\u4e00-\u9fff])[姐哥总總工])\s*(?:[,:、]|看[一下看]|[帮幫]|[处處]理|[你请請]看|麻[烦煩])"
)

_GIVEN = re.compile(r"(?P<name>[\u4e00-\u9fff]{2})[,:、]")


def greets(line: str, others: Iterable[str], theirs: Sequence[str], known: bool) -> bool:
    """Whether a line greets one of the `others`, by names, and no reader (`theirs`), and goes on to words.

    `known`: all readers' names are known, so that a greeting alone tells that somebody else is greeted.
    """
    begins = _GREETING.match(line)
    return begins is not None and any(
        line.startswith(name, begins.end())
        and (
            _ASKED.match(line, begins.end() + len(name)) or (known and _ends(line, begins.end() + len(name)))
        )
        for name in others
        if name not in theirs
    )


def asks(line: str, others: Iterable[str], theirs: Sequence[str]) -> bool:
    """Whether a line begins with the name of one of the `others` as it is asked something, or is to them."""
    line = line.removeprefix("+")
    to = _TO.match(line)
    for name in others:
        if name in theirs:
            continue
        if line.startswith(name) and not _OF_A_COLLEAGUE.match(line, len(name)):
            called = _ASKED.match(line, len(name)) is not None or not line[len(name) :].strip()
        else:
            end = to.end() if to is not None else len(line)
            called = line.startswith(name, end) and _BEHIND_TO.match(line, end + len(name)) is not None
        if called:
            return True
    return False


def asked_within(line: str, others: Sequence[str], theirs: Sequence[str]) -> bool:
    """Whether a line asks one of the `others` for something behind other words."""
    names = (match["name"] for match in _ASKED_WITHIN.finditer(line))
    return any(name in others and name not in theirs for name in names)


def to_all(line: str) -> bool:
    """Whether a line is addressed to all colleagues."""
    return _TO_ALL.match(line) is not None


def thanks(line: str) -> bool:
    """Whether a line thanks who is named at its beginning."""
    return _THANKS.match(line) is not None


def familiar(line: str, others: Iterable[str], theirs: Sequence[str]) -> bool:
    """Whether a line begins as one calls a Chinese colleague (陈姐, 小陈), and no reader has that sign."""
    match = _FAMILIAR.match(line)
    if match is None:
        return _by_given_name(line, others, theirs)
    sign = match["before"] or match["behind"]
    return any(sign in name for name in others) and not any(sign in name for name in theirs)


def _by_given_name(line: str, others: Iterable[str], theirs: Sequence[str]) -> bool:
    """Whether a line calls a colleague by the two signs of their given name, as 小明 of 王小明."""
    match = _GIVEN.match(line)
    name = match["name"] if match else ""
    return (
        bool(name)
        and any(len(other) == len(name) + 1 and other.endswith(name) for other in others)
        and not any(name in other for other in theirs)
    )


def _ends(line: str, place: int) -> bool:
    return not line[place:].strip(" ,:!.-—–、")
