"""The files a desk needs to start that lie where its config says: what a backup takes along, and back.

Beside the database, the large files and the key: the key mail is signed with, canned responses,
articles, templates, the logo and the certificates of authorities. No file that holds a password is taken.
"""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

from intake.config.brands import servers_of
from intake.config.mailboxes import ImapMailbox
from intake.config.sections import Settings
from intake.folders import durable_file, private_folder
from intake.ports import UserError

FOLDER, LIST = "files", "files.json"


def named(settings: Settings) -> Iterator[tuple[str, str, Path]]:
    """Yield section, key and path of each file or folder that the config names and a desk starts with."""
    single = (
        ("desk", "canned", settings.desk.canned),
        ("desk", "templates", settings.desk.templates),
        ("faq", "folder", settings.faq.folder),
        ("web", "logo", settings.web.logo),
        ("dkim", "key_file", settings.dkim.key_file),
        ("store", "blobs_ca_file", settings.store.blobs_ca_file),
    )
    boxes = (
        (f"mailbox {name}", "ca_file", box.ca_file)
        for name, box in settings.mailboxes.items()
        if isinstance(box, ImapMailbox)
    )
    servers = ((section, "ca_file", smtp.ca_file) for section, smtp, _ in servers_of(settings))
    brands = (
        (f"brand {name}", key, path)
        for name, brand in settings.brands.items()
        for key, path in (("templates", brand.templates), ("logo", brand.logo))
    )
    for section, key, path in (*single, *servers, *boxes, *brands):
        if path is not None:
            yield section, key, path


def take(settings: Settings, target: Path) -> int:
    """Copy these files into the folder of a backup; return how many. Those that are not there are left out.

    Raises UserError where one cannot be read.
    """
    entries, count = [], 0
    for number, (section, key, path) in enumerate(named(settings), 1):
        if not path.exists():
            continue
        place = target / FOLDER / str(number)
        for source, below in _files(path):
            _copy(source, place / below)
            count += 1
        entries.append({"section": section, "key": key, "place": f"{FOLDER}/{number}", "name": path.name})
    if entries:
        with durable_file(target / LIST) as file:
            file.write(json.dumps(entries, indent=2).encode())
    return count


def put_back(settings: Settings, source: Path) -> list[Path]:
    """Put the files of a backup where the config says today; return those that were missing.

    What is there is left as it is, and what the config names no more stays in the backup.
    Raises UserError where one cannot be written.
    """
    try:
        listed = json.loads((source / LIST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        # An older intake made it, which took no such files.
        return []
    except (OSError, ValueError) as err:
        raise UserError(f"{source / LIST} cannot be read. Copy the files back by hand.") from err
    wanted = {(section, key): path for section, key, path in named(settings)}
    done = []
    for entry in listed:
        path = wanted.get((entry["section"], entry["key"]))
        if path is None or path.exists():
            continue
        place = source / entry["place"]
        whole = (place / entry["name"]).is_file() and entry["key"] not in ("canned", "templates")
        for file, below in _files(place):
            _copy(file, path if whole else path / below)
        if not path.exists():
            private_folder(path)
        done.append(path)
    return done


def _files(path: Path) -> Iterator[tuple[Path, Path]]:
    """Yield each file of a path that is one or a folder, and its name below it; no link leads out of it."""
    if path.is_file():
        yield path, Path(path.name)
        return
    inside = path.resolve()
    for file in sorted(path.rglob("*")):
        if file.is_file() and file.resolve().is_relative_to(inside):
            yield file, file.relative_to(path)


def _copy(source: Path, target: Path) -> None:
    try:
        private_folder(target.parent)
        with source.open("rb") as reader, durable_file(target) as writer:
            shutil.copyfileobj(reader, writer)
    except OSError as err:
        raise UserError(
            f"{err.filename or target} cannot be copied: {err.strerror}. Check its owner and mode."
        ) from err
