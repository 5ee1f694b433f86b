"""Text with commands in angle brackets, as Eudora and Gnus wrote it beside plain text or instead of it."""

import re

_PARAMETER = re.compile(r"<param>[^<]{0,1000}+</param>", re.IGNORECASE)
_COMMAND = re.compile(r"</?[a-zA-Z0-9-]{1,60}>")
_BREAKS = re.compile(r"\n+")
_RICH = {"<nl>": "\n", "<np>": "\n\n", "<lt>": "<", "</paragraph>": "\n\n"}
_RICH_COMMAND = re.compile("|".join(_RICH), re.IGNORECASE)
_LESS = "\ue000"


def read(text: str) -> str:
    """Return the words of a text/enriched (RFC 1896): its commands left out, its soft line breaks joined.

    A single line break is a blank, of more than one the first is left out; "<<" is "<". Linear.
    """
    text = _COMMAND.sub("", _PARAMETER.sub("", text.replace("<<", _LESS)))
    text = _BREAKS.sub(lambda match: "\n" * (len(match[0]) - 1) or " ", text)
    return text.replace(_LESS, "<")


def read_rich(text: str) -> str:
    """Return the words of a text/richtext (RFC 1341 section 7.1.3): only `<nl>` and its like break a line."""
    text = _RICH_COMMAND.sub(
        lambda match: _RICH[match[0].lower()].replace("<", _LESS), text.replace("\n", " ")
    )
    return _COMMAND.sub("", text).replace(_LESS, "<")
