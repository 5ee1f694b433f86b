"""Links that a mail server has rewritten, so that clicks go through it: what they led to. Pure."""

import base64
import binascii
import re
from urllib.parse import unquote

_LINK = re.compile(r"https?://[^\s<>\"]{1,4000}", re.IGNORECASE)
# Outlook's text form of a link whose words are its address: "ADDRESS<ADDRESS>".
_TWICE = re.compile(r"(?<![^\s<>\"])(https?://[^\s<>\"]{1,4000}+)\s{0,2}<\1>")
# Each takes the address out of its service's own.
_QUERY = (
    re.compile(
        r"https?://(?:[\w-]+\.)?safelinks\.protection\.(?:office365\.us|outlook\.com)/\S*?[?&]url=([^&\s]+)"
    ),
    re.compile(r"https?://urldefense\.proofpoint\.com/v1/url\?(?:\S*?&)?u=([^&\s]+)"),
    re.compile(r"https?://linkprotect\.cudasvc\.com/url\?(?:\S*?&)?a=([^&\s]+)"),
)
_DEFENSE_2 = re.compile(r"https?://urldefense\.proofpoint\.com/v2/url\?(?:\S*?&)?u=([^&\s]+)")
_DEFENSE_3 = re.compile(r"https?://urldefense\.(?:com|us|proofpoint\.com)/v3/__(.+?)__;([\w-]*=*)!")
# What is decoded is an address only without blanks: nobody must hide lines of words in a link.
_ADDRESS = re.compile(r"[^\s<>\"]*")
# In the third form, what stands for one sign and for several ("**" and a letter of how many).
_HELD = re.compile(r"\*(?:\*([A-Za-z0-9_-]))?")
_COUNTS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def unwrapped(text: str) -> str:
    """Return text with the links in it as they were written, as far as the rewritten ones tell."""
    if "://" not in text:
        return text
    return _TWICE.sub(r"\1", _LINK.sub(lambda match: _led_to(match[0]).rstrip("/"), text))


def _led_to(link: str) -> str:
    address = _decoded(link)
    return address if _ADDRESS.fullmatch(address) else link


def _decoded(link: str) -> str:
    for form in _QUERY:
        if match := form.match(link):
            return unquote(match[1])
    if match := _DEFENSE_2.match(link):
        return unquote(match[1].replace("-", "%").replace("_", "/"))
    if match := _DEFENSE_3.match(link):
        return _third(match[1], match[2]) or link
    return link


def _third(address: str, held: str) -> str:
    """Return an address whose special signs were taken out, and stand in `held` (base64); "" for none."""
    try:
        signs = base64.urlsafe_b64decode(held.rstrip("=") + "=" * (-len(held.rstrip("=")) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""
    at = 0

    def next_signs(match: re.Match[str]) -> str:
        nonlocal at
        many = _COUNTS.index(match[1]) + 2 if match[1] else 1
        at += many
        return signs[at - many : at]

    plain = _HELD.sub(next_signs, address)
    return re.sub(r"^(https?:/)(?!/)", r"\1/", plain)
