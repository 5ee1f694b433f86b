"""What an admin does at the command line, or a requester on a page: in one transaction, past the guard."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from intake.desk.effects import Effect
from intake.desk.guard.policy import Need
from intake.desk.message import Message
from intake.desk.rules.guarding import Held
from intake.ports import Applied, UserError
from intake.service import guarded, last_gate
from intake.service.composing import Unwritten
from intake.service.confirming import Confirmation, Confirmed, Confirming
from intake.service.deciding import Deciding


@dataclass(frozen=True, slots=True)
class Acting:
    """Over one desk. `parse` reads an email."""

    deciding: Deciding
    parse: Callable[[bytes], Message]

    def act(self, effects: Sequence[Effect]) -> tuple[Applied, list[Unwritten]]:
        """Apply effects; return also the mails that could not be written. Raises UserError where an answer in
        them must not leave as it is: then it is kept as a draft, where it can be."""
        return self._acted(lambda: (effects, Need.NOTHING), keep=True)

    def confirm(self, asked: Confirmation) -> tuple[Confirmed, Applied, list[Unwritten]]:
        """Send a draft; return it. Raises UserError with the reason where it cannot be sent."""
        deciding = self.deciding
        confirming = Confirming(deciding, self.parse)
        original, done = confirming.original(asked), list[Confirmed]()

        def decided() -> tuple[Sequence[Effect], Need]:
            confirmed, effects = confirming.decide(asked, original)
            done.append(confirmed)
            return effects, asked.worth(
                confirmed.agent, confirmed.author, deciding.store.agents.by_id().values()
            )

        applied, unwritten = self._acted(decided, keep=False)
        return done[0], applied, unwritten

    def _acted(
        self, decided: Callable[[], tuple[Sequence[Effect], Need]], keep: bool
    ) -> tuple[Applied, list[Unwritten]]:
        deciding, refusal = self.deciding, ""
        with last_gate.told(), deciding.store.transaction():
            effects, released = decided()
            try:
                made = deciding.conclude(effects, deciding.clock(), released)
            except Held as err:
                made = deciding.conclude(guarded.as_draft(effects), deciding.clock()) if keep else []
                refusal = guarded.in_words(err.verdict, bool(made) or not keep, guarded.ticket_of(effects))
            applied, unwritten = deciding.apply(made)
        if refusal:
            raise UserError(refusal)
        return applied, unwritten
