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

from intake.desk.commands.aside_calls import asked_within, asks, familiar, greets, thanks, to_all
from intake.desk.commands.aside_talk import hails, ill, of_one, remarks
from intake.desk.commands.aside_unaddressed import not_to_be_told, unaddressed
from intake.desk.commands.nearness import unspaced
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
MAX_LABEL, MOST_LABEL_WORDS = 40, 5
# Words that say "among us", and words that say "a remark", as a label has them. Either alone, above all other
# words, makes a line one for colleagues; both together do anywhere.
_AMONG_US = frozenset(
    (
        "internal", "internally", "private", "confidential", "staff", "colleagues", "colleague", "intern",
        "interne", "interno", "interna", "privat", "vertraulich", "kollegen", "kollege", "kollegin",
        "privado", "privada", "confidencial", "compañeros", "colegas", "privé", "confidentiel", "collègues",
        "внутреннее", "внутренняя", "внутренний", "служебное", "служебная", "коллегам", "коллег", "коллеги",
        "dahili", "iç", "özel", "gizli", "nộibộ", "nội", "bộ", "riêng",
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
# Who else a remark is for: "Note for the team".
_US = frozenset(
    (
        "team", "equipo", "equipe", "equipa", "équipe", "команды", "ekip", "ekibe", "nhóm", "团队", "團隊",
        "us", "uns", "nosotros", "nós", "nous", "нас", "нами", "bizim", "chúng", "ta",
    )
)  # fmt: skip
# "Only for us" is among us.
_ONLY = frozenset(
    (
        "only", "just", "nur", "solo", "sólo", "solamente", "só", "apenas", "somente", "seulement", "juste",
        "только", "sadece", "yalnızca", "chỉ", "between", "among", "unter", "entre", "между",
    )
)  # fmt: skip
# Words between them.
_SMALL = frozenset(
    (
        "for", "the", "team", "only", "to", "self", "use", "us", "our", "eyes", "a", "an", "of", "agents",
        "nur", "für", "das", "die", "an", "zum", "ans", "solo", "sólo", "para", "el", "la", "equipo", "uso",
        "só", "apenas", "a", "o", "equipe", "de", "do", "pour", "l", "équipe", "à", "usage", "только", "для",
        "нас", "команды", "sadece", "ekip", "için", "chỉ", "cho", "nhóm", "bitte",
    )
)  # fmt: skip
# The same where words are written without spaces: what a label is put together from.
_PIECES_AMONG_US = (
    "内部", "內部", "私密", "保密", "机密", "機密", "不公开", "不公開", "勿外传", "勿外傳", "同事", "社内",
    "社外秘", "내부", "사내", "비공개", "동료", "对内", "對內", "私下", "勿发客户", "不要发给客户",
    "勿發客戶", "仅团队", "仅限团队", "仅供团队", "自己人",
)  # fmt: skip
_PIECES_A_REMARK = (
    "备注", "備註", "备忘", "備忘", "附注", "附註", "批注", "批註", "注释", "注釋", "评论", "評論", "註記",
    "注", "註", "メモ", "ノート", "備考", "覚書", "コメント", "메모", "노트", "코멘트",
)  # fmt: skip
_PIECES_SMALL = (
    "仅", "僅", "只", "供", "给", "給", "用", "限", "的", "请", "請", "使用", "参考", "參考", "讨论", "討論",
    "团队", "團隊", "可见", "可見", "看", "就行", "即可", "共有",
    "沟通", "溝通", "信息", "消息", "留言", "记录", "記錄", "客服",
    "各位", "们", "們",
    "致", "一下", "录", "錄", "向け", "のみ", "専用", "용", "만",
)  # fmt: skip
_PIECE = re.compile(
    "|".join(sorted((*_PIECES_AMONG_US, *_PIECES_A_REMARK, *_PIECES_SMALL), key=lambda piece: -len(piece)))
)
# A label: behind marks and brackets, up to a colon, a dash or the bracket that closes it.
_BEFORE = re.compile(r"^[^\w@#]*_*")
_BRACKET = "[(【「〔《<{"
_LABEL = re.compile(
    rf"(?P<label>[^:@#\[\](){{}}<>]{{1,{MAX_LABEL}}}?)[*_\s]*"
    r"(?:[:;\u2236]|[—–]|!+(?!\w)| -{1,2} |[-=*]{2,})"
)
_CLOSED = re.compile(rf"(?P<label>[^:@#]{{1,{MAX_LABEL}}}?)[*_\s]*[\])】」〕》>}}]")
# A line that is a label and nothing else: -- internal --
_FRAMED = re.compile(r"\s*[-=~—–_<>]{2,}[^-=~—–_<>]+[-=~—–_<>]{2,}\s*")
# A line without any of these holds no label, no name that is called, and nothing that a customer is not told.
_MARK = re.compile(
    "[-:：—–@＠&\\])）】」〕》>},、，;；\u2236!！?？=*~_]|customer|client|kund|клиент|müşteri|khách|客|顧客|고객|손님",
    re.IGNORECASE,
)
# A page's address may hold a sign: medium.example/@wei.
_PAGE = re.compile(
    r"(?:\w{2,12}://|www\.)\S+|(?<!\S)[^\s/]*/[^\s@]*@\S*|\b(?:npm|npx|pnpm|yarn) (?:\w+ )?@[\w.-]+/\S+"
    r"|@\w+ is our \w+ (?:handle|channel|account|bot)\b",
    re.IGNORECASE,
)
_PARTS = re.compile(r"[\W\d_]+")
_CALLED = re.compile(r"^[^\w@#]*@\s?(?P<name>[^\W\d_][\w.+-]*)")
# So one speaks to customers, behind whatever name: 林小姐您好.
_POLITE = re.compile("您|先生|小姐|女士|様|さん|님")
# A word of the label in brackets: 备注（内部）.
_ADDED = re.compile(r"\(([^()]{1,16})\)(?=\s*:)")
# What asks somebody for something, behind a name.
_ASKS = re.compile(
    r"@\s?\w[\w ]{0,40}?[,:]?\s(?:please|pls|plz|can you|could you|bitte)\b|@[^\s@]+\s*(?:请|請|麻烦|看一下)"
)
# So one speaks of a customer, or of what they must not know.
_OF_THEM = re.compile(
    r"\b(?:s?he|her|him|his|they|them|their|customer|client|suspect\w*|fraud\w*|scam\w*|fake|lies|lying|liar"
    r"|block|freeze|(?:do not|don.?t|never) (?:pay|tell|send|refund)|lügt|kund(?:e|in)|betr[uü]g\w*|nicht)\b"
    "|客户|客戶|用户|用戶|[她他]|对方|對方|撒谎|說謊|骗|騙|嫌疑|怀疑|懷疑|可疑|冻结|凍結|别|勿|不要"
)
# So one speaks to a customer: "your deposit needs 12 confirmations".
_TO_THEM = re.compile(
    r"\byour (?:\w+ )?(?:accounts?|deposits?|withdrawals?|transfers?|payments?|orders?|refunds?|wallet|posts?"
    r"|profile|ticket|email|address|transactions?|parcel|card|device|app|balance|funds|coins|data|password)\b"
    "|您的"
)
# Labels of footnotes to a customer, and what such say.
_FOOTNOTE = re.compile("(?:anmerkung|bemerkung|remark|附?[注註])[ :—–-]")
# A label that is a tariff's, with nothing behind it but what it costs: "Privat: 0,5 %".
_PRICE = re.compile(
    r"^[^:]{1,40}:\s*(?:[$€£¥]\s?\d[\d.,]{0,12}|\d[\d.,]{0,12}\s?(?:[%‰$€£¥]|eur|euro|usd|gbp|chf|cny|rmb|元))"
    r"\s?(?:(?:/|per|pro|par|por|im)\s?\w{1,10})?\.?\s*$"
)
_FACT = re.compile(
    r"\d\s?(?:%|h\b|hours?|days?|stunden|tage|小时|小時|天|个工作日)|\b(?:vat|mwst|prices?|preise|fees?)\b|费用|費用"
)


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
    signed, called, others, theirs = 0, 0, tuple(_others(circle)), _theirs(circle)
    for place, line in enumerate(lines):
        if not _MARK.search(line) and place:
            continue
        words = as_read(line[:MAX_LINE])
        if _labelled(words, place == 0, others) or to_all(_BEFORE.sub("", words)) or not_to_be_told(words):
            return _shown(line)
        if place == 0 and _begins(words, lines, circle, others):
            return _shown(line)
        if line.lstrip()[0] in ">＞":
            continue
        if called < MAX_SIGNED and ill(words) and not _to_them(words):
            called += 1
            if asks(_BEFORE.sub("", words), others, theirs) or asked_within(words, others, theirs):
                return _shown(line)
        if "@" not in words:
            continue
        signed += 1
        words = _PAGE.sub("", words)
        near = place < FIRST_LINES or _ASKS.search(words) is not None
        if signed <= MAX_SIGNED and _names_a_colleague(words, circle, near):
            return _shown(line)
    return ""


def why_held(line: str) -> str:
    """Return why an email was held because of this line, which is meant for colleagues, and what to do."""
    return said(
        "The line “{line}” looks like words for colleagues, so nothing was sent. To keep your text internal, "
        "send it again below #note. A yes sends all of it to the customer, this line included.",
        line=line,
    )


def second_text() -> str:
    """Return why a text is not sent that takes the place of one held so, and what to do."""
    return said(
        "It takes the place of an email that looked like words for colleagues, so it was not sent yet. A yes "
        "sends it to the customer. To keep it internal, send it again below #note."
    )


def why_not_new(line: str) -> str:
    """Return why a first email to a customer was not sent because of this line, and what to do."""
    return said(
        "The line “{line}” looks like words for colleagues, so nothing was sent. Write again without it.",
        line=line,
    )


def _shown(line: str) -> str:
    return excerpt(" ".join(line.split()), MAX_LINE)


def _labelled(line: str, alone: bool, others: Sequence[str]) -> bool:
    """Whether a line begins with a label that says "a remark" and "among us"; `alone`: or one of both, unless
    it speaks to the customer. Elsewhere "among us" is enough in brackets, framed, and where it speaks of
    them, and "a remark" where it speaks of somebody."""
    among, remark, closed = _label(_ADDED.sub(r" \1", line), others, alone)
    if (among and remark) or (among and (closed or _OF_THEM.search(line) is not None)):
        return True
    if (among and _FRAMED.fullmatch(line) is not None) or (remark and of_one(line)):
        return True
    return alone and (among or remark) and not _for_them(line)


def _begins(line: str, lines: Sequence[str], circle: Circle, others: Sequence[str]) -> bool:
    """Whether a text's first line is for colleagues though no label says so: it calls one of them, hails them
    all, or a remark's word is followed by what is said of somebody: "Notiz er lügt"."""
    if _calls(line, circle) and not (thanks(line) and _of_nobody(lines)):
        return True
    if _to_them(line):
        return False
    bare, below = _BEFORE.sub("", line), as_read(lines[1][:MAX_LINE]) if len(lines) > 1 else ""
    first = WRITTEN_WORD.match(bare)
    if first is not None and unspaced(first[0]) and all(_means([first[0]], others)):
        return True
    return unaddressed(bare) or hails(bare, below) or remarks(_behind_label(bare, others))


def _to_them(line: str) -> bool:
    """Whether a line speaks to a customer; among colleagues nobody is 您."""
    return "您" in line or _TO_THEM.search(line) is not None


def _behind_label(line: str, others: Sequence[str]) -> str:
    """Return what stands behind the words of a label that no mark ends; "" where there are none."""
    words, end = [], 0
    for match in WRITTEN_WORD.finditer(line):
        words.append(match[0])
        if len(words) > MOST_LABEL_WORDS or (len(words) == 1 and match[0] in _SMALL):
            break
        if any(_means(words, others)):
            end = match.end()
    return line[end:].strip(" ,.-–—") if end else ""


def _of_nobody(lines: Sequence[str]) -> bool:
    """Whether no line speaks of the customer as of somebody else."""
    return not any(_OF_THEM.search(as_read(line[:MAX_LINE])) for line in lines)


def _for_them(line: str) -> bool:
    """Whether a labelled line speaks to the customer, or is a footnote, and says nothing of anybody."""
    if _OF_THEM.search(line):
        return False
    if _PRICE.search(line):
        return True
    before = _BEFORE.match(line)
    footnote = _FOOTNOTE.match(line, before.end() if before else 0)
    return _TO_THEM.search(line) is not None or (footnote is not None and _FACT.search(line) is not None)


def _label(line: str, others: Sequence[str], alone: bool) -> tuple[bool, bool, bool]:
    """Return whether a label says "among us", whether "a remark", and whether it stands in brackets.

    `alone`: a line that is nothing else is a label as well.
    """
    before = _BEFORE.match(line)
    start = before.end() if before else 0
    brackets = any(char in _BRACKET for char in line[:start])
    closed = _CLOSED.match(line, start) if brackets else None
    match = closed or _LABEL.match(line, start)
    if match is None and not (alone and len(line) - start <= MAX_LABEL):
        return False, False, False
    label = match["label"] if match else line[start:]
    among, remark = _means(WRITTEN_WORD.findall(label), others)
    rest = line[match.end() :].lstrip() if match else ""
    if (among or remark) and rest[:1] in ("(", "[") and closed is None:
        # 备注：（内部）
        more = _CLOSED.match(rest, 1)
        added = _means(WRITTEN_WORD.findall(more["label"]), ()) if more else (False, False)
        among, remark = among or added[0], remark or added[1]
    return among, remark, closed is not None


def _means(words: Sequence[str], others: Sequence[str]) -> tuple[bool, bool]:
    """Return what the words of a label say, nothing where one of them is none of these.

    `others` are colleagues' names: a remark for one of them is one among us.
    """
    among = remark = us = only = False
    for word in words:
        rest = _without(word, others)
        us, only = us or rest != word or word in _US, only or word in _ONLY
        says = _word(rest) if rest and word not in _US else (False, False)
        if says is None:
            return False, False
        among, remark = among or says[0], remark or says[1]
    return among or (us and (remark or only)), remark


def _without(word: str, others: Sequence[str]) -> str:
    """Return a word without colleagues' names, which stand within it where there are no spaces."""
    if word in others:
        return ""
    for name in others:
        if not name.isascii() or not word.isascii():
            word = word.replace(name, "")
    return word


def _word(word: str) -> tuple[bool, bool] | None:
    """Return whether a word of a label says "among us", and whether "a remark"; None: no label has it."""
    if word in _AMONG_US or word in _A_REMARK:
        return word in _AMONG_US, word in _A_REMARK
    if word in FOREIGN["note"] and word.isascii():
        return False, True
    if word in _SMALL or word in _ONLY:
        return False, False
    pieces = _PIECE.findall(word)
    if not pieces or "".join(pieces) != word:
        return None
    among = any(piece in _PIECES_AMONG_US for piece in pieces)
    return among, any(piece in _PIECES_A_REMARK for piece in pieces)


def _others(circle: Circle) -> Iterable[str]:
    """Yield the names of the writer's colleagues that no reader has."""
    theirs = _theirs(circle)
    writer = circle.writer.id if circle.writer else None
    people = [agent.as_address for agent in circle.agents if agent.id != writer]
    return (name for name in _names(people) if name not in theirs)


def _calls(line: str, circle: Circle) -> bool:
    """Whether the first line calls a colleague by name: behind a sign, or as it is asked something.

    Behind a sign also a name that nobody has, which may be a colleague's mistyped, unless it is a reader's.
    """
    theirs = _theirs(circle)
    match = _CALLED.match(line)
    if match is not None:
        whom = named(line, circle.agents, tuple(circle.teams))
        known = bool(whom.agents or whom.several)
        return known or not (_near(match["name"], theirs) or _POLITE.search(line))
    others = tuple(_others(circle))
    known = bool(circle.readers) and all(reader.name for reader in circle.readers)
    if asks(line, others, theirs) or greets(line, others, theirs, known):
        return True
    return _POLITE.search(line) is None and familiar(line, others, theirs)


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


def _theirs(circle: Circle) -> tuple[str, ...]:
    """Return the readers' names, those within an address as well: anna.smith is Anna."""
    parts = (part for reader in circle.readers for part in _PARTS.split(reader.key.partition("@")[0]))
    return (*_names(circle.readers), *(part for part in parts if len(part) > 1))


def _near(name: str, theirs: Sequence[str]) -> bool:
    """Whether a written name may be one of the customer's: 张先生 is 张伟, and lin is lin.chen."""
    return any(
        other.startswith(name) or name.startswith(other) or (name[0] == other[0] and not name[0].isascii())
        for other in theirs
    )
