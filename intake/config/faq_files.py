"""The articles of `[faq] folder`: Markdown files, one for each slug and language."""

import os
from pathlib import Path

from intake.desk.knowledge.article import MOST_FILE, Article, Fault, Reading, named, read
from intake.desk.knowledge.checking import Place
from intake.folders import inside
from intake.ports import UserError

# More would be no knowledge base, and takes long to look through.
MOST_FILES = 20_000


def readings(folder: Path, default_language: str) -> dict[Place, Reading]:
    """Return the articles of a folder as far as they can be read, each with what is wrong with it.

    What is no `.md` file, README.md and what begins with a dot are left out; folders below are not looked
    into. Raises UserError for a folder that is not there or cannot be read.
    """
    if not os.path.isdir(folder):
        raise UserError(f"There is no folder {folder}. Create it, or correct the key `folder` of [faq].")
    try:
        paths = sorted(folder.iterdir())
    except OSError as err:
        raise UserError(f"{folder} cannot be read: {err.strerror}. Change its owner or mode.") from err
    articles: dict[Place, Reading] = {}
    for path in paths[:MOST_FILES]:
        place = named(path.name, default_language)
        if place is None or path.name.lower() == "readme.md":
            continue
        reading = _reading(path, folder, *place)
        if place in articles:
            twice = Fault(0, f"{path.name} is the same article in the same language as another file")
            reading = Reading(reading.article, (*reading.faults, twice))
        articles[place] = reading
    return articles


def _reading(path: Path, folder: Path, slug: str, language: str) -> Reading:
    if not inside(path, folder):
        return _broken(slug, language, f"{path.name} is a link that leads out of the folder")
    if not path.is_file():
        # A pipe would be waited for without end.
        return _broken(slug, language, f"{path.name} is not a file")
    try:
        if path.stat().st_size > MOST_FILE:
            return _broken(slug, language, f"{path.name} is larger than {MOST_FILE // 1024} KB")
        return read(slug, language, path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError):
        return _broken(slug, language, f"{path.name} cannot be read as UTF-8 text")


def _broken(slug: str, language: str, why: str) -> Reading:
    return Reading(Article(slug, language, slug), (Fault(0, why),))
