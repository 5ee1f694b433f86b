"""What was sealed for the holder of an offline key, as the commands see it."""

from datetime import datetime
from typing import Protocol

from intake.desk.sensitive.opening import Request


class Sealed(Protocol):
    """Sealed originals, and wishes to open them. Only a database has them."""

    def recipient(self) -> str:
        """Return whom is sealed for, an age recipient; "" where nothing is sealed."""

    def seal_for(self, recipient: str, who: str, authority: str, now: datetime) -> None:
        """Seal for this recipient from now on, "": for nobody. What is sealed stays as it is."""

    def recipients(self) -> list[tuple[str, int]]:
        """Return for whom there are sealed copies, and how many."""

    def destroy(self, number: int, who: str, authority: str, now: datetime) -> int:
        """Destroy the copies in which a find stands; return how many."""

    def ask(self, number: int, request: Request) -> None:
        """Keep somebody's wish to open a find."""

    def request(self, number: int) -> Request | None:
        """Return the newest wish to open a find."""

    def agree(self, number: int, who: str, now: datetime) -> bool:
        """Note that a second person agreed; False when no wish waits, as when two agree at once."""
