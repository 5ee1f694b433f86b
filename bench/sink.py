"""An SMTP server that takes everything and says so: one JSON line on standard output for each mail.

A process of its own, so that its work is in nobody's figures. The first line is its port.
"""

import asyncio
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path


async def _talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    def say(line: str) -> None:
        writer.write(line.encode() + b"\r\n")

    say("220 sink.example ESMTP")
    recipients: list[str] = []
    while line := await reader.readline():
        verb = line[:4].upper()
        if verb == b"EHLO":
            say("250-sink.example\r\n250-8BITMIME\r\n250-PIPELINING\r\n250 SIZE 52428800")
        elif verb == b"RCPT":
            recipients.append(line.decode().partition("<")[2].partition(">")[0])
            say("250 2.1.5 ok")
        elif verb == b"DATA":
            say("354 go on")
            await writer.drain()
            raw = await reader.readuntil(b"\r\n.\r\n")
            print(json.dumps({"at": time.time(), "rcpt": recipients, "size": len(raw)}), flush=True)
            recipients = []
            say("250 2.0.0 taken")
        elif verb == b"QUIT":
            say("221 2.0.0 bye")
            break
        else:
            say("250 2.0.0 ok")
        await writer.drain()
    writer.close()


async def _serve() -> None:
    server = await asyncio.start_server(_talk, "127.0.0.1", 0, limit=64 * 1024 * 1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


@dataclass(slots=True)
class Sink:
    """What the process has told so far: `taken` holds (time, recipient), in order."""

    port: int
    taken: list[tuple[float, str]] = field(default_factory=list)
    news: threading.Condition = field(default_factory=threading.Condition)

    def wait(self, count: int, seconds: float) -> bool:
        """Wait until `count` mails were taken in all; False when they were not in time."""
        with self.news:
            return self.news.wait_for(lambda: len(self.taken) >= count, seconds)

    def listen(self, lines: Iterator[str]) -> None:
        """Read what the process says until it ends."""
        for line in lines:
            mail = json.loads(line)
            with self.news:
                self.taken.extend((mail["at"], rcpt) for rcpt in mail["rcpt"])
                self.news.notify_all()


@contextmanager
def sink() -> Iterator[Sink]:
    """Run the server in its own process."""
    process = subprocess.Popen([sys.executable, Path(__file__)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        server = Sink(int(process.stdout.readline()))
        lines = iter(process.stdout.readline, "")
        listening = threading.Thread(target=server.listen, args=(lines,), daemon=True)
        listening.start()
        yield server
    finally:
        process.terminate()
        process.wait(10)
    listening.join(10)
    process.stdout.close()


if __name__ == "__main__":
    asyncio.run(_serve())
