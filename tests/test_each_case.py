"""What `each` makes of a table."""

import pytest
from each_case import each

SEEN: list[tuple[int, str]] = []


@pytest.fixture
def place() -> str:
    return "here"


@each("number", [1, 2, 3])
def test_every_case_is_tried_with_the_fixtures(number: int, place: str) -> None:
    SEEN.append((number, place))
    assert number in (1, 2, 3)


def test_none_was_left_out() -> None:
    test_every_case_is_tried_with_the_fixtures(place="there")  # type: ignore[call-arg]
    assert [(1, "there"), (2, "there"), (3, "there")] == SEEN[-3:]


def test_every_case_that_fails_is_named() -> None:
    @each("left, right", [(1, 1), (1, 2), pytest.param(3, 4, id="odd"), (4, 5)], ids=str)
    def equal(left: int, right: int) -> None:
        assert left == right

    with pytest.raises(AssertionError) as told_of:
        equal()  # type: ignore[call-arg]
    assert "3 of 4 cases" in str(told_of.value)
    assert "1-2: line" in str(told_of.value)
    assert "odd: line" in str(told_of.value)
    assert "4-5: line" in str(told_of.value)
    assert "1-1" not in str(told_of.value)


def test_an_error_and_a_failure_by_word_count_too() -> None:
    @each("how", ["error", "fail"])
    def broken(how: str) -> None:
        if how == "fail":
            pytest.fail("no")
        raise KeyError(how)

    with pytest.raises(AssertionError, match="2 of 2 cases"):
        broken()  # type: ignore[call-arg]


def test_a_table_without_a_case_fails() -> None:
    @each("number", [])
    def nothing(number: int) -> None:
        assert number

    with pytest.raises(AssertionError, match="no case"):
        nothing()  # type: ignore[call-arg]
