"""An IMAP server between us and a real one that fails on purpose, at any byte or command (F4)."""

import asyncio
import contextlib
import re
import threading
from collections.abc import Callable

from intake.channels.listener import Listener

Reply = bytes | None


class Proxy:
    """Passes bytes on to 127.0.0.1:`port`. Only the first connection meets the faults, unless `always`.

    cut        end the connection after this many bytes of what the server says
    cut_sent   end it after this many bytes of what we say
    cuts       for one connection after the other: where what the server says ends (cut), or what we say;
               a place that a connection did not come to is in `missed`
    how        "close", "reset", or "silence": nothing more comes, and nothing ends
    split      pass on what the server says in pieces of this many bytes
    answer     called with each line we say (tag, command); bytes are sent back instead of asking
    told       called with each line we say, before it is passed on; may do something elsewhere
    rewrite    called with what the server says
    hold       while it is cleared, nothing we say is passed on
    """

    def __init__(self, port: int) -> None:
        self._target = port
        self.cut: int | None = None
        self.cut_sent: int | None = None
        self.how = "close"
        self.cuts: list[int] = []
        self.cuts_sent: list[int] = []
        self.missed: list[int] = []
        self.split = 0
        self.always = False
        self.answer: Callable[[bytes, bytes], Reply] = lambda tag, line: None
        self.told: Callable[[bytes], None] = lambda line: None
        self.rewrite: Callable[[bytes], bytes] = lambda data: data
        self.hold = threading.Event()
        self.hold.set()
        self.lines: list[bytes] = []
        self.connections = 0
        self.said = 0
        self.sent = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._listener = Listener(self._protocol, "127.0.0.1", 0)

    @property
    def port(self) -> int:
        return self._listener.port

    def __enter__(self) -> "Proxy":
        self._listener.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.stop()

    def _protocol(self) -> asyncio.Protocol:
        reader = asyncio.StreamReader()

        def accepted(client: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self.connections += 1
            faulty = self.always or self.connections == 1 or bool(self.cuts or self.cuts_sent)
            cut = self.cuts.pop(0) if self.cuts else self.cut
            cut_sent = self.cuts_sent.pop(0) if self.cuts_sent else self.cut_sent
            places = (cut, cut_sent) if faulty else (None, None)
            task = asyncio.get_running_loop().create_task(self._serve(client, writer, faulty, places))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

        return asyncio.StreamReaderProtocol(reader, accepted)

    async def _serve(
        self,
        client: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        faulty: bool,
        places: tuple[int | None, int | None],
    ) -> None:
        ended = asyncio.Event()
        try:
            await self._pass(client, writer, faulty, places, ended)
        finally:
            if not ended.is_set():
                self.missed += [place for place in places if place is not None]

    async def _pass(
        self,
        client: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        faulty: bool,
        places: tuple[int | None, int | None],
        ended: asyncio.Event,
    ) -> None:
        cut, cut_sent = places
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            server, to_server = await asyncio.open_connection("127.0.0.1", self._target)
            down = asyncio.create_task(self._down(server, writer, faulty, cut, ended))
            up = asyncio.create_task(self._up(client, to_server, writer, faulty, cut_sent, ended))
            await asyncio.wait((down, up), return_when=asyncio.FIRST_COMPLETED)
            for task in (down, up):
                task.cancel()
            for end in (writer, to_server):
                if self.how == "reset":
                    end.transport.abort()
                end.close()

    async def _end(self, ended: asyncio.Event) -> None:
        ended.set()
        if self.how == "silence":
            await asyncio.sleep(3600)

    async def _down(
        self,
        server: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        faulty: bool,
        cut: int | None,
        ended: asyncio.Event,
    ) -> None:
        said = 0
        while data := await server.read(65536):
            if faulty:
                data = self.rewrite(data)
            room = len(data) if cut is None else cut - said
            for start in range(0, min(room, len(data)), self.split or len(data)):
                writer.write(data[start : min(room, start + (self.split or len(data)))])
                await writer.drain()
                if self.split:
                    await asyncio.sleep(0)
            said += len(data)
            self.said = max(self.said, said)
            if room < len(data) or (cut is not None and said >= cut):
                await self._end(ended)
                return

    async def _up(
        self,
        client: asyncio.StreamReader,
        to_server: asyncio.StreamWriter,
        writer: asyncio.StreamWriter,
        faulty: bool,
        cut_sent: int | None,
        ended: asyncio.Event,
    ) -> None:
        sent = 0
        while line := await client.readline():
            if cut_sent is not None and sent + len(line) > cut_sent:
                to_server.write(line[: cut_sent - sent])
                await to_server.drain()
                await self._end(ended)
                return
            sent += len(line)
            self.sent = max(self.sent, sent)
            self.lines.append(line[:80])
            if faulty:
                await asyncio.to_thread(self.hold.wait, 10)
                await asyncio.to_thread(self.told, line)
                tag, _, command = line.rstrip(b"\r\n").partition(b" ")
                instead = self.answer(tag, command)
                if instead is not None:
                    writer.write(instead)
                    await writer.drain()
                    if b"* BYE" in instead:
                        return
                    continue
            to_server.write(line)
            await to_server.drain()


def once(pattern: bytes, reply: bytes) -> Callable[[bytes, bytes], Reply]:
    """Answer the first command that matches with `reply`, in which %t stands for the tag."""
    used = threading.Event()

    def answer(tag: bytes, line: bytes) -> Reply:
        if used.is_set() or not re.search(pattern, line):
            return None
        used.set()
        return reply.replace(b"%t", tag)

    return answer
