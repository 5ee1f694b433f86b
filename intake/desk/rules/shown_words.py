"""What a question of the guard's shows: the words that would leave, and the files. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from intake.desk.commands import execute
from intake.desk.commands.drafts import sending
from intake.desk.effects import Mail
from intake.desk.message import Message
from intake.desk.rules.answers_to_us import MAX_SHOWN
from intake.desk.sensitive.scan import excerpt

# These put words into a reply that stand elsewhere.
_BRING = ("canned", "faq")


def brings(message: Message) -> bool:
    """Whether an email has words sent that do not stand in it: a canned response, an article."""
    return any(command.name in _BRING for command in execute.read(message.new_text).commands)


def showing_what_leaves(question: Mail, message: Message, owed: Sequence[Mail]) -> Mail:
    """Return the question about an email that is kept, with the words that its yes sends in the place of the
    names of prepared ones. `owed` are the mails that would leave."""
    if not owed or not brings(message):
        return question
    asked = sending(execute.read(message.new_text))
    above = "\n".join(str(command) for command in asked.commands)
    return replace(question, quoted=excerpt(f"{above}\n\n{owed[0].text}".strip(), MAX_SHOWN))


def with_files(question: Mail, owed: Sequence[Mail]) -> Mail:
    """Return the question to a second person with the files that would leave, for them to look at."""
    files = dict.fromkeys(file for mail in owed for file in mail.attachments)
    return replace(question, attachments=tuple(files))
