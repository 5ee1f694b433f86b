"""The one-word answers to a question of the desk's, in all its languages."""

import re

from intake.desk.commands.from_mail import QUOTES
from intake.desk.commands.nearness import unspaced
from intake.desk.commands.strays import MAX_LINE, meant
from intake.desk.commands.table import NAMES
from intake.desk.text.words import WRITTEN_WORD

# Whole first lines: an auto-reply never begins with a line that is one of these.
_YES = frozenset(
    (
        "yes", "y", "ok", "okay", "confirm", "confirmed", "send", "send it", "yes please", "go ahead", "ja",
        "ja bitte", "jo", "passt", "senden", "bitte senden", "oui", "sí", "si", "sim", "да", "evet", "có",
        "是", "是的", "好", "好的", "行", "可以", "发", "發", "确认", "確認", "发送", "發送",
        "同意", "はい", "네", "예",
    )
)  # fmt: skip
# First words of an answer that is meant for us, not for the customer.
_NO = frozenset(
    (
        "no", "nope", "not", "wrong", "nein", "nicht", "non", "não", "nao", "нет", "не", "hayır", "hayir",
        "không", "否", "不", "不是", "不要", "不用", "别", "いいえ", "違います", "아니요", "아니오",
        "cancel", "abbrechen", "annuler", "cancelar", "отмена", "iptal", "hủy", "取消", "キャンセル", "취소",
    )
)  # fmt: skip
# Whole first lines that discard a draft; with a # as well.
_DISCARDS = frozenset(
    (
        "no", "nope", "nein", "non", "não", "nao", "нет", "hayır", "hayir", "không", "否", "不", "不要",
        "いいえ", "아니요", "아니오", "discard", "discard it", "delete", "delete it", "verwerfen", "löschen",
        "descartar", "supprimer", "удалить", "sil", "xóa", "xoá", "删除", "刪除", "丢弃", "捨棄", "破棄",
        "削除", "삭제",
    )
)  # fmt: skip
# A shorter text may be meant for us as well; a reply to a customer says more.
MIN_WORDS, MIN_LETTERS = 4, 12
# "No, that was not me, sorry."
MOST_SAID = 8
_EDGES = re.compile(r"^[\s\W_]+|[\s\W_]+$")


def confirms(text: str) -> bool:
    """Whether what somebody wrote now is a yes: its first line is, whatever stands below, but a command.

    An answer below the quote keeps the quote and the line that introduces it. "yes" and `#note` below it
    are not a yes: it may be meant for the draft that is asked about, or for something else.
    """
    return _begins(text, _YES)


def discards(text: str) -> bool:
    """Whether what somebody wrote now is a no to a draft; read like a yes."""
    return _begins(text, _DISCARDS)


def _begins(text: str, answers: frozenset[str]) -> bool:
    lines = (line.strip() for line in text.splitlines())
    first = next((line for line in lines if line and line[0] not in QUOTES and line[-1] not in ":："), "")
    if _EDGES.sub("", first[:100]).casefold() not in answers:
        return False
    below = next((line for line in lines if line), "")
    return len(below) > MAX_LINE or not meant(below, NAMES)


def answers_us(text: str) -> bool:
    """Whether what somebody wrote to a question of ours may be meant for us: "no, that was not me"."""
    words = WRITTEN_WORD.findall(text[:2000].casefold())
    if not words:
        return True
    letters = sum(map(len, words))
    short = letters < MIN_LETTERS if any(not word.isascii() for word in words) else len(words) < MIN_WORDS
    return short or words[0] in _YES or words[0] in _NO


def to_a_question(text: str) -> bool:
    """Whether a short text that answers a question about a draft is meant for us: it begins with a yes or a
    no. "Yes, please send it." is not sure enough to send by, and nothing for the customer."""
    words = WRITTEN_WORD.findall(text[:2000].casefold())
    return yes_or_no(text) or (0 < len(words) <= MOST_SAID and words[0] in _YES)


def bare(text: str) -> bool:
    """Whether a text is a yes or a no and nothing else, but for a closing and a name below it: to whichever
    email, it may be meant for a draft that waits."""
    lines = [line for line in text[:2000].splitlines() if line.strip() and line.lstrip()[0] not in QUOTES]
    if not lines or _EDGES.sub("", lines[0]).casefold() not in _YES | _NO | _DISCARDS:
        return False
    below = WRITTEN_WORD.findall(" ".join(lines[1:]))
    if any(map(unspaced, below)):
        return sum(map(len, below)) < MIN_LETTERS
    return len(below) < MIN_WORDS


def yes_or_no(text: str) -> bool:
    """Whether a text is a yes or a no, with a few words more: of an answer to an alert, the desk's."""
    words = WRITTEN_WORD.findall(text[:2000].casefold())
    if not words or len(words) > MOST_SAID:
        return False
    return words[0] in _NO or _EDGES.sub("", text).casefold() in _YES
