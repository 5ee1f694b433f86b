"""A whole answer against an admin's pattern: what Python says, and in a bounded time whatever the pattern."""

import random
import re
import time

import pytest

from intake.desk.triage.safe_regex import BadPattern
from intake.desk.triage.whole_match import MAX_STATES, whole

PATTERNS = [
    r"[A-Z]{2}[0-9]{3}",
    r"^[A-Z]{2}\d{3}$",
    r"[A-Z0-9-]+-[0-9]{4}",
    r".*@example\.com",
    r"(ab|a)(c|bcd)(d*)",
    r"a*b+c?",
    r"(?:a|b)*abb",
    r"(?P<year>\d{4})-(?P<month>\d\d)",
    r"x{2,4}y{2,}z{3}",
    r"(x+x+)+y",
    r"\bab\b ?\bcd\b",
    r"a\Bb",
    r"a|b|",
    r"(a?){3}b",
    r"[^\s,]+(, ?[^\s,]+)*",
    r"订单[:：]?\d+",
    r"()*a",
    r"((a*)*)*b",
]
TEXTS = """|AB123|ab123|AB1234|ABC-12-0001|-1234|me@example.com|me@example.comm|abcd|abcdd|acd|b|aabb
abb|ababb|2026-11|2026-1|xxyyzzz|xxxxyyyyyzzz|xyzzz|xxy|x|y|ab cd|abcd|ab  cd|a|aab|aaab
one, two,three|one,,two|订单：123|订单 1|  |a\tb""".replace("\n", "|").split("|")


@pytest.mark.parametrize("pattern", PATTERNS)
def test_it_says_what_python_says(pattern: str) -> None:
    for text in TEXTS:
        assert whole(pattern).matches(text) is (re.fullmatch(pattern, text) is not None), text


def test_it_says_what_python_says_of_patterns_and_texts_nobody_thought_of() -> None:
    chance = random.Random(7)
    compared = 0

    def some(depth: int) -> str:
        part = chance.choice(["a", "b", "[ab]", r"\w", "."])
        if depth and chance.random() < 0.6:
            part = f"({some(0)}{chance.choice(['', '|'])}{some(0)})"
        return part + chance.choice(["", "", "?", "*", "+", "{2}", "{1,3}", "{2,}"])

    for _ in range(400):
        pattern = "".join(some(1) for _ in range(chance.randint(1, 3)))
        for _ in range(20):
            text = "".join(chance.choice("abc") for _ in range(chance.randint(0, 5)))
            assert whole(pattern).matches(text) is (re.fullmatch(pattern, text) is not None), (pattern, text)
            compared += 1
    assert 8000 == compared


# Of what makes Python's own try for hours: catastrophic forms from OWASP and the textbooks.
CLASSIC = [
    (r"(a+)+b", "a"),
    (r"([a-zA-Z]+)*1", "a"),
    (r"(a|aa)+b", "a"),
    (r"(a|a?)+b", "a"),
    (r"(.*a){12}b", "a"),
    (r"^(([a-z])+.)+[A-Z]([a-z])+$", "a"),
    (r"(x+x+)+y", "x"),
    (r"(\w+\s?)*!", "aaaa "),
    (r"([0-9]+,?)*x", "1"),
    (r"a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a{28}b", "a"),
    (r".*.*.*.*.*.*=.*", "x"),
    (r"(?:a|aa|aaa){1,90}b", "a"),
]


@pytest.mark.parametrize(("pattern", "piece"), CLASSIC, ids=[one for one, _ in CLASSIC])
def test_no_answer_makes_a_pattern_slow(pattern: str, piece: str) -> None:
    # The longest answer that a question of the config may take.
    text = (piece * 1000)[:1000]
    ready = whole(pattern)
    began = time.process_time()
    ready.matches(text)
    assert time.process_time() - began < 2


def test_what_is_too_large_or_unknown_is_refused_with_the_reason() -> None:
    for pattern, why in (
        (r"(\w{1,200}){1,200}", f"more than {MAX_STATES} places"),
        (r"(?=.*\d).*", "of groups only"),
        (r"(a)\1", r"\1 is not known"),
        (r"(?i)abc", "of groups only"),
        (r"[z-a]", "bad character range"),
        ("", "1 to 500 characters"),
    ):
        with pytest.raises(BadPattern, match=re.escape(why)):
            whole(pattern)
