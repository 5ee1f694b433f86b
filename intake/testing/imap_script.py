"""An IMAP server that behaves as a provider's does: its greeting, abilities, refusals, limits and oddities.

It knows as much of IMAP as a reader of mailboxes says, and holds its mail in memory. What makes it the server
of one provider or of another is data: see intake.testing.providers.
"""

import base64
import contextlib
import re
import socket
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from intake.testing.providers import Provider

_LITERAL = re.compile(rb"\{(\d+)(\+?)\}\r\n$")
_WORD = re.compile(rb'"((?:[^"\\]|\\.)*)"|(\([^)]*\))|(\S+)')
_DAY = '"01-Nov-2026 10:00:00 +0000"'


@dataclass(slots=True)
class Letter:
    """A message in a folder."""

    uid: int
    raw: bytes = field(repr=False)
    flags: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Box:
    """A folder; `validity` is its UIDVALIDITY."""

    validity: int = 1
    next: int = 1
    letters: list[Letter] = field(default_factory=list)

    def add(self, raw: bytes, flags: Sequence[str] = ()) -> Letter:
        """Put a message into it."""
        letter = Letter(self.next, raw, set(flags))
        self.next += 1
        self.letters.append(letter)
        return letter


class ProviderImap:
    """Listens on loopback. `refuse` is what it says to the command of a name instead of obeying; `say` is
    said, as a line of its own, before the answer to that of a name."""

    host, user, password, token = "127.0.0.1", "desk@desk.example", "secret", "a-good-token"

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self.boxes = {name: Box() for name in ("INBOX", *provider.folders)}
        self.refuse: dict[str, str] = {}
        self.say: dict[str, str] = {}
        self.heard: list[str] = []
        self.open = 0
        self.lock = threading.RLock()
        self.talks: list[_Talk] = []
        self._listener = socket.create_server((self.host, 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def append(self, raw: bytes, folder: str = "INBOX") -> None:
        """Have a message arrive; who idles in the folder hears of it."""
        with self.lock:
            self.boxes[folder].add(raw)
            if self.provider.all_mail and folder != self.provider.all_mail:
                self.boxes[self.provider.all_mail].add(raw)
            for talk in self.talks:
                talk.tell(folder)

    def raws(self, folder: str = "INBOX") -> list[bytes]:
        """Return what lies in a folder; nothing where there is none."""
        with self.lock:
            return [letter.raw for letter in self.boxes[folder].letters] if folder in self.boxes else []

    def hang_up(self) -> None:
        """End all connections, as a provider does from time to time."""
        for talk in list(self.talks):
            talk.close()

    def close(self) -> None:
        """Stop listening, and end all connections."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.hang_up()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                sock, _ = self._listener.accept()
                # Else the second line of an answer waits 40 ms for word that the first one came.
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=_Talk(self, sock).run, daemon=True).start()


class _Talk:
    """One connection."""

    def __init__(self, server: ProviderImap, sock: socket.socket) -> None:
        self.server, self.sock, self.is_ = server, sock, server.provider
        self.inside, self.known, self.idles = False, False, False
        self.selected = ""
        # What this connection was told of: numbers are places in it.
        self.seen: list[Letter] = []

    def run(self) -> None:
        with contextlib.suppress(OSError, ValueError), self.sock, self.sock.makefile("rb") as lines:
            with self.server.lock:
                self.server.talks.append(self)
            self.line(self.is_.greeting)
            try:
                while words := self.command(lines):
                    self.answer(words, lines)
            finally:
                with self.server.lock:
                    self.server.talks.remove(self)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)

    def line(self, text: str) -> None:
        self.sock.sendall(text.encode() + b"\r\n")

    def tell(self, folder: str) -> None:
        with contextlib.suppress(OSError):
            if self.idles and folder == self.selected:
                self.news()

    def news(self) -> None:
        """Tell what changed in the selected folder."""
        there = self.server.boxes[self.selected].letters
        for at in reversed(range(len(self.seen))):
            if self.seen[at] not in there:
                del self.seen[at]
                self.line(f"* {at + 1} EXPUNGE")
        new = [letter for letter in there if letter not in self.seen]
        self.seen += new
        if new:
            self.line(f"* {len(self.seen)} EXISTS")

    def command(self, lines: BinaryIO) -> list[bytes]:
        """Read a command with its literals; return its words, [] at the end."""
        words: list[bytes] = []
        line = lines.readline()
        while literal := _LITERAL.search(line):
            words += _words(line[: literal.start()])
            if not literal[2]:
                self.line("+ go on")
            words.append(lines.read(int(literal[1])))
            line = lines.readline()
        return words + _words(line)

    def answer(self, words: list[bytes], lines: BinaryIO) -> None:
        tag, name, *rest = (word.decode() for word in words)
        name = name.upper()
        if name == "UID":
            name, rest = rest[0].upper(), rest[1:]
        with self.server.lock:
            self.server.heard.append(name)
            if name in self.server.say:
                self.line(self.server.say[name])
            end = self.server.refuse.get(name) or self.obey(name, rest, lines)
        if name == "IDLE":
            self.idle(lines)
        self.line(f"{tag} {end}")
        if name == "LOGOUT":
            self.close()

    def obey(self, name: str, rest: list[str], lines: BinaryIO) -> str:
        """Do what a command says; return how its tagged answer goes on."""
        match name:
            case "CAPABILITY":
                self.line(f"* CAPABILITY {self.is_.inside if self.inside else self.is_.outside}")
            case "LOGIN":
                return self.login(rest[0], rest[1])
            case "AUTHENTICATE":
                return self.authenticate(rest, lines)
            case "ID":
                self.known = True
                self.line("* ID NIL")
            case "NAMESPACE":
                self.line(f'* NAMESPACE (("{self.is_.prefix}" "{self.is_.separator}")) NIL NIL')
            case "LIST":
                wanted = rest[1]
                if not wanted:
                    self.line(f'* LIST (\\Noselect) "{self.is_.separator}" ""')
                for box in self.server.boxes:
                    if wanted in (box, "*"):
                        self.line(f'* LIST () "{self.is_.separator}" "{box}"')
            case "CREATE":
                self.server.boxes.setdefault(rest[0], Box(validity=len(self.server.boxes) + 1))
            case "SELECT" | "EXAMINE":
                return self.select(rest[0])
            case "NOOP":
                if self.selected:
                    self.news()
            case "IDLE":
                if "IDLE" not in self.is_.inside.split():
                    return "BAD unknown command"
                self.line("+ idling")
                self.idles = True
                self.news()
            case "SEARCH" | "FETCH" | "STORE" | "COPY" | "MOVE" | "EXPUNGE":
                return self.on_mail(name, rest)
        return "OK done"

    def login(self, user: str, password: str) -> str:
        if self.is_.token:
            return self.is_.no_password
        if (user, password) != (self.server.user, self.server.password):
            return self.is_.wrong
        return self.enter()

    def authenticate(self, rest: list[str], lines: BinaryIO) -> str:
        if len(rest) < 2:
            self.line("+ ")
            rest.append(lines.readline().decode())
        said = base64.b64decode(rest[1]).decode()
        if rest[0].upper() == "PLAIN":
            _, user, password = said.split("\0")
            return self.login(user, password)
        if said == f"user={self.server.user}\x01auth=Bearer {self.server.token}\x01\x01":
            return self.enter()
        self.line("+ eyJzdGF0dXMiOiI0MDAifQ==")
        lines.readline()
        return self.is_.wrong

    def enter(self) -> str:
        if sum(talk.inside for talk in self.server.talks) >= self.is_.connections:
            return self.is_.too_many
        self.inside = True
        return "OK LOGIN completed"

    def select(self, name: str) -> str:
        if self.is_.unknown and not self.known:
            return self.is_.unknown
        name = "INBOX" if name.upper() == "INBOX" else name
        if name not in self.server.boxes:
            return self.is_.missing
        box, self.selected = self.server.boxes[name], name
        self.seen = list(box.letters)
        flags = "\\Answered \\Flagged \\Deleted \\Seen \\Draft"
        self.line(f"* FLAGS ({flags})")
        more = " \\*" if self.is_.keywords else ""
        self.line(f"* OK [PERMANENTFLAGS ({flags}{more})] allowed")
        self.line(f"* {len(box.letters)} EXISTS")
        self.line("* 0 RECENT")
        self.line(f"* OK [UIDVALIDITY {box.validity}] ok")
        self.line(f"* OK [UIDNEXT {box.next}] ok")
        return "OK [READ-WRITE] done"

    def idle(self, lines: BinaryIO) -> None:
        lines.readline()
        with self.server.lock:
            self.idles = False

    def on_mail(self, name: str, rest: list[str]) -> str:
        abilities = self.is_.inside.split()
        if (name == "MOVE" and "MOVE" not in abilities) or (name == "EXPUNGE" and "UIDPLUS" not in abilities):
            return "BAD unknown command"
        box = self.server.boxes[self.selected]
        if name == "SEARCH":
            uids = [str(letter.uid) for letter in box.letters if _fits(letter, rest)]
            self.line(" ".join(["* SEARCH", *uids]))
            return "OK done"
        chosen = [letter for letter in box.letters if _in(letter.uid, rest[0])]
        if name == "FETCH":
            for letter in chosen:
                self.fetch(letter, rest[1].upper())
        elif name == "STORE":
            flags = rest[2].strip("()").split()
            for letter in chosen:
                letter.flags = letter.flags - set(flags) if rest[1][0] == "-" else letter.flags | set(flags)
        elif name in ("COPY", "MOVE"):
            if rest[1] not in self.server.boxes:
                return "NO [TRYCREATE] there is no such folder"
            for letter in chosen:
                self.server.boxes[rest[1]].add(letter.raw, tuple(letter.flags))
        if name in ("MOVE", "EXPUNGE"):
            gone = [letter for letter in chosen if name == "MOVE" or "\\Deleted" in letter.flags]
            box.letters = [letter for letter in box.letters if letter not in gone]
            self.news()
        return "OK done"

    def fetch(self, letter: Letter, items: str) -> None:
        if letter not in self.seen:
            self.news()
        at, raw = self.seen.index(letter) + 1, letter.raw
        if "BODY" not in items:
            size = len(raw) + self.is_.size_off
            flags = " ".join(sorted(letter.flags))
            self.line(
                f"* {at} FETCH (UID {letter.uid} RFC822.SIZE {size} INTERNALDATE {_DAY} FLAGS ({flags}))"
            )
            return
        part = "BODY[]"
        if "HEADER" in items:
            part, raw = "BODY[HEADER]<0>", raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
        if "FIELDS (MESSAGE-ID)" in items:
            part = "BODY[HEADER.FIELDS (MESSAGE-ID)]"
            kept = [row for row in raw.splitlines(keepends=True) if row.lower().startswith(b"message-id:")]
            raw = b"".join(kept) + b"\r\n"
        head = f"* {at} FETCH (UID {letter.uid} {part} {{{len(raw)}}}\r\n".encode()
        self.sock.sendall(head + raw + b")\r\n")


def _words(line: bytes) -> list[bytes]:
    words = []
    for quoted, listed, bare in _WORD.findall(line.rstrip(b"\r\n")):
        words.append(listed or bare or re.sub(rb"\\(.)", rb"\1", quoted))
    return words


def _in(uid: int, asked: str) -> bool:
    for piece in asked.split(","):
        first, _, last = piece.partition(":")
        if int(first) <= uid <= (int(last or first) if last != "*" else 1 << 32):
            return True
    return False


def _fits(letter: Letter, criteria: Sequence[str]) -> bool:
    words = [word.upper() for word in criteria]
    if "UNKEYWORD" in words and criteria[words.index("UNKEYWORD") + 1] in letter.flags:
        return False
    return "UID" not in words or _in(letter.uid, criteria[words.index("UID") + 1])


@contextlib.contextmanager
def provider_imap(provider: Provider) -> Iterator[ProviderImap]:
    """Run a server of a provider's kind."""
    server = ProviderImap(provider)
    try:
        yield server
    finally:
        server.close()
