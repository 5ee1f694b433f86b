"""The secrets that stand in what a message says, in whatever place of it. Pure."""

from collections.abc import Iterable, Sequence

from intake.desk.message import Address, Attachment, Forward, Message, PieceKind
from intake.desk.sensitive import scan
from intake.desk.sensitive.beside import beside
from intake.desk.sensitive.finds import OPENS_A_WALLET, Confidence, Find, finds_in, fingerprint
from intake.desk.sensitive.scan import SEED
from intake.desk.sensitive.together import across

# So many fields and files are looked at; a form has fewer.
_MOST = 64


def of_message(message: Message, shown: str, subject_before: str = "") -> tuple[Find, ...]:
    """Return the secrets in a message's subject, its text as it is `shown`, its signature, what its HTML says
    beside that, its fields, its sender's name and the names of its files.

    `subject_before` is what its ticket is called: an answer repeats that.
    """
    subject = message.subject.replace(subject_before, "") if subject_before else message.subject
    finds = [*finds_in(subject, "subject"), *_in_text(message, shown), *_in_name(message.sender)]
    for name, value in list(message.fields.items())[:_MOST]:
        finds += finds_in(value, f"field:{name}")
    if not exposing(finds):
        finds += _across([subject, *list(message.fields.values())[:_MOST], shown])
    return (*finds, *_in_names(message.attachments))


def _across(texts: Sequence[str]) -> tuple[Find, ...]:
    """Return the seed phrases that only several of these texts tell."""
    both = across(texts)
    confidence: Confidence = "certain" if both.certain else "likely"
    return tuple(
        Find(SEED, confidence, "text", both.words, fingerprint(SEED, value)) for value in both.values
    )


def looked_through(message: Message) -> Message:
    """Return a message whose texts have been looked through, so that what asks for it while the database is
    locked finds that remembered (`sensitive.remembered`)."""
    of_message(message, message.new_text)
    if message.forward is not None:
        of_forward(message.forward, message.forward.text)
    for text in dict.fromkeys((message.text, *(piece.text for piece in message.pieces[:_MOST]))):
        scan.find(text)
    return message


def of_forward(forward: Forward, shown: str) -> tuple[Find, ...]:
    """Return the secrets in an email that an agent passed on, whose text is `shown` as an entry."""
    return (
        *finds_in(forward.subject, "subject"),
        *finds_in(shown, "text"),
        *_in_name(forward.sender),
        *_in_names(forward.attachments),
    )


def _in_text(message: Message, shown: str) -> list[Find]:
    finds = list(finds_in(shown, "text"))
    for piece in message.pieces:
        # It is folded away, and its author wrote it all the same.
        if piece.kind is PieceKind.SIGNATURE and piece.text not in shown:
            finds += finds_in(piece.text, "text")
    page = finds_in(beside(message.html, message.text), "html")
    if page:
        # A quote in the HTML is one of the text, too.
        known = {find.fingerprint for find in (*finds, *finds_in(message.text, "text"))}
        finds += [find for find in page if find.fingerprint not in known]
    return finds


def _in_name(sender: Address | None) -> tuple[Find, ...]:
    return finds_in(sender.name, "sender") if sender else ()


def _in_names(files: Sequence[Attachment]) -> list[Find]:
    return [
        find for number, file in enumerate(files[:_MOST], 1) for find in finds_in(file.name, f"name:{number}")
    ]


def exposing(finds: Iterable[Find]) -> str:
    """Return what of somebody's wallet is exposed, in words; "" for nothing, or where it is not clear."""
    return next(
        (find.kind for find in finds if find.kind in OPENS_A_WALLET and find.confidence != "unclear"), ""
    )
