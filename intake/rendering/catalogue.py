"""Which templates there are, where each one comes from, and what is wrong with an admin's own.

Reads templates without running them: what is not valid is told of, never raised.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, PackageLoader, TemplateSyntaxError, meta, nodes

from intake.folders import inside

_BLOCK = re.compile(r"\{%-?\s*block\s+(\w+)[^%]*%\}(.*?)\{%-?\s*endblock[^%]*%\}", re.DOTALL)
_WORDS = re.compile(r"mail/([\w-]+)/words\.j2")
_WHOLE = re.compile(r"mail/[\w-]+/(\w+)\.txt\.j2")
_SET = re.compile(r"\{%-?\s*set\s+(\w+)")
_PAGE_WORDS = re.compile(r"web/words\.([\w-]+)\.html\.j2")
# Parts of every mail or page, and none of them by itself.
_PARTS = (
    "mail/letter.txt.j2",
    "mail/letter.html.j2",
    "web/base.html.j2",
    "mail/page.j2",
    "mail/page.html.j2",
)
# And those of mails to agents.
_PAGES, _OF_PAGES = ("notice", "alert", "answer"), ("mail/page.j2", "mail/page.html.j2")


@dataclass(frozen=True, slots=True)
class TemplateEntry:
    """A mail or page: its languages, and the files of an admin that change it."""

    name: str
    kind: str
    languages: tuple[str, ...]
    own: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A block of a mail: its text as it stands in the file at `path`; `own`: the file is an admin's."""

    block: str
    text: str
    path: str
    own: bool


@dataclass(frozen=True, slots=True)
class TemplateFault:
    """Something wrong in a file of an admin's; `line` is 0 where it is the file as a whole."""

    path: str
    line: int
    what: str


class Catalogue:
    """The shipped templates, and those in an admin's folder before them."""

    def __init__(self, override: Path | None = None) -> None:
        self._env = Environment()
        loader = PackageLoader("intake", "templates")
        names = [name for name in loader.list_templates() if name.endswith(".j2")]
        self._shipped = {name: loader.get_source(self._env, name)[0] for name in names}
        self._own: dict[str, str] = {}
        self._links: list[str] = []
        for path in sorted(override.rglob("*.j2")) if override and os.path.isdir(override) else ():
            name = path.relative_to(override or path).as_posix()
            if inside(path, override or path):
                self._own[name] = path.read_text("utf-8", "replace")
            else:
                self._links.append(name)

    @property
    def mails(self) -> list[str]:
        """The names of all mails."""
        return [
            name[5:-3]
            for name in self._shipped
            if name.count("/") == 1 and name[:5] == "mail/" and _sound(name)
        ]

    @property
    def pages(self) -> list[str]:
        """The names of all pages."""
        return [
            name[4:-8]
            for name in self._shipped
            if name[:4] == "web/"
            and name.endswith(".html.j2")
            and _sound(name)
            and not _PAGE_WORDS.match(name)
        ]

    def languages(self, kind: str) -> tuple[str, ...]:
        """Return the languages that there are words in for a "mail" or a "page"; an admin's own come last."""
        pattern = _WORDS if kind == "mail" else _PAGE_WORDS
        names = [names[1] for name in (*self._shipped, *self._own) if (names := pattern.fullmatch(name))]
        return tuple(dict.fromkeys(names))

    def listed(self) -> list[TemplateEntry]:
        """Return all mails and pages."""
        mails = [
            TemplateEntry(name, "mail", self.languages("mail"), self._changing(name)) for name in self.mails
        ]
        pages = [
            TemplateEntry(name, "page", self.languages("page"), self._named(f"web/{name}.html.j2"))
            for name in self.pages
        ]
        return [*mails, *pages]

    def source(self, path: str) -> tuple[str, bool]:
        """Return the template at `path` and whether it is the admin's. Raises KeyError without one."""
        return (self._own[path], True) if path in self._own else (self._shipped[path], False)

    def sentences(self, mail: str, language: str) -> list[Sentence]:
        """Return the sentences of a mail in a language, in the order of its template."""
        path = f"mail/{language}/words.j2"
        own, shipped = _blocks(self._own.get(path, "")), _blocks(self._shipped.get(path, ""))
        wanted = dict.fromkeys([*self._spoken(f"mail/{mail}.j2")])
        return [
            Sentence(block, (own if block in own else shipped)[block].strip(), path, block in own)
            for block in wanted
            if block in own or block in shipped
        ]

    def needed(self) -> set[str]:
        """Return the sentences that the mails are made of."""
        return {block for mail in self.mails for block in self._spoken(f"mail/{mail}.j2")}

    def missing(self) -> dict[str, list[str]]:
        """Return what words each language lacks, of mails and pages: file -> names."""
        needed, lacking = self.needed(), {}
        for language in self.languages("mail"):
            path = f"mail/{language}/words.j2"
            there = {*_blocks(self._own.get(path, "")), *self._inherited(path)}
            lacking[path] = sorted(needed - there)
        keys = self._set("web/words.en.html.j2")
        for language in self.languages("page"):
            path = f"web/words.{language}.html.j2"
            lacking[path] = sorted(keys - self._set(path))
        return {path: names for path, names in lacking.items() if names}

    def faults(self) -> list[TemplateFault]:
        """Return what is wrong with an admin's templates, as far as reading them tells."""
        faults = [fault for path in self._own for fault in self._faults(path)]
        faults += [
            TemplateFault(path, 0, "is a link that leads out of the folder, and not used")
            for path in self._links
        ]
        for path, names in self.missing().items():
            if path in self._own:
                faults.append(TemplateFault(path, 0, f"these are missing: {', '.join(names)}"))
        return sorted(faults, key=lambda fault: (fault.path, fault.line))

    def _faults(self, path: str) -> Iterator[TemplateFault]:
        try:
            tree = self._env.parse(self._own[path])
        except TemplateSyntaxError as err:
            yield TemplateFault(path, err.lineno, str(err.message))
            return
        referred = {node for name in self._own for node in _referred(self._own[name])}
        if not self._used(path) and path not in referred:
            yield TemplateFault(path, 0, "no mail or page is called so, and nothing includes it")
            return
        for block in tree.find_all(nodes.Block):
            if path in self._shipped and block.name not in _blocks(self._shipped[path], nested=True):
                yield TemplateFault(path, block.lineno, f"the shipped template has no block {block.name}")
        if _PAGE_WORDS.fullmatch(path):
            known = set(_SET.findall(self._shipped["web/words.en.html.j2"]))
            for node in tree.find_all(nodes.Assign):
                if isinstance(node.target, nodes.Name) and node.target.name not in known:
                    yield TemplateFault(path, node.lineno, f"no page has the words {node.target.name}")
        unknown = meta.find_undeclared_variables(tree) - self._values(path)
        for name in sorted(unknown):
            line = next((node.lineno for node in tree.find_all(nodes.Name) if node.name == name), 0)
            yield TemplateFault(path, line, f"there is no value {name}")
        for name in _referred(self._own[path]):
            if name.removeprefix("default/") not in (self._shipped if "default/" in name else self._all):
                yield TemplateFault(path, 1, f"there is no template {name}")

    @property
    def _all(self) -> set[str]:
        return {*self._shipped, *self._own}

    def _used(self, path: str) -> bool:
        whole = _WHOLE.fullmatch(path)
        return bool(
            path in self._shipped
            or _WORDS.fullmatch(path)
            or _PAGE_WORDS.fullmatch(path)
            or (whole and whole[1] in self.mails)
        )

    def _values(self, path: str) -> set[str]:
        """Return what templates beside `path` name: the values and functions that there are."""
        folder = path.partition("/")[0]
        return {
            name
            for other, text in self._shipped.items()
            # All languages have the values that English has; a test compares them.
            if other.startswith(f"{folder}/") and "words." not in other.replace("/en/words.", "/en/")
            for name in meta.find_undeclared_variables(self._env.parse(text))
        } | {"text", "event", "author_name", "author_address"}

    def _changing(self, mail: str) -> tuple[str, ...]:
        """Return the admin's files that change a mail; words only where they change a sentence of it."""
        spoken = set(self._spoken(f"mail/{mail}.j2"))
        return tuple(
            path
            for path, text in self._own.items()
            if path in (f"mail/{mail}.j2", *_PARTS[:2], *(_OF_PAGES if mail in _PAGES else ()))
            or ((whole := _WHOLE.fullmatch(path)) and whole[1] == mail)
            or (_WORDS.fullmatch(path) and spoken & set(_blocks(text)))
        )

    def _named(self, path: str) -> tuple[str, ...]:
        return tuple(name for name in self._own if name in (path, _PARTS[2]) or _PAGE_WORDS.fullmatch(name))

    def _spoken(self, path: str) -> list[str]:
        """Return the blocks that a mail's template says by `self.NAME()`."""
        names: list[str] = []
        for text in (self._shipped.get(path, ""), self._own.get(path, "")):
            try:
                said, referred = _read(text)
            except TemplateSyntaxError:
                continue
            for begun in referred:
                # What it begins from says some of them.
                names += self._spoken(begun) if begun in _OF_PAGES else []
            names += said
        laid_out = _blocks(self._shipped["mail/page.j2"], nested=True)
        return [name for name in dict.fromkeys(names) if name not in laid_out]

    def _inherited(self, path: str) -> set[str]:
        """Return the blocks that the words at `path` have from what they extend."""
        own = self._own.get(path)
        if own is None:
            return set(_blocks(self._shipped[path]))
        extended = [name for name in _referred(own) if name.startswith("default/")]
        return {
            block
            for name in extended
            for block in _blocks(self._shipped.get(name.removeprefix("default/"), ""))
        }

    def _set(self, path: str) -> set[str]:
        """Return the names that a table of page words sets; an admin's goes on from the shipped one."""
        return {name for texts in (self._own, self._shipped) for name in _SET.findall(texts.get(path, ""))}


def _sound(name: str) -> bool:
    return name not in _PARTS and not name.startswith("web/_")


def _blocks(text: str, nested: bool = False) -> dict[str, str]:
    if nested:
        return dict.fromkeys(re.findall(r"\{%-?\s*block\s+(\w+)", text), "")
    return {match[1]: match[2] for match in _BLOCK.finditer(text)}


# The shipped ones are asked for again and again: reading one takes a hundred times what looking it up does.
@lru_cache(maxsize=128)
def _read(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the blocks that a template says by `self.NAME()`, and the templates that it refers to.

    Raises TemplateSyntaxError.
    """
    tree = Environment().parse(text)
    said = tuple(
        node.attr
        for node in tree.find_all(nodes.Getattr)
        if isinstance(node.node, nodes.Name) and node.node.name == "self"
    )
    return said, tuple(name for name in meta.find_referenced_templates(tree) if name)


def _referred(text: str) -> tuple[str, ...]:
    try:
        return _read(text)[1]
    except TemplateSyntaxError:
        return ()
