"""The sections [brand NAME]: products that one desk answers for, each with a face of its own."""

# `key` and its like make a field, as `dataclasses.field` does.
# ruff: noqa: RUF009

from dataclasses import dataclass
from pathlib import Path

from intake.config.converters import as_colour, as_optional_address, as_optional_path, as_site, as_text
from intake.config.keys import key

_COLOUR = "#1b5e8c"


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandSettings:
    """A product with a face of its own. `smtp` is the NAME of an [smtp NAME], "" for [smtp]."""

    name: str = key(as_text)
    address: str = key(as_optional_address, "")
    signature: str = key(as_text, "")
    colour: str = key(as_colour, _COLOUR)
    logo: Path | None = key(as_optional_path, "")
    base_url: str = key(as_site, "")
    templates: Path | None = key(as_optional_path, "")
    smtp: str = key(as_text, "")
