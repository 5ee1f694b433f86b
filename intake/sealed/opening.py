"""Opening what was sealed, for who holds the offline key: the secret itself, or all that came."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from intake.desk.sensitive.finds import fingerprint
from intake.desk.sensitive.scan import find
from intake.ports import UserError
from intake.sealed import age
from intake.store.blobs import digest
from intake.store.finds import same_secret

if TYPE_CHECKING:
    from intake.app import Desk


@dataclass(frozen=True, slots=True)
class Opened:
    """What came, whether it is an email, and the secret as it stood in it ("": in a file or a picture)."""

    content: bytes = field(repr=False)
    is_mail: bool = True
    value: str = field(default="", repr=False)


def opened(desk: "Desk", number: int, identity: str) -> Opened:
    """Decrypt what a find stands in, by the text of an identity file. Raises UserError where it cannot be."""
    sealed = desk.database.sealed
    copies = sealed.copies(number)
    if not copies:
        raise UserError(f"Find {number} has no sealed copy. `intake secret show {number}` tells its state.")
    mark, made = sealed.mark_of(number), []
    for copy in copies:
        content = age.decrypt(copy.content, identity)
        if digest(content) != copy.sha256:
            raise UserError(f"The sealed copy {copy.id} does not hold the bytes it is filed under.")
        value = _value(desk, content, copy.of_message, mark)
        made.append(Opened(content, copy.of_message, value))
    return next((each for each in made if each.value), made[0])


def _value(desk: "Desk", content: bytes, is_mail: bool, mark: str) -> str:
    for text in _texts(desk, content, is_mail):
        for secret in find(text):
            value = text[secret.start : secret.end]
            if same_secret(desk.keys[-1], fingerprint(secret.kind, value)) == mark:
                return value
    return ""


def _texts(desk: "Desk", content: bytes, is_mail: bool) -> Iterator[str]:
    if not is_mail:
        yield content.decode("utf-8", "replace")
        return
    message = desk.service.parse(content)
    yield message.subject
    yield message.text
    yield message.html
    yield from (file.name for file in message.attachments)
