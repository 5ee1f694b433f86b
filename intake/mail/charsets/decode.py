"""Bytes to text: our own charset table, and what to do when the label lies.

Measured on 547 real mails: one declared charset in ten is missing, unknown to
Python or wrong. The order here is: what the label says, read strictly; UTF-8;
a statistical guess on a small sample; and only then replacement characters.
"""

import codecs
import re
from functools import cache

from intake.desk.text.language import detect
from intake.mail.charsets import greetings, iso2022, plausible, twice, utf16, western
from intake.mail.charsets.latin import by_words, latin, other_latin, surely_other, telling

# A text cut in the middle of a character, or with one damaged byte, is still in its declared charset.
DAMAGE_ALLOWED = 0.02

# Names as mail uses them that Python does not know, or knows too narrowly: what is
# labelled with the small charset is written in the vendor's superset of it (WHATWG Encoding).
_SUPERSETS = {
    "gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "cp936": "gb18030", "xgbk": "gb18030",
    "isogb2312": "gb18030", "gb231280": "gb18030", "csgb2312": "gb18030", "chinese": "gb18030",
    "euccn": "gb18030", "isoir58": "gb18030", "ms936": "gb18030", "windows936": "gb18030",
    "big5": "big5hkscs", "big5hkscs": "big5hkscs", "xbig5": "big5hkscs", "cnbig5": "big5hkscs",
    "cp950": "cp950", "big5tw": "big5hkscs", "csbig5": "big5hkscs",
    "euckr": "cp949", "ksc56011987": "cp949", "ksc5601": "cp949", "ksx1001": "cp949", "cp949": "cp949",
    "xwindows949": "cp949", "uhc": "cp949", "korean": "cp949", "ksc56011989": "cp949", "windows949": "cp949",
    "shiftjis": "cp932", "sjis": "cp932", "xsjis": "cp932", "cp932": "cp932", "windows31j": "cp932",
    "mskanji": "cp932", "csshiftjis": "cp932", "ms932": "cp932", "xmscp932": "cp932",
    "eucjp": "euc_jis_2004", "xeucjp": "euc_jis_2004", "ujis": "euc_jis_2004",
    "iso2022jp": "iso2022_jp_ext", "iso2022jp1": "iso2022_jp_ext", "iso2022jp2": "iso2022_jp_2",
    "csiso2022jp": "iso2022_jp_ext", "iso2022jpms": "iso2022_jp_ext", "iso2022jp3": "iso2022_jp_3",
    "cp50220": "iso2022_jp_ext", "cp50221": "iso2022_jp_ext", "iso2022jp2004": "iso2022_jp_2004",
    "iso2022kr": "iso2022_kr", "hzgb2312": "hz", "hz": "hz",
    "latin1": "cp1252", "iso88591": "cp1252", "l1": "cp1252", "cp1252": "cp1252", "windows1252": "cp1252",
    "ansi": "cp1252", "iso885911": "cp874", "tis620": "cp874", "windows874": "cp874", "cp874": "cp874",
    "xwindows874": "cp874", "thai": "cp874", "iso88599": "cp1254", "latin5": "cp1254",
    "iso88598i": "cp1255", "iso88598e": "cp1255", "iso88598": "cp1255", "visual": "cp1255",
    "logical": "cp1255", "iso88596i": "iso8859_6", "iso88596e": "iso8859_6",
    "xmaccyrillic": "mac_cyrillic", "maccyrillic": "mac_cyrillic", "macintosh": "mac_roman",
    "xmacroman": "mac_roman", "macroman": "mac_roman", "xmac": "mac_roman", "xmacjapanese": "cp932",
    "xmacgreek": "mac_greek", "xmacturkish": "mac_turkish", "xmacce": "mac_latin2",
    "xunicode20utf7": "utf-7", "unicode20utf7": "utf-7",
    "xunicode20utf8": "utf-8", "utf8": "utf-8", "unicode11utf8": "utf-8", "utf8mb4": "utf-8",
    "cp65001": "utf-8", "xutf8": "utf-8",
    "unicode": "utf-16", "utf16": "utf-16", "utf7": "utf-7", "unicode11utf7": "utf-7",
    "xcp1250": "cp1250", "xcp1251": "cp1251", "win1251": "cp1251", "win1250": "cp1250",
    "koi": "koi8_r", "koi8": "koi8_r", "koi8ru": "koi8_u", "cskoi8r": "koi8_r", "xviet": "cp1258",
}  # fmt: skip

# Labels that say nothing: the bytes decide.
_SILENT = frozenset(
    (
        "usascii", "ascii", "ansix341968", "default", "defaultcharset", "none", "unknown", "unknown8bit",
        "xunknown", "8bit", "7bit", "binary", "iso646us", "us", "charset", "null", "undefined",
        "xuserdefined", "csascii", "ansix34",
    )
)  # fmt: skip

# Codecs of Python that are no charsets of mail, and would run on hostile bytes.
_NOT_TEXT = frozenset(
    (
        "idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "rot_13", "rot13", "base64",
        "bz2", "hex", "quopri", "uu", "zlib", "mbcs", "oem",
    )
)  # fmt: skip

# In these, bytes below 0x80 do not mean ASCII, or 7-bit bytes carry more than ASCII.
_STATEFUL = ("iso2022", "hz", "utf-7", "utf-16", "utf-32", "utf_16", "utf_32", "utf_7", "cp037", "cp500")

_WIDE = ("utf-16", "utf-32", "utf_16", "utf_32")

# What a detector says of short texts, and what they are in: nobody mails these unlabelled.
_COUSINS = {
    "mac_cyrillic": "cp1251", "mac_roman": "cp1252", "mac_greek": "cp1253", "mac_turkish": "cp1254",
    "mac_latin2": "cp1250", "cp437": "cp1252", "cp850": "cp1252", "cp858": "cp1252", "hp_roman8": "cp1252",
    "cp852": "cp1250", "cp864": "cp1256", "cp855": "cp1251", "iso8859_16": "cp1250", "iso8859_3": "cp1254",
}  # fmt: skip

_HIGH_BYTES = bytes(range(0x80, 0x100))
_ASCII_AND_SIGNS = bytes((*range(0x80), *range(0xA0, 0xC0)))
_EAST_ASIAN = ("gb", "big5", "cp949", "cp950", "cp932", "euc", "johab", "shift")
_CENTRAL = ("cp1250", "iso8859_2", "cp1254", "cp1257", "iso8859_4", "iso8859_10", "iso8859_13", "iso8859_15")
_WESTERN = ("en", "de", "fr", "es", "pt", "it", "nl", "ca", "gl", "da", "no", "sv", "fi", "is", "sq")
_UTF8 = ("utf-8", "utf_8")
_JUNK = re.compile(r"[^a-z0-9]")
# `charset="utf-8*en"`, `iso-8859-1 (Latin)`, `gb2312;format=flowed`: the name is what comes first.
_NAME = re.compile(r"[\s\"']*([A-Za-z0-9][A-Za-z0-9_.:+-]{0,40})")
_known: dict[str, str] = {}


def lookup(declared: str) -> str:
    """Return the Python codec for a charset as mail spells it, "" when the label says nothing."""
    cached = _known.get(declared)
    if cached is not None:
        return cached
    codec = _lookup(declared)
    if len(_known) < 500:  # hostile mail names endless charsets
        _known[declared] = codec
    return codec


def _lookup(declared: str) -> str:
    match = _NAME.match(declared)
    if not match:
        return ""
    name = match[1].lower()
    key = _JUNK.sub("", name)
    if key in _SILENT:
        return ""
    if key in _SUPERSETS:
        return _SUPERSETS[key]
    for candidate in (
        name,
        name.removeprefix("x-"),
        name.removeprefix("cs"),
        "cp" + key.removeprefix("windows"),
    ):
        try:
            codec = codecs.lookup(candidate).name.replace("-", "_")
        except (LookupError, ValueError):
            continue
        if codec not in _NOT_TEXT and not codec.endswith("_codec"):
            return codec
    for prefix in ("usascii", "utf8", "iso88591", "gb2312"):  # us-asciiiso, utf-8rn, …
        if key.startswith(prefix):
            return _SUPERSETS.get(prefix, "")
    return ""


def decode(data: bytes, declared: str = "", hint: str = "") -> str:
    """Return `data` as text. Never raises; what nothing can read becomes U+FFFD.

    `declared` is the label of these very bytes; `hint` one of their neighbourhood
    (a header's is the body's charset), tried after UTF-8.
    """
    codec = lookup(declared) if declared else ""
    if utf16.may_be(data):
        text = utf16.read(data)
        if text is not None:
            return text
    elif codec.startswith(_WIDE) and _strictly(data, "utf-8") is not None:
        codec = ""  # no text of theirs is without a zero byte and valid UTF-8, too
    if data.isascii() and not codec.startswith(_STATEFUL):
        return _seven_bit(data, hint)
    if data[:3] == codecs.BOM_UTF8:
        return data[3:].decode("utf-8", "replace")
    if codec in ("", "cp1252"):
        # Mailers label UTF-8 as us-ascii or iso-8859-1 far more often than a person writes "Ã¼".
        text = _strictly(data, "utf-8")
        if text is not None:
            text = twice.repaired(data, text)
        elif codec:
            text = _western(data)
    else:
        text = _labelled(data, codec)
    if text is None and hint and (known := lookup(hint)):
        text = _western(data) if known == "cp1252" else _beside(data, known)
    return text if text is not None else _of_two(data, codec) or _guess(data, codec)


def _beside(data: bytes, codec: str) -> str | None:
    """Return bytes without a label by that of their neighbourhood, None where they are surely in another."""
    text = _strictly(data, codec)
    if text is None or plausible.faults(text, codec) <= plausible.SUSPICIOUS:
        return text
    return _guess(data, codec, text)


def _western(data: bytes) -> str:
    """Return what is labelled as Windows-1252: by the label, unless it surely is in another charset."""
    if greeting := greetings.codec_told(data):
        return data.decode(greeting)
    if _too_high(data):
        if western.of_one_language(data):
            return latin(data)
        guessed = _of_two(data, "cp1252") or _guess(data, "cp1252")
        return guessed if western.convincing(data, guessed) else latin(data)
    text = latin(data)
    other = other_latin(data)
    if other:
        return data.decode(other, "replace")
    if _high(data) >= 3 and plausible.faults(text, "cp1252") > plausible.SUSPICIOUS:
        # Only a reading without fault is better than the label.
        if western.of_one_language(data):
            return text
        guessed = _of_two(data, "cp1252") or _guess(data, "cp1252", text)
        return guessed if western.convincing(data, guessed) else text
    return text


def _labelled(data: bytes, codec: str) -> str | None:
    """Return what the label says the bytes are, or what it is most often wrong for; None for neither."""
    text = _surely_utf8(data, codec) or _strictly(data, codec)
    if codec in _UTF8 and text is not None:
        return twice.repaired(data, text)
    if text is None and codec.startswith("iso2022_jp"):
        text = iso2022.as_windows(data)
    if text is None:
        text = _strictly(data, "utf-8")
    return _nearly(data, codec) if text is None else text


def _surely_utf8(data: bytes, codec: str) -> str | None:
    """Return text that is UTF-8 under the label of another charset, None when it may be that charset's."""
    if codec in _UTF8 or codec.startswith(_STATEFUL):
        return None
    text = _strictly(data, "utf-8")
    if text is None:
        return None
    beyond = len(text) - len(text.encode("ascii", "ignore"))
    if codec.startswith(_EAST_ASIAN):
        # Pairs of their bytes now and then are a letter of UTF-8, hardly ever a character of three bytes.
        return text if beyond >= 3 and 2 * sum(char >= "\u0800" for char in text) >= beyond else None
    return text if beyond >= 2 else None


def told(data: bytes) -> str:
    """Return the codec in which an unlabelled text is read here, "" when it is ASCII or in none of ours."""
    if data.isascii():
        return ""
    return _codec_of(data, decode(data))


def _codec_of(data: bytes, text: str) -> str:
    for codec in ("utf-8", *plausible.CANDIDATES):
        if (latin(data) if codec == "cp1252" else _strictly(data, codec)) == text:
            return codec
    return ""


def _of_two(data: bytes, declared: str) -> str | None:
    """Return a text whose lines are of two hands, one in Windows-1252; None where they all are of one."""
    own = western.own_lines(data)
    lines = data.split(b"\n") if own else []
    others = b"\n".join([line for line, is_own in zip(lines, own, strict=True) if not is_own])
    if others.isascii():
        return None
    codec = _codec_of(others, _guess(others, declared))
    if codec in ("", "utf-8", "cp1252"):
        return None
    read = [line.decode(codec, "replace") for line in lines]
    for number, (line, is_own) in enumerate(zip(read, own, strict=True)):
        if is_own and ("\ufffd" in line or plausible.faults(line, codec) > plausible.SUSPICIOUS):
            read[number] = latin(lines[number])
    return "\n".join(read)


def _high(data: bytes) -> int:
    return len(data) - len(data.translate(None, _HIGH_BYTES))


def _too_high(data: bytes) -> bool:
    """Whether most letters have the high bit: no Western text, whatever its label says."""
    # Below 0xA0 is typography in Windows-1252, no letters.
    high = len(data) - len(data.translate(None, _HIGH_BYTES[0x20:]))
    return high >= 4 and high > 0.55 * (len(data) - data.count(b" "))


def _seven_bit(data: bytes, hint: str) -> str:
    """Return 7-bit bytes as text: ASCII, unless they carry ISO-2022 escapes or the hint says HZ."""
    if b"\x1b$" in data or b"\x1b(" in data:
        for codec in (
            ("iso2022_kr", "iso2022_jp_ext", "iso2022_jp_2004")
            if b"\x1b$)C" in data
            else (
                "iso2022_jp_ext",
                "iso2022_jp_2004",
            )
        ):
            text = _strictly(data, codec)
            if text is not None:
                return text
        text = iso2022.as_windows(data)
        if text is not None:
            return text
    elif hint and (b"~{" in data or b"+" in data) and (codec := lookup(hint)) in ("hz", "utf-7"):
        text = _strictly(data, codec)
        if text is not None:
            return text
    return data.decode("ascii")


def _strictly(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeError, LookupError, ValueError):
        return None


def _nearly(data: bytes, codec: str) -> str | None:
    """Return text with few replacement characters, None when the label must be wrong."""
    try:
        text = data.decode(codec, "replace")
    except (UnicodeError, LookupError, ValueError):
        return None
    damage = text.count("\ufffd")
    letters = len(text) - len(text.encode("ascii", "ignore")) - damage
    utf8 = codec.replace("_", "-") == "utf-8"
    if damage <= max(1, DAMAGE_ALLOWED * len(text)):
        # High bytes alone among ASCII are letters of a Western charset, not damaged ones of UTF-8.
        if utf8 and damage > letters:
            return None
        european = utf8 and max(text.replace("\ufffd", "")) < "\u2e80"
        return data.decode("utf-8", _STRAY) if damage and european else text
    # No other charset makes many valid UTF-8 sequences by chance.
    return text if utf8 and letters > 2 * damage else None


def _stray(error: UnicodeError) -> tuple[str, int]:
    """Read a byte beside a letter that is no UTF-8 as Windows-1252: a scanner or a list added its line."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    data, at = error.object, error.start
    if error.end - at == 1 and (data[at - 1 : at].isalpha() or data[at + 1 : at + 2].isalpha()):
        return latin(data[at : at + 1]), error.end
    return "\ufffd", error.end


_STRAY = "intake.stray"
codecs.register_error(_STRAY, _stray)


def _guess(data: bytes, declared: str, instead: str | None = None) -> str:
    if (not declared or declared in _UTF8) and _high(data) < 2:
        # One byte is no evidence, but for the words around it.
        return by_words(data)
    sample = telling(data)
    for codec in ("euc_jis_2004", "cp932"):
        text = _nearly(sample, codec)
        if text is not None and plausible.japanese(text):
            return data.decode(codec, "replace")
    if plausible.big5(sample):
        return data.decode("big5hkscs", "replace")
    if not sample.translate(None, _ASCII_AND_SIGNS):
        # Below 0xC0 are the signs of Latin-1, no letters of it: "·¸¸·´¯" is an ornament, in Thai it is noise.
        return latin(data)
    text = latin(sample)
    if (
        declared in ("", *_UTF8)
        and _nearly(sample, "utf-8") is None
        and plausible.western(sample, text)
        and (detect(text) in _WESTERN or surely_other(sample))
    ):
        # The detector takes some milliseconds, and would not be believed against the words.
        return by_words(data)
    han = _nearly(sample, "gb18030")
    if han is not None and plausible.chinese(han):
        return data.decode("gb18030", "replace")
    import chardet  # 9 MB and its models 37 MB more: only for the mail that needs it

    encoding = chardet.detect(sample)["encoding"]
    codec = lookup(encoding) if encoding else ""
    if codec:
        codec = _COUSINS.get(codec, codec) if _extends_ascii(codec) else ""
    if codec in _CENTRAL and detect(latin(sample)) in _WESTERN:
        # Of short texts the detector takes one Latin charset for the other; the words know better.
        codec = "cp1252"
    return _best(data, [candidate for candidate in ("utf-8", codec, declared) if candidate], instead)


def _best(data: bytes, named: list[str], instead: str | None) -> str:
    """Return the reading with the fewest faults: of the codecs named, if one is faultless, else of all.

    Where none is good, `instead` is returned if there is one.
    """
    sample = telling(data)
    best, least = "", 1e9
    for number, codec in enumerate((*named, *plausible.CANDIDATES)):
        if number >= len(named) and least <= plausible.SUSPICIOUS:
            break
        text = latin(sample) if codec == "cp1252" else _nearly(sample, codec)
        if text is None:
            continue
        if codec in _UTF8:
            return data.decode(codec, "replace")
        # Unnamed ones must be clearly better, the later the clearer.
        faults = plausible.faults(text, codec) + (0.01 * number if number >= len(named) else 0)
        if codec == "cp874":
            faults += plausible.not_thai(text)
        if faults < least:
            best, least = codec, faults
    if instead is not None and least > plausible.SUSPICIOUS:
        return instead
    if best in ("cp1252", "cp1250", "iso8859_2", "cp1254", ""):
        other = other_latin(data)
        if not other and best in ("cp1252", ""):
            return latin(data)
        best = other or best
    return data.decode(best, "replace")


@cache
def _extends_ascii(codec: str) -> bool:
    """Whether ASCII letters are themselves in a codec: in EBCDIC and UTF-16 they are not."""
    try:
        return "Az09".encode(codec) == b"Az09"
    except (UnicodeError, LookupError):
        return False
