"""The bare loop: the least that any desk must do for each message, and nothing else.

One process, one thread: FETCH in batches over IMAP, parse with the standard library,
write the raw file and fsync it, one durable SQLite transaction, build one
acknowledgement and send it over a connection that stays open. No charset is mended,
no quote cut, no thread found, no loop avoided: every message is acknowledged.
"""

import email
import email.message
import os
import smtplib
import sqlite3
import time
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from imapclient import IMAPClient

BATCH = 50


@dataclass(frozen=True, slots=True)
class Cost:
    """What `count` messages took: wall and processor time in seconds, peak memory in MB."""

    count: int
    seconds: float
    cpu_seconds: float
    peak_mb: float

    @property
    def rate(self) -> float:
        """Messages a second."""
        return self.count / self.seconds

    @property
    def cpu_ms(self) -> float:
        """Processor milliseconds a message."""
        return self.cpu_seconds * 1000 / self.count


def run(folder: Path, imap_port: int, user: str, password: str, smtp_port: int) -> Cost:
    """Take every message of a mailbox down that road; `folder` gets the raw files and the database."""
    raws = folder / "raw"
    raws.mkdir()
    db = sqlite3.connect(folder / "bare.db", isolation_level=None)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=FULL")
    db.execute("CREATE TABLE ticket (id INTEGER PRIMARY KEY, digest, sender, subject, message_id)")
    count, began, cpu = 0, time.perf_counter(), time.process_time()
    with IMAPClient("127.0.0.1", imap_port, ssl=False) as client:
        client.login(user, password)
        client.select_folder("INBOX", readonly=True)
        uids = client.search("ALL")
        with smtplib.SMTP("127.0.0.1", smtp_port) as out:
            for start in range(0, len(uids), BATCH):
                for _, row in sorted(client.fetch(uids[start : start + BATCH], ["BODY.PEEK[]"]).items()):
                    _one(row[b"BODY[]"], raws, db, out)
                    count += 1
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    db.close()
    return Cost(count, seconds, cpu, _peak_mb())


def _peak_mb() -> float:
    # Not getrusage: its peak is inherited from the parent through fork and exec.
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM"))


def _one(raw: bytes, raws: Path, db: sqlite3.Connection, out: smtplib.SMTP) -> None:
    message = email.message_from_bytes(raw)
    digest = sha256(raw).hexdigest()
    with (raws / digest).open("wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
    db.execute("BEGIN IMMEDIATE")
    sender = str(message["From"])
    row = (digest, sender, str(message["Subject"]), str(message["Message-ID"]))
    number = db.execute("INSERT INTO ticket VALUES (NULL, ?, ?, ?, ?)", row).lastrowid
    db.execute("COMMIT")
    answer = email.message.EmailMessage()
    rcpt = sender.rpartition("<")[2].rstrip(">")
    answer["From"], answer["To"] = "support@desk.example", rcpt
    answer["Subject"] = f"We have your message [#{number}]"
    answer["Auto-Submitted"] = "auto-replied"
    answer.set_content("Thank you for your message. We will answer as soon as we can.\n")
    out.sendmail("", [rcpt], answer.as_bytes())
