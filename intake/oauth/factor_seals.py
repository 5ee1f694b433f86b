"""Secrets of second factors at rest: sealed as tokens of mail accounts are, under keys of their own."""

from collections.abc import Callable, Sequence

from intake.oauth.sealing import Seals, Unsealable
from intake.ports import UserError


def factor_seals(keys: Sequence[bytes]) -> tuple[Callable[[str, str], str], Callable[[str, str], str]]:
    """Return what seals a secret, and what opens it; both take what it belongs to. `keys`: newest first.

    Opening raises UserError where the key that sealed it is not here.
    """
    seals = Seals(keys, b"intake second factors 1")

    def unseal(sealed: str, about: str) -> str:
        try:
            return seals.open(sealed, about)
        except Unsealable:
            raise UserError(
                "The second factor was sealed under a key that is not in secret.key. Put that key back, or "
                "give the agent another factor: `intake agent factor`."
            ) from None

    return seals.seal, unseal
