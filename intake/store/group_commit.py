"""Group commit: what several threads want recorded at the same time shares one commit.

Who comes while nobody commits does so at once, with no pause to wait for others. Who comes meanwhile
waits, and all of those are recorded together by the first of them. Nobody is answered before the commit.
"""

import inspect
import threading
import weakref
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from intake.ports import Temporary, Unreachable
from intake.runtime import pace

W = TypeVar("W")
A = TypeVar("A")


class _Request(Generic[W, A]):
    """What one thread wants. `gate` opens when it is settled, or when it is to lead."""

    def __init__(self, wish: W) -> None:
        self.wish = wish
        self.leads = False
        self.answers: list[A] = []
        self.error: BaseException | None = None
        self.gate = threading.Lock()
        self.gate.acquire()

    def answer(self) -> A:
        if self.error is not None:
            raise self.error
        return self.answers[0]


class GroupCommit(Generic[W, A]):
    """Records wishes, each in a commit with those that came at the same time. For many threads.

    `commit(take)` begins a transaction, records what `take()` returns, and when that is durable returns
    an answer for each, in order. It may call `take` once. `leaders`: how many commits may be under way.
    """

    def __init__(self, commit: Callable[[Callable[[], Sequence[W]]], Sequence[A]], leaders: int = 1) -> None:
        # A method is its owner's, who holds this: in a circle they, and their connections, would outlive
        # whoever used them.
        self._whose = weakref.WeakMethod(commit) if inspect.ismethod(commit) else lambda: commit
        self._leaders = leaders
        self._lock = threading.Lock()
        self._leading = 0
        self._waiting: deque[_Request[W, A]] = deque()

    def record(self, wish: W) -> A:
        """Return the answer to a wish once it is durable.

        Raises Temporary when the commit failed, or nobody knows whether it did: for all who shared it.
        A wish that fails for another reason fails alone.
        """
        request: _Request[W, A] = _Request(wish)
        with self._lock:
            request.leads = self._leading < self._leaders
            if request.leads:
                self._leading += 1
            else:
                self._waiting.append(request)
        if not request.leads:
            self._wait(request)
        if request.leads:
            self._lead(request)
        return request.answer()

    def _commit(self, take: Callable[[], Sequence[W]]) -> Sequence[A]:
        commit = self._whose()
        if commit is None:
            raise RuntimeError("who records for a group is gone")
        return commit(take)

    def _wait(self, request: _Request[W, A]) -> None:
        try:
            request.gate.acquire()
        except BaseException:
            # As with Ctrl-C in the main thread.
            with self._lock:
                if request in self._waiting:
                    self._waiting.remove(request)
            if request.leads:
                self._hand_on()
            raise

    def _lead(self, request: _Request[W, A]) -> None:
        group: list[_Request[W, A]] = []

        def take() -> list[W]:
            with self._lock:
                group.extend((request, *self._waiting))
                self._waiting.clear()
            return [member.wish for member in group]

        try:
            self._settle(group, take)
        except BaseException as err:
            for member in group:
                if not member.answers and member.error is None:
                    member.error = Temporary("the sender that recorded it for several was interrupted")
            request.error = err
        finally:
            self._hand_on()
            for member in group[1:]:
                member.gate.release()

    def _settle(self, group: list[_Request[W, A]], take: Callable[[], list[W]]) -> None:
        try:
            answers = self._commit(take)
        except Temporary as err:
            if not group:
                # The transaction did not begin: for those who came meanwhile it would not either.
                take()
            kind = Unreachable if isinstance(err, Unreachable) else Temporary
            for member in group:
                # Each thread raises one of its own.
                member.error = kind(str(err))
                member.error.__cause__ = err
        except Exception as err:
            if not group:
                take()
            if len(group) == 1:
                group[0].error = err
                return
            for member in group:
                self._alone(member)
        else:
            pace.add("grouped", len(group) - 1)
            for member, answer in zip(group, answers, strict=True):
                member.answers.append(answer)

    def _alone(self, member: _Request[W, A]) -> None:
        """Record one of a group of which another may have been what failed."""
        try:
            member.answers.extend(self._commit(lambda: [member.wish]))
        except Exception as err:
            member.error = err

    def _hand_on(self) -> None:
        """Have the next one lead, who takes along all that wait with it."""
        with self._lock:
            if not self._waiting:
                self._leading -= 1
                return
            following = self._waiting.popleft()
            following.leads = True
        following.gate.release()
