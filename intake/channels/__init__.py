"""Ways in and out. `type = imap` in the config names the module that serves a mailbox."""

from intake.channels.registry import MODULES as MODULES
from intake.channels.registry import check as check
from intake.channels.registry import open_channel as open_channel
