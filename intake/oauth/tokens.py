"""Access tokens for as long as the desk runs, refreshed by one process at a time.

A new refresh token is durable before the access token beside it is used: with one that rotates, whoever
is killed in between would else have nothing. There is never a way back to a password.
"""

import hashlib
import logging
import secrets
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from intake.config.oauth_keys import OAuthSettings
from intake.desk.text.said import said
from intake.oauth import grants, kept, words
from intake.oauth.providers import TITLES, endpoints
from intake.oauth.sealing import Seals, Unsealable
from intake.oauth.wire import Answer, Ask, Refusal, ask
from intake.ports import Logins, NeedsLogin, NoLogin, Temporary, UserError
from intake.runtime import lease_owner
from intake.runtime.backoff import Backoff
from intake.views import LoginRow

log = logging.getLogger("intake.oauth")

# A token is renewed so long before its end, or in the last quarter of a shorter life.
MARGIN = timedelta(minutes=5)
# No token is valid for as long as this: it was got while the clock was ahead.
LONGEST_LIFE = timedelta(days=2)
# Longer than the one request that is made within it may take (intake/channels/calls.py).
LEASE = timedelta(minutes=2)
# For another process's refresh one waits so long, looking this often (seconds).
WAIT, LOOK = 25.0, 0.2
# Between tries that failed in a way that may pass.
BACKOFF = Backoff((5.0, 30.0, 120.0, 300.0))
# What only a person can put right is tried again after this long: they may have done so elsewhere.
DEAD_AGAIN = timedelta(hours=1)
# A token younger than this that a server refuses is not at fault: another would be refused, too.
YOUNG = timedelta(minutes=5)


class Tokens:
    """The tokens of all accounts of a desk. Use from any thread of any process."""

    def __init__(
        self,
        accounts: Mapping[str, OAuthSettings],
        store: Logins,
        keys: Sequence[bytes],
        clock: Callable[[], datetime],
        ask: Ask = ask,
        wait: Callable[[float], object] = time.sleep,
    ) -> None:
        """`accounts` are the sections [oauth NAME] by name, `keys` those of the key file, newest first."""
        self.accounts, self.store, self._clock = accounts, store, clock
        self._seals, self._ask, self._wait = Seals(keys), ask, wait
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def of(self, name: str) -> "Account | None":
        """Return the access of an account for a channel; None for "", which is no account."""
        return Account(self, name) if name else None

    def token(self, name: str) -> str:
        """Return a token that is valid for minutes. Raises NoLogin, or what the database raises."""
        return self._renewed(name, "")

    def another(self, name: str, refused: str) -> str:
        """Return a token other than one that a server refused, "" where that is younger than YOUNG."""
        row = self.store.get(name)
        if row is not None and self._opened(name, row) == refused:
            now = self._clock()
            if row.refreshed_at is not None and timedelta(0) <= now - row.refreshed_at < YOUNG:
                return ""
        return self._renewed(name, refused)

    def refresh(self, name: str) -> LoginRow:
        """Refresh now, whatever there is, and return what is kept then.

        Raises NoLogin, and Temporary where the database fails.
        """
        row = self.store.get(name)
        self._renewed(name, self._opened(name, row) if row else "", patient=False)
        got = self.store.get(name)
        return got or LoginRow(name)

    def accept(self, name: str, answer: Answer) -> LoginRow:
        """Keep what a person's login gave. Raises UserError where it would not last."""
        grants.expect_lasting(self.accounts[name], answer)
        row = self._granted(LoginRow(name), answer, self._clock())
        self.store.keep(replace(row, obtained_at=row.refreshed_at), None)
        return row

    def lacks(self, name: str, row: LoginRow | None) -> tuple[str, str] | None:
        """Return what keeps us from even asking, and its cure; None where there is nothing."""
        account, cure = self.accounts.get(name), words.login(name)
        if account is None:
            return (
                said("There is no [oauth {name}] in the config", name=name),
                said("Add it, or correct auth"),
            )
        try:
            if not account.person:
                grants.by_itself(account, self._clock())
                return None
            if row is None or not row.sealed:
                return words.of(name, said("nobody has logged in yet")), cure
            if row.bound.partition(":")[0] != self._bound(name).partition(":")[0]:
                another = said("[oauth {name}] is for another login than is kept", name=name)
                return words.of(name, another), cure
            self._seals.open(row.sealed, f"refresh {name}")
        except UserError as err:
            problem, _, rest = str(err).partition(". ")
            return words.of(name, problem), rest
        except Unsealable:
            sealed = said("the login that is kept was sealed with another secret.key")
            return words.of(name, sealed), said("Put that file back, or: {cure}", cure=cure)
        return None

    def problem(self, name: str, row: LoginRow | None) -> tuple[str, str] | None:
        """Return what only a person can put right of an account, and how; None while it is well."""
        lack = self.lacks(name, row)
        if lack is None and row is not None and row.dead and row.bound == self._bound(name):
            return kept.parted(row.error, words.AGAIN)
        return lack

    # -- what is kept ------------------------------------------------------------------

    def _fresh(self, name: str, row: LoginRow | None, refused: str = "", least: bool = False) -> str:
        """Return the token that is kept where it may be used, else "". `least`: up to its very end."""
        if row is None or not row.access or row.expires_at is None or row.refreshed_at is None:
            return ""
        now, life = self._clock(), row.expires_at - row.refreshed_at
        margin = timedelta(0) if least else min(MARGIN, life / 4)
        if not now + margin < row.expires_at <= now + LONGEST_LIFE:
            return ""
        # For another account since: what it opens is not what the config names.
        if row.bound.partition(":")[0] != self._bound(name).partition(":")[0]:
            return ""
        token = self._opened(name, row)
        return "" if token == refused else token

    def _opened(self, name: str, row: LoginRow) -> str:
        try:
            return self._seals.open(row.access, f"access {name}")
        except Unsealable:
            return ""

    def _bound(self, name: str) -> str:
        """Return what a login is for, as a hash, and what proves us, as one that needs our key."""
        account = self.accounts[name]
        where = endpoints(account)
        about = (account.provider, account.flow, account.client_id, account.user, where.token, where.scope)
        proof = [account.client_secret]
        for path in (account.certificate, account.key_file):
            try:
                proof.append(path.read_bytes().hex() if path else "")
            except OSError:
                proof.append("-")
        login = hashlib.sha256("\0".join(about).encode()).hexdigest()[:32]
        return f"{login}:{self._seals.marked(*proof)}"

    # -- refreshing --------------------------------------------------------------------

    def _renewed(self, name: str, refused: str, patient: bool = True) -> str:
        """Refresh, or wait for whoever does. `patient`: not sooner than is due after a failure."""
        owner, begun = lease_owner.name(), time.monotonic()
        with self._locks[name]:
            while True:
                row = self.store.get(name)
                if usable := self._fresh(name, row, refused):
                    return usable
                if (lack := self.lacks(name, row)) is not None:
                    raise NeedsLogin(*lack)
                if patient and row is not None and self._too_soon(name, row):
                    return self._last(name, row, refused, row.error)
                if self.store.lease(name, owner, self._clock(), LEASE):
                    try:
                        token = self._leased(name, refused)
                    finally:
                        self.store.release(name, owner)
                    if token:
                        return token
                    continue
                if row is not None and lease_owner.gone(row.owner):
                    self.store.release(name, row.owner)
                    continue
                if last := self._fresh(name, row, refused, least=True):
                    return last
                if time.monotonic() - begun > WAIT:
                    raise NoLogin(f"Another process has been refreshing account {name} for {WAIT:.0f} s")
                self._wait(LOOK)

    def _too_soon(self, name: str, row: LoginRow) -> bool:
        """Whether the last try failed a moment ago, and nothing was put right in the config since."""
        if not row.failures or row.tried_at is None or row.bound != self._bound(name):
            return False
        rest = DEAD_AGAIN if row.dead else BACKOFF.rest(row.failures)
        return timedelta(0) <= self._clock() - row.tried_at < rest

    def _last(self, name: str, row: LoginRow, refused: str, error: str) -> str:
        """Return the token that is kept up to its very end. Raises what keeps us from a new one."""
        if last := self._fresh(name, row, refused, least=True):
            return last
        raise (NeedsLogin if row.dead else NoLogin)(*kept.parted(error, words.AGAIN))

    def _leased(self, name: str, refused: str) -> str:
        """Refresh while nobody else does. "": what was kept is another by now, so look again."""
        row = self.store.get(name) or LoginRow(name)
        if usable := self._fresh(name, row, refused):
            return usable
        now = self._clock()
        try:
            answer = self._asked(name, row, now)
            token = answer.text("access_token")
            if not token:
                server = TITLES[self.accounts[name].provider]
                raise Temporary(said("{server} answered without a token", server=server))
        except Refusal as err:
            refusal = words.told(err, name, self.accounts[name], now)
            error = kept.written(words.of(name, refusal.what), refusal.cure)
            return self._failed(row, error, not refusal.passing, refused)
        except Temporary as err:
            error = kept.written(words.of(name, err.args[0]), words.AGAIN)
            return self._failed(row, error, False, refused)
        # Durable first: what rotates is worth nothing any more once this was answered.
        if not self.store.keep(self._granted(row, answer, now), row.mark):
            return ""
        log.info("token refreshed", extra={"account": name})
        return token

    def _asked(self, name: str, row: LoginRow, now: datetime) -> Answer:
        """Ask for a token; with a proof that is refused once more, signed by the server's clock where ours is
        another. Raises Refusal, Temporary."""
        where = endpoints(self.accounts[name]).token
        try:
            return self._ask(where, self._form(name, row, now))
        except Refusal as err:
            wrong = words.clock(err, now)
            if not wrong or err.server_time is None or not self.accounts[name].proves:
                raise
            log.warning("%s. %s", wrong, words.SET_CLOCK, extra={"account": name})
            return self._ask(where, self._form(name, row, err.server_time))

    def _form(self, name: str, row: LoginRow, now: datetime) -> Mapping[str, str]:
        account = self.accounts[name]
        if not account.person:
            return self._by_itself(name, now)
        return grants.refreshing(account, self._seals.open(row.sealed, f"refresh {name}"))

    def _by_itself(self, name: str, now: datetime) -> Mapping[str, str]:
        """Return the form of a flow without a person. Raises UserError that names the account."""
        try:
            return grants.by_itself(self.accounts[name], now)
        except UserError as err:
            raise UserError(f"[oauth {name}] {err}") from err

    def _granted(self, row: LoginRow, answer: Answer, now: datetime) -> LoginRow:
        """Return the row with what was granted; an old refresh token stays, sealed with the newest key."""
        name, account = row.name, self.accounts[row.name]
        refresh = answer.text("refresh_token")
        if not refresh and row.sealed:
            refresh = self._seals.open(row.sealed, f"refresh {name}")
        life = timedelta(seconds=answer.seconds("expires_in")) or grants.USUAL_LIFE
        return LoginRow(
            name,
            secrets.token_hex(8),
            sealed=self._seals.seal(refresh if account.person else "", f"refresh {name}"),
            access=self._seals.seal(answer.text("access_token"), f"access {name}"),
            bound=self._bound(name),
            expires_at=now + life,
            refreshed_at=now,
            obtained_at=row.obtained_at or now,
            dies_at=grants.ends(account, answer, now, row.dies_at),
        )

    def _failed(self, row: LoginRow, error: str, dead: bool, refused: str) -> str:
        """Write down a failure; return the old token where it still holds, "" where another was got
        meanwhile. Raises NoLogin."""
        after = replace(
            row,
            mark=secrets.token_hex(8),
            error=error,
            tried_at=self._clock(),
            failures=row.failures + 1,
            dead=dead,
            bound=self._bound(row.name),
        )
        if not self.store.keep(after, row.mark):
            return ""
        log.warning(
            "an account cannot be refreshed: %s",
            ". ".join(kept.parted(error, words.AGAIN)),
            extra={"account": row.name, "dead": dead},
        )
        return self._last(row.name, after, refused, error)


@dataclass(frozen=True, slots=True)
class Account:
    """The access of one account, as a channel has it (`intake.ports.Access`)."""

    tokens: Tokens
    name: str

    def token(self) -> str:
        """Return an access token that is valid for minutes at least.

        Raises NoLogin, and Temporary where the database fails.
        """
        return self.tokens.token(self.name)

    def another(self, refused: str) -> str:
        """Return another token after a server refused this one, "" where none is to be had now."""
        return self.tokens.another(self.name, refused)
