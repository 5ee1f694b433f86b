"""Secrets of second factors at rest: sealed as tokens of mail accounts are, under keys of their own."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING

from intake.ports import UserError

if TYPE_CHECKING:
    from intake.oauth.sealing import Seals


def factor_seals(keys: Sequence[bytes]) -> tuple[Callable[[str, str], str], Callable[[str, str], str]]:
    """Return what seals a secret, and what opens it; both take what it belongs to. `keys`: newest first.

    Opening raises UserError where the key that sealed it is not here.
    """

    @cache
    def seals() -> "Seals":
        # Loaded with the first factor: 6 MB in each process, which most desks have no use for.
        from intake.oauth.sealing import Seals

        return Seals(keys, b"intake second factors 1")

    def seal(secret: str, about: str) -> str:
        return seals().seal(secret, about)

    def unseal(sealed: str, about: str) -> str:
        from intake.oauth.sealing import Unsealable

        try:
            return seals().open(sealed, about)
        except Unsealable:
            raise UserError(
                "The second factor was sealed under a key that is not in secret.key. Put that key back, or "
                "give the agent another factor: `intake agent factor`."
            ) from None

    return seal, unseal
