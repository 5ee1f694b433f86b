"""The part of `intake check` that finds values which keep customers or agents from being answered.

Each is valid, and may be meant; an admin who does not mean it only sees that mail stays unanswered.
"""

from typing import TYPE_CHECKING

from intake.channels.registry import Mode, channel_mode
from intake.commands.check.findings import Finding, Findings
from intake.config.mailboxes import ImapMailbox, ListeningMailbox

if TYPE_CHECKING:
    from intake.config.sections import Settings

# Fewer days than that, and a reply after a holiday finds its address lapsed.
MIN_REPLY_DAYS = 30
# A mail with a photograph of a telephone, in base64.
MIN_MESSAGE_MB = 10
# A customer's question, and what they forgot to say.
MIN_FLOOD = 3
# Longer than that an agent takes a reply for sent that is not.
MOST_UNDO_SECONDS = 900


def answering(settings: "Settings") -> Findings:
    """Yield values with which mail is taken in and not answered, or replies are refused or overtaken."""
    for look in (_authority, _limits, _floods, _days, _sizes, _reached, _archives):
        yield from look(settings)


def _authority(settings: "Settings") -> Findings:
    if settings.desk.agent_authority == "token":
        problem = (
            "is token: who learns a reply address, from a forwarded notification say, writes to customers as "
            "its agent"
        )
        cure = "Write strict, unless no outsider can send mail into this network"
        yield Finding("warning", "desk", "agent_authority", problem, cure)


# What a limit of 0 ends: for ever, not until the hour is over.
_ENDS = {
    "automatic_per_hour": "no customer gets an acknowledgement, a status email or a survey",
    "automatic_per_address_hour": "no customer gets an acknowledgement, a status email or a survey",
    "automatic_per_address_day": "no customer gets an acknowledgement, a status email or a survey",
    "automatic_per_domain_hour": "no customer gets an acknowledgement, a status email or a survey",
    "automatic_per_ticket_burst": "no customer gets an acknowledgement, a status email or a survey",
    "automatic_per_ticket_day": "no customer gets an acknowledgement, a status email or a survey",
    "automatic_per_unverified_day": "who is not verified by our mail server gets no acknowledgement",
    "alerts_per_hour": "no agent is told of a delivery that failed, nor of an escalation",
}


def _limits(settings: "Settings") -> Findings:
    for key, ends in _ENDS.items():
        if getattr(settings.desk.limits, key) == 0:
            cure = "Write at least 1, or delete the line for the default"
            yield Finding("warning", "desk", key, f"is 0: {ends}", cure)


def _floods(settings: "Settings") -> Findings:
    for key in ("flood_per_address_hour", "flood_per_domain_hour"):
        many = getattr(settings.desk.limits, key)
        if 0 < many < MIN_FLOOD:
            problem = f"is {many}: after so many tickets in an hour a sender's next one is not acknowledged"
            cure = f"Write {MIN_FLOOD} or more, or 0 for never"
            yield Finding("warning", "desk", key, problem, cure)


def _days(settings: "Settings") -> Findings:
    desk = settings.desk
    if desk.reply_days < MIN_REPLY_DAYS:
        problem = (
            f"is {desk.reply_days}: agents' replies to older notifications are refused, and customers' are "
            "found by their subject at best"
        )
        cure = f"Write {MIN_REPLY_DAYS} or more"
        yield Finding("warning", "desk", "reply_days", problem, cure)
    if desk.reply_days < desk.reopen_days:
        problem = (
            f"is {desk.reopen_days}, but reply addresses lapse after {desk.reply_days} days (reply_days)"
        )
        yield Finding("warning", "desk", "reopen_days", problem, f"Write reply_days = {desk.reopen_days}")
    if 0 < desk.retention_days < desk.reopen_days:
        problem = (
            f"is {desk.retention_days}: a closed ticket is erased before the {desk.reopen_days} days end in "
            "which a reply reopens it (reopen_days)"
        )
        cure = f"Write at least {desk.reopen_days}, or fewer reopen_days"
        yield Finding("warning", "desk", "retention_days", problem, cure)


def _sizes(settings: "Settings") -> Findings:
    desk = settings.desk
    if desk.max_message_mb < MIN_MESSAGE_MB:
        problem = (
            f"is {desk.max_message_mb}: larger email is not taken in, with a few photographs it is larger"
        )
        cure = f"Write {MIN_MESSAGE_MB} or more"
        yield Finding("warning", "desk", "max_message_mb", problem, cure)
    if desk.undo_seconds > MOST_UNDO_SECONDS:
        minutes = desk.undo_seconds // 60
        problem = f"is {desk.undo_seconds}: each reply reaches its customer {minutes} minutes later"
        yield Finding("warning", "desk", "undo_seconds", problem, "Write 300 or less")


def _reached(settings: "Settings") -> Findings:
    """Say which address of the desk no listener takes mail for, where only listeners take any."""
    from intake.channels.lmtp import accepts

    boxes = [box for box in settings.mailboxes.values() if channel_mode(box.type) is not Mode.FED]
    listeners = [box for box in boxes if isinstance(box, ListeningMailbox)]
    if not listeners or len(listeners) < len(boxes):
        return
    for key in ("address", "command_address"):
        address = getattr(settings.desk, key)
        if address and not any(accepts(address, box.address, box.accept) for box in listeners):
            problem = f"no mailbox accepts mail for {address}, so what is sent there is refused"
            cure = f"Write {address} into accept of a mailbox"
            yield Finding("problem", "desk", key, problem, cure)


def _archives(settings: "Settings") -> Findings:
    boxes = {name: box for name, box in settings.mailboxes.items() if channel_mode(box.type) is not Mode.FED}
    if boxes and all(isinstance(box, ImapMailbox) and box.archive for box in boxes.values()):
        for name in boxes:
            problem = "is yes, and no other mailbox is read: every ticket is opened closed, nobody is told"
            cure = "Write no once the old mail is taken in"
            yield Finding("warning", f"mailbox {name}", "archive", problem, cure)
