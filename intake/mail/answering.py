"""Whether the header of a mail says that it answers or forwards another."""

from collections.abc import Mapping
from typing import Any

from intake.desk.text.subject_prefixes import says_answer
from intake.mail import headers, thread_index
from intake.mail.headers import RawField


def answers(fields: list[RawField], basis: Mapping[str, Any]) -> bool:
    """Return whether it does so, or is a machine's report. `basis` is what was read of its `fields`."""
    if basis["in_reply_to"] or basis["references"] or basis["return_path"] == "":
        return True
    if basis["thread_index"] and thread_index.answers(headers.first(fields, "thread-index") or b""):
        return True
    return says_answer(basis["subject"])
