"""The config as it may lie in a backup: what is known to be harmless by its key, and nothing else.

Striking out what looks like a secret forgets one sooner or later: in a comment, in a key of
somebody else's channel, behind an @ in a URL. So the copy is written anew.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from intake.channels.registry import NoChannel, channel_type
from intake.config.keys import Key, keys_of
from intake.config.mailboxes import MAILBOX_COMMON, kind_of
from intake.config.sections import NAMED, ONCE, SECTIONS

LEFT_OUT = "# left out of the backup: "
# A name of a user, a password, a host (or none), a path and a query, each without what ends another.
_URL = re.compile(
    r"(?P<scheme>[a-z+]+)://(?:(?P<user>[\w.~%+-]*)(?P<password>:[^@/?#\s]*)?@)?(?P<place>[\w.:\[\]-]*)"
    r"(?P<path>/[^@?#\s]*)?(?:\?(?P<query>[^@#\s]*))?"
)
# The line of a secret that was taken out of use, and forgotten; not one that says where a secret lies.
_REMARK = re.compile(
    r"(?im)^\s*[#;]\s*\w*(password|passwd|secret|token|webhook|api_?key)(?<!_file)(?<!_env)\s*=\s*\S"
)
# What libpq and redis-py take in a query and is no secret.
_QUERY = frozenset(("application_name", "connect_timeout", "db", "host", "port", "sslmode", "sslrootcert"))


def config_copy(sections: Mapping[str, Mapping[str, str]]) -> str:
    """Return the text of a config with these sections, without secrets and without remarks.

    `sections` are those of `intake.config.settings.written`. What is left out is named in a remark.
    """
    return "\n".join("".join(_section(full, values)) for full, values in sections.items())


def holds_secrets(sections: Mapping[str, Mapping[str, str]], text: str) -> bool:
    """Whether a config holds what nobody else may read: values that are left out of a copy, or remarks.

    `text` is the file as it stands. A remark that looks like the line of a password counts as one.
    """
    kept = config_copy(sections)
    lost = LEFT_OUT in kept or any(
        value.strip() != kept_value
        for full, values in sections.items()
        for name, value in values.items()
        if "://" in value and (kept_value := _harmless(name, value, {k.name: k for k in _keys(full, values)}))
    )
    return lost or _REMARK.search(text) is not None


def _section(full: str, values: Mapping[str, str]) -> Iterator[str]:
    keys = {key.name: key for key in _keys(full, values)}
    if not keys:
        yield f"{LEFT_OUT}[{full}]\n"
        return
    yield f"[{full}]\n"
    for name, text in values.items():
        harmless = _harmless(name, text, keys)
        if harmless is None:
            yield f"{LEFT_OUT}{name}\n"
            continue
        lines = [line.strip() for line in harmless.split("\n") if line.strip()]
        yield f"{name} = {(chr(10) + '    ').join(lines)}".rstrip() + "\n"


def _keys(full: str, values: Mapping[str, str]) -> tuple[Key[Any], ...]:
    """Return the keys that are known of a section; of one that is not known, none."""
    kind, _, name = full.partition(" ")
    if kind == "mailbox" and name:
        # Where nobody says which keys somebody else's channel has, none is known to be harmless.
        try:
            return keys_of(channel_type(kind_of(values)).settings)
        except NoChannel:
            return MAILBOX_COMMON
    return SECTIONS.get(kind, ()) if kind in (NAMED if name else ONCE) else ()


def _harmless(name: str, text: str, keys: Mapping[str, Key[Any]]) -> str | None:
    """Return the value as it may be kept, None when it may not."""
    for ending in ("_file", "_env"):
        # Where a secret lies is none.
        bare = keys.get(name.removesuffix(ending))
        if name.endswith(ending) and bare is not None and bare.secret:
            return text
    key = keys.get(name)
    if not text.strip():
        return ""
    if key is None or key.secret:
        return None
    address = name == "url" or ("://" in text and ("@" in text or "?" in text))
    return _without_password(text.strip()) if address else text


def _without_password(url: str) -> str | None:
    """Return a URL without its password; None for one of which it cannot be said where that ends."""
    match = _URL.fullmatch(url)
    if match is None:
        return None
    # Redis takes a name alone for a password.
    user = f"{match['user']}@" if match["user"] and match["scheme"] == "postgresql" else ""
    query = "&".join(part for part in (match["query"] or "").split("&") if part.partition("=")[0] in _QUERY)
    rest = f"?{query}" if query else ""
    return f"{match['scheme']}://{user}{match['place']}{match['path'] or ''}{rest}"
