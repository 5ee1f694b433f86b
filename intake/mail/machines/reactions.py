"""Emoji reactions: a sign instead of words, which mail programs send as a mail of its own.

Gmail and RFC 9078 say so in the mail's parts. Outlook sends a sentence, in the language of who reacts,
above the mail it is about; no field of its header tells it from any answer. What a person wrote beside
their sign is their mail.
"""

import re
from collections.abc import Sequence

from intake.desk.message import Address, Attachment
from intake.mail.formats import reaction
from intake.mail.parts import Fields, Part

# What stands beside the sign in a mail that is nothing else: "Lin reacted via Gmail".
MAX_BESIDE = 160
MAX_TEXT = 2_000
# A line is folded where it is about so long.
MIN_FOLDED = 40
# Where the sign is not told.
UNKNOWN = "an emoji"

_URL = re.compile(r"<?\bhttps?://[^\s<>]{1,900}>?|\[image: ?[^\]\n]{0,60}\]")
_SENTENCES = (
    r"(?:has )?reacted to your (?:message|e-?mail|post)",
    r"hat (?:mit \S{1,20} )?auf (?:ihre|deine) (?:nachricht|e-?mail) reagiert",
    r"a réagi à (?:votre|ton) (?:message|e-?mail)",
    r"(?:ha reaccionado|reaccionó) a (?:su|tu) (?:mensaje|correo)(?: electrónico)?",
    r"reagiu (?:à (?:sua|tua) mensagem|ao (?:seu|teu) e-?mail)", r"ha reagito al (?:tuo|suo) messaggio",
    r"heeft (?:gereageerd op (?:uw|je) bericht|op (?:uw|je) bericht gereageerd)",
    r"zareagował\S{0,4} na (?:twoją|pana|pani) wiadomość",
    r"отреагировал\S{0,4} на (?:ваше|тво[её]) (?:сообщение|письмо)",
    r"(?:iletinize|iletine|mesajınıza|mesajına) tepki verdi",
    r"đã (?:phản ứng|bày tỏ cảm xúc)(?: với| về| cho)? (?:thư|tin nhắn|email) của bạn",
    r"已?(?:对|對)[你您]的(?:消息|邮件|郵件|訊息)[做作]出了?(?:反应|回应|反應|回應)",
    r"さん[がは](?:あなたの)?(?:メッセージ|メール)に(?:リアクション|反応)しました",
    r"님이 (?:회원님의 |귀하의 |내 )?(?:메시지|메일)에 반응(?:했습니다|함)",
)  # fmt: skip
SENTENCE = re.compile(
    rf"(?:\[([^\[\]\n]{{0,60}})\]|([^\w\s\[\]\"'(]{{1,12}}))?\s*([^\n\[\]:：?？]{{1,80}}?)\s*"
    rf"(?:{'|'.join(_SENTENCES)})\s*[:：.]?\s*([^\w\s]{{0,12}})",
    re.IGNORECASE,
)
"""Matches the whole of what Outlook writes: the picture, who reacts, and that they do."""
# One of these is in each of the sentences, and in few other mails.
_VERBS = (
    "react", "reacc", "reag", "réag", "отреаг", "tepki", "phản", "cảm", "应", "應", "リアクション", "反応",
    "반응",
)  # fmt: skip
BY_GMAIL = re.compile(
    r"[^\n?？!。]{0,100}(?<![a-z])Gmail(?![a-z])[^\n?？.!。]{0,30}|[^\n?？.!。]{0,60}\breacted\b[^\n?？!。]{0,40}",
    re.IGNORECASE,
)
"""Matches what stands beside Gmail's sign, in any language."""
_SIGNS = {
    "like": "👍", "thumbsup": "👍", "heart": "❤️", "celebrate": "🎉", "laugh": "😆", "surprised": "😮",
    "sad": "😢",
}  # fmt: skip


def told(
    fields: Fields,
    parts: Sequence[Part],
    files: Sequence[Attachment],
    author: Address | None,
    new_text: str,
) -> tuple[str, str]:
    """Return the sign that a mail is nothing but, and why no machine may answer it; "" for neither."""
    carried = carries(fields, parts)
    name = author.name if author else ""
    sign = read(fields, parts, files, author=name, new_text=new_text, carried=carried)
    return sign, "it is an emoji reaction" if sign or carried else ""


def carries(fields: Fields, parts: Sequence[Part]) -> bool:
    """Whether a mail says in its form that it is a reaction, whatever else it says."""
    return bool(_sign(parts)) or _named(fields)


def read(
    fields: Fields,
    parts: Sequence[Part],
    files: Sequence[Attachment],
    *,
    author: str,
    new_text: str,
    carried: bool,
) -> str:
    """Return the sign that a mail is nothing but, "" for any other mail.

    `carried` is what `carries` says, `author` the From display name, `new_text` what the mail says
    without its quotes, `files` what is attached. The sign is an emoji, or UNKNOWN.
    """
    if any(not (file.inline and file.media_type.startswith("image/")) for file in files):
        return ""
    text = new_text[: MAX_TEXT + 1]
    sign = _sign(parts) if carried else ""
    if not carried and (len(text) > MAX_TEXT or not any(map(text.lower().__contains__, _VERBS))):
        return ""
    rest = _URL.sub(" ", text.replace(sign, " ") if sign else text)
    beside = " ".join(rest.split())
    if not carried:
        return _of_outlook(fields, beside, author)
    brief = len(beside) <= MAX_BESIDE and len(text) <= MAX_TEXT
    by_a_program = brief and (
        (BY_GMAIL.fullmatch(beside) and _is_one_line(rest)) or SENTENCE.fullmatch(beside)
    )
    if any(map(str.isalnum, beside)) and not by_a_program:
        return ""
    return sign or reaction.emojis(beside) or _of_sentence(beside) or UNKNOWN


def _sign(parts: Sequence[Part]) -> str:
    """Return the sign that a part of the mail is, "" for none."""
    for part in parts:
        if reaction.is_type(part.media_type) and part.disposition != "attachment":
            sign = reaction.sign(part.text or "")
        else:
            sign = reaction.emojis(part.text or "") if part.disposition == "reaction" else ""
        if sign:
            return sign
    return ""


def _is_one_line(text: str) -> bool:
    """Whether a text is one line, which may have been folded where it is long."""
    lines = text.strip().split("\n")
    return all(len(line) >= MIN_FOLDED for line in lines[:-1])


def _named(fields: Fields) -> bool:
    """Whether a field says that the mail is a reaction; X-MS-Reactions says who may react to it."""
    return any([name for name, _ in fields if "reaction" in name and name != "x-ms-reactions"])


def _of_outlook(fields: Fields, text: str, author: str) -> str:
    """Return the sign of a mail that is Outlook's sentence, where two of three things speak for it."""
    match = SENTENCE.fullmatch(text) if len(text) <= MAX_BESIDE else None
    if match is None:
        return ""
    # Who reacts is who writes: people report on others.
    words = set(match[3].casefold().split())
    if author and not words & set(author.casefold().replace(",", " ").split()):
        return ""
    names = {name for name, _ in fields}
    answers = not names.isdisjoint(("in-reply-to", "references"))
    by_outlook = "thread-index" in names or any(name.startswith("x-ms-") for name in names)
    has_picture = match[1] is not None or bool(match[2] or match[4])
    return _of_sentence(text) or UNKNOWN if answers + by_outlook + has_picture >= 2 else ""


def _of_sentence(text: str) -> str:
    match = SENTENCE.fullmatch(text)
    if match is None:
        return ""
    return (
        _SIGNS.get((match[1] or "").strip().lower(), "")
        or reaction.emojis(match[1] or match[2] or "")
        or reaction.emojis(match[4] or "")
    )
