"""An admin's templates, so that a mistake in one costs no mail: bounded, and told by file and line.

What an admin writes may name a value that is not there, include a file that is gone, or
never come to an end. The shipped template stands behind each (intake/rendering/templates.py); here is
what ends the ones without an end, and what says where the mistake is.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from jinja2 import (
    Environment,
    FileSystemLoader,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
    nodes,
)
from jinja2.sandbox import safe_range

from intake.folders import inside

log = logging.getLogger("intake.rendering")

# Rounds of all loops of one mail or page. The largest of ours, the report, makes some hundreds.
MAX_ROUNDS = 100_000
# Characters of one mail or page: a customer's own words may fill a mail of 25 MB, markup beside them.
MAX_OUTPUT = 50_000_000
# Mistakes that are remembered: those of a template that fails with ever new words must not fill the memory.
MAX_MISTAKES = 100

_rounds: ContextVar[list[int] | None] = ContextVar("rounds", default=None)
_T = TypeVar("_T")


class Endless(TemplateError):
    """A template went on for longer than any of ours."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong in an admin's template. `what` says where, and holds nothing that a user wrote."""

    path: str
    line: int
    what: str

    def __str__(self) -> str:
        place = f"{self.path}, line {self.line}" if self.line else self.path
        return f"{place}: {self.what}"


class OwnFiles(FileSystemLoader):
    """An admin's folder. Raises TemplateSyntaxError, with the name, for a file that cannot be read."""

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        """Return the text of a template, its path and what tells whether it is still so."""
        try:
            source, name, fresh = super().get_source(environment, template)
        except TemplateNotFound:
            raise
        except UnicodeDecodeError as err:
            raise TemplateSyntaxError("it is not UTF-8 text", 0, template) from err
        except OSError as err:
            raise TemplateSyntaxError(f"it cannot be read: {err.strerror}", 0, template) from err
        # Behind a link that leads out of the folder stands the shipped template.
        if not any(inside(Path(name), Path(folder)) for folder in self.searchpath):
            raise TemplateNotFound(template)
        return source, name, fresh


class OwnEnvironment(Environment):
    """An environment whose loops end."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.globals["range"] = safe_range
        self.filters["_counted"] = _counted

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        for loop in tree.find_all(nodes.For):
            counted = nodes.Filter(loop.iter, "_counted", [], [], None, None, lineno=loop.lineno)
            counted.environment = self
            loop.iter = counted
        return tree


class Mistakes:
    """The mistakes that one process met in a folder of templates; each is logged once."""

    def __init__(self, *folders: Path) -> None:
        self._folders = folders
        self.known: dict[Mistake, None] = {}
        self._new: list[Mistake] = []

    def note(self, err: Exception, asked: str) -> None:
        """Remember what went wrong while the template `asked` was rendered."""
        mistake = mistake_of(err, asked, *self._folders)
        if mistake in self.known or len(self.known) >= MAX_MISTAKES:
            return
        self.known[mistake] = None
        self._new.append(mistake)
        log.error("a template of your own has a mistake, the shipped one is used: %s", mistake)

    def take(self) -> list[Mistake]:
        """Return those that were not taken before."""
        new, self._new = self._new, []
        return new


@contextmanager
def bounded() -> Iterator[None]:
    """Count the rounds of loops within; too many raise Endless."""
    before = _rounds.set([0])
    try:
        yield
    finally:
        _rounds.reset(before)


def joined(pieces: Iterable[str]) -> str:
    """Return the text that a template makes. Raises Endless for one that is longer than any mail."""
    kept: list[str] = []
    size = 0
    for piece in pieces:
        kept.append(piece)
        size += len(piece)
        if size > MAX_OUTPUT:
            raise Endless("it makes a text without an end")
    return "".join(kept)


def either(own: Callable[[], _T], shipped: Callable[[], _T], mistaken: Callable[[Exception], None]) -> _T:
    """Return what the admin's templates make or, when they fail in whatever way, what the shipped ones do.

    `mistaken` is told the failure. Raises what the shipped ones raise: then it was none of the admin's.
    """
    try:
        with bounded():
            return own()
    except Exception as err:
        made = shipped()
        mistaken(err)
        return made


def mistake_of(err: Exception, asked: str, *folders: Path) -> Mistake:
    """Return where an error is and what it is; `asked` names the template when nothing better is known."""
    path, line = asked, 0
    if isinstance(err, TemplateSyntaxError):
        path, line = err.filename or err.name or asked, err.lineno
    else:
        step = err.__traceback__
        while step is not None:
            name = step.tb_frame.f_code.co_filename
            if name.endswith(".j2"):
                # Lines of the Python that jinja2 makes of it, where jinja2 did not put them right itself.
                made = step.tb_frame.f_globals.get("__jinja_template__")
                path, line = name, made.get_corresponding_lineno(step.tb_lineno) if made else step.tb_lineno
            step = step.tb_next
    home = next((folder for folder in folders if path.startswith(f"{folder}/")), None)
    # Of several folders it must be told in which it is.
    within = path.removeprefix(f"{home}/") if home and len(folders) == 1 else path
    return Mistake(within, line, _said(err)[:300])


def _said(err: Exception) -> str:
    if isinstance(err, TemplateNotFound):
        return f"there is no template {' or '.join(getattr(err, 'templates', None) or [err.name or ''])}"
    if isinstance(err, TemplateError):
        return " ".join(str(err.message or type(err).__name__).split())
    # Other errors quote the values they were made with, which may be a customer's words.
    return f"it has no block {err}" if isinstance(err, KeyError) else type(err).__name__


def _counted(items: Iterable[_T]) -> Iterator[_T]:
    count = _rounds.get()
    for item in items:
        if count is not None:
            count[0] += 1
            if count[0] > MAX_ROUNDS:
                raise Endless("a loop goes round without an end")
        yield item
