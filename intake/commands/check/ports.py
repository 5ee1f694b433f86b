"""The part of `intake check` that looks whether the form's port can be listened on, or who does already."""

import http.client
from contextlib import closing
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from intake.channels.checking import port_free
from intake.commands.check.findings import Finding

if TYPE_CHECKING:
    from intake.config.sections import WebSettings

# Seconds for a server on this machine to answer.
PATIENCE = 2.0


def web_port(web: "WebSettings") -> Finding:
    """Return whether the form can be served at its port, or is served there already."""
    found = port_free(web.host, web.port)
    if found.level == "warning" and _answers(web):
        return Finding("ok", "web", "port", f"the desk answers at {web.host}:{web.port}")
    return Finding(found.level, "web", found.key, found.what, found.cure)


def _answers(web: "WebSettings") -> bool:
    """Whether a web form of ours answers /healthz there; the form stands below the path of its base_url."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(web.host, web.host)
    path = urlsplit(web.base_url).path.rstrip("/")
    try:
        with closing(http.client.HTTPConnection(host, web.port, timeout=PATIENCE)) as client:
            client.request("GET", f"{path}/healthz")
            answer = client.getresponse()
            return answer.status == 200 and answer.read(16) == b"ok\n"
    except (OSError, http.client.HTTPException, ValueError):
        return False
