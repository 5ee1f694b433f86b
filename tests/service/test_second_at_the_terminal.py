"""Who types the yes to a draft that needs two people is the same person as by mail."""

from intake.desk.guard.policy import Need
from intake.desk.ticket import Agent
from intake.service.confirming import Confirmation

ANNA = Agent(1, "Anna", "anna@staff.example")
AGENTS = (
    ANNA,
    Agent(2, "Anna Two", "anna+2@staff.example"),
    Agent(3, "Anna", "other@staff.example"),
    Agent(4, "A.", "a.nna@staff.example"),
    Agent(5, "Home", "home@private.example"),
    Agent(6, "Wei", "wei@staff.example"),
)


def test_the_author_under_another_address_name_or_login_is_no_second_person_at_the_terminal() -> None:
    table = {
        "Anna": Need.CONFIRM,
        "anna": Need.CONFIRM,
        "anna@staff.example": Need.CONFIRM,
        "Anna Two": Need.CONFIRM,
        "anna+2@staff.example": Need.CONFIRM,
        "other@staff.example": Need.CONFIRM,
        "a.nna": Need.CONFIRM,
        "home@private.example": Need.CONFIRM,
        "Wei": Need.TWO,
        "wei@staff.example": Need.TWO,
        "jana": Need.TWO,
    }
    worth = {by: Confirmation(1, 1, by, "", True).worth(ANNA, "home@private.example", AGENTS) for by in table}

    assert table == worth


def test_without_anyway_nobody_is_a_second_person() -> None:
    assert Need.NOTHING is Confirmation(1, 1, "Wei", "").worth(ANNA, "", AGENTS)
