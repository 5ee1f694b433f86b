"""A yes to the guard by who has a second factor: `#confirm` with six digits of it, and nothing less. Pure.

Who holds a mailbox alone can answer a question there; without the telephone beside it no answer of theirs
sends what the guard asks about.
"""

import re
from collections.abc import Callable
from dataclasses import replace

from intake.desk.coded import WITH_CODE
from intake.desk.effects import Effect
from intake.desk.factor import BY_MAIL, MissCode, UseCode, step_of
from intake.desk.guard.policy import Need
from intake.desk.rule_context import RuleContext
from intake.desk.rules.answers_to_us import again
from intake.desk.rules.yes_and_no import confirms
from intake.desk.text.said import said
from intake.desk.tokens import Purpose

_WRONG = said("That code is wrong, or it was used before, or it is older than ten minutes.")
_LOCKED = said("There were too many wrong codes. Try again in an hour.")
# On the first line that says anything; in full width, too.
_CODE = re.compile(r"^[#\uff03]\s?(?:confirm|确认|確認)[\s:：]+(\d{3}\s?\d{3})\s*$", re.IGNORECASE)


def code_in(text: str) -> str:
    """Return the code that an answer confirms with, "" for none."""
    lines = (line.strip() for line in text.splitlines())
    match = _CODE.match(next((line for line in lines if line), "")[:60])
    return match[1] if match else ""


def by_code(case: RuleContext, obey: Callable[[RuleContext], list[Effect] | None]) -> list[Effect] | None:
    """Return what `obey` makes of an answer to the question about a draft, once its code is checked.

    A code that is right stands for a yes, and is used up. Without one, the yes of who has a factor to what
    the guard asks about sends nothing, and they are asked again.
    """
    facts, text = case.facts, case.message.new_text
    draft, match, factor = facts.draft, facts.by_token, facts.factor
    asked = facts.token is not None and facts.token.purpose is Purpose.CONFIRM and not facts.refuted
    if not asked or draft is None or match is None or factor is None:
        return obey(case)
    who = facts.agent or draft.agent
    code = code_in(text)
    plain = replace(case, message=replace(case.message, new_text="yes", pieces=()))
    answers = obey(plain) if code or confirms(text) else None
    if answers is None or who is None or not (code or draft.guard >= Need.CONFIRM):
        return obey(case)
    unsaid = replace(case, message=replace(case.message, new_text="#confirm", pieces=()))
    if not code:
        return again(case, match, draft, who, WITH_CODE) if draft.waiting else answers
    if factor.locked:
        return again(unsaid, match, draft, who, _LOCKED)
    step = step_of(factor.secret, code, facts.now, factor.last, BY_MAIL)
    if step is None:
        return [MissCode(factor.agent), *again(unsaid, match, draft, who, _WRONG)]
    return [UseCode(factor.agent, step), *answers]
