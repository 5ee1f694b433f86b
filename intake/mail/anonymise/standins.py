"""Stand-ins for words and numbers: of the same length and alphabet, and the same one for the same word.

A stand-in comes from a keyed hash of the whole word, so that one letter tells nothing
of another, and nobody without the key can try which word it stands for.
"""

import hmac
import re
from functools import cache

# Tries for a stand-in that is no word of the mail itself; a word of two letters may run out of them.
TRIES = 24

_VOWELS, _CONSONANTS = "aeiou", "bcdfghjklmnprstvwz"
# Latin letters beyond ASCII; which of them are taken is up to the charset.
_ACCENTED = "àáâäèéêëìíîïòóôöùúûüąćęłńśźżğışçñãõăâđêôơưạảấầẩậắằặẹẻẽếềểệỉịọỏốồổộớờởợụủứừửữựỳỵỷỹ"
_RANGES = (
    ("\u0400", "\u04ff", "абвгдежзиклмнопрстуфхцчшщыэюя"),
    ("\u0370", "\u03ff", "αβγδεζηθικλμνξοπρστυφχψω"),
    ("\u0590", "\u05ff", "אבגדהוזחטיכלמנסעפצקרשת"),
    ("\u0600", "\u06ff", "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"),
    ("\u0e00", "\u0e7f", "กขคงจฉชซญดตถทธนบปผพฟมยรลวสหอ"),
    (
        "\u3041",
        "\u309f",
        "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわ",
    ),
    (
        "\u30a0",
        "\u30ff",
        "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワ",
    ),
    ("\uff66", "\uff9f", "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜ"),
)

HAN = "\u3400-\u9fff\uf900-\ufaff"
WORD = re.compile(
    rf"[{HAN}]+|[\u3041-\u30ff\uff66-\uff9f]+|[\uac00-\ud7af]+"
    rf"|[^\W_{HAN}\u3041-\u30ff\uff66-\uff9f\uac00-\ud7af]+"
)
"""What counts as one word: letters and digits of alphabets together, the syllables of Asia apart."""

# "10am", "14h30", "2nd": the number is a number, and the letters say that it is a time.
_CLOCK = re.compile(r"(\d{1,2})(am|pm|h|st|nd|rd|th|uhr)(\d{0,2})", re.IGNORECASE)
# A calendar's time (RFC 5545 section 3.3.5).
_STAMP = re.compile(r"(\d{4})(\d\d)(\d\d)(T)(\d\d)(\d\d)(\d\d)(Z?)")


class Standins:
    """Gives each word its stand-in. `key` is secret and of this run; `words` fills with what was seen.

    Going over a mail once before the copy that counts makes sure that no stand-in
    is itself a word of that mail.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key
        self.words: set[str] = set()

    def word(self, word: str, codec: str) -> str:
        """Return the stand-in of `word`, each letter of as many bytes in `codec` as the one it replaces."""
        self.words.add(word.casefold())
        if word.isdecimal() and word.isascii():
            return self.number(word)
        stamp = _STAMP.fullmatch(word)
        if stamp:
            return "".join(self.number(group) if group.isdecimal() else group for group in stamp.groups())
        clock = _CLOCK.fullmatch(word)
        if clock:
            tail = self.number(clock[3]) if clock[3] else ""
            return self.number(clock[1]) + clock[2] + tail
        made = word
        for attempt in range(TRIES):
            stream = self._stream(word.casefold(), attempt)
            made = "".join(_letter(char, stream, at, codec) for at, char in enumerate(word))
            if made.casefold() not in self.words:
                break
        return made

    def number(self, digits: str) -> str:
        """Return other digits in the same range, so that dates stay dates and times stay times."""
        self.words.add(digits)
        made = digits
        for attempt in range(TRIES):
            stream = self._stream(digits, attempt)
            made = _digits(digits, stream)
            if made not in self.words:
                break
        return made

    def high(self, run: bytes) -> bytes:
        """Return other bytes above 0x7F of the same classes, as UTF-8 would have them, for a text nobody can
        decode: what is a lead byte stays one, and so does what follows it."""
        stream = self._stream(run.hex(), 0)
        out = bytearray(run)
        for at, byte in enumerate(run):
            before = run[at - 1] if at else 0
            if 0xC3 <= byte <= 0xDF:
                out[at] = 0xC3 + stream[at] % 7
            elif 0xE1 <= byte <= 0xEC:
                out[at] = 0xE4 + stream[at] % 6
            elif byte < 0xC0 and before not in (0, 0xC2, 0xE0, 0xED) and before < 0xF0:
                out[at] = 0x80 + stream[at] % 64
        return bytes(out)

    def _stream(self, word: str, attempt: int) -> bytes:
        message = f"{attempt}:{word}".encode("utf-8", "surrogatepass")
        out = b""
        for block in range(len(word) // 30 + 1):
            out += hmac.digest(self._key, message + b":%d" % block, "sha256")
        return out


def _digits(digits: str, stream: bytes) -> str:
    value = int(digits) if len(digits) <= 4 else -1
    roll = int.from_bytes(stream[:8], "big")
    for low, high in ((0, 0), (1, 12), (13, 23), (24, 28), (29, 31), (32, 59), (60, 99)):
        if len(digits) <= 2 and low <= value <= high:
            # No hour is above 23, and in February no day above 28.
            low, high = (24, 28) if low == 29 else (low, high)
            if len(digits) == 1:
                high = min(high, 9)
            elif digits[0] != "0" and low == 1:
                low = 10
            return f"{low + roll % (high - low + 1):0{len(digits)}d}"
    if len(digits) == 4 and 1900 <= value < 2100:
        return f"{digits[:2]}{roll % 38:02d}"
    first = str(1 + stream[0] % 9) if digits[0] != "0" else "0"
    return first + "".join(str(byte % 10) for byte in stream[1 : len(digits)])


def _letter(char: str, stream: bytes, at: int, codec: str) -> str:
    roll = stream[at]
    if char.isascii():
        if char.isdecimal():
            return str(roll % 10)
        pool = _VOWELS if (at + stream[-1]) % 2 else _CONSONANTS
        made = pool[roll % len(pool)]
        return made.upper() if char.isupper() else made
    width = _width(char, codec)
    pool = _pool(char)
    for step in range(len(pool)):
        made = pool[(roll * 7 + stream[at - 1] * 256 + step) % len(pool)]
        if char.isupper() and len(made.upper()) == 1:
            made = made.upper()
        if _width(made, codec) == width:
            return made
    return char


def _pool(char: str) -> str:
    for low, high, pool in _RANGES:
        if low <= char <= high:
            return pool
    if "\uac00" <= char <= "\ud7af":
        return _hangul()
    if re.match(f"[{HAN}]", char):
        return _han()
    return _ACCENTED


@cache
def _han() -> str:
    """Return the characters that every charset of East Asia has: some 2,000."""
    return "".join(
        char
        for char in map(chr, range(0x4E00, 0x9FA6))
        if all(_width(char, codec) == 2 for codec in ("gb2312", "big5", "cp932", "euc_jp", "euc_kr"))
    )


@cache
def _hangul() -> str:
    return "".join(char for char in map(chr, range(0xAC00, 0xD7A4)) if _width(char, "euc_kr") == 2)


def _width(char: str, codec: str) -> int:
    try:
        # A stateful charset tells by its escapes where a character may stand, not by its length.
        return len(char.encode(codec))
    except (UnicodeError, LookupError):
        return 0
