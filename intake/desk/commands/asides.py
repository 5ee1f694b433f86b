"""Words in an agent's answer that are for colleagues though no command says so. Pure.

"@wei please look", "Internal: she lies", "备注：先别付".

Nobody writes these to a customer, and a text that holds them is not sent until its agent says so. What stands
anywhere in ordinary answers goes out: "Note:" below a greeting, the customer's own name behind an @, an
address, a handle of a service.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from intake.desk.commands.strays import FOREIGN, MAX_LINE, as_read
from intake.desk.message import Address
from intake.desk.naming import FIRST_LINES, named
from intake.desk.sensitive.scan import excerpt
from intake.desk.text.said import said
from intake.desk.text.words import WRITTEN_WORD
from intake.desk.ticket import Agent

# More lines that begin with a sign would be a list, and each costs a look at all names.
MAX_SIGNED = 20
MAX_LINES = 2000
# A longer label is a sentence.
MAX_LABEL = 40
# Words that say "among us", and words that say "a remark", as a label has them. Either alone, above all other
# words, makes a line one for colleagues; both together do anywhere.
_AMONG_US = frozenset(
    (
        "internal", "internally", "private", "confidential", "staff", "colleagues", "colleague", "intern",
        "interne", "interno", "interna", "privat", "vertraulich", "kollegen", "kollege", "kollegin",
        "privado", "privada", "confidencial", "compañeros", "colegas", "privé", "confidentiel", "collègues",
        "внутреннее", "внутренняя", "внутренний", "служебное", "служебная", "коллегам", "коллег", "коллеги",
        "dahili", "özel", "gizli", "nộibộ", "nội", "bộ", "riêng",
    )
)  # fmt: skip
_A_REMARK = frozenset(
    (
        "note", "notes", "memo", "todo", "comment", "remark", "notiz", "notizen", "anmerkung", "bemerkung",
        "vermerk", "kommentar", "nota", "notas", "comentario", "comentário", "observação", "anotação",
        "mémo", "remarque", "commentaire", "заметка", "примечание", "комментарий", "пометка", "нотатка",
        "not", "notu", "ghichú", "ghi", "chú",
    )
)  # fmt: skip
# Words between them.
_SMALL = frozenset(
    (
        "for", "the", "team", "only", "to", "self", "use", "us", "our", "eyes", "a", "an", "of", "agents",
        "nur", "für", "das", "die", "an", "zum", "ans", "solo", "sólo", "para", "el", "la", "equipo", "uso",
        "só", "apenas", "a", "o", "equipe", "de", "do", "pour", "l", "équipe", "à", "usage", "только", "для",
        "нас", "команды", "sadece", "ekip", "için", "chỉ", "cho", "nhóm",
    )
)  # fmt: skip
# The same where words are written without spaces: what a label is put together from.
_PIECES_AMONG_US = (
    "内部", "內部", "私密", "保密", "机密", "機密", "不公开", "不公開", "勿外传", "勿外傳", "同事", "社内",
    "社外秘", "내부", "사내", "비공개", "동료",
)  # fmt: skip
_PIECES_A_REMARK = (
    "备注", "備註", "备忘", "備忘", "附注", "附註", "批注", "批註", "注释", "注釋", "评论", "評論", "註記",
    "注", "註", "メモ", "ノート", "備考", "覚書", "コメント", "메모", "노트", "코멘트",
)  # fmt: skip
_PIECES_SMALL = (
    "仅", "僅", "只", "供", "给", "給", "用", "限", "的", "请", "請", "使用", "参考", "參考", "讨论", "討論",
    "团队", "團隊", "向け", "のみ", "専用", "용", "만",
)  # fmt: skip
_PIECE = re.compile(
    "|".join(sorted((*_PIECES_AMONG_US, *_PIECES_A_REMARK, *_PIECES_SMALL), key=lambda piece: -len(piece)))
)
# A label: behind marks and brackets, up to a colon, a dash or the bracket that closes it.
_BEFORE = re.compile(r"^[^\w@#]*_*")
_BRACKET = "[(【「〔《<{"
_LABEL = re.compile(rf"(?P<label>[^:@#\[\](){{}}<>]{{1,{MAX_LABEL}}}?)[*_\s]*(?::|[—–]| -{{1,2}} )")
_CLOSED = re.compile(rf"(?P<label>[^:@#]{{1,{MAX_LABEL}}}?)[*_\s]*[\])】」〕》>}}]")
# A line without any of these holds neither a label nor a name behind a sign.
_MARK = re.compile("[-:：—–@＠&\\])）】」〕》>},、，]")
# A page's address may hold a sign: medium.example/@wei.
_PAGE = re.compile(r"(?:\w{2,12}://|www\.)\S+|\S*/\S*@\S*", re.IGNORECASE)
_CALLED = re.compile(r"^[^\w@#]*@\s?(?P<name>[^\W\d_][\w.+-]*)")
# So one speaks to customers, behind whatever name: 林小姐您好.
_POLITE = re.compile("您|先生|小姐|女士|様|さん|님")
# What stands between a colleague's name and what they are asked: "Wei, please look".
_ADDRESSED = re.compile(r"\s*[,:,、]\s*\w")


@dataclass(frozen=True, slots=True)
class Circle:
    """Who may be meant by a name: the desk's enabled `agents` and its `teams`.

    `writer` wrote the answer, and `readers` get it.
    """

    agents: Sequence[Agent]
    teams: Sequence[str] = ()
    writer: Agent | None = None
    readers: Sequence[Address] = ()


def aside(text: str, circle: Circle) -> str:
    """Return the first line of a text to a customer that is meant for colleagues, as written; "" for none.

    `text` is what is left when the commands on top were taken off.
    """
    lines = [line for line in text.splitlines()[:MAX_LINES] if line.strip()]
    signed = 0
    for place, line in enumerate(lines):
        if not _MARK.search(line):
            continue
        words = as_read(line[:MAX_LINE])
        if _labelled(words, alone=place == 0) or (place == 0 and _calls(words, circle)):
            return _shown(line)
        if "@" not in words or line.lstrip()[0] in ">＞":
            continue
        signed += 1
        if signed <= MAX_SIGNED and _names_a_colleague(_PAGE.sub("", words), circle, place < FIRST_LINES):
            return _shown(line)
    return ""


def why_held(line: str) -> str:
    """Return why an email was held because of this line, which is meant for colleagues, and what to do."""
    return said(
        "The line “{line}” looks like words for colleagues, so nothing was sent. To keep your text internal, "
        "send it again below #note. A yes sends all of it to the customer, this line included.",
        line=line,
    )


def why_not_new(line: str) -> str:
    """Return why a first email to a customer was not sent because of this line, and what to do."""
    return said(
        "The line “{line}” looks like words for colleagues, so nothing was sent. Write again without it.",
        line=line,
    )


def _shown(line: str) -> str:
    return excerpt(" ".join(line.split()), MAX_LINE)


def _labelled(line: str, alone: bool) -> bool:
    """Whether a line begins with a label that says "a remark" and "among us"; `alone`: or one of both."""
    among, remark = _label(line)
    return (among or remark) if alone else (among and remark)


def _label(line: str) -> tuple[bool, bool]:
    """Return whether a label says "among us", and whether it says "a remark"."""
    before = _BEFORE.match(line)
    start = before.end() if before else 0
    brackets = any(char in _BRACKET for char in line[:start])
    match = (_CLOSED.match(line, start) if brackets else None) or _LABEL.match(line, start)
    return _means(WRITTEN_WORD.findall(match["label"])) if match else (False, False)


def _means(words: Sequence[str]) -> tuple[bool, bool]:
    """Return what the words of a label say, nothing where one of them is none of these."""
    among = remark = False
    for word in words:
        if word in _AMONG_US or word in _A_REMARK:
            among, remark = among or word in _AMONG_US, remark or word in _A_REMARK
        elif word in FOREIGN["note"] and word.isascii():
            remark = True
        elif word not in _SMALL:
            pieces = _PIECE.findall(word)
            if not pieces or "".join(pieces) != word:
                return False, False
            among = among or any(piece in _PIECES_AMONG_US for piece in pieces)
            remark = remark or any(piece in _PIECES_A_REMARK for piece in pieces)
    return among, remark


def _calls(line: str, circle: Circle) -> bool:
    """Whether the first line calls a colleague by name: behind a sign, or as it is asked something.

    Behind a sign also a name that nobody has, which may be a colleague's mistyped, unless it is a reader's.
    """
    theirs = tuple(_names(circle.readers))
    match = _CALLED.match(line)
    if match is not None:
        whom = named(line, circle.agents, tuple(circle.teams))
        known = bool(whom.agents or whom.several)
        return known or not (_near(match["name"], theirs) or _POLITE.search(line))
    others = [agent for agent in circle.agents if circle.writer is None or agent.id != circle.writer.id]
    for name in _names(agent.as_address for agent in others):
        if line.startswith(name) and _ADDRESSED.match(line, len(name)) and name not in theirs:
            return True
    return False


def _names_a_colleague(line: str, circle: Circle, anywhere: bool) -> bool:
    """Whether a line begins with an agent's or a team's name behind a sign; `anywhere`: holds an agent's."""
    begins = _CALLED.match(line) is not None
    if not (begins or anywhere):
        return False
    whom = named(line, circle.agents, tuple(circle.teams) if begins else ())
    return bool(whom.agents or whom.several)


def _names(people: Iterable[Address]) -> Iterable[str]:
    """Yield the names of people, folded: all of it, the first, and what stands before the @ of an address."""
    for person in people:
        name = " ".join(unicodedata.normalize("NFKC", person.name).casefold().split())
        yield from {name, name.partition(" ")[0], name.rpartition(" ")[2]} - {""}
        yield from {person.key.partition("@")[0]} - {""}


def _near(name: str, theirs: Sequence[str]) -> bool:
    """Whether a written name may be one of the customer's: 张先生 is 张伟, and lin is lin.chen."""
    return any(
        other.startswith(name) or name.startswith(other) or (name[0] == other[0] and not name[0].isascii())
        for other in theirs
    )
