"""What this process has in hand: the names under which it took messages up and has not ended with them."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from intake.runtime import lease_owner


class Hands:
    """Safe for several threads."""

    def __init__(self) -> None:
        self._lock, self._names = threading.Lock(), set[str]()

    @contextmanager
    def taking(self) -> Iterator[str]:
        """A name to take messages up under; whatever is held under it afterwards, nobody is at work on."""
        name = lease_owner.name()
        with self._lock:
            self._names.add(name)
        try:
            yield name
        finally:
            with self._lock:
                self._names.discard(name)

    def gone(self, owner: str) -> bool:
        """Whether nobody is at work on what `owner` took up. False when in doubt.

        Where the database went away in the middle, this very process may hold what it could not give back.
        """
        if lease_owner.gone(owner):
            return True
        own, _, _ = lease_owner.name().rpartition(" ")
        with self._lock:
            return owner.rpartition(" ")[0] == own and owner not in self._names
