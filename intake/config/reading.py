"""Reading the INI file, past what is wrong in it: one slip of the pen must not hide all others."""

import configparser
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# What a line that cannot be taken stands under while the rest is read; nothing keeps it.
_ASIDE = "intake-set-aside-"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in the config: where, what, and what to do about it.

    Of the file as a whole the section is its path.
    """

    section: str
    key: str
    what: str
    cure: str

    def __str__(self) -> str:
        place = f"[{self.section}] {self.key}".strip()
        return f"{place}: {self.what}. {self.cure}"


def read(path: Path) -> tuple[configparser.ConfigParser | None, list[Problem]]:
    """Return the file at `path` as it stands, and what is wrong with its form.

    The parser is None where nothing of the file can be used. A line may be a password: none is shown.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return None, [Problem(str(path), "", "the file does not exist", "Run `intake init` to write one")]
    except OSError as err:
        return None, [Problem(str(path), "", f"cannot be read: {err.strerror}", "Check its owner and mode")]
    except UnicodeDecodeError:
        return None, [Problem(str(path), "", "is not text in UTF-8", "Save it as UTF-8")]
    problems: list[Problem] = []
    lines = text.split("\n")
    # Each round takes one line out of the way, so there are no more rounds than lines.
    for _ in range(len(lines) + 1):
        parser = _parser()
        try:
            parser.read_string("\n".join(lines))
        except (
            configparser.DuplicateOptionError,
            configparser.DuplicateSectionError,
            configparser.MissingSectionHeaderError,
        ) as err:
            problems.append(_set_aside(path, err, lines))
            continue
        except configparser.ParsingError as err:
            # All the other lines were taken before it was raised.
            problems += _not_understood(path, err)
        except configparser.Error:
            return None, [
                Problem(str(path), "", "is not a valid INI file", "Compare it with config.example.ini")
            ]
        _forget(parser)
        return parser, problems
    return None, problems


def _parser() -> configparser.ConfigParser:
    return configparser.ConfigParser(
        interpolation=None, strict=True, delimiters=("=",), comment_prefixes=("#", ";")
    )


def _set_aside(
    path: Path,
    err: configparser.DuplicateOptionError
    | configparser.DuplicateSectionError
    | configparser.MissingSectionHeaderError,
    lines: list[str],
) -> Problem:
    """Take the line of an error, with those that go on below it, out of the way; return what is wrong."""
    number = err.lineno or 1
    line = lines[number - 1]
    match err:
        case configparser.DuplicateOptionError():
            lines[number - 1] = f"{_ASIDE}{number} ={line.partition('=')[2]}"
            problem = f"line {number}: {err.option} is already in [{err.section}]"
            return Problem(err.section, err.option, problem, "Keep one of the two")
        case configparser.DuplicateSectionError():
            lines[number - 1] = f"[{_ASIDE}{number}]"
            problem = f"line {number}: there is a section [{err.section}] already"
            return Problem(err.section, "", problem, "Make one of the two")
    lines[number - 1] = ""
    return Problem(str(path), "", f"line {number} is before the first section", "Begin with a line [desk]")


def _not_understood(path: Path, err: configparser.ParsingError) -> Iterator[Problem]:
    for number, _ in err.errors:
        yield Problem(
            str(path), "", f"line {number} is not understood", "Write KEY = VALUE, or a # before a remark"
        )


def _forget(parser: configparser.ConfigParser) -> None:
    for section in parser.sections():
        if section.startswith(_ASIDE):
            parser.remove_section(section)
            continue
        for option in [key for key in parser[section] if key.startswith(_ASIDE)]:
            parser.remove_option(section, option)
