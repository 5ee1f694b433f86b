"""The INI file as frozen, validated settings. Reports every problem at once, each with its cure.

Which sections and keys there are stands in `intake.config.sections`.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from intake.config.cross_checks import cross_problems
from intake.config.reader import Reader
from intake.config.reading import Problem, read
from intake.config.sections import Settings
from intake.ports import UserError

# Below [desk] data: what reply tokens and links are made with.
KEY_FILE = "secret.key"


class ConfigError(UserError):
    """The config cannot be used; `problems` lists all that is wrong with it.

    `settings` is what could be read all the same, for `intake check` alone: a key with a problem has
    its default, and one without a default what reads like a value. A mailbox without a host is not
    tried, for its section is known to be unsound. None when the file could not be read at all.
    """

    def __init__(self, problems: list[Problem], settings: Settings | None = None) -> None:
        self.problems, self.settings = problems, settings
        super().__init__("\n".join(str(problem) for problem in problems))


def load(path: Path, environ: Mapping[str, str] | None = None) -> Settings:
    """Read and validate the INI file at `path`.

    Raises ConfigError with every problem found. Secrets may stand in the file
    (`password`), in another file (`password_file`) or in the environment
    (`password_env`, the variable's name).
    """
    parser, problems = read(path)
    if parser is None:
        raise ConfigError(problems)
    reader = Reader(parser, path.resolve().parent, os.environ if environ is None else environ, problems)
    settings = reader.settings(path.resolve())
    problems += cross_problems(settings, {(problem.section, problem.key) for problem in problems})
    if problems:
        raise ConfigError(problems, settings)
    return settings


def written(path: Path) -> Mapping[str, Mapping[str, str]]:
    """Return the sections of the file at `path` as they stand in it; none if it cannot be read."""
    parser, _ = read(path)
    return {name: dict(parser[name]) for name in parser.sections()} if parser is not None else {}
