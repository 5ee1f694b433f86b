"""The part of `intake check` that tells whether a port is free, or who listens on it already."""

import errno
import http.client
import socket
from contextlib import closing
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from intake.commands.check.findings import Finding

if TYPE_CHECKING:
    from intake.config.sections import WebSettings

# Seconds for a server on this machine to answer.
PATIENCE = 2.0


def port(section: str, host: str, number: int) -> Finding:
    """Return whether this user may listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, number))
    except socket.gaierror:
        what = f"{host!r} is not an address of this machine"
        return Finding("problem", section, "host", what, "Write an IP address, like 127.0.0.1 or 0.0.0.0")
    except OSError as err:
        if err.errno == errno.EADDRINUSE:
            cure = "Normal while intake runs; if it does not, choose another port"
            return Finding("warning", section, "port", f"{host}:{number} is already in use", cure)
        what = f"cannot listen on {host}:{number}: {err.strerror or err}"
        return Finding("problem", section, "port", what, "Choose another host or port")
    return Finding("ok", section, "port", f"{host}:{number} is free")


def web_port(web: "WebSettings") -> Finding:
    """Return whether the web form's port is free, or the form is served there already."""
    found = port("web", web.host, web.port)
    if found.level == "warning" and _answers(web):
        return Finding("ok", "web", "port", f"the desk answers at {web.host}:{web.port}")
    return found


def _answers(web: "WebSettings") -> bool:
    """Whether our web form answers /healthz there; it is served below the path of its base_url."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(web.host, web.host)
    path = urlsplit(web.base_url).path.rstrip("/")
    try:
        with closing(http.client.HTTPConnection(host, web.port, timeout=PATIENCE)) as client:
            client.request("GET", f"{path}/healthz")
            answer = client.getresponse()
            return answer.status == 200 and answer.read(16) == b"ok\n"
    except (OSError, http.client.HTTPException, ValueError):
        return False
