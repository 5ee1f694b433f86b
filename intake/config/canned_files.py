"""The prepared answers of `[desk] canned`: a folder of text files."""

import os
from pathlib import Path

from intake.desk.commands import canned
from intake.folders import inside
from intake.ports import UserError


def read_folder(folder: Path | None) -> dict[str, dict[str, str]]:
    """Return the prepared answers in a folder: NAME.txt and NAME.LANGUAGE.txt, by name and by language.

    Raises UserError for a folder or a file that cannot be read.
    """
    texts, faults = readable(folder)
    if faults:
        raise UserError(faults[0])
    return texts


def readable(folder: Path | None) -> tuple[dict[str, dict[str, str]], list[str]]:
    """Return the prepared answers that can be read, and a sentence about each that cannot.

    Raises UserError for a folder that is not there or cannot be read.
    """
    files: dict[str, dict[str, str]] = {}
    faults: list[str] = []
    try:
        paths = sorted(folder.iterdir()) if folder is not None and _is_folder(folder) else []
    except OSError as err:
        raise UserError(f"{folder} cannot be read: {err.strerror}. Change its owner or mode.") from err
    for path in paths:
        known = canned.named(path.name)
        if known is None:
            continue
        if folder is not None and not inside(path, folder):
            faults.append(f"{path} is a link that leads out of the folder. Put the file itself there.")
            continue
        if path.exists() and not path.is_file():
            # A pipe would be waited for without end.
            faults.append(f"{path} is not a file. Remove or rename it.")
            continue
        try:
            files.setdefault(known[0], {})[known[1]] = path.read_text(encoding="utf-8-sig").strip()
        except (OSError, UnicodeDecodeError):
            faults.append(f"{path} cannot be read as UTF-8 text. Save it again, or take it away.")
    return {name: texts for name, texts in files.items() if texts}, faults


def _is_folder(folder: Path) -> bool:
    if not os.path.isdir(folder):
        raise UserError(f"There is no folder {folder}. Create it, or clear the key `canned` of [desk].")
    return True
