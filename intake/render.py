"""The only home of jinja2: an admin's template folder first, the shipped templates second.

Templates are the admin's; what users write is only ever a value in them, rendered
once and never read as a template again.
"""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PackageLoader,
    PrefixLoader,
    StrictUndefined,
)


class Renderer:
    """Renders `mail/<language>/<name>.txt.j2` and `web/<name>.html.j2`.

    An override may say `{% extends "default/mail/en/acknowledgement.txt.j2" %}` to change one block.
    """

    def __init__(self, override: Path | None = None) -> None:
        shipped = PackageLoader("intake", "templates")
        first = [FileSystemLoader(override)] if override else []
        self._env = Environment(
            loader=ChoiceLoader([*first, shipped, PrefixLoader({"default": shipped})]),
            autoescape=lambda name: bool(name and ".html" in name),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )

    def page(self, name: str, /, **values: Any) -> str:
        """Return the page `web/<name>.html.j2`, every value escaped."""
        return self._env.get_template(f"web/{name}.html.j2").render(values)

    def words(self, language: str) -> dict[str, str]:
        """Return the words of the pages in `language`, by name."""
        table = self._env.get_template(f"web/words.{language}.html.j2").make_module()
        return {name: str(value) for name, value in vars(table).items() if not name.startswith("_")}

    def document(self, name: str, /, **values: Any) -> str:
        """Return the document `report/<name>.html.j2`, every value escaped."""
        return self._env.get_template(f"report/{name}.html.j2").render(values)

    def language(self, name: str, wanted: Sequence[str]) -> str:
        """Return the first of the `wanted` languages that has a mail template called `name`.

        Raises jinja2.TemplatesNotFound when none has.
        """
        template = self._env.select_template([f"mail/{language}/{name}.txt.j2" for language in wanted])
        return str(template.name).split("/")[1]

    def mail(self, name: str, language: str, /, **values: Any) -> tuple[str, str]:
        """Return (subject, plain text) of `mail/<language>/<name>.txt.j2`.

        The template holds two blocks, `subject` and `body`; a body of white space
        means that there is nothing to say, and ("", "") is returned.
        """
        template = self._env.get_template(f"mail/{language}/{name}.txt.j2")
        context = template.new_context(values)
        # Run the top level first: it is what fills in the blocks of an extended template
        # and the names that a `set` or an `import` there defines.
        for _ in template.root_render_func(context):
            pass
        body = "".join(context.blocks["body"][0](context)).strip()
        if not body:
            return "", ""
        subject = " ".join("".join(context.blocks["subject"][0](context)).split())
        return subject, body + "\n"


@lru_cache(maxsize=4)
def renderer(override: Path | None = None) -> Renderer:
    """Return the shared renderer for an override folder; templates are compiled once a process."""
    return Renderer(override)
