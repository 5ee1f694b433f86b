"""The table of the day: who writes when about what, with which program, and how agents handle it."""

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime

from day.words import TOPICS, Topic

SEED = 20261130
BEGIN = datetime(2026, 11, 30, 1, 0, tzinfo=UTC)
MINUTES = 180
# The last request comes so early that it can be handled.
LAST_REQUEST = 140
TICKETS = 50
MB = 1024 * 1024
# Programs of customers, by language.
PROGRAMS = {
    False: (
        "gmail web",
        "gmail android",
        "iphone",
        "outlook ios",
        "yahoo",
        "proton",
        "thunderbird",
        "samsung",
    ),
    True: ("qq", "163", "foxmail", "iphone", "outlook web", "qq", "gmail web", "outlook desktop"),
}
NAMES = {
    False: ("Ada Brown", "Tom Rivers", "Maria Jensen", "Joe Park", "Eve Martin", "Sam Hill"),
    True: ("王芳", "李强", "赵敏", "陈静", "刘洋", "周杰"),
}
# What agents do before or instead of a plain answer, by the number of the request.
HANDLING = {
    "take": (4, 17, 30),
    "file": (5, 18, 31, 40),
    "note": (6, 7, 19, 34),
    "hand": (8, 9, 21, 36),
    "snooze": (10, 23),
    "merge": (12, 25),
    "list": (13, 26),
    "collide": (14, 27),
    "mistype": (15, 28),
    "phone": (16, 29, 42),
    "older": (20, 33),
    "undo": (22, 35),
}
# Requests of a customer who has asked already: its number, and that of the first.
AGAIN = {12: 11, 25: 24}
# Two strangers with the same subject in the same minute.
SAME_MOMENT = {38: 37}
SCREENSHOTS = (1, 5, 8, 9, 14, 19, 21, 27, 32, 36, 41, 46)
LARGE = {2: 12 * MB, 34: 12 * MB}
BY_FORM = {44: 24 * MB - 4096}
# Who is away when the answer comes, and whose mailbox is no more.
AWAY, BOUNCES = (39,), (45,)


@dataclass(slots=True)
class Request:
    """One ticket to be. `follow` is what its customer writes after each answer of ours, in turn."""

    number: int
    minute: int
    zh: bool
    name: str
    address: str
    program: str
    topic: Topic
    handling: str = "answer"
    follow: list[str] = field(default_factory=list)
    proven: bool = True
    picture: bool = False
    bytes: int = 0
    form: bool = False

    @property
    def file(self) -> str:
        """The name of the file that comes with it, "" for none."""
        if self.bytes:
            return f"log-{self.number}.bin"
        return f"screen-{self.number}.png" if self.picture else ""


def requests(seed: int = SEED) -> list[Request]:
    """Return the day's requests by the minute in which they come; the same for the same seed."""
    chance = random.Random(seed)
    minutes = sorted(chance.randint(1, LAST_REQUEST) for _ in range(TICKETS))
    made: list[Request] = []
    for number, minute in enumerate(minutes, 1):
        made.append(_request(number, minute, chance))
    for number, first in AGAIN.items():
        made[number - 1].address, made[number - 1].name = made[first - 1].address, made[first - 1].name
        made[number - 1].zh, made[number - 1].program = made[first - 1].zh, made[first - 1].program
        made[number - 1].topic = TOPICS[made[first - 1].zh][(first + 1) % 8]
        made[first - 1].follow.clear()
    for number, first in SAME_MOMENT.items():
        theirs, ours = made[first - 1], made[number - 1]
        ours.minute, ours.zh, ours.topic, ours.program = (
            theirs.minute,
            theirs.zh,
            theirs.topic,
            theirs.program,
        )
        ours.follow, theirs.follow = ["more", "thanks"], ["more"]
    return made


def _request(number: int, minute: int, chance: random.Random) -> Request:
    zh = number % 2 == 0
    follow = chance.choice(
        ([], ["thanks"], ["more"], ["more", "thanks"], ["more", "more"], ["file", "thanks"])
    )
    if number in AWAY:
        follow = ["away", "more"]
    if number in BOUNCES:
        follow = ["bounce"]
    return Request(
        number,
        minute,
        zh,
        chance.choice(NAMES[zh]),
        f"c{number}@people{number % 9}.example",
        PROGRAMS[zh][number // 2 % 8],
        TOPICS[zh][number // 2 % 8],
        next((name for name, numbers in HANDLING.items() if number in numbers), "answer"),
        list(follow),
        number % 8 != 0,
        number in SCREENSHOTS,
        LARGE.get(number, 0) or BY_FORM.get(number, 0),
        number in BY_FORM,
    )
