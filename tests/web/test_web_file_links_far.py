"""A link to a file whose bytes lie far away, and a client that is slow to take it."""

import hashlib
import http.client
import os
import socket
import subprocess
import sys
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from file_desk import LIN, MIB, PAGES, FileDesk, letter

from intake.app import build
from intake.config.settings import load
from intake.desk import file_tokens
from intake.desk.message import Envelope
from intake.ports import Arrival
from intake.store.schema.tables import Attachment
from intake.testing.s3 import KEY, SECRET, S3Server

# A server of pages of its own: it writes its port and what memory it took at most, in MiB.
SERVER = """
import sys, threading, resource
from pathlib import Path
from intake.app import build
from intake.config.settings import load
from intake.web import make_app, serve

def peak():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmHWM"))

desk = build(load(Path(sys.argv[1])))
stop = threading.Event()

def told():
    for line in sys.stdin:
        print(peak(), flush=True)
    stop.set()

threading.Thread(target=told, daemon=True).start()
app = make_app(desk, lambda: None, patience=0)
serve(app, desk.settings.web, stop, lambda port: print(port, flush=True))
"""
LARGE, ADDRESS = 100, "help@desk.example"


def store_of(place: str, request: pytest.FixtureRequest, folder: Path) -> str:
    """The section [store] of a desk with its files in a folder, or in a bucket."""
    if place == "folder":
        return ""
    server: S3Server = request.getfixturevalue("s3")
    bucket: Path = request.getfixturevalue("bucket")
    (folder / "s3.key").write_text(SECRET)
    (folder / "s3.key").chmod(0o600)
    return (
        f"[store]\nblobs = s3://{bucket.name}/desk\nblobs_endpoint = {server.endpoint}\n"
        f"blobs_key = {KEY}\nblobs_secret_file = s3.key\n"
    )


@pytest.mark.parametrize("place", ["folder", "bucket"])
def test_a_large_file_is_streamed_to_a_slow_client_in_little_memory(
    place: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    folder = tmp_path / "desk"
    folder.mkdir()
    desk = FileDesk(folder, PAGES)
    desk.close()
    text = desk.config.read_text() + chr(10) + store_of(place, request, folder)
    desk.config.write_text(text)
    content = os.urandom(MIB) * LARGE
    sha256 = hashlib.sha256(content).hexdigest()
    path = "file/" + placed(desk.config, content, sha256)
    command = [sys.executable, "-c", SERVER, str(desk.config)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        try:
            port = int(server.stdout.readline())
            asked(port, path)
            print(file=server.stdin, flush=True)
            before = int(server.stdout.readline())
            with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
                line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
                line.sendall(f"POST /{path} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n".encode())
                got = line.recv(4096)
                # It takes nothing for a while: whatever is not sent has to wait somewhere.
                time.sleep(2)
                print(file=server.stdin, flush=True)
                waiting = int(server.stdout.readline())
                made, size = hashlib.sha256(), 0
                head, _, rest = got.partition(b"\r\n\r\n")
                while size + len(rest) < len(content):
                    made.update(rest)
                    size += len(rest)
                    rest = line.recv(MIB)
                    assert rest
                made.update(rest)
                size += len(rest)
            assert head.startswith(b"HTTP/1.1 200")
            assert (len(content), sha256) == (size, made.hexdigest())
            print(file=server.stdin, flush=True)
            after = int(server.stdout.readline())
            assert max(waiting, after) - before < LARGE // 2, (before, waiting, after)
        finally:
            server.stdin.close()
            server.wait(30)


def placed(config: Path, content: bytes, sha256: str) -> str:
    """Give ticket 1 a file; return the token of Anna's link to it."""
    desk = build(load(config))
    now = desk.service.clock()
    (got,) = desk.service.receive(
        [Arrival(letter(ADDRESS, {"small.txt": b"x"}), Envelope("lmtp", "support", LIN, (ADDRESS,)))]
    )
    desk.service.process([got.ledger_id])
    db, blobs = desk.store.db, desk.store.blobs  # type: ignore[attr-defined]
    blobs.write_large({sha256: content})
    with desk.store.transaction():
        blobs.put_rows({sha256: content})
        values = {"name": "film.bin", "media_type": "video/mp4", "content_id": "", "inline": False}
        db.run(Attachment.insert(entry=1, size=len(content), sha256=sha256, **values).as_rowcount())
    token = file_tokens.make(desk.keys[0], 1, 1, sha256, now + timedelta(hours=1))
    desk.store.close()
    return token


def asked(port: int, path: str) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as link:
        link.request("GET", f"/{path}")
        assert 200 == link.getresponse().status
