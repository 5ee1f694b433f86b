"""Files that nobody should get from a help desk: programs, scripts, macros, forms, closed archives; by their
names and by what they hold, in archives and letters too."""

import re

from intake.desk.guard.archives import MOST_DEPTH, Closed, Look, is_archive, members
from intake.desk.message import Attachment

_NAMES_TEXT = """
    apk apks xapk apkm aab ipa exe scr com pif msi msix msu appx bat cmd ps1 psm1 vbs vbe js jse wsf wsh hta
    jar jnlp lnk url reg cpl dll sys iso img vhd vhdx dmg pkg app command deb rpm run sh bash zsh py pl rb
    php swf docm dotm xlsm xltm xlam pptm potm ppam ppsm xll one chm msc scpt appimage crx xpi mobileconfig
    webloc desktop terminal workflow inf iqy slk scf settingcontent-ms library-ms search-ms gadget application
    war class ace arj
    """
_NAMES = frozenset(_NAMES_TEXT.split())
# Programs of Windows, Linux and macOS, scripts, shortcuts, dex files, browser extensions, packages of macOS
# and Debian, help files, disks, notebooks, registry files.
_BEGINNINGS = (
    b"MZ", b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf",
    b"\xca\xfe\xba\xbe", b"#!", b"L\0\0\0\x01\x14\x02\0", b"dex\n", b"Cr24", b"xar!", b"!<arch>\n", b"ITSF",
    b"conectix", b"\xe4R\x5c{\x8c\xd8", b"Windows Registry Editor", b"REGEDIT4", b"[InternetShortcut]",
)  # fmt: skip
_DISK = (32769, b"CD001")
# Of Microsoft's compound files: a macro's storage, an encrypted document (both UTF-16), an installer's class.
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_IN_OLE = (
    "_VBA_PROJECT".encode("utf-16-le"),
    "EncryptedPackage".encode("utf-16-le"),
    b"\x84\x10\x0c\0\0\0\0\0\xc0\0\0\0\0\0\0\x46",
    b"This program cannot be run in DOS mode",
)
_MARKUP = (
    b"<script",
    b"javascript:",
    b"<meta http-equiv",
    b"<form",
    b"<input",
    b"<iframe",
    b"<object",
    b"<embed",
)
_HANDLER = re.compile(rb"<[^>]{0,2000}\son(?:load|error|click|begin|focus|mouse\w+)\s*=")
_PAGES = ("html", "htm", "xhtml", "shtml", "svg", "mht", "mhtml")
_PAGE = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|svg|head|body)\b")
# Of members of an archive: macros of both kinds, Android's and Apple's programs.
_MEMBERS = re.compile(
    r"vbaproject\.bin$|androidmanifest\.xml$|classes\d*\.dex$|(?:^|/)macrosheets/|(?:^|/)dialogsheets/|"
    r"^payload/[^/]+\.app/|(?:^|/)activex/|^meta-inf/mozilla\.rsa$",
    re.IGNORECASE,
)
# A template or an object that an office document fetches from elsewhere when it is opened.
_FETCHED = re.compile(rb"<Relationship\b[^>]{0,4000}>", re.IGNORECASE)
_KINDS = (b"attachedtemplate", b"oleobject", b"/frame", b"subdocument")
_PROFILE = b"payloadtype"
_EXTENSION = b'"manifest_version"'
_RUNS_IN_PDF = (b"/JavaScript", b"/Launch")
_HEAD = 1 << 20


def dangerous(file: Attachment) -> bool:
    """Whether a file, or anything in it, runs a program, holds macros or a form, or is closed. Never raises.

    What an archive holds is looked at as far as `archives` goes; beyond that it counts as closed.
    """
    if _ending(file.claimed) in _NAMES:
        return True
    try:
        return _dangerous(file.name, file.content, Look(), 0)
    except Closed:
        return True


def _dangerous(name: str, content: bytes, look: Look, depth: int) -> bool:
    if _ending(name) in _NAMES or _MEMBERS.search(name) or _runs(name, content):
        return True
    if depth >= MOST_DEPTH:
        if is_archive(content):
            raise Closed
        return False
    return any(_dangerous(inner, inside, look, depth + 1) for inner, inside in members(name, content, look))


def _runs(name: str, content: bytes) -> bool:
    """Whether a file's own content runs."""
    start, disk = _DISK
    if content.startswith(_BEGINNINGS) or content.startswith(disk, start):
        return True
    if content.startswith(_OLE):
        return any(mark in content for mark in _IN_OLE)
    if content.startswith(b"%PDF-"):
        return any(mark in content for mark in _RUNS_IN_PDF)
    if content.startswith(b"{\\rt"):
        return b"\\objdata" in content or b"\\objupdate" in content
    # Text in two bytes a letter is read as in one.
    low = content[:_HEAD].replace(b"\0", b"").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff").lower()
    if _ending(name) in _PAGES or _PAGE.match(low):
        return any(mark in low for mark in _MARKUP) or _HANDLER.search(low) is not None
    if _ending(name) == "rels":
        return any(_fetches(match[0].lower()) for match in _FETCHED.finditer(content[:_HEAD]))
    plist = low.startswith((b"<?xml", b"<plist")) and _PROFILE in low
    return plist or (name.rpartition("/")[2].lower() == "manifest.json" and _EXTENSION in low)


def _fetches(relationship: bytes) -> bool:
    return b"external" in relationship and any(kind in relationship for kind in _KINDS)


def _ending(name: str) -> str:
    return name.strip().strip(".").rpartition(".")[2].lower() if "." in name else ""
