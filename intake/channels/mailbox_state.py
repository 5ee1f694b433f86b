"""What a channel says of itself: what `intake status` and `intake mailbox list` show of a mailbox."""

import logging
from datetime import UTC, datetime

from intake.ports import ChannelStore

log = logging.getLogger("intake.channels")


def note(store: ChannelStore, mailbox: str, trouble: str, read: bool = False) -> None:
    """Note that a mailbox was looked at just now, and what is wrong with it ("": nothing). Never raises.

    `read`: it was read nevertheless.
    """
    try:
        store.mailboxes.seen(mailbox, datetime.now(UTC), error=trouble, read=read)
    except Exception:
        # Only what is shown is older than it could be; what the channel does must go on.
        log.warning("the state could not be stored", extra={"mailbox": mailbox}, exc_info=True)
