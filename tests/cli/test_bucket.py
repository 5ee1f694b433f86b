"""A desk whose large files lie in a bucket: checked, backed up, restored and moved."""

import json
from base64 import b64encode
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from command_line import Run
from s3_door import Door

from intake.commands import alone
from intake.store import open_store
from intake.store.blobs import LARGEST_ROW
from intake.store.files.bucket import Bucket
from intake.testing.s3 import KEY, SECRET, S3Server

LARGE = (
    b"From: lin@customer.example\r\nTo: help@desk.example\r\nSubject: Large\r\n"
    b"Content-Type: image/png; name=large.png\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    + b64encode(bytes(LARGEST_ROW * 9 // 10))
)

Lines = Callable[..., None]


@pytest.fixture
def store(config: Path, s3: S3Server, bucket: Path) -> Lines:
    """Write [store] anew: with the bucket, or with other keys."""
    plain = config.read_text(encoding="utf-8")

    def write(**keys: str) -> None:
        config.with_name("s3.key").write_text(SECRET)
        values = {
            "blobs": f"s3://{bucket.name}/desk",
            "blobs_endpoint": s3.endpoint,
            "blobs_key": KEY,
            "blobs_secret_file": "s3.key",
        } | keys
        lines = "".join(f"{name} = {value}\n" for name, value in values.items() if value)
        config.write_text(f"{plain}[store]\n{lines}", encoding="utf-8")

    return write


@pytest.fixture
def large(tmp_path: Path) -> Path:
    path = tmp_path / "large.eml"
    path.write_bytes(LARGE)
    return path


def objects(bucket: Path) -> list[Path]:
    return [path for path in bucket.rglob("*") if path.is_file()]


def test_backed_up_and_restored_from_a_bucket(
    intake: Run, store: Lines, large: Path, tmp_path: Path, bucket: Path
) -> None:
    store()
    intake("ingest", str(large))
    (path,) = objects(bucket)
    assert LARGE == path.read_bytes()
    assert not (tmp_path / "data/blobs").exists()
    assert "the database and 1 file." in intake("backup", str(tmp_path / "kept")).output
    assert SECRET not in (tmp_path / "kept/intake.ini").read_text()
    (tmp_path / "data").rename(tmp_path / "broken")
    path.unlink()
    assert "Restored the backup" in intake("restore", str(tmp_path / "kept")).output
    assert [path] == objects(bucket)
    assert LARGE == intake("message", "show", "1", "--bytes").stdout_bytes
    assert "No problems found" in intake("fsck").output
    assert "No problems found" in intake("fsck", "--download").output
    # The same backup without a bucket: its files lie in the data folder.
    store(blobs="", blobs_endpoint="", blobs_key="", blobs_secret_file="")
    (tmp_path / "data").rename(tmp_path / "broken again")
    intake("restore", str(tmp_path / "kept"))
    assert LARGE == intake("message", "show", "1", "--bytes").stdout_bytes


def test_fsck_tells_of_an_object_that_is_gone(intake: Run, store: Lines, large: Path, bucket: Path) -> None:
    store()
    intake("ingest", str(large))
    (path,) = objects(bucket)
    path.unlink()
    said = " ".join(intake("fsck", code=1).output.split())
    assert f"blob {path.name} is missing in the bucket" in said


def test_the_files_of_a_desk_move_into_a_bucket_and_a_cut_move_goes_on(
    intake: Run, store: Lines, large: Path, tmp_path: Path, bucket: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = tmp_path / "second.eml"
    second.write_bytes(LARGE.replace(b"Subject: Large", b"Subject: Second"))
    intake("ingest", str(large), str(second))
    store()
    said = " ".join(intake("ticket", "list", code=1).output.split())
    assert "run `intake move`" in said
    whole, written = Bucket.write, []

    class Cut(BaseException):
        """The move ends here."""

    def write(self: Bucket, name: str, content: bytes) -> None:
        if written:
            raise SystemExit(137)
        written.append(name)
        whole(self, name, content)

    with monkeypatch.context() as cut:
        cut.setattr(Bucket, "write", write)
        intake("move", code=137)
    assert 1 == len(objects(bucket))
    assert 2 == len(objects(tmp_path / "data/blobs"))
    said = " ".join(intake("move").output.split())
    assert "Moved 2 files" in said
    assert "data/blobs.moved" in said
    assert 2 == len(objects(bucket))
    assert LARGE == intake("message", "show", "1", "--bytes").stdout_bytes
    assert second.read_bytes() == intake("message", "show", "2", "--bytes").stdout_bytes
    assert "No problems found" in intake("fsck", "--download").output
    said = " ".join(intake("erase", "lin@customer.example", "--yes").output.split())
    assert f"erasures do not reach: {tmp_path}/data/blobs.moved" in said.replace("data/ ", "data/")
    assert [] == objects(bucket)
    warned = json.loads(intake("check", "--offline", "--json").stdout)
    assert ["blobs"] == [one["key"] for one in warned if "blobs.moved holds large mail" in one["what"]]


def test_files_do_not_move_while_the_desk_runs(
    intake: Run, store: Lines, large: Path, tmp_path: Path, bucket: Path
) -> None:
    intake("ingest", str(large))
    store()
    held = alone.hold(tmp_path / "data")
    assert "already uses" in intake("move", code=1).output
    with open(held):
        pass
    assert [] == objects(bucket)


def test_files_and_rows_move_in_one_go(
    intake: Run, store: Lines, large: Path, tmp_path: Path, bucket: Path, postgres_url: str
) -> None:
    intake("ingest", str(large))
    store(url=postgres_url)
    said = " ".join(intake("move").output.split())
    assert "Moved 1 file into" in said
    assert "rows. `intake run` continues" in said
    assert LARGE == intake("message", "show", "1", "--bytes").stdout_bytes
    assert "No problems found" in intake("fsck", "--download").output


CHECKED = {
    "all well": ({}, "takes, gives and removes objects", 0),
    "another's key": ({"blobs_key": "another-key"}, "correct [store] blobs_key", 1),
    "another's secret": (
        {"blobs_secret": "wrong", "blobs_secret_file": ""},
        "correct [store] blobs_secret",
        1,
    ),
    "no bucket": ({"blobs": "s3://not-there/desk"}, "there is no such bucket", 1),
    "nobody there": ({"blobs_endpoint": "http://127.0.0.1:9"}, "it cannot be reached", 1),
    "a name that nobody knows": ({"blobs_endpoint": "https://s3.invalid"}, "its name is not known", 1),
    "a key in the URL": ({"blobs": "s3://key:secret@bucket/desk"}, "without a key in it", 1),
    "a key without a secret": ({"blobs_secret_file": ""}, "Set blobs_secret too", 1),
    "no certificates": ({"blobs_ca_file": "missing.pem"}, "missing.pem cannot be read", 1),
}


@pytest.mark.parametrize("case", CHECKED)
def test_check_tries_the_bucket_and_says_what_fails(
    case: str, intake: Run, store: Lines, bucket: Path
) -> None:
    keys, words, code = CHECKED[case]
    store(**keys)
    results = json.loads(intake("check", "--offline", "--json", code=code).stdout)
    ours = [one for one in results if one["section"] == "store" and one["key"].startswith("blobs")]
    assert any(words in f"{one['what']}. {one['cure']}" for one in ours), ours
    assert ("problem" in {one["level"] for one in ours}) is bool(code)
    assert [] == objects(bucket)


@pytest.mark.parametrize(
    ("method", "said", "words"),
    [
        ("PUT", (403, b"<Error><Code>AccessDenied</Code></Error>"), "allow it s3:PutObject"),
        ("DELETE", (403, b"<Error><Code>AccessDenied</Code></Error>"), "allow it s3:DeleteObject"),
        ("GET", (403, b""), "allow it s3:GetObject"),
        ("PUT", (403, b"<Error><Code>RequestTimeTooSkewed</Code></Error>"), "set the clock (NTP)"),
    ],
)
def test_check_says_what_the_key_may_not_do(
    method: str, said: tuple[int, bytes], words: str, intake: Run, store: Lines, door: Door
) -> None:
    store(blobs_endpoint=door.endpoint)
    door.answer = lambda asked, path: said if asked == method else None
    results = json.loads(intake("check", "--offline", "--json", code=1).stdout)
    problems = [one for one in results if one["key"] == "blobs" and one["level"] == "problem"]
    assert [True] == [words in f"{one['what']}. {one['cure']}" for one in problems], problems


def test_no_file_moves_where_its_rows_could_not_follow(
    intake: Run, store: Lines, large: Path, postgres_url: str, tmp_path: Path, bucket: Path
) -> None:
    intake("ingest", str(large))
    with closing(open_store(postgres_url, tmp_path)) as other:
        other.upkeep.record_audit("root", "another desk", datetime(2026, 3, 1, tzinfo=UTC))
    store(url=postgres_url)
    said = " ".join(intake("move", code=1).output.split())
    assert "The new database is not empty: audit has rows" in said
    assert [True, False] == [(tmp_path / "data" / name).exists() for name in ("blobs", "blobs.moved")]
    assert [] == objects(bucket)
