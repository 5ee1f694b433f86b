"""When a sealed secret may be opened: by two persons, or after a day where there is nobody else."""

from datetime import UTC, datetime, timedelta

from intake.desk.sensitive.opening import Request, refusal, same_person

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ASKED = Request("Anna", "root", "the police asked", NOW)
AGREED = Request("Anna", "root", "the police asked", NOW, "Ben", NOW + HOUR)

# Whether it is certain, the request, whether nobody else is there, how many hours later, why not ("": may).
CASES = {
    "what is likely a secret needs nobody": (False, None, False, 0, ""),
    "what is certain needs a request": (True, None, False, 0, "nobody asked"),
    "and a second person": (True, ASKED, False, 30, "has not agreed"),
    "who agreed": (True, AGREED, False, 1, ""),
    "lately": (True, AGREED, False, 25, "nobody asked"),
    "alone one waits": (
        True,
        ASKED,
        True,
        23,
        "there is no second person here, so it waits until 2026-12-01",
    ),
    "for a day": (True, ASKED, True, 24, ""),
    "and not for long": (True, ASKED, True, 48, "nobody asked"),
    "a clock that was set back opens nothing": (True, AGREED, True, -1, "nobody asked"),
}


def test_who_may_open_it_and_when() -> None:
    wrong = {}
    for name, (certain, request, alone, hours, why) in CASES.items():
        said = refusal(certain, request, alone, NOW + hours * HOUR)
        if (why and why not in said) or (not why and said):
            wrong[name] = said
    assert {} == wrong


def test_the_second_person_is_another_one() -> None:
    answers = {"Anna": True, "anna": True, "root": True, "Ben": False, "ben-login": False}
    assert answers == {who: same_person(ASKED, who) for who in answers}
