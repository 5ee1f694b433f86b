"""The question about a draft as it is put to who has a second factor: one way to answer it. Pure."""

from dataclasses import replace

from intake.desk.draft_effects import WAITS
from intake.desk.effects import Mail
from intake.desk.guard.policy import Need
from intake.desk.text.said import joined, said

WITH_CODE = said(
    "A yes is not enough from who has a second factor: reply with #confirm and its six digits, such as "
    "#confirm 123456."
)


def coded(question: Mail, guard: Need) -> Mail:
    """Return a question whose yes must be worth `guard`: to who has a second factor it names the only way to
    answer it. An agent's own, where another must confirm, is none."""
    agent = question.agent
    if guard is Need.NOTHING or agent is None or not agent.factor or question.event == WAITS:
        return question
    text = question.text if WITH_CODE in question.text else joined([question.text, WITH_CODE])
    return replace(question, coded=True, text=text)
