"""Which mails of an archive belong together, in the order of their dates; small enough for a million. Pure.

Of each mail some numbers are kept: hashes of its ids, and when it was written. That two mails belong
together opens nothing to anybody: who may see what is decided by their authors (`conversations`).
"""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from hashlib import blake2b

from intake.desk.message import Message
from intake.desk.text.subject_prefixes import says_answer, unprefixed

# Of the ids that a mail names: the newest, and the first, which is that of the mail that began it all.
MOST_IDS = 12
# An answer that names no mail belongs to the latest of this subject between these people, if it is as young.
SAME_SUBJECT = timedelta(days=30)
# More mails than that are several groups: what belongs together is held in memory.
MOST_TOGETHER = 2000


def hashed(*words: str) -> int:
    """Return a number for words, never 0."""
    return int.from_bytes(blake2b("\0".join(words).encode("utf-8", "replace"), digest_size=8).digest()) or 1


class Threads:
    """Mails are added in any order; `groups` then says which belong together."""

    def __init__(self) -> None:
        self._when = array("d")
        self._own = array("Q")
        self._ids, self._first_id = array("Q"), array("Q", (0,))
        self._conversation = array("Q")
        self._subject = array("Q")
        self._unnamed = bytearray()
        # Which belong together, until another is added: it is asked for to count and to read.
        self._joint: tuple[array[int], array[int]] | None = None

    def __len__(self) -> int:
        return len(self._when)

    def add(self, message: Message, at: datetime, people: Iterable[str], conversation: str = "") -> int:
        """Add a mail of which the header was read, written at `at` (aware); return its number, from 0.

        `people` are those outside that it is from or to; `conversation` is what its mail program calls the
        whole conversation, "" without such a name.
        """
        self._joint = None
        answered = message.thread_ids
        if len(answered) > MOST_IDS:
            answered = (*answered[: MOST_IDS - 1], (message.references or answered)[0])
        self._when.append(at.timestamp())
        self._own.append(hashed("id", message.message_id) if message.message_id else 0)
        self._ids.extend(hashed("id", name) for name in answered)
        self._first_id.append(len(self._ids))
        conversation = conversation or message.thread_index
        self._conversation.append(hashed("conversation", conversation) if conversation else 0)
        subject = unprefixed(message.subject).casefold()
        between = sorted(people)
        self._subject.append(hashed("subject", subject, *between) if subject and between else 0)
        self._unnamed.append(bool(subject and not answered and says_answer(message.subject)))
        return len(self._when) - 1

    def count(self) -> int:
        """Return how many groups there are."""
        above, _ = self._joined()
        sizes = Counter(_top(above, number) for number in range(len(self)))
        return sum(-(-size // MOST_TOGETHER) for size in sizes.values())

    def groups(self) -> Iterator[tuple[int, list[int]]]:
        """Yield the mails that belong together by their numbers, the earliest first, and a number that is
        the same for them in any archive that holds the beginning. Groups come in the order of their first."""
        above, leaders = self._joined()
        members: dict[int, array[int]] = {}
        for number in self._order():
            members.setdefault(_top(above, number), array("l")).append(number)
        for some in members.values():
            numbers = self._answers_last(some, leaders)
            ids = self._answered(numbers[0])
            root = ids[-1] if ids else self._own[numbers[0]] or self._nameless(numbers[0])
            for start in range(0, len(numbers), MOST_TOGETHER):
                name = root if not start else hashed(str(root), str(start))
                yield name, numbers[start : start + MOST_TOGETHER]

    def _answers_last(self, numbers: "array[int]", leaders: "array[int]") -> list[int]:
        """Return mails by their dates, but none before the one that it answers: clocks are wrong."""
        places: dict[int, tuple[float, int]] = {}
        for number in numbers:
            # In order, and quick to ask: a conversation may be one chain of all mails.
            chain: dict[int, None] = {}
            while number >= 0 and number not in places and number not in chain:
                chain[number] = None
                number = leaders[number]
            after, depth = places.get(number, (float("-inf"), 0))
            for item in reversed(chain):
                after, depth = max(after, self._when[item]), depth + 1
                places[item] = after, depth
        return sorted(numbers, key=places.__getitem__)

    def _nameless(self, number: int) -> int:
        return hashed("nameless", str(self._when[number]), str(self._subject[number]))

    def _answered(self, number: int) -> "array[int]":
        return self._ids[self._first_id[number] : self._first_id[number + 1]]

    def _order(self) -> list[int]:
        return sorted(range(len(self)), key=self._when.__getitem__)

    def _joined(self) -> "tuple[array[int], array[int]]":
        """Return for each mail one of its group, and which it answers (-1: none that is known)."""
        if self._joint is None:
            self._joint = self._join(self._order())
        return self._joint

    def _join(self, order: Iterable[int]) -> "tuple[array[int], array[int]]":
        known: dict[int, int] = {}
        for number in order:
            if self._own[number]:
                known.setdefault(self._own[number], number)
        above, leaders = array("l", range(len(self))), array("l", [-1]) * len(self)
        by_conversation: dict[int, int] = {}
        by_subject: dict[int, int] = {}
        for number in order:
            leader = self._leader(number, known)
            if self._conversation[number]:
                leader = (
                    by_conversation.setdefault(self._conversation[number], number)
                    if leader is None
                    else leader
                )
            if leader is None and self._unnamed[number]:
                leader = self._recent(by_subject.get(self._subject[number]), number)
            if self._subject[number]:
                by_subject[self._subject[number]] = number
            if leader is not None and leader != number:
                leaders[number] = leader
                first, second = _top(above, leader), _top(above, number)
                above[max(first, second)] = min(first, second)
        return above, leaders

    def _leader(self, number: int, known: dict[int, int]) -> int | None:
        """Return the mail that this one answers, or else the first that answers what it answers."""
        again = known.get(self._own[number])
        if again is not None and again != number:
            return again
        ids = self._answered(number)
        for name in ids:
            if known.get(name, number) != number:
                return known[name]
        # None of them is here: those that answer the same stay together.
        return known.setdefault(ids[-1], number) if ids else None

    def _recent(self, leader: int | None, number: int) -> int | None:
        if leader is None or self._when[number] - self._when[leader] > SAME_SUBJECT.total_seconds():
            return None
        return leader


def _top(above: "array[int]", number: int) -> int:
    while above[number] != number:
        above[number] = above[above[number]]
        number = above[number]
    return number
