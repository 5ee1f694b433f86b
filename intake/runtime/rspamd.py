"""Asking rspamd about a mail: its `POST /checkv2` (rspamd.com/doc/developers/protocol.html), on loopback.

For desks whose mail server writes no verdict into a mail. It never keeps a mail: without an answer there is
no verdict.
"""

import http.client
import json
import logging
import math
import time
from collections.abc import Callable
from urllib.parse import urlsplit

log = logging.getLogger("intake.runtime.rspamd")

# An ordinary mail takes tens of milliseconds; how long it is not asked after it gave no answer.
SECONDS, PAUSE_SECONDS = 2.0, 30.0
_LONGEST_ANSWER = 1 << 20
# Larger mails are never spam, and take long (rspamd's own default for what it scans).
_LARGEST = 50 << 20


class Rspamd:
    """A filter at `url`, such as http://127.0.0.1:11333."""

    def __init__(
        self, url: str, seconds: float = SECONDS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._url, self._seconds, self._clock = urlsplit(url), seconds, clock
        self._paused_until = -math.inf

    def __call__(self, raw: bytes) -> str:
        """Return by which verdict a mail is spam, "" for none or without an answer. Never raises."""
        if len(raw) > _LARGEST or self._clock() < self._paused_until:
            return ""
        try:
            action = self._action(raw)
        except (OSError, ValueError, http.client.HTTPException) as err:
            log.warning("rspamd gave no verdict: %s", type(err).__name__)
            self._paused_until = self._clock() + PAUSE_SECONDS
            return ""
        # What reads mail takes long to load, and few desks ask.
        from intake.mail.spam_verdict import RSPAMD_SPAM

        return f"rspamd: {action}" if action in RSPAMD_SPAM else ""

    def _action(self, raw: bytes) -> str:
        kind = http.client.HTTPSConnection if self._url.scheme == "https" else http.client.HTTPConnection
        line = kind(self._url.hostname or "", self._url.port or 11333, timeout=self._seconds)
        try:
            line.request("POST", "/checkv2", raw, {"Content-Type": "message/rfc822"})
            answer = line.getresponse()
            read = answer.read(_LONGEST_ANSWER)
        finally:
            line.close()
        if answer.status != http.client.OK:
            raise OSError(f"rspamd answered {answer.status}")
        said = json.loads(read)
        action = said.get("action") if isinstance(said, dict) else None
        if not isinstance(action, str):
            raise ValueError("rspamd named no action")
        return action


def asking(url: str) -> Callable[[bytes], str]:
    """Return what says by which verdict of the rspamd at `url` a mail is spam; "": nobody is asked."""
    return Rspamd(url) if url else lambda raw: ""
