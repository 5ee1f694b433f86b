"""A key of the config, declared once: as the field of the frozen dataclass that holds its section.

The field says the name, the type, how the text is read, the default and whether it is a secret. The
reader, the copy in a backup, `intake check` and the tests of the documentation go by `keys_of`.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Any, Generic, TypeVar, cast

from intake.config.converters import BadValue, Converter, as_flag, as_number, as_text, one_of

T = TypeVar("T")

# What the metadata of a field may hold.
_DECLARED, _PART = "key", "part"
# What stands for a missing key that has no default and is not just any text.
_STANDS_IN = {"address": "desk@localhost"}


@dataclass(frozen=True, slots=True)
class Key(Generic[T]):
    """One key: its name, how its text is read, and the text of its default (None: it must be set)."""

    name: str
    convert: Converter[T]
    default: str | None = None
    secret: bool = False

    def stand_in(self) -> T:
        """Return what stands for a value that could not be read: the default, or what reads like a value."""
        text = _STANDS_IN.get(self.name, "-") if self.default is None else self.default
        try:
            return self.convert(text)
        except BadValue:
            # A number that must be set, say, of somebody else's channel.
            return cast(T, None)


def key(
    convert: Converter[T],
    default: str | None = None,
    *,
    secret: bool = False,
    shown: bool = True,
    name: str = "",
) -> T:
    """Declare a key: a field of a section, of the type that `convert` returns.

    `default` is its text in the INI file; without one the key must be set. A secret never shows in the
    section's repr, nor does a value that may hold one (`shown` is False): a URL with a password in it.
    `name` is the key's, where it is not the field's.
    """
    metadata = {_DECLARED: Key(name, convert, default, secret)}
    visible = shown and not secret
    if default is None:
        return cast(T, field(repr=visible, metadata=metadata))
    text = default
    return field(repr=visible, metadata=metadata, default_factory=lambda: convert(text))


def part(section: type[T]) -> T:
    """Declare a field that holds a dataclass of its own, whose keys stand in the same section."""
    return field(default_factory=section, metadata={_PART: section})


def keys_of(section: type[Any]) -> tuple[Key[Any], ...]:
    """Return the keys of a section in the order of its fields, those of its parts among them.

    A dataclass of the desk, which knows no config, says by its metadata what a field may hold: the
    bounds of a number or the choices of a word (see `intake.desk.policy`).
    """
    keys: list[Key[Any]] = []
    for member in fields(section):
        if _PART in member.metadata:
            keys += keys_of(member.metadata[_PART])
        elif (declared := _key_of(member)) is not None:
            keys.append(declared)
    return tuple(keys)


def made(section: type[T], values: Mapping[str, Any], /, **more: Any) -> T:
    """Return a section of the values of its keys, by their names; `more` are the fields that are no keys."""
    for member in fields(cast(Any, section)):
        if _PART in member.metadata:
            more[member.name] = made(member.metadata[_PART], values)
        elif (declared := _key_of(member)) is not None:
            more[member.name] = values[declared.name]
    return section(**more)


def _key_of(member: Field[Any]) -> Key[Any] | None:
    declared: Key[Any] | None = member.metadata.get(_DECLARED)
    if declared is not None:
        return Key(declared.name or member.name, declared.convert, declared.default, declared.secret)
    if member.default is MISSING:
        return None
    text = ("no", "yes")[member.default] if isinstance(member.default, bool) else str(member.default)
    return Key(member.name, _converter(member), text)


def _converter(member: Field[Any]) -> Callable[[str], Any]:
    if isinstance(member.default, bool):
        return as_flag
    if "most" in member.metadata:
        return as_number(member.metadata["least"], member.metadata["most"])
    if "choices" in member.metadata:
        return one_of(*member.metadata["choices"])
    if isinstance(member.default, str):
        return as_text
    raise TypeError(f"{member.name}: nothing says how it is read. Declare it with key(...)")
