"""Large files, in a folder and in a bucket of a real server: whole and durable, or not there."""

import hashlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from s3_door import Door, bucket_of, error

from intake.ports import Large, NotKept, Temporary
from intake.store.blobs import digest
from intake.store.files import Files
from intake.store.files.bucket import PART, Patience
from intake.testing.s3 import SEEN, S3Server, s3_server
from intake.testing.tools import free_port

SIZES = pytest.mark.parametrize("size", [1, 2 << 20, 2 * PART + 1])


def bytes_of(size: int) -> bytes:
    return hashlib.shake_128(b"%d" % size).digest(size)


def pieces(content: bytes, size: int = 100_001) -> Large:
    """Return bytes as they come from a file that is too large to hold."""

    def chunks() -> Iterator[bytes]:
        for at in range(0, len(content), size):
            yield content[at : at + size]

    return Large(digest(content), len(content), chunks)


@SIZES
@pytest.mark.parametrize("whole", [True, False], ids=["held", "in pieces"])
def test_what_was_written_is_read(size: int, whole: bool, files: Files) -> None:
    content = bytes_of(size)
    name = digest(content)
    assert files.there(name) is None
    files.write(name, content if whole else pieces(content))
    assert content == files.read(name)
    assert content[:1000] == files.head(name, 1000)
    there = files.there(name)
    assert there is not None
    assert (name, size) == (there.name, there.size)
    assert abs(time.time() - there.touched) < 60
    for first in ("", name[:2]):
        assert [(name, size)] == [(file.name, file.size) for file in files.each(first)]
    assert [] == list(files.each("ab" if name[:2] != "ab" else "cd"))
    files.remove(name)
    files.remove(name)
    assert files.there(name) is None
    with pytest.raises(Temporary, match="restore it"):
        files.read(name)
    assert b"" == files.head(name, 10)


@SIZES
def test_what_is_read_otherwise_the_second_time_is_not_kept(size: int, files: Files) -> None:
    content = bytes_of(size)
    wrong = Large(digest(b"another"), size, pieces(content).chunks)
    with pytest.raises(Temporary, match="otherwise the second time"):
        files.write(wrong.sha256, wrong)
    assert [] == list(files.each())
    # That says nothing of the place.
    files.write(digest(content), content)


def test_what_is_there_for_long_and_written_once_more_is_young_again(
    files: Files, lies: Callable[[str], Path]
) -> None:
    content = bytes_of(2 << 20)
    name = digest(content)
    files.write(name, content)
    os.utime(lies(name), (1000, 1000))
    time.sleep(SEEN)
    files.forget(name)
    files.write(name, content)
    there = files.there(name)
    assert there is not None
    assert abs(time.time() - there.touched) < 60


def test_bytes_that_are_not_those_of_the_name_are_not_handed_out(s3: S3Server, bucket: Path) -> None:
    files, content = bucket_of(s3, bucket.name), bytes_of(2 << 20)
    name = digest(content)
    files.write(name, content)
    (bucket / "desk/files" / name[:2] / name).write_bytes(b"x" * len(content))
    time.sleep(SEEN)
    with pytest.raises(Temporary, match="does not hold the bytes it is named after"):
        files.read(name)


def test_what_others_keep_in_the_same_bucket_is_none_of_ours(s3: S3Server, bucket: Path) -> None:
    ours, others = bucket_of(s3, bucket.name), bucket_of(s3, bucket.name, "desk/filesystem")
    whole = bucket_of(s3, bucket.name, "")
    for place in (ours, others):
        place.write(digest(b"mail"), b"mail")
    (bucket / "desk/files/readme").write_bytes(b"theirs")
    time.sleep(SEEN)
    assert [digest(b"mail")] == [file.name for file in ours.each()]
    assert [] == list(whole.each())
    whole.write(digest(b"mail"), b"mail")
    assert [digest(b"mail")] == [file.name for file in whole.each()]


def test_more_files_than_one_answer_lists(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("intake.store.files.bucket.NAMES_AT_ONCE", 3)
    names = {digest(b"%d" % number) for number in range(10)}
    for number in range(10):
        files.write(digest(b"%d" % number), b"%d" % number)
    assert names == {file.name for file in files.each()}


SKEW = "The difference between the request time and the server's time exceeds the maximum allowed."
REFUSALS = {
    "no such key": ((403, error("InvalidAccessKeyId")), "correct [store] blobs_key"),
    "wrong secret": ((403, error("SignatureDoesNotMatch")), "correct [store] blobs_secret"),
    "no permission": ((403, error("AccessDenied")), "(AccessDenied): allow it s3:"),
    "no permission, without a word": ((403, b""), "allow it s3:"),
    "no bucket": ((404, error("NoSuchBucket")), "there is no such bucket"),
    "another region": ((301, error("PermanentRedirect")), "write it into [store] blobs_region"),
    "wrong region": ((400, error("AuthorizationHeaderMalformed")), "write it into [store] blobs_region"),
    "clock": ((403, error("RequestTimeTooSkewed", SKEW)), "set the clock"),
    "clock, of other servers": ((400, error("AccessDenied", SKEW)), "set the clock"),
    "out of date": ((400, error("ExpiredToken")), "renew them"),
    "out of order": ((500, error("InternalError")), "it is tried again"),
    "too busy": ((503, error("SlowDown")), "it is tried again"),
    "full": ((507, error("XMinioStorageFull")), "make room there"),
    "unheard of": ((418, error("Teapot")), "refused it (418 Teapot)"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_each_refusal_is_told_in_words_and_passes(case: str, door: Door, bucket: Path) -> None:
    said, words = REFUSALS[case]
    files, content = bucket_of(door, bucket.name), bytes_of(2 << 20)
    name = digest(content)
    door.answer = lambda method, path: said if method != "HEAD" else (404, b"")
    with pytest.raises(NotKept) as refused:
        files.write(name, content)
    assert words in str(refused.value)
    assert f"s3://{bucket.name}/desk/files at {door.endpoint}: " in str(refused.value)
    with pytest.raises(Temporary) as unread:
        files.read(name)
    assert words in str(unread.value)
    door.answer = lambda method, path: None
    files.write(name, content)
    assert content == files.read(name)


def test_no_word_shows_a_key_or_a_signature(door: Door, bucket: Path) -> None:
    files = bucket_of(door, bucket.name)
    asked: list[str] = []
    echo = b"<Error><Code>SignatureDoesNotMatch</Code><StringToSign>canary</StringToSign></Error>"
    door.answer = lambda method, path: (403, echo)
    for do in (lambda: files.write(digest(b"1"), b"1"), lambda: files.read(digest(b"1")), files.try_out):
        with pytest.raises(Temporary) as refused:
            do()
        asked.append(f"{refused.value!r} {refused.value.__cause__!r} {files.place!r}")
    for text in asked:
        assert "canary" not in text
        assert "intake-test-secret" not in text


def test_a_server_that_is_gone_is_told_at_once_and_not_asked_for_each_file(
    bucket: Path,
) -> None:
    nobody = S3Server(free_port(), bucket)
    files = bucket_of(nobody, bucket.name, patience=Patience(connect=1, request=2, tries=1, again=0))
    with pytest.raises(Temporary, match="it cannot be reached"):
        files.read(digest(b"1"))
    began = time.monotonic()
    for number in range(200):
        with pytest.raises(NotKept, match="it cannot be reached"):
            files.write(digest(b"%d" % number), b"%d" % number)
    assert time.monotonic() - began < 1


def test_a_server_that_does_not_answer_is_waited_for_and_no_longer(door: Door, bucket: Path) -> None:
    files = bucket_of(door, bucket.name, patience=Patience(connect=1, request=0.5, tries=0.1, again=1))
    door.slow = 3
    ticks: list[bool] = []
    done = threading.Event()

    def tick() -> None:
        while not done.wait(0.02):
            ticks.append(True)

    other = threading.Thread(target=tick)
    other.start()
    began = time.monotonic()
    with pytest.raises(Temporary, match="did not answer in time"):
        files.read(digest(b"1"))
    took = time.monotonic() - began
    done.set()
    other.join()
    assert took < 3
    assert len(ticks) > 5, "other threads go on meanwhile"


@pytest.mark.parametrize("size", [2 << 20, 2 * PART + 1])
def test_an_upload_that_breaks_off_is_made_whole_or_is_not_there(size: int, door: Door, bucket: Path) -> None:
    files, content = bucket_of(door, bucket.name), bytes_of(size)
    name = digest(content)
    door.cut = 1000
    with pytest.raises(NotKept):
        files.write(name, pieces(content))
    assert [] == [path for path in bucket.rglob("*") if path.name == name]
    door.cut = 1
    bucket_of(door, bucket.name).write(name, pieces(content))
    assert 0 == door.cut
    assert content == bucket_of(door, bucket.name).read(name)


def test_a_forked_process_is_told_that_it_cannot_use_the_bucket(s3: S3Server, bucket: Path) -> None:
    files = bucket_of(s3, bucket.name)
    files.write(digest(b"1"), b"1")
    child = os.fork()
    if child == 0:
        try:
            files.read(digest(b"1"))
        except RuntimeError:
            os._exit(7)
        finally:
            os._exit(8)
    assert 7 == os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_a_large_file_is_not_held_while_it_is_uploaded(s3: S3Server, bucket: Path) -> None:
    program = f"""
import resource, sys
sys.path.insert(0, {str(Path(__file__).parents[1])!r})
from intake.ports import Large
from intake.testing.s3 import S3Server
from s3_door import bucket_of

def chunks():
    for number in range(80):
        yield bytes([number]) * (1 << 20)

name = sys.argv[1]
files = bucket_of(S3Server({s3.port}, None), {bucket.name!r})
files.write("ab" * 32, b"to load what it needs")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
files.write(name, Large(name, 80 << 20, chunks))
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""
    made = hashlib.sha256()
    for number in range(80):
        made.update(bytes([number]) * (1 << 20))
    name = made.hexdigest()
    done = subprocess.run([sys.executable, "-c", program, name], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 40
    assert 80 << 20 == (bucket / "desk/files" / name[:2] / name).stat().st_size


def certified(folder: Path) -> tuple[Path, Path, Path]:
    """Make an authority, and by it a key and a certificate of localhost; return the three files."""
    names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]) for name in ("ours", "localhost")]
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in names]
    paths = (folder / "ca.pem", folder / "cert.pem", folder / "key.pem")
    for number, (name, key) in enumerate(zip(names, keys, strict=True)):
        made = (
            x509.CertificateBuilder(names[0], name, key.public_key(), x509.random_serial_number())
            .not_valid_before(datetime.now(UTC) - timedelta(days=1))
            .not_valid_after(datetime.now(UTC) + timedelta(days=1))
            .add_extension(x509.BasicConstraints(number == 0, None), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
            .sign(keys[0], hashes.SHA256())
        )
        paths[number].write_bytes(made.public_bytes(Encoding.PEM))
    paths[2].write_bytes(keys[1].private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return paths


def test_the_certificate_of_the_server_must_be_from_an_authority_that_is_known(tmp_path: Path) -> None:
    authority, certificate, key = certified(tmp_path)
    with s3_server("--cert", str(certificate), "--key", str(key)) as server:
        server.bucket("there")
        endpoint = f"https://localhost:{server.port}"
        with pytest.raises(Temporary, match="its certificate is not trusted"):
            bucket_of(server, "there", endpoint=endpoint).try_out()
        assert "" == bucket_of(server, "there", endpoint=endpoint, ca_file=authority).try_out()


def test_nothing_of_a_bucket_is_loaded_where_none_is_named(tmp_path: Path) -> None:
    program = f"""
import sys
from pathlib import Path
from intake.config.sections import StoreSettings
from intake.store import open_store
from intake.store.files.choosing import files_of

data = Path({str(tmp_path)!r})
store = open_store("sqlite:///intake.db", data, files=files_of(StoreSettings(), data))
store.blobs.write_large({{"ab" * 32: bytes(2 << 20)}})
print([name for name in sys.modules if "obstore" in name or "bucket" in name])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "[]" == done.stdout.strip()
