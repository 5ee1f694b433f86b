"""Keeping accounts fresh by the clock, and telling people what only they can put right.

A token that was revoked ends no connection that stands: a mailbox looks healthy for hours (IDLE). So each
account is refreshed when it is due, whether or not anything asks for its token, and a person is told by
mail and by the webhook, which does not hang on the account. What ends by itself is told before.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from intake.config.sections import Settings
from intake.desk.text.said import joined, said
from intake.oauth.accounts import TROUBLE, Accounts
from intake.oauth.standing import PASSES, Standing, State, standings
from intake.ports import NoLogin, OwedPage, Permanent, Post, Store, Temporary

log = logging.getLogger("intake.oauth")

# The webhook is called again after this long, for as long as it lasts.
AGAIN = timedelta(days=1)


class Tells(Protocol):
    """How people are told (`intake.service.troubles.Teller`)."""

    def met(self, key: str, text: str, now: datetime) -> Sequence[int]:
        """Say that `key` went wrong once more; return the mails that tell of it."""

    def once(self, key: str, text: str, now: datetime) -> Sequence[int]:
        """Tell of something that is to come, once; return the mails that tell of it."""

    def over(self, key: str) -> None:
        """Say that it goes well again."""

    def present(self, now: datetime) -> set[str]:
        """Return the keys of what goes wrong at present."""


class Keeper:
    """Looks after the accounts of a desk. For one thread."""

    def __init__(
        self,
        settings: Settings,
        accounts: Accounts,
        store: Store,
        tells: Tells,
        clock: Callable[[], datetime],
        post: Post | None = None,
        wake: Callable[[Sequence[int]], object] = lambda ids: None,
    ) -> None:
        """`post` calls the webhook, None where there is none; `wake` is told the mails that became due."""
        self._settings, self._accounts, self._store = settings, accounts, store
        self._tells, self._clock, self._post, self._wake = tells, clock, post, wake
        self._paged: dict[str, datetime] = {}
        self._told: set[str] = set()

    def look(self) -> None:
        """Refresh what is due, tell of what fails or ends soon. Raises Temporary where the database fails."""
        tokens = self._accounts.tokens()
        for standing in standings(self._settings, tokens):
            if standing.used_by:
                self._refresh(standing.name)
        now = self._clock()
        for standing in standings(self._settings, tokens):
            if standing.used_by:
                self._tell(standing, now)
                self._ahead(standing, now)

    def _refresh(self, name: str) -> None:
        try:
            self._accounts.tokens().token(name)
        except NoLogin as err:
            log.debug("an account has no token", extra={"account": name, "reason": err.problem})

    def _tell(self, standing: Standing, now: datetime) -> None:
        key = f"{TROUBLE}{standing.name}"
        if standing.state is State.OK or not _worth_telling(standing, now):
            if standing.state is State.OK:
                self._paged.pop(key, None)
                if key in self._tells.present(now):
                    self._tells.over(key)
                    self._store.upkeep.record_audit("intake", f"account {standing.name} works again", now)
            return
        if key not in self._tells.present(now):
            self._store.upkeep.record_audit("intake", f"account {standing.name} cannot be logged in to", now)
        self._wake(self._tells.met(key, _text(standing), now))
        self._page(key, standing, now)

    def _page(self, key: str, standing: Standing, now: datetime) -> None:
        last = self._paged.get(key)
        if self._post is None or (last is not None and timedelta(0) <= now - last < AGAIN):
            return
        details = {
            "event": "login",
            "account": standing.name,
            "problem": standing.problem,
            "cure": standing.cure,
            "used_by": ", ".join(standing.used_by),
            "waits": "all mail" if standing.sends else ", ".join(standing.brands),
        }
        # After a new start the same call may come once more: its key says that it is the same.
        since = standing.row.obtained_at
        login = f"{since:%Y%m%d%H%M%S}" if since else "-"
        call = OwedPage(0, f"{key}:{login}:{now:%Y%m%d}", 0, details, 1, now)
        try:
            self._post(call)
        except Temporary as err:
            log.warning("the webhook was not reached", extra={"account": standing.name, "reason": str(err)})
            return
        except Permanent as err:
            log.error("the webhook refused", extra={"account": standing.name, "reason": str(err)})
        self._paged[key] = now

    def _ahead(self, standing: Standing, now: datetime) -> None:
        for end in standing.ends:
            step = end.step(now)
            if step is None:
                continue
            ending, effect = end.text(standing.name, now), _effect(standing)
            text = said("{end}. {cure}. After that: {effect}.", end=ending, cure=end.cure, effect=effect)
            key = f"oauth:{standing.name}:{end.kind}:{end.at:%Y-%m-%d}:{step}"
            if (today := f"{key}:{now:%Y%m%d}") not in self._told:
                self._told = {day for day in self._told if day.endswith(f"{now:%Y%m%d}")} | {today}
                self._wake(self._tells.once(key, text, now))


def _worth_telling(standing: Standing, now: datetime) -> bool:
    """Whether a person is needed, or it has lasted: what may pass is told when no token is left for long."""
    if standing.out:
        return True
    expired = standing.row.expires_at
    return expired is None or now - expired >= PASSES


def _text(standing: Standing) -> str:
    problem, cure, effect = standing.problem, standing.cure, _effect(standing)
    return said("{problem}. {cure}. Until then: {effect}.", problem=problem, cure=cure, effect=effect)


def _effect(standing: Standing) -> str:
    """Return what does not work without the account."""
    boxes = [name for name in standing.used_by if name.partition(" ")[0] != "smtp"]
    effects = [said("{boxes} is not read", boxes=", ".join(boxes))] if boxes else []
    if standing.sends:
        effects.append(said("no mail is sent, this one too, and nothing is lost"))
    elif standing.brands:
        effects.append(
            said("no mail of {brands} is sent, and nothing is lost", brands=", ".join(standing.brands))
        )
    return joined(effects, "; ")
