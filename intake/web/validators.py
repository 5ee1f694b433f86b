"""Whether an answer can be what a question of the config asks for. Pure."""

import re
from collections.abc import Callable, Sequence

from intake.desk.sensitive import chains
from intake.desk.triage.whole_match import whole

# 4.12.0, v2.1-beta.3, 10.0.19045 (22H2): what people copy from a page called "About".
_VERSION = re.compile(r"[vV]?\d{1,6}(\.\d{1,6}){0,5}([-+ .]?\(?[0-9A-Za-z.+-]{1,30}\)?)?")
_NUMBER = re.compile(r"[-+]?\d{1,30}([.,]\d{1,30})?")

_KINDS: dict[str, Callable[[str, Sequence[str], str], bool]] = {
    "wallet": lambda value, wanted, _: chains.is_address(value, wanted),
    "hash": lambda value, wanted, _: chains.is_hash(value, wanted),
    "version": lambda value, _, __: _VERSION.fullmatch(value) is not None,
    "number": lambda value, _, __: _NUMBER.fullmatch(value) is not None,
    # The admin's own pattern, through the one gate for all of them.
    "pattern": lambda value, _, pattern: whole(pattern).matches(value),
}


def fits(kind: str, value: str, wanted: Sequence[str] = (), pattern: str = "") -> bool:
    """Whether `value`, one clean line, is of that kind; `wanted` are the chains, none: any of them."""
    return _KINDS[kind](value, wanted, pattern)


def secret(kind: str, value: str) -> bool:
    """Whether the answer is something that must never be sent, such as a private key for an address."""
    return kind == "wallet" and chains.is_secret(value)
