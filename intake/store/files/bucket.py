"""Large bytes as objects of an S3-compatible bucket, prefix/ab/<sha256>.

An object is whole or not there: one request for a small one, parts that only their completion makes an
object for a larger one. Each request is signed with the sha256 of what it carries, so that the server
refuses bytes that changed on the way; what is read is held against its name.
"""

import hashlib
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from intake.ports import Large, NotKept, Temporary
from intake.store.files.bucket_errors import answered, code_of, in_words
from intake.store.files.port import WHOLE, FileThere

if TYPE_CHECKING:
    from obstore.store import S3Store

T = TypeVar("T")

# Up to here one request, and the least that S3 takes for a part. When a connection breaks, a part is sent
# anew, and not all that came before it.
PART = 5 << 20
# Parts under way at a time: so many are in memory.
PARTS_AT_ONCE = 2
# An object that was written so long ago is written again, so that nobody takes it for an orphan
# (upkeep/orphans.py), in seconds.
FRESH = 12 * 3600.0
# So long it is remembered here that an object is there, in seconds.
REMEMBERED = 600.0
# After an object could not be had for want of the server, others are not tried for so long, in seconds.
PAUSE = 5.0
# Names in one answer of the server: the most that S3 gives.
NAMES_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited, in seconds: for a connection, for the whole of one request, for tries of it."""

    connect: float = 5.0
    request: float = 30.0
    tries: float = 20.0
    again: int = 2


@dataclass(frozen=True, slots=True)
class Place:
    """Where the bucket is, and who asks. Without a key the usual variables and the machine's role count."""

    bucket: str
    prefix: str = ""
    endpoint: str = ""
    region: str = ""
    key: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    ca_file: Path | None = None
    path_style: bool = True
    patience: Patience = Patience()

    def __str__(self) -> str:
        return "/".join(filter(None, (f"s3://{self.bucket}", self.prefix)))


class Bucket:
    """Objects below a prefix. Use from any thread; not in a process forked from one that used it."""

    remote = True

    def __init__(self, place: Place) -> None:
        self.place = place
        self._store: S3Store | None = None
        self._process = 0
        self._lock = threading.Lock()
        # By name: when it was last known to be there, on the monotonic clock.
        self._known: dict[str, float] = {}
        self._silent_until, self._silence = 0.0, ""

    def write(self, name: str, content: bytes | Large) -> None:
        if time.monotonic() - self._known.get(name, -REMEMBERED) < REMEMBERED:
            return
        try:
            there = self.there(name)
            if there is None or there.size != len(content) or there.touched < time.time() - FRESH:
                self._try("write", lambda: self._put(name, content))
        except Temporary as err:
            # What is small lies in the database: it can be kept all the same.
            raise NotKept(str(err)) from err
        self._remember(name)

    def read(self, name: str) -> bytes:
        content = self._try("read", lambda: self._get(name))
        if hashlib.sha256(content).hexdigest() != name:
            raise Temporary(f"{self._told(name)} does not hold the bytes it is named after: restore it")
        return content

    def chunks(self, name: str) -> Iterator[bytes]:
        import obstore

        pieces = self._try(
            "read", lambda: iter(obstore.get(self._open(), self.path(name)).stream(min_chunk_size=1 << 20))
        )
        while (piece := self._try("read", lambda: next(pieces, None))) is not None:
            yield bytes(piece)

    def head(self, name: str, size: int) -> bytes:
        import obstore

        def first() -> bytes:
            made = bytearray()
            for chunk in obstore.get(self._open(), self.path(name)).stream(min_chunk_size=size):
                made += chunk
                if len(made) >= size:
                    break
            return bytes(made[:size])

        with suppress(Temporary):
            return self._try("read", first)
        return b""

    def there(self, name: str) -> FileThere | None:
        import obstore

        def look() -> FileThere | None:
            try:
                known = obstore.head(self._open(), self.path(name))
            except FileNotFoundError:
                return None
            return FileThere(name, known["size"], known["last_modified"].timestamp())

        return self._try("look at", look)

    def each(self, first: str = "") -> Iterator[FileThere]:
        import obstore

        prefix = self.path(first).rpartition("/")[0] if first else self.place.prefix
        pages = iter(
            self._try("list", lambda: obstore.list(self._open(), prefix or None, chunk_size=NAMES_AT_ONCE))
        )
        while (page := self._try("list", lambda: next(pages, None))) is not None:
            for known in page:
                name = known["path"].rpartition("/")[2]
                # Others may keep things in the same bucket.
                if known["path"] == self.path(name) and WHOLE.fullmatch(name):
                    yield FileThere(name, known["size"], known["last_modified"].timestamp())

    def remove(self, name: str) -> None:
        import obstore

        self.forget(name)

        def delete() -> None:
            with suppress(FileNotFoundError):
                obstore.delete(self._open(), self.path(name))

        self._try("delete", delete)

    def forget(self, name: str) -> None:
        self._known.pop(name, None)

    def path(self, name: str) -> str:
        """Return the key of an object."""
        return "/".join(filter(None, (self.place.prefix, name[:2], name)))

    def try_out(self) -> str:
        """Write, read, list and delete a small object. Raises Temporary with what fails, and what to do.

        Returns the version that the bucket gave it: "" where it keeps none.
        """
        content = os.urandom(32)
        name = hashlib.sha256(content).hexdigest()
        version = self._try("write", lambda: self._put(name, content))
        try:
            self.read(name)
            if name not in {file.name for file in self.each(name[:2])}:
                raise Temporary(f"{self.place} does not list what was just written: use another store")
        except BaseException:
            with suppress(Temporary):
                self.remove(name)
            raise
        self.remove(name)
        if self.there(name) is not None:
            raise Temporary(f"{self.place} still has what was just deleted: use another store")
        return version

    def _put(self, name: str, content: bytes | Large) -> str:
        import obstore

        large = len(content) > PART
        source: Any = _whole(name, content) if isinstance(content, Large) else content
        if not large and isinstance(content, Large):
            source = b"".join(source)
        said = obstore.put(
            self._open(),
            self.path(name),
            source,
            use_multipart=large,
            chunk_size=PART,
            max_concurrency=PARTS_AT_ONCE,
        )
        return said["version"] or ""

    def _get(self, name: str) -> bytes:
        import obstore

        got = obstore.get(self._open(), self.path(name))
        content = bytearray()
        # In pieces: whole it would be in memory twice.
        for chunk in got.stream(min_chunk_size=1 << 20):
            content += chunk
        return bytes(content)

    def _remember(self, name: str) -> None:
        now = time.monotonic()
        if len(self._known) > 10_000:
            self._known = {known: at for known, at in self._known.items() if now - at < REMEMBERED}
        self._known[name] = now

    def _try(self, verb: str, do: Callable[[], T]) -> T:
        """Do something with the bucket. Raises Temporary, in words for an admin, when it fails."""
        if time.monotonic() < self._silent_until:
            raise Temporary(self._silence)
        import obstore.exceptions

        try:
            return do()
        except (obstore.exceptions.BaseError, FileNotFoundError, PermissionError, OSError) as err:
            text = str(err)
            if isinstance(err, FileNotFoundError) and code_of(text) != "NoSuchBucket":
                words = "there is no such object: restore it"
            else:
                words = in_words(text, verb)
            problem = f"{self.place} at {self._server()}: {words}"
            if not answered(text):
                # Many messages may wait for this: one after the other would wait in vain.
                self._silence, self._silent_until = problem, time.monotonic() + PAUSE
            raise Temporary(problem) from None

    def _told(self, name: str) -> str:
        return f"s3://{self.place.bucket}/{self.path(name)}"

    def _server(self) -> str:
        return self.place.endpoint or f"Amazon S3 ({self.place.region or 'region of the environment'})"

    def _open(self) -> "S3Store":
        """Return the library's client, made when first used.

        Its threads do not live on in a forked process, which would wait for them for ever (measured).
        """
        with self._lock:
            if self._store is None:
                self._store, self._process = _client(self.place), os.getpid()
            if self._process != os.getpid():
                raise RuntimeError("a bucket was used before this process was forked: start it anew")
            return self._store


def _whole(name: str, content: Large) -> Iterator[bytes]:
    """Yield a large content; fail before its end where it is not what its name says."""
    made = hashlib.sha256()
    for chunk in content.chunks():
        made.update(chunk)
        yield chunk
    if made.hexdigest() != name:
        # What is not completed never becomes an object.
        raise Temporary("it was read otherwise the second time")


def _client(place: Place) -> "S3Store":
    from obstore.store import S3Store

    waits = place.patience
    client: Any = {
        "connect_timeout": timedelta(seconds=waits.connect),
        "timeout": timedelta(seconds=waits.request),
        "allow_http": place.endpoint.startswith("http://"),
    }
    if place.ca_file is not None:
        try:
            client["root_certificate"] = place.ca_file.read_bytes()
        except OSError as err:
            raise Temporary(f"[store] blobs_ca_file: {place.ca_file} cannot be read: {err.strerror}") from err
    retry: Any = {"max_retries": waits.again, "retry_timeout": timedelta(seconds=waits.tries)}
    more: dict[str, Any] = {}
    if place.endpoint:
        more["endpoint"] = place.endpoint
    if place.region or place.endpoint:
        more["region"] = place.region or "us-east-1"
    if place.key:
        more |= {"access_key_id": place.key, "secret_access_key": place.secret}
    return S3Store(
        place.bucket,
        client_options=client,
        retry_config=retry,
        virtual_hosted_style_request=not place.path_style,
        # One by one works with every store there is, and the bulk form of it does not.
        disable_bulk_delete=True,
        **more,
    )
