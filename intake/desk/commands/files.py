"""`#files`: a ticket's files to the agent who asks, the small ones attached and a link to each other one."""

from dataclasses import replace

from intake.desk.commands.grammar import CommandContext, CommandScope, CommandSpec, Refused, number_or_none
from intake.desk.commands.queries import answer, wants_history
from intake.desk.effects import Effect, Mail
from intake.desk.kept_files import fitting, kept
from intake.desk.text.said import counted, said
from intake.desk.ticket import NO_TICKET, EntryKind

# So many files go with one email.
MOST_FILES = 50


def files(scene: CommandContext, argument: str) -> list[Effect]:
    """Send the files of a ticket."""
    number = int(argument) if argument else scene.ticket.id
    if number == NO_TICKET:
        raise Refused(said("it needs the number of a ticket"))
    if number not in scene.looked.tickets:
        raise Refused(said("there is no ticket #{number}", number=number))
    lines = scene.looked.histories.get(number, ())
    # The newest first: of a ticket with very many they are what the question is about. What machines sent
    # are reports and returned mails, with addresses of the desk's in them that act for others.
    people = [line for line in reversed(lines) if line.kind is not EntryKind.AUTOMATIC]
    there = kept(name for line in people for name in line.files)
    if not there:
        return answer(scene, number, "files", said("Ticket #{number} has no files.", number=number))
    small, large = fitting(there[:MOST_FILES], scene.policy.attach_bytes)
    large += there[MOST_FILES:]
    # Which of them are attached the mail shows, and says below of the others why not.
    text = counted(
        len(there),
        single="Ticket #{number} has {count} file.",
        several="Ticket #{number} has {count} files.",
        number=number,
    )
    return [
        replace(mail, enclosed=tuple(small), left_out=tuple(large)) if isinstance(mail, Mail) else mail
        for mail in answer(scene, number, "files", text)
    ]


# Its row of the table of commands.
FILES = CommandSpec(
    "files",
    "[NUMBER]",
    "Send me the ticket's files: small ones attached, large ones as links that work once.",
    "把工单的文件发给我：小文件作为附件，大文件为一次性链接。",
    "把案件的檔案寄給我：小檔案作為附件，大檔案為一次性連結。",
    ("attachments", "文件", "附件", "檔案"),
    files,
    number_or_none,
    wants_history,
    CommandScope.BOTH,
)
