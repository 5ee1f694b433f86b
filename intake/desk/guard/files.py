"""Files that nobody should get from a help desk: programs, scripts, macros, closed archives."""

import io
import zipfile

from intake.desk.message import Attachment

_NAMES_TEXT = """
    apk apks xapk aab ipa exe scr com pif msi msix appx bat cmd ps1 psm1 vbs vbe js jse wsf wsh hta jar
    jnlp lnk url reg cpl dll sys iso img vhd vhdx dmg pkg app command deb rpm run sh bash zsh py pl rb
    php swf docm dotm xlsm xltm xlam pptm potm ppam ppsm xll one chm msc scpt appimage
    """
_NAMES = frozenset(_NAMES_TEXT.split())
_BEGINNINGS = (b"MZ", b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"#!", b"L\0\0\0\x01\x14\x02\0")
# Of Microsoft's compound files, where a macro's storage has this name in UTF-16.
_OLE, _VBA = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "_VBA_PROJECT".encode("utf-16-le")
_ZIP = b"PK\x03\x04"
# RAR, 7-Zip, cabinets: whether they are locked is not known without a reader of theirs.
_CLOSED = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"MSCF")
_MARKUP = (b"<script", b"javascript:", b"<meta http-equiv")
_MOST_MEMBERS = 2000


def dangerous(file: Attachment) -> bool:
    """Whether a file runs a program, holds macros, or is an archive that is closed. Never raises."""
    content = file.content
    if _ending(file.name) in _NAMES or _ending(file.claimed) in _NAMES or content.startswith(_BEGINNINGS):
        return True
    if content.startswith(_OLE):
        return _VBA in content
    if content.startswith(_ZIP):
        return _zip(content)
    if content.startswith(_CLOSED):
        return True
    if _ending(file.name) in ("html", "htm", "xhtml", "shtml", "svg", "mht", "mhtml"):
        low = content[: 1 << 20].lower()
        return any(mark in low for mark in _MARKUP)
    return False


def _ending(name: str) -> str:
    return name.strip().strip(".").rpartition(".")[2].lower() if "." in name else ""


def _zip(content: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return True
    if len(members) > _MOST_MEMBERS:
        return True
    return any(
        member.flag_bits & 1
        or _ending(member.filename) in _NAMES
        or member.filename.lower().endswith(("vbaproject.bin", "androidmanifest.xml", "classes.dex"))
        for member in members
    )
