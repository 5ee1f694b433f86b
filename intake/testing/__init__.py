"""What tests, benchmarks and the demo share: Dovecot, pymap and an SMTP sink on loopback, and the
parser as those who score it call it. No pytest in here.

>>> with dovecot() as server:
...     imap_append(server, "support", b"Subject: hello\\r\\n\\r\\nhello\\r\\n")
"""

from intake.testing.dovecot import Dovecot, dovecot
from intake.testing.imap import (
    ImapServer,
    Pymap,
    Stored,
    imap_append,
    imap_connect,
    imap_create,
    imap_messages,
    pymap_server,
)
from intake.testing.scoring import score_parse
from intake.testing.sink import HANG_UP, Delivery, SinkServer
from intake.testing.tools import Unavailable, free_port, wait_until

__all__ = [
    "HANG_UP",
    "Delivery",
    "Dovecot",
    "ImapServer",
    "Pymap",
    "SinkServer",
    "Stored",
    "Unavailable",
    "dovecot",
    "free_port",
    "imap_append",
    "imap_connect",
    "imap_create",
    "imap_messages",
    "pymap_server",
    "score_parse",
    "wait_until",
]
