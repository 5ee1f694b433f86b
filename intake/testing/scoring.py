"""Our parser as those who score it on test mail call it."""

from typing import Any

from intake.mail.parse import parse


def score_parse(raw: bytes) -> dict[str, Any]:
    """Return what is read of a mail, in the words of `../shared/corpora/score.py`. Never raises."""
    message = parse(raw)
    bounce = message.bounce
    return {
        "subject": message.subject,
        "from_addr": message.sender.mailbox if message.sender else "",
        "to": [part.mailbox for part in message.to],
        "text": message.text,
        "html": message.html,
        "attachments": [
            # The sets count the signature of a mail among its files.
            (part.claimed or part.name, part.media_type, len(part.content))
            for part in (*message.attachments, *message.signatures)
        ],
        "is_auto": bool(message.automatic),
        # The sets call every delivery report a bounce, one of a success too.
        "is_bounce": bounce is not None,
        "bounce_rcpts": list(bounce.recipients) if bounce else [],
        "reply_text": message.new_text,
    }
