"""The secrets that stand in what a message says, in whatever place of it. Pure."""

from collections.abc import Iterable

from intake.desk.message import Message
from intake.desk.sensitive.finds import Find, finds_in
from intake.desk.sensitive.scan import KEY, SEED

# Who has one of these has the money: its owner is warned, and the ticket is urgent.
OPENS_A_WALLET = (SEED, KEY)
# So many fields and files are looked at; a form has fewer.
_MOST = 64


def of_message(message: Message, shown: str, subject_before: str = "") -> tuple[Find, ...]:
    """Return the secrets in a message's subject, its text as it is `shown`, its fields, its sender's name
    and the names of its files.

    `subject_before` is what its ticket is called: an answer repeats that.
    """
    subject = message.subject.replace(subject_before, "") if subject_before else message.subject
    finds = [*finds_in(subject, "subject"), *finds_in(shown, "text")]
    finds += finds_in(message.sender.name if message.sender else "", "sender")
    for name, value in list(message.fields.items())[:_MOST]:
        finds += finds_in(value, f"field:{name}")
    for number, file in enumerate(message.attachments[:_MOST], 1):
        finds += finds_in(file.name, f"name:{number}")
    return tuple(finds)


def of_forward(message: Message) -> tuple[Find, ...]:
    """Return the secrets in the email that a message forwards, in its subject and its text."""
    forward = message.forward
    if forward is None:
        return ()
    return (*finds_in(forward.subject, "subject"), *finds_in(forward.text, "text"))


def exposing(finds: Iterable[Find]) -> str:
    """Return what of somebody's wallet is exposed, in words; "" for nothing, or where it is not clear."""
    return next(
        (find.kind for find in finds if find.kind in OPENS_A_WALLET and find.confidence != "unclear"), ""
    )
