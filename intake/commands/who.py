"""Who sits at the keyboard, as the kernel knows it: no option and no environment makes another of them."""

import os
import pwd
import sys
from pathlib import Path

# What /proc/self/loginuid holds where nobody logged in, as in a service (audit(8)): (uid_t)-1.
_UNSET = 4294967295


def login() -> str:
    """Return the name of the user whose process this is; "uid N" where that number has no name."""
    return _name(os.getuid()) or f"uid {os.getuid()}"


def first_login() -> str:
    """Return the name of who logged in first, which sudo and su leave as it is; else as `login` does."""
    first = _first_login()
    return login() if first is None else _name(first) or f"uid {first}"


def by_hand() -> str:
    """Return the authority of what is done at the command line, with who does it.

    That is the user of the process and, where they are known: who logged in first (which sudo and su
    leave as it is), whom sudo says it ran for, and the terminal. Only the last but one can be made up by
    whom it names, for it is a word of the environment.
    """
    said = [f"uid {_named(os.getuid())}"]
    first = _first_login()
    if first is not None:
        said.append(f"logged in as {_named(first)}")
    sudo = os.environ.get("SUDO_UID", "")
    if sudo.isdigit() and len(sudo) <= 10:
        said.append(f"sudo by {_named(int(sudo))}")
    terminal = _terminal()
    if terminal:
        said.append(terminal)
    return f"command line ({', '.join(said)})"


def _first_login() -> int | None:
    try:
        number = int(Path("/proc/self/loginuid").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
    return None if number == _UNSET else number


def _terminal() -> str:
    for stream in (sys.stdin, sys.stderr):
        try:
            return os.ttyname(stream.fileno()).removeprefix("/dev/")
        except (OSError, ValueError, AttributeError):
            continue
    return ""


def _named(number: int) -> str:
    name = _name(number)
    return f"{number} {name}" if name else str(number)


def _name(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except (KeyError, OverflowError):
        return ""
