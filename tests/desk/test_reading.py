"""When somebody reads much."""

from datetime import date

from intake.desk.reading import Reader, much

TODAY = date(2026, 11, 30)


def test_much_is_more_than_the_limit_or_several_times_the_usual() -> None:
    week = (10, 12, 9, 11, 10)
    # readings, on days before, the limit, whether it is told
    cases = [
        (201, (), 200, True),
        (200, (), 200, False),
        (5000, (), 0, False),
        (31, week, 200, True),
        (30, week, 200, False),
        (31, week, 0, True),
        (31, week[:4], 200, False),
        (29, (1, 1, 1, 1, 1), 200, False),
        (100, (40, 50, 60, 45, 55), 200, False),
        (151, (40, 50, 60, 45, 55), 200, True),
        (60, (1, 1, 100, 100, 100), 200, False),
    ]
    wrong = [case for case in cases if much(Reader("anna", TODAY, case[0], case[1]), case[2]) is not case[3]]
    assert [] == wrong
