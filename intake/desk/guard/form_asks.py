"""A form to be filled in that has a secret among its fields. Pure, linear."""

import re
from collections.abc import Iterable

from intake.desk.guard.ask_words import NEVER, NOUNS

# Who fills one in, in the desk's twelve languages.
_FILL = re.compile(
    r"\b(?:fill|complete|completed|answer|reply|return|provide|following|list)\b|\b(?:ausfüll|ergänz|"
    r"füll|beantwort)\w*|"
    r"\b(?:compl[eé]t|rempl|renseign|rellen|preench|respond)\w*|\b(?:заполн|укаж|ответ|дополн)\w*|"
    r"\b(?:doldur|tamamla|yanıtla)\w*|\b(?:điền|trả lời)\b|記入|入力して|작성|채워|填|回复|回覆|补充|補充"
)
_MARK = r"[ \t>]*(?:[-*•·–]|\d{1,2}[.)、])?[ \t]*"
_LINE = re.compile(rf"{_MARK}([^\n:：]{{1,40}})[:：?？][ \t]*[_.…\[\] \t-]*")
# In one line: its next field begins, or what is to be written on.
_FIELD = re.compile(
    r"(?<![^\s:：/|;,_\]])([^\n:：/|;,_.]{1,30}?)[ \t]*[:：][ \t]*(?:_{2,}|\.{3,}|\[|/|\||(?=[^\n:：/|"
    r";,._]{1,30}[:：])|$)"
)
_SHORT = 3
_MOST = 30


def form(text: str) -> str:
    """Return the field of a form (in a text of small letters) that holds a secret; "" where none does."""
    lines = [line for line in text.splitlines() if line.strip(" \t>")]
    for first, second in zip(lines, [*lines[1:], ""], strict=True):
        open_ = [match for line in (first, second) if (match := _LINE.fullmatch(line.rstrip()))]
        if len(open_) == 2 and (name := _secret(match[1] for match in open_)):
            return name
    for line in lines:
        if len(line) < 2000 and _FILL.search(line):
            fields = [match[1] for match in _FIELD.finditer(line)]
            if len(fields) > 1 and (name := _secret(fields)):
                return name
    return ""


def listed(clauses: list[str]) -> str:
    """Return the clause of a sentence that has a secret alone as an item of what is to be filled in."""
    if len(clauses) < _SHORT or len(clauses) > _MOST or not any(_FILL.search(clause) for clause in clauses):
        return ""
    short = (clause for clause in clauses[1:] if len(clause.split()) <= _SHORT and len(clause) < 40)
    return _secret(short)


def _secret(names: Iterable[str]) -> str:
    """Return the first name of a field that is a secret's."""
    return next((name.strip() for name in names if NOUNS.search(name) and not NEVER.search(name)), "")
