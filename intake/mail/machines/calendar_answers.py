"""Calendars' answers to an invitation, and what a person says in one.

A calendar program answers by itself (RFC 5546 section 3.2.3), and may add a line of its own that says so.
Whoever edits the answer before it is sent writes mail: in its text, or as a COMMENT.
"""

import re
from collections.abc import Sequence

from intake.mail.formats import invitation
from intake.mail.parts import Part
from intake.mail.quotes.vocabulary import is_sent_from

# A program's text is some lines, and a person comes to the point.
MAX_TEXT = 4_000

_I = re.IGNORECASE
_PARAMETER = re.compile(r"method\s*=\s*\"?([\w-]+)", _I)
_METHOD = re.compile(r"^METHOD:([\w-]+)", re.MULTILINE | _I)
# How programs say alone, or behind a name, what somebody answered.
_ALONE = (
    "accepted", "declined", "tentative", "tentatively accepted", "zugesagt", "abgesagt", "abgelehnt",
    "angenommen", "(?:mit|unter) vorbehalt(?: (?:angenommen|zugesagt))?", "accepté", "refusé", "décliné",
    "provisoire", "acept(?:ado|ada|ó)", "rechaz(?:ado|ada|ó)", "provisional", "aceit[eo]", "aceitou",
    "aceita", "recus(?:ado|ada|ou)", "provisório", "accettat[oa]", "rifiutat[oa]", "provvisorio",
    "aangenomen", "geaccepteerd", "afgewezen", "geweigerd", "afgeslagen", "voorlopig(?: geaccepteerd)?",
    "zaakceptowa(?:no|ne|ł|ła)", "odrzuc(?:ono|one|ił|iła)", "wstępnie zaakceptowano", "принят[оа]?",
    "принял[аи]?", "отклон(?:ено|ена|ил|ила)", "под вопросом", "прийнят[оаий]{0,2}", "прийня(?:в|ла)",
    "відхил(?:ено|ив|ила)", "kabul (?:etti|edildi)", "reddetti", "reddedildi", "đã chấp nhận", "đã từ chối",
    "chấp nhận", "từ chối", "已接受", "已拒绝", "已拒絕", "接受", "拒绝", "暂定", "暫定",
    "承諾(?:済み|しました)?", "辞退(?:しました)?", "欠席", "出席", "仮承諾", "수락(?:함|됨)?",
    "거절(?:함|됨)?", "미정", "accepterat", "accepterad", "godkänd?t?", "avböjt", "tackat (?:ja|nej)",
    "accepteret", "afvist", "akseptert", "godtatt", "avslått", "takket (?:ja|nei)", "hyväksyt?t?y",
    "hylät?t?y", "přija(?:to|l|la)", "odmít(?:nuto|l|la)", "prija(?:té|l|la)", "odmiet(?:nuté|ol|la)",
    "elfogad(?:ta|va)", "elutasít(?:otta|va)", "acceptat[ăe]?", "refuzat[ăe]?", "прие(?:то|л|ла)",
    "отказа(?:но|л|ла)", "αποδέχτηκε", "απέρριψε", "αποδοχή", "απόρριψη", "prihva(?:ćeno|tio|tila)",
    "odbi(?:jeno|o|la)", "rebutjat", "diterima", "ditolak", "تم القبول", "قبل", "تم الرفض", "رفض", "אישר",
    "אישרה", "דחה", "דחתה", "התקבל", "נדחה",
)  # fmt: skip
SUBJECT = re.compile(rf"(?:{'|'.join(_ALONE)})\s?[:：]\s", _I)
"""How a calendar's answer begins its subject."""

# Below it stands the invitation as it came.
_BELOW = re.compile(r"\s{0,8}(?:-{3,}|_{8,}|(?:\*~){3}|~~//~~)")
# Google's answers: what somebody adds there is in the calendar, too.
_BY_GOOGLE = re.compile(r"~~//~~|\bcalendar\.google\.com/calendar\b")
_WITH_NOTE = re.compile(r"\bwith (?:this|the following|a) note\b", _I)
_URL = re.compile(r"<?\b(?:https?://|mailto:)[^\s<>]{1,900}>?", _I)
_ADDRESS_LINE = re.compile(r"\W{0,4}[\w .,'’-]{0,60}\W{0,3}\S{1,64}@\S{1,255}(?: - [\w ]{1,20})?\W{0,3}$")
_LABELS = (
    "when", "where", "who", "what", "title", "subject", "calendar", "location", "organi[sz]er", "attendees?",
    "guests?", "date", "time", "duration", "status", "answer", "response", "event", "meeting",
    "wann", "wo", "wer", "titel", "betreff", "kalender", "ort", "organisator", "teilnehmer", "datum", "zeit",
    "quand", "où", "qui", "titre", "objet", "lieu", "organisateur", "participants?", "agenda",
    "cuándo", "dónde", "quién", "título", "asunto", "lugar", "organizador",
    "quando", "onde", "quem", "assunto", "local", "dove", "chi", "oggetto", "luogo",
    "когда", "где", "кто", "тема", "место", "время", "организатор", "участники",
    "ne zaman", "nerede", "kim", "konu", "zaman", "yer", "thời gian", "khi nào", "ở đâu", "địa điểm", "ai",
    "chủ đề", "时间", "時間", "地点", "地點", "主题", "主旨", "标题", "標題", "组织者", "召集人", "日時",
    "場所", "件名", "主催者", "일시", "장소", "제목", "주최자",
)  # fmt: skip
LABEL = re.compile(rf"\W{{0,4}}(?:{'|'.join(_LABELS)})\s{{0,3}}(?:[:：]|$)", _I)
"""Matches a line that names a property of what somebody is invited to."""
_VERBS = (
    "accepted", "declined", "tentative(?:ly)?", "replied", "angenommen", "zugesagt", "abgelehnt", "abgesagt",
    "vorbehalt", "accepté", "refusé", "décliné", "provisoire", "acept(?:ó|ad)", "rechaz", "aceit(?:ou|o|e)",
    "recus(?:ou|ad)", "accettat", "rifiutat", "geaccepteerd", "afgewezen", "zaakceptow", "odrzuc", "принял",
    "принят", "отклон", "kabul", "reddet", "chấp nhận", "từ chối", "接受", "拒绝", "拒絕", "谢绝", "暂定",
    "承諾", "辞退", "欠席", "出席", "参加", "수락", "거절", "미정",
)  # fmt: skip
_NOUNS = (
    "invitation", "invite", "event", "meeting", "appointment", "request", "einladung", "termin",
    "besprechung", "événement", "réunion", "rendez-vous", "invitación", "evento", "reunión", "convite",
    "reunião", "invito", "riunione", "uitnodiging", "vergadering", "zaproszen", "spotkan", "приглашен",
    "встреч", "событи", "davet", "toplantı", "etkinlik", "lời mời", "cuộc họp", "sự kiện", "邀请", "邀請",
    "会议", "會議", "活动", "活動", "日程", "招待", "会議", "予定", "イベント", "초대", "일정", "회의",
)  # fmt: skip
REPORTED = re.compile(
    rf"(?=[^\n]{{0,150}}?(?:{'|'.join(_VERBS)}))(?=[^\n]{{0,150}}?(?:{'|'.join(_NOUNS)}))[^\n]{{1,160}}$"
    # "Lin has accepted", and nothing else.
    r"|(?:[^\n,;:]{1,60} (?:has )?)?(?:accepted|declined|tentative(?:ly accepted)?)\W{0,3}$"
    # In other languages a name of three words at most, and none of those that a sentence has.
    r"|(?![^\n]{0,99}\b(?:nicht|wird|wurde|ist|niet|wordt|is|pas|est|no|es|non|è|não|é|nie|jest|не|inte|ikke)\b)"
    r"(?:(?:[^\s,;:]{1,30}\s){1,3}?(?:(?:hat|a|ha|heeft|har|on|je|є|さんが|さんは) )?)?"
    rf"(?:{'|'.join(_ALONE)})\W{{0,3}}$",
    _I,
)
"""Matches a line that reports how somebody answered an invitation."""
# What a program that reports on somebody does not say.
_PERSONAL = re.compile(
    r"[?？]|\b(?:i|i'm|my|me|we|our|but|ich|mein\w*|wir|aber|je|j'\w+|mon|ma|mes|nous|mais|yo|mi|pero|eu|meu|minha"
    r"|mas|io|mio|mia|ma|ik|mijn|maar|ja|mój|ale|я|мой|моя|мне|мы|но|jag|jeg|men|minä|mutta|já|én|dar|аз|ben|benim|ama|fakat|tôi|nhưng)\b"
    r"|我|但|可是|私|けど|저는|제가|하지만",
    _I,
)
_FOOTER = re.compile(
    r"\W{0,4}(?:you (?:are receiving|have received) this|to stop receiving|forwarding this invitation"
    r"|invitation from |powered by |learn more\b|view all guest)",
    _I,
)


def objects(kind: str, media_type: str, text: str, parts: Sequence[Part]) -> list[tuple[str, str]]:
    """Return the calendar objects of a mail, wherever they stand: their type's parameters, and their text.

    `kind` is the mail's Content-Type, `media_type` what that says, `text` its readable text.
    """
    calendars = [(kind, text)] if media_type == "text/calendar" else []
    for part in parts:
        # A file that somebody attached is not what the mail says.
        if part.media_type == "text/calendar" and part.disposition != "attachment":
            calendars.append((f"; method={part.params.get('method', '')}", part.text or ""))
    return calendars


def answered(calendars: Sequence[tuple[str, str]]) -> bool:
    """Whether one of the calendar objects answers an invitation (RFC 5546 section 1.4)."""
    for kind, body in calendars:
        match = _PARAMETER.search(kind[:2000]) or _METHOD.search(body[:4000])
        if match and match[1].upper() == "REPLY":
            return True
    return False


def commented(calendars: Sequence[tuple[str, str]]) -> bool:
    """Whether a person added words to one of the calendar objects."""
    return any(invitation.comment(body) for _, body in calendars)


def personal(text: str, calendars: Sequence[tuple[str, str]]) -> bool:
    """Whether a person wrote something in the readable text of a calendar's answer."""
    text = text[:MAX_TEXT]
    if _BY_GOOGLE.search(text):
        return _WITH_NOTE.search(text) is not None
    own = {said for _, body in calendars for said in _values(body)}
    for line in text.split("\n"):
        if _BELOW.match(line):
            return False
        rest = " ".join(_URL.sub(" ", line).split())
        if any(map(str.isalnum, rest)) and rest.lower() not in own and not _by_a_program(rest):
            return True
    return False


def _by_a_program(line: str) -> bool:
    """Whether a line is what calendar programs and clients write by themselves."""
    if LABEL.match(line) or _FOOTER.match(line) or is_sent_from(line) or _ADDRESS_LINE.match(line):
        return True
    return REPORTED.match(line) is not None and not _PERSONAL.search(line)


def _values(body: str) -> set[str]:
    """Return what stands in a calendar object, lower-cased, line by line: programs write it into the text."""
    unfolded = re.sub(r"\r?\n[ \t]", "", body[: invitation.MAX_TEXT])
    values = re.findall(r"^(?:SUMMARY|LOCATION|DESCRIPTION)[^:\n]{0,200}:(.*)", unfolded, re.MULTILINE | _I)
    lines = [line for value in values for line in re.split(r"\\[nN]", value)]
    return {" ".join(re.sub(r"\\([\\,;])", r"\1", line).split()).lower() for line in lines}
