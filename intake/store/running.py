"""What runs statements, as those see it who note what is to be written (`connection` is it)."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from intake.store.record.dues import Dues, Mappings
from intake.store.statement import Insertion, SetStatement


class Running(Protocol):
    """The database of one thread, within a transaction."""

    @property
    def postgres(self) -> bool:
        """Whether it is PostgreSQL."""

    @property
    def batch(self) -> Any:
        """The messages that are decided on together, None for one alone."""

    def beside(self) -> AbstractContextManager[None]:
        """What is asked within does not depend on what is still to be written."""

    def remember(self, undo: Any) -> None:
        """Have `undo` called should what is done now be taken out again."""

    def many(self, text: str, *params: Any) -> list[Any]:
        """Run a statement and return its rows."""

    def insert(self, insertion: Insertion, rows: Mappings, dues: Dues | None = None) -> list[Any]:
        """Insert rows; return what comes back of new ones. What the record is owed: noted, or into `dues`."""

    def for_each(self, statement: SetStatement, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run a statement that writes, for all these values at once."""
