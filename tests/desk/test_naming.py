"""Whom the first lines of a note name."""

import pytest

from intake.desk.naming import FIRST_LINES, named
from intake.desk.ticket import Agent

ANNA = Agent(1, "Anna", "anna@staff.example", ("support",))
WEI = Agent(2, "Wei Chen", "w.chen@staff.example", ("support", "security"))
WANG = Agent(3, "小王", "wang@staff.example", ("security",))
OTHER = Agent(4, "Wei Li", "li@staff.example")
PEOPLE, TEAMS = (ANNA, WEI, WANG), ("support", "security", "empty")

NAMED = {
    "a first name": ("@wei look at this", (WEI,)),
    "a whole name": ("Could @Wei Chen look?", (WEI,)),
    "the part before the @": ("@w.chen: please", (WEI,)),
    "a whole address": ("@anna@staff.example please", (ANNA,)),
    "several": ("@wei @anna text", (WEI, ANNA)),
    "one twice": ("@anna and @Anna", (ANNA,)),
    "a name with an apostrophe behind it": ("@anna's idea", (ANNA,)),
    "the end of a sentence": ("Ask @anna.", (ANNA,)),
    "a name in Chinese without a blank": ("@小王请看一下", (WANG,)),
    "a sign of full width": ("＠小王 请看", (WANG,)),
    "a sign apart from its name": ("@ anna", (ANNA,)),
    "a team": ("@security", (WEI, WANG)),
    "a team in capitals": ("@Security please", (WEI, WANG)),
    "a team of nobody is everybody": ("@empty", PEOPLE),
    "the third line": ("One\n\nTwo\n@anna", (ANNA,)),
    "nobody": ("It is urgent.", ()),
    "an address in the text": ("Write to lin@anna.example", ()),
    "what is quoted": ("> @anna said", ()),
    "a sign alone": ("We meet @ 9:00", ()),
}


@pytest.mark.parametrize("case", NAMED)
def test_who_is_named(case: str) -> None:
    text, agents = NAMED[case]
    found = named(text, PEOPLE, TEAMS)
    assert (agents, (), ()) == (found.agents, found.unknown, found.several)


UNKNOWN = {
    "nobody of that name": ("@zoe look", ("zoe",)),
    "a longer word": ("@annabel", ("annabel",)),
    "somebody elsewhere": ("@anna@other.example", ("anna@other.example",)),
    "one of two": ("@zoe and @anna", ("zoe",)),
    "twice": ("@zoe @zoe", ("zoe",)),
}


@pytest.mark.parametrize("case", UNKNOWN)
def test_a_name_that_nobody_has_is_told(case: str) -> None:
    text, names = UNKNOWN[case]
    assert names == named(text, PEOPLE, TEAMS).unknown


def test_a_name_further_down_names_nobody() -> None:
    text = "\n".join(["Line"] * FIRST_LINES) + "\n@anna"
    assert () == named(text, PEOPLE, TEAMS).agents


def test_of_two_with_one_name_the_one_in_the_tickets_team_is_meant() -> None:
    people = (*PEOPLE, OTHER)
    assert (WEI,) == named("@wei", people, TEAMS, near=(ANNA, WEI)).agents
    assert ("wei",) == named("@wei", people, TEAMS).several
    assert (OTHER,) == named("@wei li", people, TEAMS).agents
