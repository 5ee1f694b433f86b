"""Lines that are meant as a `#command` and are not obeyed: out of their place, marked, or misspelt.

`#note` says that what stands below is private. Where it is not obeyed, because a banner, a greeting or
a client's own marks stand before it, its text must not go out either. So a line that is nothing but a
command, or nearly one, in whatever dress, holds the whole mail until its agent says what is meant. When
in doubt it holds: that costs an agent one word, and the other way costs a customer's trust.

What must go out as ever: a number (#1234), a heading of several words, a hashtag within a sentence,
`#include <stdio.h>`, an address with a fragment, and a sentence that only speaks of a command.
"""

import html
import re
import sys
import unicodedata
from bisect import bisect_right
from collections.abc import Mapping, Sequence

from intake.desk.commands.grammar import CommandSpec, ParsedCommand, Refused
from intake.desk.commands.nearness import PRIVATE, slips, unspaced
from intake.desk.sensitive.scan import excerpt

# More would be a list of lines, and no mail of an agent's.
MAX_LINES = 5000
# No command with its argument is longer; what is, is prose, or a note written on one line.
MAX_LINE = 300
# So much of the end of a line is looked at for one behind other words; a paragraph may be one line.
MAX_WITHIN = 20_000
# In the beginning of such a line its name stands, whatever marks are around it.
MAX_BEGINNING = 80
# So many words behind a command that takes none, or others, are still an attempt at it.
MAX_WORDS = 3
# The sharp and the viewdata square look like the sign, and keyboards offer them.
_SIGNS = "#\uff03\ufe5f\u266f\u2317"
# What stands before and behind: marks of Markdown, of bold as text, of lists and of quotes; brackets.
_BEFORE = re.compile(rf"^(?:[^\w{_SIGNS}]|_|\(?(?:\d{{1,3}}|[a-z]{{1,3}})[.)]\s)*(?=[{_SIGNS}])")
_LEAD = re.compile(rf"^[{_SIGNS}](?P<gap>(?:[^\w]|_)*)")
_AFTER = re.compile(r"(?:[^\w]|_)+$")
_WORD = re.compile(r"[^\W_]")
_NAME = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
# The signs of other programs' commands: "/note she lies".
_SLASHED = re.compile(r"^(?:[^\w/\\!]|_)*[/\\!]([^\W\d_]+(?:-[^\W\d_]+)*)(?=$|[\s:,!])")
# A sign within a line. Behind a comma, a stop or a bracket a command may begin: "Hi Lin, #note".
_WITHIN = re.compile(
    rf"(?:(?P<end>[.,:;!?\u2026\u2013\u2014)\]\u3001\u3002-])(?P<gap>\s*)|\s|(?P<joined>(?<=[^\W_])))[*_`]*[{_SIGNS}](?=[^\W\d_])"
)
# What makes a word a page's or an email address, from there on.
_ADDRESS = re.compile(r"://|www\.|@|/|[\w-]\.[a-z]{2}", re.IGNORECASE)
_UNBROKEN = re.compile(r"\S+")
# What takes no room when it is shown, beside the marks that Unicode calls so.
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]"
)
# The words for it in the languages of our mails: whoever reads them may write them.
FOREIGN = {
    "note": (
        "internal", "private", "comment", "remark", "notiz", "intern", "privat", "anmerkung", "bemerkung",
        "nota", "notas", "interno", "interna", "privado", "privada", "comentario", "observação", "remarque",
        "interne", "privé", "commentaire", "заметка", "примечание", "внутреннее", "комментарий", "нотатка",
        "メモ", "ノート", "社内", "内部メモ", "備考", "메모", "노트", "내부", "비공개", "notu", "dahili",
        "özel",
        "ghichú", "ghichu", "nộibộ", "noibo", "注释", "注釋", "内部备注", "附注", "保密", "不公开",
        "注", "註", "註記", "批注", "機密", "社外秘", "notizen", "vertraulich", "confidentiel",
        "confidencial", "confidential", "memo", "memos", "comments", "remarks", "internally", "staff",
        "colleagues", "todo", "評論", "评论", "备忘", "備忘", "备忘录", "備忘錄", "批註", "附註", "私下",
        "同事",
        "コメント", "覚書", "社内用", "内部用", "코멘트", "댓글", "내부용", "사내", "사내메모", "comentarios",
        "comentário", "comentários", "observación", "anotação", "colegas", "mémo", "remarques",
        "commentaires",
        "confidentielle", "collègues", "kommentar", "vermerk", "kollegen", "комментарии", "пометка", "мемо",
        "служебное", "коллегам", "yorum", "gizli", "içnot", "bìnhluận", "riêngtư",
    ),
    "close": (
        "resolve", "resolved",
        "schließen", "schliessen", "geschlossen", "erledigt", "cerrar", "cerrado", "resuelto",
        "fermer", "fermé", "résolu", "fechar", "fechado", "resolvido", "закрыть", "закрыто", "решено",
        "閉じる", "クローズ", "닫기", "종료", "해결", "kapat", "çözüldü", "đóng", "dong", "完成",
        "解決済み", "完了", "対応完了", "完了しました", "结单", "已解决", "已关闭",
    ),
    "assign": (
        "zuweisen", "zuordnen", "asignar", "atribuir", "assigner", "attribuer", "affecter", "transférer",
        "transferer", "назначить", "передать", "担当", "割り当て", "배정", "담당", "ata", "giao",
        "分派",
    ),
    "mine": ("übernehmen", "uebernehmen", "meins", "tomar", "assumir", "взять", "担当します", "我的"),
}  # fmt: skip


def foreign(name: str) -> str:
    """Return the command that is meant by its word in another language, "" for none."""
    word = unicodedata.normalize("NFC", name).casefold()
    return next((command for command, words in FOREIGN.items() if word in words), "")


def stray(text: str, names: Mapping[str, CommandSpec], within: bool = True, unsigned: bool = False) -> str:
    """Return the first line of `text` that is meant as a command, as it was written; "" when none is.

    `text` is what is left when the commands at the top were taken off, `names` the kinds by name and
    alias, folded. `within`: also a line in which one stands behind other words; not so in a subject,
    whose words are the customer's. `unsigned`: also a first line that only lacks the sign of a private one.
    """
    at_top = True
    for line in text.splitlines()[:MAX_LINES]:
        if not line.strip():
            continue
        if at_top and unsigned and _unsigned(line, names):
            return excerpt(" ".join(line.split()), MAX_LINE)
        if _slashed(line, names, at_top):
            return excerpt(" ".join(line.split()), MAX_LINE)
        # A quick look first: most lines hold no sign at all.
        if not _signed(line):
            at_top = False
            continue
        goes_on = len(line) > MAX_LINE
        start = line[:MAX_BEGINNING] if goes_on else line
        if meant(start, names, at_top, goes_on) or (within and _within(line, names)):
            return excerpt(" ".join(line.split()), MAX_LINE)
        at_top = False
    return ""


def _slashed(line: str, names: Mapping[str, CommandSpec], at_top: bool) -> bool:
    """Whether a line begins with a command behind the sign of another program; `at_top`: with any of them,
    if nothing but its argument follows, and else with one that asks for privacy."""
    if not any(sign in line[:MAX_BEGINNING] for sign in "/\\!／！"):
        return False
    bare = as_read(line[:MAX_LINE])
    match = _SLASHED.match(bare)
    if match is None:
        return False
    name, rest = match[1], bare[match.end() :].strip()
    if name in FOREIGN["note"] or (name in names and names[name].name in PRIVATE):
        return True
    return at_top and name in names and (not rest or _fits(names[name], rest))


def meant(line: str, names: Mapping[str, CommandSpec], at_top: bool = False, goes_on: bool = False) -> bool:
    """Whether one line is meant as a command: one of `names`, or nearly. `at_top`: nothing stands above.

    `goes_on`: it is the beginning of a long line, in which only what asks for privacy is sought.
    """
    bare = as_read(line)
    before = _BEFORE.match(bare)
    lead = _LEAD.match(bare[before.end() :]) if before else None
    if before is None or lead is None:
        return False
    apart = any(char.isspace() for char in lead["gap"])
    said = _AFTER.sub("", bare[before.end() + lead.end() :])
    if _odd(said, names, apart):
        return True
    match = _NAME.match(said)
    if match is None:
        return False
    name, rest = match[0], said[match.end() :]
    if not name.isascii():
        name, rest = _split_off(name, rest, names)
    if name.isascii() and (rest[:1].isdigit() or rest[:1] == "_"):
        # Part of a longer word: #tag2, #new_wallet. Chinese has no blank there: #备注2024年.
        return False
    if goes_on:
        return _private(name, names, apart)
    return _is(name, rest, names, apart, at_top)


def _within(line: str, names: Mapping[str, CommandSpec]) -> bool:
    """Whether a command stands in a line behind other words: "Hi Lin, #note", "Done. #close".

    Mail programs join lines, and some write the first one behind the greeting. What asks for privacy
    counts where a sentence may begin or the line ends, any other command only as the end of the line;
    within a sentence both are hashtags ("we take #note of it").
    """
    bare = as_read(line[-MAX_WITHIN:])[-MAX_WITHIN:]
    addresses = _addresses(bare)
    for mark in _WITHIN.finditer(bare):
        match = _NAME.match(bare, mark.end())
        if match is None:
            continue
        name, rest = match[0], bare[match.end() :]
        if not name.isascii():
            name, rest = _split_off(name, rest, names)
        if (mark["gap"] == "" or mark["joined"] is not None) and _in_one(addresses, mark.start() + 1):
            # Of a page or an address ("example.com/a,#note") it is a part.
            continue
        # Nothing but marks behind it.
        last = len(rest) <= MAX_LINE and _WORD.search(rest) is None
        private = name in FOREIGN["note"] or (name in names and names[name].name in PRIVATE)
        if mark["joined"] is not None and not private:
            continue
        if (private and (last or mark["end"] or mark["joined"] is not None)) or (
            name in names and last and mark["end"]
        ):
            return True
    return False


def _addresses(bare: str) -> list[tuple[int, int]]:
    """Return where words are addresses: from where on they look so, and where they end. Each letter is looked
    at once, however many signs there are."""
    each = ((_ADDRESS.search(bare, *word.span()), word.end()) for word in _UNBROKEN.finditer(bare))
    return [(match.end(), end) for match, end in each if match is not None]


def _in_one(addresses: Sequence[tuple[int, int]], place: int) -> bool:
    """Whether what stands before this place is a part of an address."""
    at = bisect_right(addresses, (place, sys.maxsize)) - 1
    return at >= 0 and place <= addresses[at][1]


def _signed(line: str) -> bool:
    return "&" in line or any(sign in line for sign in _SIGNS)


def as_read(line: str) -> str:
    """Return a line as it is read: entities as letters, forms of full width as usual ones, nothing unseen."""
    line = html.unescape(line) if "&" in line else line
    read = "".join(
        " " if unicodedata.category(char) == "Zs" else char
        for char in unicodedata.normalize("NFKC", line)
        # Marks that take no room, the frame of a key, variation selectors.
        if unicodedata.category(char) not in ("Cf", "Me", "Cc") and not _UNSEEN.match(char)
    )
    # A Turkish capital I with a dot keeps that as a mark of its own, which would part the word.
    return read.casefold().replace("i\u0307", "i")


def _split_off(name: str, rest: str, names: Mapping[str, CommandSpec]) -> tuple[str, str]:
    """Return a name and what follows it; Chinese is written without spaces (#转给小王)."""
    for end in range(min(len(name), MAX_BEGINNING), 1, -1):
        if name[:end] in names or name[:end] in FOREIGN["note"]:
            return name[:end], name[end:] + rest
    return name, rest


def _is(name: str, rest: str, names: Mapping[str, CommandSpec], apart: bool, at_top: bool) -> bool:
    words = len(rest.split())
    if name in names:
        kind, argument = names[name], rest.lstrip(" :：")
        if kind.name in PRIVATE or not words or at_top:
            # What asks for privacy gets it. Where commands stand the name is enough, too: a heading is
            # not the first line of an answer.
            return True
        fits = _fits(kind, argument)
        # A sign with a blank behind it may be a heading, "# Open questions": the argument decides.
        return fits and not _takes_anything(kind) if apart else fits or words <= MAX_WORDS
    if "".join((name, *rest.split())) in FOREIGN["note"]:
        # Vietnamese parts its syllables: #ghi chú.
        return True
    if words and apart:
        return False
    # A note may be as long as its line: what nearly asks for privacy gets it, too.
    return _private(name, names, apart) or (words <= MAX_WORDS and _near(name, names, apart))


def _private(name: str, names: Mapping[str, CommandSpec], apart: bool) -> bool:
    """Whether a word is `#note`, or, right behind the sign, nearly that, in any language."""
    notes = [word for word, kind in names.items() if kind.name == "note"]
    if name in names or apart:
        return name in names and names[name].name in PRIVATE
    # Also put together: #internal-only, #note-to-self.
    said = any(part in FOREIGN["note"] or part in notes for part in (name, *name.split("-")))
    return said or any(_close(name, word, apart) for word in notes)


def _privates(names: Mapping[str, CommandSpec]) -> list[str]:
    """Return the words for what stays inside, of more than one sign."""
    own = [word for word, kind in names.items() if kind.name in PRIVATE]
    return [word for word in (*own, *FOREIGN["note"]) if len(word) > 1]


def _odd(said: str, names: Mapping[str, CommandSpec], apart: bool) -> bool:
    """Whether a line is one slip away from what asks for privacy, be it no letter: #n0te, #3note, #no te.

    What stands behind it may be the note, unless the word is so short that many others are near.
    """
    parts = said.split(maxsplit=2)
    if not parts or len(parts[0]) > MAX_BEGINNING:
        return False
    words = _privates(names)
    if len(parts) <= 2:
        whole = f" {said}" if apart else said
        if any(slips(whole, word, 1) is not None for word in words):
            return True
    if apart or parts[0] in names or parts[0].isalpha():
        return False
    return any(len(word) > 3 and slips(parts[0], word, 1) is not None for word in words)


def _unsigned(line: str, names: Mapping[str, CommandSpec]) -> bool:
    """Whether the first line of a text asks for privacy, its sign missing or mistyped: note, 3note, n#ote.

    It must stand there alone, or with the names of those who are asked: "Note: this takes a day" is a word
    to a customer.
    """
    parts = as_read(line).split()
    while len(parts) > 1 and parts[-1].startswith("@"):
        parts.pop()
    if len(parts) != 1 or len(parts[0]) > MAX_BEGINNING:
        return False
    return any(slips(parts[0], f"#{word}", 1) is not None for word in _privates(names))


def hidden_slip(asked: ParsedCommand, names: Mapping[str, CommandSpec]) -> tuple[str, str]:
    """Return a command above a text that is one slip away from what would keep that text inside, and the
    command that does; ("", "") for none: `#drafts` is `#draft`, and so is `#draft 1`.
    """
    if asked.note or not asked.text.strip():
        return "", ""
    for command in asked.commands:
        if command.name in PRIVATE:
            if command.name == "draft" and command.argument:
                return str(command), command.name
            continue
        for word, kind in names.items():
            if kind.name in PRIVATE and slips(command.name, word, 1) is not None:
                return str(command), kind.name
    return "", ""


def _fits(kind: CommandSpec, argument: str) -> bool:
    try:
        kind.read(argument)
    except Refused:
        return False
    return True


def _takes_anything(kind: CommandSpec) -> bool:
    return _fits(kind, "one two three")


def _near(name: str, names: Mapping[str, CommandSpec], apart: bool) -> bool:
    """Whether a word is a misspelling of a command, or its word in another language."""
    for command, words in FOREIGN.items():
        # With a blank behind the sign, what is not private may be a heading: "# 担当".
        if name in words and (not apart or command in ("note", "close")):
            return True
    return any(_close(name, word, apart) for word in names)


def _close(name: str, word: str, apart: bool) -> bool:
    if unspaced(word):
        # Of two signs one is half of the word: 备住 is 备注. A heading, "# 说明", begins with another.
        near = len(name) == len(word) and slips(name, word, 1) is not None
        return near and (not apart or name[0] == word[0])
    if apart and name[0] != word[0]:
        # "# Text" is a heading; whoever misses a key rarely misses the first.
        return False
    if len(word) <= 3:
        return len(word) == 3 and sorted(name) == sorted(word) and slips(name, word, 1) is not None
    return slips(name, word, 1 if len(word) < 6 else 2) is not None
