"""What a mail program called a mail, as tags: the labels of Gmail's export. Pure."""

import re
import unicodedata

from intake.mail import headers, structure

GMAIL = "x-gmail-labels"
THREAD = "x-gm-thrid"
TOP_BYTES = 2**18
MAX_TAG = 40
MOST_TAGS = 20
# What Gmail itself puts a mail into (the names of its export), which says nothing about what it is about.
_PLACES = frozenset(
    (
        "inbox",
        "sent",
        "unread",
        "opened",
        "important",
        "starred",
        "archived",
        "snoozed",
        "scheduled",
        "chat",
        "spam",
        "trash",
        "draft",
        "drafts",
    )
)
# Takeout writes the names of places in the language of the account (rustmailer/bichon issue 358). These are
# what decides whether a mail is imported at all; in British English it is a bin.
_ABROAD = {
    "trash": "bin papierkorb corbeille papelera lixeira lixo корзина çöp_kutusu thùng_rác ゴミ箱 휴지통 "
    "已删除邮件 垃圾桶",
    "drafts": "entwürfe entwurf brouillons brouillon borradores borrador rascunhos rascunho черновики "
    "черновик taslaklar taslak thư_nháp 下書き 임시보관함 草稿",
    "spam": "спам thư_rác 迷惑メール 스팸함 垃圾邮件 垃圾郵件",
}
_ENGLISH = {name.replace("_", " "): place for place, names in _ABROAD.items() for name in names.split()}
_CATEGORY = re.compile(r"(?i)^category ")
_BLANKS = re.compile(r"[\s/]+")


def read(head: bytes) -> tuple[frozenset[str], tuple[str, ...], str]:
    """Return the places (lower-cased) and the tags that a mail's header names, and its conversation."""
    labels, thread = "", ""
    for name, value in structure.head(head)[0]:
        if name == GMAIL and not labels:
            labels = headers.decode(value)
        elif name == THREAD and not thread:
            thread = headers.decode(value).strip()
    names = [name.strip().strip('"') for name in labels.split(",")]
    places = frozenset(_place(name) for name in names) & _PLACES
    tags = (_tag(name) for name in names if _place(name) not in _PLACES and not _CATEGORY.match(name))
    return places, tuple(dict.fromkeys(tag for tag in tags if tag))[:MOST_TAGS], thread


def _place(name: str) -> str:
    """Return a label in lower case, and where it is Gmail's own name of a place that decides, in English."""
    plain = unicodedata.normalize("NFC", name).casefold()
    return _ENGLISH.get(plain, plain)


def _tag(name: str) -> str:
    """Return a label as the desk writes tags: in one word, without upper case."""
    return _BLANKS.sub("-", unicodedata.normalize("NFKC", name).casefold().strip("#+- "))[:MAX_TAG]
