"""What the checks of channels share: how a finding looks, a port that may be had, mail in the clear."""

import errno
import socket
from typing import NamedTuple

from intake.config.converters import HERE


class Looked(NamedTuple):
    """What a check looked at: the key it is about, what was found, the cure, and how bad it is.

    `level` is ok, warning or problem. A channel may as well return plain tuples of the first three.
    """

    key: str
    what: str
    cure: str = ""
    level: str = "problem"


def port_free(host: str, number: int) -> Looked:
    """Return whether this user may listen there. A port in use is a warning: the desk may run."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, number))
    except socket.gaierror:
        text = f"{host!r} is not an address of this machine"
        return Looked("host", text, "Write an IP address, like 127.0.0.1 or 0.0.0.0")
    except OSError as err:
        if err.errno == errno.EADDRINUSE:
            cure = "Normal while intake runs; if it does not, choose another port"
            return Looked("port", f"{host}:{number} is already in use", cure, "warning")
        text = f"cannot listen on {host}:{number}: {err.strerror or err}"
        return Looked("port", text, "Choose another host or port")
    return Looked("port", f"{host}:{number} is free", level="ok")


def in_the_clear(host: str, security: str) -> list[Looked]:
    """Return a warning where mail and password go over the net as anybody can read them."""
    if security != "none" or host in HERE:
        return []
    text = f"mail and password are sent to {host} unencrypted"
    return [Looked("security", text, "Set security = tls or starttls", "warning")]
