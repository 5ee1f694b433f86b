"""Second factors: giving one to an agent, and checking a code."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from intake.desk import factor
from intake.desk.factor import Standing
from intake.ports.acts import FactorRows


class Checked(StrEnum):
    """What a code was worth. Only `RIGHT` proves anything."""

    RIGHT = "right"
    NONE = "no factor"
    WRONG = "wrong"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class Factors:
    """The second factors of a desk. `seal` and `unseal` take a text and what it belongs to; `unseal` raises
    ValueError for what it cannot open."""

    rows: FactorRows
    seal: Callable[[str, str], str]
    unseal: Callable[[str, str], str]

    def enrol(self, agent: int, now: datetime) -> bytes:
        """Give an agent (by id) a new factor in place of any other; return its secret, to be shown once."""
        secret = secrets.token_bytes(factor.SECRET_BYTES)
        self.rows.keep(agent, self.seal(secret.hex(), _about(agent)), 0, now)
        return secret

    def standing(self, agent: int, at: datetime) -> Standing | None:
        """Return how an agent's factor stands, None where they have none."""
        kept = self.rows.get(agent)
        if kept is None:
            return None
        secret = bytes.fromhex(self.unseal(kept[0], _about(agent)))
        return Standing(agent, secret, kept[1], self.rows.locked(agent, at))

    def check(self, agent: int, text: str, at: datetime, back: int = factor.BY_HAND) -> Checked:
        """Check a code of an agent that arrived `at`, and use it up: it never counts again.

        `back` is how many steps before `at` count too (`factor.BY_MAIL`). A code may be right for one act
        only: of two that come at the same time one is.
        """
        stands = self.standing(agent, at)
        if stands is None:
            return Checked.NONE
        if stands.locked:
            return Checked.LOCKED
        step = factor.step_of(stands.secret, text, at, stands.last, back)
        if step is not None and self.rows.advance(agent, step):
            return Checked.RIGHT
        wrong = self.rows.missed(agent, at)
        return Checked.LOCKED if wrong >= factor.MOST_WRONG else Checked.WRONG


def _about(agent: int) -> str:
    return f"factor of agent {agent}"
