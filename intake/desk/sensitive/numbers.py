"""Numbers that carry a check: of payment cards, bank accounts, Chinese identity cards, passports. Pure.

All are found by their check digits; where chance would pass too often, only as people write them.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Number:
    """A number at text[start:end]; `identity` where it names a person, not a card."""

    start: int
    end: int
    identity: bool = False


_GAP = "[ \u00a0\u2010-\u2015-]?"
_DIGITS = re.compile(rf"(?<![0-9A-Za-z])[0-9](?:{_GAP}[0-9]){{11,18}}(?![0-9A-Za-z])")
# Dots and slashes stand in dates and versions: only between groups as they stand on a card.
_GROUPS = re.compile(
    r"(?<![0-9A-Za-z])[0-9]{4}([./])[0-9]{4}\1[0-9]{4}\1[0-9]{4}(?:\1[0-9]{1,3})?(?![0-9A-Za-z])"
)
# First digits and lengths (ISO/IEC 7812) of Visa, Mastercard, American Express, UnionPay, Discover, JCB, Mir.
_ISSUERS = (
    (r"4", (13, 16, 19)),
    (r"5[1-5]|2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720)", (16,)),
    (r"3[47]", (15,)),
    (r"62", (16, 17, 18, 19)),
    (r"6011|65|64[4-9]", (16, 19)),
    (r"35(?:2[89]|[3-8])", (16, 17, 18, 19)),
    (r"220[0-4]", (16, 17, 18, 19)),
)
# Maestro and RuPay: other numbers begin so too, and are not written in groups.
_IN_GROUPS = (
    (r"50(?:18|20|38)|5893|6304|6759|676[1-3]", (12, 13, 14, 15, 16, 17, 18, 19)),
    (r"60|81|82|508", (16,)),
)
# ISO 13616: a country, two check digits, and what that country's banks give. The longest has 34.
_IBAN = re.compile(r"(?<![0-9A-Za-z])[A-Z]{2}[0-9]{2}(?:[ \u00a0]?[0-9A-Z]){11,30}(?![0-9A-Za-z])")
_IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AT": 20, "BE": 16, "BG": 22, "BR": 29, "CH": 21, "CY": 28, "CZ": 24, "DE": 22,
    "DK": 18, "EE": 20, "ES": 24, "FI": 18, "FR": 27, "GB": 22, "GI": 23, "GR": 27, "HR": 21, "HU": 28,
    "IE": 22, "IL": 23, "IS": 26, "IT": 27, "KZ": 20, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27,
    "MT": 31, "NL": 18, "NO": 15, "PL": 28, "PT": 25, "RO": 24, "RS": 22, "SA": 24, "SE": 24, "SI": 19,
    "SK": 24, "SM": 27, "TR": 26, "UA": 29, "VG": 24,
}  # fmt: skip
# GB 11643: six digits of a place, the day of birth, three, and a check digit of mod 11-2.
_CHINESE = re.compile(
    r"(?<![0-9A-Za-z])[1-9][0-9]{5}(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}"
    r"[0-9Xx](?![0-9A-Za-z])"
)
_CHINESE_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
# ICAO 9303, part 4: the second line of a passport's machine-readable zone.
_PASSPORT = re.compile(r"[A-Z0-9<]{9}[0-9][A-Z<]{3}[0-9]{6}[0-9][MFX<][0-9]{6}[0-9][A-Z0-9<]{14}[0-9<][0-9]")


def find_numbers(text: str) -> Iterator[Number]:
    """Yield the numbers in `text`, in no order; they may overlap. Linear in its length."""
    plain = _narrow(text)
    for pattern in (_DIGITS, _GROUPS):
        for match in pattern.finditer(plain):
            if _is_card(match[0]):
                yield Number(match.start(), match.end())
    for match in _CHINESE.finditer(plain):
        if _chinese(match[0]):
            yield Number(match.start(), match.end(), True)
    for match in _PASSPORT.finditer(plain):
        if _passport(match[0]):
            yield Number(match.start(), match.end(), True)
    for match in _IBAN.finditer(plain):
        end = _iban(match[0])
        if end:
            yield Number(match.start(), match.start() + end, True)


def _narrow(text: str) -> str:
    """Return `text` with full-width digits and letters as the plain ones, each in its place."""
    if text.isascii() or not any("\uff01" <= letter <= "\uff5e" for letter in text):
        return text
    return "".join(unicodedata.normalize("NFKC", c) if "\uff01" <= c <= "\uff5e" else c for c in text)


def _is_card(written: str) -> bool:
    digits = re.sub(r"\D", "", written)
    if len(set(digits)) < 2 or not _luhn(digits):
        return False
    issuers = _ISSUERS + (_IN_GROUPS if len(digits) < len(written) else ())
    return any(re.match(first, digits) and len(digits) in lengths for first, lengths in issuers)


def _luhn(digits: str) -> bool:
    """Whether the check digit is right (ISO/IEC 7812-1 annex B)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _chinese(written: str) -> bool:
    total = sum(int(digit) * weight for digit, weight in zip(written, _CHINESE_WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == written[-1].upper()


def _iban(written: str) -> int:
    """Return how long the account number is that a text begins with, as written; 0 where it is none."""
    length = _IBAN_LENGTHS.get(written[:2], 0)
    places = [place for place, letter in enumerate(written) if letter.isalnum()]
    if not length or len(places) < length:
        return 0
    end = places[length - 1] + 1
    # What goes on without a blank is longer than an account number of that country.
    if written[end : end + 1].isalnum():
        return 0
    taken = "".join(filter(str.isalnum, written[:end]))
    number = "".join(str(int(letter, 36)) for letter in taken[4:] + taken[:4])
    return end if int(number) % 97 == 1 else 0


def _passport(line: str) -> bool:
    parts = ((line[:9], line[9]), (line[13:19], line[19]), (line[21:27], line[27]))
    whole = line[:10] + line[13:20] + line[21:43]
    return all(_icao(part) == check for part, check in (*parts, (whole, line[43])))


def _icao(part: str) -> str:
    """Return the check digit of ICAO 9303-3, section 4.9."""
    values = (0 if letter == "<" else int(letter, 36) for letter in part)
    return str(sum(value * (7, 3, 1)[place % 3] for place, value in enumerate(values)) % 10)
