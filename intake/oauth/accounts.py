"""The accounts of a desk. What they need is loaded when the first is asked for: most desks have none."""

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from intake.config.oauth_keys import OAuthSettings
from intake.ports import Access, Logins

if TYPE_CHECKING:
    from intake.oauth.tokens import Tokens


# The key of the trouble that an account cannot be logged in to begins so.
TROUBLE = "oauth "


class Accounts:
    """The sections [oauth NAME] of one desk. Use from any thread."""

    def __init__(
        self,
        sections: Mapping[str, OAuthSettings],
        store: Logins,
        keys: Sequence[bytes],
        clock: Callable[[], datetime],
    ) -> None:
        self.sections = sections
        self._store, self._keys, self._clock = store, keys, clock
        self._tokens: Tokens | None = None
        self._making = threading.Lock()

    def access(self, name: str) -> Access | None:
        """Return what gives the tokens of [oauth NAME], None for "", which is a password."""
        return self.tokens().of(name) if name else None

    def tokens(self) -> "Tokens":
        """Return the tokens of all accounts: the threads of a process wait for each other in them."""
        with self._making:
            if self._tokens is None:
                from intake.oauth.tokens import Tokens

                self._tokens = Tokens(self.sections, self._store, self._keys, self._clock)
            return self._tokens
