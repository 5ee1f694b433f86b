"""What the tests of the form's server share: a post as a browser makes it, and sending it."""

import contextlib
import http.client
import re
from typing import Any

from web_desk import Running

GOOD = {"name": "Ada", "email": "ada@example.com", "subject": "Cannot log in", "message": "It says no."}


def body_of(fields: dict[str, str], *files: bytes, name: str = "a.bin") -> bytes:
    """A multipart/form-data body with the boundary b."""
    parts = [f'name="{key}"\r\n\r\n{value}'.encode() for key, value in fields.items()]
    parts += [f'name="files"; filename="{name}"\r\n\r\n'.encode() + file for file in files]
    return (
        b"".join(b"--b\r\nContent-Disposition: form-data; " + part + b"\r\n" for part in parts) + b"--b--\r\n"
    )


def opened(running: Running) -> str:
    """The token of a form opened ten seconds ago."""
    found = re.search(r'name="token" value="([^"]+)"', running.get())
    assert found
    running.desk.clock.forward(seconds=10)
    return found[1]


def send(running: Running, body: Any, path: str = "/", **headers: str) -> tuple[int, str]:
    """Post on a connection of its own; the status and the page."""
    link = http.client.HTTPConnection("127.0.0.1", running.port, timeout=30)
    with contextlib.closing(link):
        kind = {"Content-Type": "multipart/form-data; boundary=b"}
        link.request("POST", path, body, {**kind, **{k.replace("_", "-"): v for k, v in headers.items()}})
        answer = link.getresponse()
        return answer.status, answer.read().decode()
