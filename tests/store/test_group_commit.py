"""What threads record at once shares a commit, and each learns its own end when that is durable."""

import threading
from collections.abc import Callable, Sequence

import pytest

from intake.ports import Temporary, Unreachable
from intake.store.group_commit import GroupCommit
from intake.testing import wait_until


class Commits:
    """Stands for the database: each commit waits until it is let through."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.begun = threading.Semaphore(0)
        self.let = threading.Semaphore(0)
        self.fails: dict[int, BaseException] = {}
        self.committed: list[int] = []

    def __call__(self, take: Callable[[], Sequence[int]]) -> list[str]:
        wishes = list(take())
        self.groups.append(wishes)
        self.begun.release()
        assert self.let.acquire(timeout=10)
        for wish in wishes:
            if wish in self.fails:
                raise self.fails[wish]
        self.committed += wishes
        return [f"answer {wish}" for wish in wishes]


class Callers:
    """Threads that each record a wish; `ends` is what each was told, by its wish."""

    def __init__(self, commits: Commits, leaders: int = 1) -> None:
        self.commits, self.group = commits, GroupCommit(commits, leaders)
        self.ends: dict[int, str] = {}
        self.before_the_commit: list[int] = []
        self.threads: list[threading.Thread] = []

    def ask(self, wish: int) -> None:
        def record() -> None:
            try:
                answer = self.group.record(wish)
                if wish not in self.commits.committed:
                    self.before_the_commit.append(wish)
                self.ends[wish] = answer
            except BaseException as err:
                self.ends[wish] = f"{type(err).__name__}: {err}"

        self.threads.append(threading.Thread(target=record))
        self.threads[-1].start()

    def under_way(self, first: int, *others: int) -> None:
        """The commit of `first` has begun, and `others` came, in this order, while it is under way."""
        self.ask(first)
        assert self.commits.begun.acquire(timeout=10)
        for count, wish in enumerate(others, 1):
            self.ask(wish)
            wait_until(lambda count=count: len(self.group._waiting) == count, 10)

    def end(self, commits: int) -> dict[int, str]:
        """Let so many commits through; return what the callers were told."""
        for _ in range(commits):
            self.commits.let.release()
        for thread in self.threads:
            thread.join(10)
        assert not self.group._leading
        assert not self.group._waiting
        return self.ends


@pytest.fixture
def commits() -> Commits:
    return Commits()


def test_who_comes_while_a_commit_is_under_way_joins_the_next(commits: Commits) -> None:
    callers = Callers(commits)
    callers.under_way(1, 2, 3, 4)
    assert {wish: f"answer {wish}" for wish in (1, 2, 3, 4)} == callers.end(2)
    assert [[1], [2, 3, 4]] == commits.groups
    assert [] == callers.before_the_commit


def test_nobody_is_answered_before_the_commit(commits: Commits) -> None:
    callers = Callers(commits)
    callers.under_way(1, 2, 3)
    commits.let.release()
    assert commits.begun.acquire(timeout=10)
    wait_until(lambda: 1 in callers.ends, 10)
    assert {1: "answer 1"} == callers.ends
    assert 3 == len(callers.end(1))
    assert [] == callers.before_the_commit


@pytest.mark.parametrize("error", [Temporary("no room"), Unreachable("gone")], ids=["trouble", "away"])
def test_a_failing_group_is_told_to_everybody_as_what_may_pass(commits: Commits, error: Temporary) -> None:
    callers = Callers(commits)
    commits.fails[3] = error
    callers.under_way(1, 2, 3, 4)
    reason = f"{type(error).__name__}: {error}"
    assert {1: "answer 1", 2: reason, 3: reason, 4: reason} == callers.end(2)


def test_who_fails_alone_takes_nobody_along_who_came_meanwhile(commits: Commits) -> None:
    callers = Callers(commits)
    commits.fails[1] = Temporary("no room")
    callers.under_way(1, 2, 3)
    assert {1: "Temporary: no room", 2: "answer 2", 3: "answer 3"} == callers.end(2)


def test_a_wish_that_fails_for_good_takes_nobody_along(commits: Commits) -> None:
    callers = Callers(commits)
    commits.fails[3] = ValueError("not to be stored")
    callers.under_way(1, 2, 3, 4)
    ends = callers.end(5)
    assert {1: "answer 1", 2: "answer 2", 3: "ValueError: not to be stored", 4: "answer 4"} == ends
    assert [[1], [2, 3, 4], [2], [3], [4]] == commits.groups


def test_who_leads_and_is_interrupted_tells_those_who_waited(commits: Commits) -> None:
    callers = Callers(commits)
    commits.fails[2] = KeyboardInterrupt()
    callers.under_way(1, 2, 3)
    ends = callers.end(2)
    assert "answer 1" == ends[1]
    assert ends[2].startswith("KeyboardInterrupt")
    assert ends[3].startswith("Temporary: ")


def test_a_transaction_that_does_not_begin_is_told_to_all_who_came_meanwhile() -> None:
    began, let = threading.Event(), threading.Event()

    def commit(take: Callable[[], Sequence[int]]) -> list[str]:
        began.set()
        assert let.wait(10)
        raise Unreachable("locked")

    group = GroupCommit(commit)
    told: list[str] = []

    def ask(wish: int) -> None:
        with pytest.raises(Unreachable, match="locked"):
            group.record(wish)
        told.append("locked")

    threads = [threading.Thread(target=ask, args=(wish,)) for wish in (1, 2, 3)]
    threads[0].start()
    assert began.wait(10)
    for thread in threads[1:]:
        thread.start()
    wait_until(lambda: len(group._waiting) == 2, 10)
    let.set()
    for thread in threads:
        thread.join(10)
    assert ["locked"] * 3 == told


def test_on_a_server_two_commits_may_be_under_way(commits: Commits) -> None:
    callers = Callers(commits, leaders=2)
    for wish in (1, 2):
        callers.ask(wish)
        assert commits.begun.acquire(timeout=10)
    callers.ask(3)
    wait_until(lambda: len(callers.group._waiting) == 1, 10)
    assert 3 == len(callers.end(3))
    assert [[1], [2], [3]] == commits.groups
