"""The part of `intake check` that tells whether the form's port is free, or who listens on it already."""

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
    """Return whether the web form's port is free, or the form is served there already."""
    finding = port_free(web.host, web.port)
    if finding.level == "warning" and _answers(web):
        return Finding("ok", "web", "port", f"the desk answers at {web.host}:{web.port}")
    return Finding(finding.level, "web", finding.key, finding.what, finding.cure)


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
