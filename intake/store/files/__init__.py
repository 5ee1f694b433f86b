"""Where large bytes lie, each named by its sha256: files in a folder, or objects in a bucket."""

from intake.store.files.port import Files, FileThere

__all__ = ["FileThere", "Files"]
