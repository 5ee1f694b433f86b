"""The name of a file that came by mail: a hint by a stranger (RFC 2183 section 2.3), made safe."""

import re
import unicodedata
from collections.abc import Mapping

# With room for a suffix under the 255 bytes of common file systems.
MAX_BYTES = 120
# What is kept of the end of a name that is too long.
_MAX_EXTENSION = 20

_FILE = re.compile(r"[^/\\:*?\"<>|]{1,200}\.\w{2,5}")
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d|conin\$|conout\$)(?:\.|$)", re.IGNORECASE)
_EXTENSIONS = {
    "image/png": ".png", "image/jpeg": ".jpg", "image/jpg": ".jpg", "image/gif": ".gif",
    "image/webp": ".webp", "image/bmp": ".bmp", "image/tiff": ".tif", "image/heic": ".heic",
    "image/svg+xml": ".svg",
    "application/pdf": ".pdf", "application/zip": ".zip", "application/ms-tnef": ".dat",
    "application/pgp-signature": ".asc", "application/pkcs7-signature": ".p7s",
    "application/x-pkcs7-signature": ".p7s", "application/pkcs7-mime": ".p7m", "application/json": ".json",
    "text/plain": ".txt", "text/html": ".html", "text/calendar": ".ics", "text/csv": ".csv",
    "text/vcard": ".vcf", "text/x-vcard": ".vcf", "text/xml": ".xml", "application/xml": ".xml",
    "text/rfc822-headers": ".txt", "message/rfc822": ".eml", "message/global": ".eml",
    "message/delivery-status": ".txt", "message/disposition-notification": ".txt",
    "message/feedback-report": ".txt",
    "audio/mpeg": ".mp3", "audio/wav": ".wav", "video/mp4": ".mp4", "application/msword": ".doc",
}  # fmt: skip
_STEMS = {
    "image": "image", "audio": "audio", "video": "video", "message": "message", "text": "text",
}  # fmt: skip
_KNOWN = {
    "text/calendar": "invite", "message/delivery-status": "delivery-status", "text/rfc822-headers": "headers",
    "application/pgp-signature": "signature", "application/ms-tnef": "winmail",
}  # fmt: skip


def safe(name: str, media_type: str = "") -> str:
    """Return a name of at most 120 bytes of UTF-8 that is safe to show, to store and to send.

    No path, no control, bidi or zero-width characters, no leading dot, no trailing dot or
    blank, no Windows device. An empty name is made from the media type. Never raises.
    """
    text = unicodedata.normalize("NFC", name if len(name) <= 2000 else name[:1500] + name[-500:])
    text = "".join(" " if char in "\t\r\n" else char for char in text if _keeps(char) or char in "\t\r\n")
    text = re.split(r"[\\/]", text.rstrip("\\/ "))[-1]
    text = re.sub(r"[:*?\"<>|\s]+", _replacement, text).strip(" .").lstrip("~")
    stem, dot, extension = text.rpartition(".")
    if not dot or len(extension.encode()) > _MAX_EXTENSION or not stem:
        stem, extension = text, ""
    if not stem.strip(" ._-"):
        stem = _KNOWN.get(media_type) or _STEMS.get(media_type.partition("/")[0], "file")
        extension = extension or _EXTENSIONS.get(media_type, "").lstrip(".")
    if _DEVICES.match(stem + "."):
        stem = "_" + stem
    ending = f".{extension}" if extension else ""
    room = MAX_BYTES - len(ending.encode())
    if len(stem.encode()) > room:
        stem = stem.encode()[:room].decode("utf-8", "ignore").rstrip(" .")
    return stem + ending


def said(disposition: Mapping[str, str], kind: Mapping[str, str]) -> str:
    """Return a file's name: where it belongs, else where the other kind of parameter would have it."""
    return (
        disposition.get("filename") or kind.get("name") or disposition.get("name") or kind.get("filename", "")
    )


def from_location(location: str) -> str:
    """Return the file's name at the end of an address, "" when it ends in none."""
    name = location.partition("?")[0].rpartition("/")[2]
    return name if location and (_FILE.fullmatch(name) or name == location) and ":" not in name else ""


def extension_of(media_type: str) -> str:
    """Return the usual ending of a media type with its dot, "" when there is none."""
    return _EXTENSIONS.get(media_type, "")


def _keeps(char: str) -> bool:
    return unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")


def _replacement(match: re.Match[str]) -> str:
    return " " if match[0].isspace() else "_"
