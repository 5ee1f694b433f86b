"""Which place the config names for large files."""

from importlib.util import find_spec
from pathlib import Path

from intake.config.sections import StoreSettings
from intake.ports import UserError
from intake.store.files.folder import Folder
from intake.store.files.port import Files

# Below [desk] data, where no bucket is named.
FOLDER = "blobs"


def files_of(store: StoreSettings, data: Path) -> Files:
    """Return where large files lie. Nothing is loaded for a bucket that is not named, nor asked of one.

    Raises UserError where what a bucket needs is not installed.
    """
    if not store.blobs:
        return Folder(data / FOLDER)
    if find_spec("obstore") is None:
        raise UserError(
            "[store] blobs: a bucket needs a library. Run `pip install intake-desk[s3]`, or clear the key."
        )
    from intake.store.files.bucket import Bucket, Place

    bucket, _, prefix = store.blobs.removeprefix("s3://").partition("/")
    place = Place(
        bucket,
        prefix.strip("/"),
        store.blobs_endpoint.rstrip("/"),
        store.blobs_region,
        store.blobs_key,
        store.blobs_secret,
        store.blobs_ca_file,
        store.blobs_path_style,
    )
    return Bucket(place)
