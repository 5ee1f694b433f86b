"""How a file that somebody sent leaves the web: to be saved, and never shown or run in place. Pure."""

from urllib.parse import quote

# What a browser may be told a file is; all else is only bytes to it.
_TYPES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf", "text/plain"})
POLICY = "sandbox; default-src 'none'"


def shown_type(media_type: str) -> str:
    """Return the Content-Type of a file."""
    return media_type if media_type in _TYPES else "application/octet-stream"


def disposition(name: str) -> str:
    """Return a Content-Disposition for saving under `name` (RFC 6266, RFC 8187), an ASCII twin first."""
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\%;' else "_" for c in name)
    return f"attachment; filename=\"{plain or 'file'}\"; filename*=UTF-8''{quote(name, safe='')}"
