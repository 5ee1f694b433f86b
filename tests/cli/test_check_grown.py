"""`intake check` on a desk of several machines: what would refuse or strand mail is told before it does."""

import json
from base64 import b64encode
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from command_line import Run

from intake.store.blobs import LARGEST_ROW
from intake.testing.s3 import KEY, SECRET, S3Server

LARGE = (
    b"From: lin@customer.example\r\nTo: help@desk.example\r\nSubject: Large\r\n"
    b"Content-Type: image/png; name=large.png\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    + b64encode(bytes(LARGEST_ROW * 9 // 10))
)


def problems(intake: Run) -> list[dict[str, Any]]:
    said = json.loads(intake("check", "--offline", "--json", code=1).stdout)
    return [one for one in said if one["level"] == "problem"]


def write(config: Path, *lines: str) -> None:
    with config.open("a", encoding="utf-8") as file:
        file.write("".join(f"{line}\n" for line in ("[store]", *lines)))


def test_a_role_that_may_only_read_is_told_though_everything_can_be_read(
    intake: Run, config: Path, postgres_url: str, mailbox_name: str
) -> None:
    plain, role = config.read_text(encoding="utf-8"), mailbox_name.replace("-", "_")
    write(config, f"url = {postgres_url}")
    intake("agent", "list")
    with psycopg.connect(postgres_url, autocommit=True) as admin:
        admin.execute(f"CREATE ROLE {role} LOGIN")
        admin.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}")
    try:
        config.write_text(plain, encoding="utf-8")
        write(config, f"url = {postgres_url.replace('postgres:', f'{role}:', 1)}")
        (told,) = problems(intake)
        assert ("store", "url") == (told["section"], told["key"])
        assert "may not write meta, blob" in told["what"]
        assert "owner" in told["cure"]
        mail = config.with_name("small.eml")
        mail.write_bytes(b"From: lin@customer.example\r\n\r\nhello")
        said = " ".join(intake("ingest", str(mail), code=75).output.split())
        assert "make it the owner of the tables" in said
    finally:
        with psycopg.connect(postgres_url, autocommit=True) as admin:
            admin.execute(f"DROP OWNED BY {role}")
            admin.execute(f"DROP ROLE {role}")


def test_a_role_that_may_make_no_tables_is_told_what_to_be_granted(
    intake: Run, config: Path, postgres_url: str, mailbox_name: str
) -> None:
    role = mailbox_name.replace("-", "_")
    with psycopg.connect(postgres_url, autocommit=True) as admin:
        admin.execute(f"CREATE ROLE {role} LOGIN")
    write(config, f"url = {postgres_url.replace('postgres:', f'{role}:', 1)}")
    try:
        (told,) = problems(intake)
        assert "GRANT CREATE ON SCHEMA public" in f"{told['what']} {told['cure']}"
    finally:
        with psycopg.connect(postgres_url, autocommit=True) as admin:
            admin.execute(f"DROP ROLE {role}")


def test_a_database_that_only_reads_is_told(intake: Run, config: Path, postgres_url: str) -> None:
    plain = config.read_text(encoding="utf-8")
    write(config, f"url = {postgres_url}")
    intake("agent", "list")
    config.write_text(plain, encoding="utf-8")
    option = quote("-cdefault_transaction_read_only=on", safe="")
    write(config, f"url = {postgres_url}&options={option}")
    (told,) = problems(intake)
    assert "accepts only reading" in told["what"]
    assert "default_transaction_read_only" in told["cure"]


def test_large_mail_that_is_not_where_this_machine_looks_is_told_and_hides_nothing(
    intake: Run, config: Path, tmp_path: Path
) -> None:
    large = tmp_path / "large.eml"
    large.write_bytes(LARGE)
    intake("ingest", str(large))
    (tmp_path / "data/blobs").rename(tmp_path / "elsewhere")
    (told,) = problems(intake)
    assert ("store", "blobs") == (told["section"], told["key"])
    assert "1 of the last 1 large emails are not in" in told["what"]
    assert "share the data folder" in told["cure"]
    (tmp_path / "elsewhere").rename(tmp_path / "data/blobs")
    intake("check", "--offline")


def test_an_endpoint_without_a_bucket_is_told(intake: Run, config: Path, s3: S3Server) -> None:
    write(config, f"blobs_endpoint = {s3.endpoint}", f"blobs_key = {KEY}", f"blobs_secret = {SECRET}")
    (told,) = problems(intake)
    assert ("blobs", "is missing, though blobs_endpoint names a store") == (told["key"], told["what"])


@pytest.mark.parametrize("path", ["/", ""])
def test_an_endpoint_with_the_bucket_in_it_is_told(
    path: str, intake: Run, config: Path, s3: S3Server, bucket: Path
) -> None:
    endpoint = f"{s3.endpoint}/{bucket.name}{path}"
    keys = (f"blobs_key = {KEY}", f"blobs_secret = {SECRET}")
    write(config, f"blobs = s3://{bucket.name}", f"blobs_endpoint = {endpoint}", *keys)
    (told,) = problems(intake)
    assert "without the name of the bucket" in told["what"]


def test_an_empty_database_on_a_server_is_as_empty_after_a_check(
    intake: Run, config: Path, postgres_url: str, tmp_path: Path
) -> None:
    (tmp_path / "data/secret.key").unlink()
    write(config, f"url = {postgres_url}")
    said = intake("check", "--offline").output
    assert "is empty. A check makes nothing in it" in " ".join(said.split())
    assert [] == list((tmp_path / "data").iterdir()), "a restore wants neither tables nor another key"
    with psycopg.connect(postgres_url) as database:
        assert (0,) == database.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        ).fetchone()
    intake("agent", "add", "anna@staff.example")
    assert "1 agent" in intake("check", "--offline").output
