"""The part of `intake check` that tries the bucket of large files: it writes, reads, lists and deletes."""

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from intake.commands.check.findings import Finding, Findings, tried
from intake.config.converters import HERE

if TYPE_CHECKING:
    from intake.config.sections import StoreSettings


def bucket(store: "StoreSettings", data: Path) -> Findings:
    """Yield what there is to say of the bucket that the config names."""
    from intake.store.files.choosing import files_of

    endpoint = urlsplit(store.blobs_endpoint)
    if endpoint.scheme == "http" and endpoint.hostname not in HERE:
        problem = "begins with http://: all large mail goes through the network unencrypted"
        yield Finding("warning", "store", "blobs_endpoint", problem, "Write https:// in front of it")
    versions: list[str] = []

    def try_out() -> str:
        from intake.store.files.bucket import Bucket

        files = files_of(store, data)
        if isinstance(files, Bucket):
            versions.append(files.try_out())
        return f"the bucket {store.blobs} takes, gives and removes objects"

    yield tried("store", "blobs", "Correct the keys that begin with blobs", try_out)
    if any(versions):
        problem = "the bucket keeps old versions: what is erased or redacted stays in it"
        cure = "Turn versioning off, or add a lifecycle rule that removes old versions after a day"
        yield Finding("warning", "store", "blobs", problem, cure)
