"""What becomes of an answer that, finished, must not leave, or of which no mail can be made.

The rules have looked at its text and files; `composer` looks at the bytes themselves, and there a token
of an agent's may stand that nobody saw before. Then nothing is sent, and its agent is told.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from intake.desk.effects import Effect, Mail
from intake.desk.facts import UNWRITTEN
from intake.desk.sensitive.leaks import TOKEN, Leaking
from intake.ports import Applied, Store, UserError
from intake.service.composing import Unwritable

log = logging.getLogger("intake.service.last_gate")


def applied(
    store: Store,
    effects: Sequence[Effect],
    apply: Callable[[Sequence[Effect]], Applied],
    again: Callable[[str], list[Effect]],
) -> Applied:
    """Apply a decision; where an answer in it must not leave, apply what `again` decides of the reason."""
    if not any(isinstance(effect, Mail) and effect.kind.by_agent for effect in effects):
        return apply(effects)
    try:
        with store.savepoint():
            return apply(effects)
    except Leaking as err:
        log.warning("a reply was kept: it contained a piece of our own email to agents")
        return apply(again(str(err)))
    except Unwritable:
        log.warning("a reply was kept: its email could not be created")
        return apply(again(UNWRITTEN))


@contextmanager
def told() -> Iterator[None]:
    """Report it at the command line, as a UserError."""
    try:
        yield
    except Leaking as err:
        leak = "an agent's reply address" if str(err) == TOKEN else "a piece of a notification"
        raise UserError(f"Nothing was sent: the reply contains {leak}. Remove it.") from err
    except Unwritable as err:
        raise UserError(
            f"Nothing was sent: the email could not be created ({err}); see the log. "
            "`intake template check` checks your templates."
        ) from err
