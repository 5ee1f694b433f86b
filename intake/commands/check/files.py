"""The part of `intake check` that looks at files: each is reported under the key that names it."""

import os
import shutil
import ssl
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from intake.commands.check.findings import Finding, Findings, parted
from intake.config.brands import Looks, servers_of
from intake.config.mailboxes import ImapMailbox
from intake.config.oauth_keys import OAuthSettings
from intake.desk.text.counting import counted
from intake.ports import UserError

if TYPE_CHECKING:
    from intake.config.sections import Settings

# Below this nothing can be stored; `intake status` warns long before.
NO_ROOM = 10**7


def files(settings: "Settings") -> Findings:
    """Yield what is wrong with the files and folders that the config names, but the mailboxes' own."""
    yield from _data(settings.desk.data)
    yield from _folder("desk", "templates", settings.desk.templates)
    for name, brand in settings.brands.items():
        yield from _folder(f"brand {name}", "templates", brand.templates)
    yield from _folder("desk", "canned", settings.desk.canned)
    yield from _canned(settings)
    yield from _folder("faq", "folder", settings.faq.folder)
    yield from _articles(settings)
    yield from _logos(settings)
    yield from _dkim(settings)
    for section, smtp, _ in servers_of(settings):
        yield from _authority(section, smtp.ca_file)
    yield from _authority("store", settings.store.blobs_ca_file, "blobs_ca_file")
    for name, account in settings.oauth.items():
        yield from _proof(f"oauth {name}", account)
    for name, box in settings.mailboxes.items():
        if isinstance(box, ImapMailbox):
            yield from _authority(f"mailbox {name}", box.ca_file)


def _data(data: Path) -> Findings:
    cure = f"Give it to the user that runs intake: chown -R USER {data}, or name another in [desk] data"
    there = next(folder for folder in (data, *data.parents) if _exists(folder))
    if not there.is_dir():
        yield Finding("problem", "desk", "data", f"{there} is not a folder", "Name a folder in [desk] data")
    elif os.statvfs(there).f_flag & os.ST_RDONLY:
        problem = f"the file system of {there} is read-only"
        yield Finding(
            "problem", "desk", "data", problem, "Mount it for writing, or name another in [desk] data"
        )
    elif not os.access(there, os.R_OK | os.W_OK | os.X_OK):
        yield Finding("problem", "desk", "data", f"{there} cannot be read and written by this user", cure)
    elif shutil.disk_usage(there).free < NO_ROOM:
        yield Finding("problem", "desk", "data", f"the disk of {there} is full", "Free some space")
    else:
        yield from _others(data)


def _others(data: Path) -> Findings:
    """Report files in the data folder with another owner: the desk may not be able to write them."""
    if not os.path.isdir(data):
        return
    owner = data.stat().st_uid
    below = [*data.iterdir(), *(data / "blobs").glob("[0-9a-f][0-9a-f]")]
    others = [path for path in below if path.lstat().st_uid != owner]
    if others:
        more = f" and {len(others) - 1} more" if len(others) > 1 else ""
        problem = f"does not belong to the folder's owner: {others[0]}{more}"
        yield Finding("problem", "desk", "data", problem, f"Run: chown -R --reference={data} {data}")


def _exists(path: Path) -> bool:
    # Not Path.exists, which raises below a folder that this user may not enter.
    return os.path.exists(path)


def _folder(section: str, key: str, path: Path | None) -> Findings:
    if path is None:
        return
    if not os.path.isdir(path):
        problem, cure = f"there is no folder {path}", f"Create it, or clear the key {key}"
        try:
            path.stat()
        except (FileNotFoundError, NotADirectoryError):
            pass
        except OSError as err:
            problem, cure = (
                f"{path} cannot be read: {err.strerror}",
                "Change the owner or mode of its parent folder",
            )
        yield Finding("problem", section, key, problem, cure)
    elif not os.access(path, os.R_OK | os.X_OK):
        yield Finding("problem", section, key, f"{path} cannot be read", "Change its owner or mode")


def _canned(settings: "Settings") -> Findings:
    from intake.config.canned_files import readable

    folder = settings.desk.canned
    if folder is None or not os.path.isdir(folder) or not os.access(folder, os.R_OK | os.X_OK):
        return
    for fault in readable(folder)[1]:
        yield Finding("problem", "desk", "canned", *parted(fault, "Correct that file"))


def _articles(settings: "Settings") -> Findings:
    from intake.config.faq_files import readings

    folder = settings.faq.folder
    if folder is None or not os.path.isdir(folder) or not os.access(folder, os.R_OK | os.X_OK):
        return
    wrong = sum(bool(reading.faults) for reading in readings(folder, settings.desk.language).values())
    if wrong:
        text = f"{counted(wrong, 'article')} of {folder} cannot be published"
        yield Finding("warning", "faq", "folder", text, "`intake faq check` says what is wrong")


def _logos(settings: "Settings") -> Findings:
    from intake.web.brand import Brand

    for look in Looks(settings).all():
        path, section = look.page_logo, f"brand {look.brand}" if look.brand else "web"
        if path is None:
            continue
        if _unread(path):
            cure = "Put the image there, or clear the key logo"
            yield Finding("problem", section, "logo", _unread(path), cure)
        elif not Brand(look).logo_version:
            cure = "Save it as PNG or as SVG with a viewBox, up to 256 KiB"
            yield Finding("problem", section, "logo", f"{path} is not a valid logo", cure)


def _dkim(settings: "Settings") -> Findings:
    from intake.app import signer_of

    path = settings.dkim.key_file
    if path is None:
        return
    if _unread(path):
        cure = "Put the key there, or create one with `intake dkim create`"
        yield Finding("problem", "dkim", "key_file", _unread(path), cure)
        return
    try:
        signer_of(settings)
    except UserError as err:
        problem, cure = parted(
            str(err).removeprefix("[dkim] key_file: "), "`intake dkim create` creates a key"
        )
        yield Finding("problem", "dkim", "key_file", problem, cure)


def _authority(section: str, path: Path | None, key: str = "ca_file") -> Findings:
    if path is None:
        return
    cure = f"Name the file of the authority's certificate in PEM, or clear the key {key}"
    if _unread(path):
        yield Finding("problem", section, key, _unread(path), cure)
        return
    try:
        ssl.create_default_context(cafile=str(path))
    except (OSError, ValueError):
        yield Finding("problem", section, key, f"{path} holds no certificate", cure)


def _proof(section: str, account: OAuthSettings) -> Findings:
    """Report the files that log in to an account, where they cannot be used or others may read them."""
    for key, path in (("certificate", account.certificate), ("key_file", account.key_file)):
        if path is None:
            continue
        if _unread(path):
            cure = "Put it there, for the user that runs intake only"
            yield Finding("problem", section, key, _unread(path), cure)
        elif path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            text = f"{path} opens mailboxes, and others may read it"
            yield Finding("warning", section, key, text, f"Run: chmod 600 {path}")


def _unread(path: Path) -> str:
    """Return why a file cannot be read, "" where it can."""
    try:
        with path.open("rb"):
            return ""
    except OSError as err:
        return f"{path} cannot be read: {err.strerror}"
