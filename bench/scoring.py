"""Intake's parser as the corpus scorer wants to call it."""

from typing import Any

from intake.mail.parse import parse as read


def parse(raw: bytes) -> dict[str, Any]:
    """Return what Intake reads of `raw`, in the scorer's words."""
    message = read(raw)
    bounce = message.bounce
    return {
        "subject": message.subject,
        "from_addr": message.sender.mailbox if message.sender else "",
        "to": [one.mailbox for one in message.to],
        "text": message.text,
        "html": message.html,
        "attachments": [(one.name, one.media_type, len(one.content)) for one in message.attachments],
        "is_auto": bool(message.automatic),
        # The sets call every delivery report a bounce, one of a success too.
        "is_bounce": bounce is not None,
        "bounce_rcpts": list(bounce.recipients) if bounce else [],
        "reply_text": message.new_text,
    }
