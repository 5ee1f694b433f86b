"""One example for each command, shown below its help. What stands in a command's own epilog wins."""

from copy import copy

import click

EXAMPLES = {
    "init": "intake init --yes --address support@example.com --type lmtp",
    "check": "intake check --offline",
    "run": "intake run",
    "status": "intake status --json",
    "ticket list": "intake ticket list --overdue --team support --since 7d",
    "ticket show": "intake ticket show 123",
    "ticket reply": "intake ticket reply 123 --as anna@example.com --text 'Please update to 4.2.'",
    "ticket note": "intake ticket note 123 --text 'Called back, no answer.'",
    "ticket assign": "intake ticket assign 123 anna@example.com",
    "ticket close": "intake ticket close 123",
    "ticket reopen": "intake ticket reopen 123",
    "ticket revoke-link": "intake ticket revoke-link 123",
    "ticket mine": "intake ticket mine 123 --as anna@example.com",
    "ticket priority": "intake ticket priority 123 high",
    "ticket tag": "intake ticket tag 123 refund -new",
    "ticket snooze": "intake ticket snooze 123 monday 9:00",
    "ticket merge": "intake ticket merge 123 120",
    "ticket split": "intake ticket split 123 'The second question'",
    "ticket link": "intake ticket link 123 120",
    "ticket cc": "intake ticket cc 123 add eve@example.com",
    "ticket subject": "intake ticket subject 123 'Coins are missing'",
    "ticket escalate": "intake ticket escalate 123 'has waited for a week'",
    "ticket spam": "intake ticket spam 123",
    "ticket survey": "intake ticket survey 123 off",
    "ticket canned": "intake ticket canned 123 refund --as anna@example.com",
    "ticket redact": "intake ticket redact 123",
    "ticket undo": "intake ticket undo 123 --as anna@example.com",
    "ticket confirm": "intake ticket confirm 123 4711 --as anna@example.com",
    "ticket search": "intake ticket search seed phrase",
    "ticket todo": "intake ticket todo mine --as anna@example.com",
    "ticket next": "intake ticket next --as anna@example.com",
    "ticket new": "intake ticket new eve@example.com letter.txt --subject 'Your order' --as anna@example.com",
    "ticket language": "intake ticket language 123 pt",
    "ticket wait": "intake ticket wait 123",
    "search": "intake search 私钥",
    "rules list": "intake rules list --ini",
    "rules test": "intake rules test complaint.eml",
    "survey list": "intake survey list --all",
    "message list": "intake message list --limit 20",
    "message show": "intake message show 77",
    "message why": "intake message why 77",
    "why": "intake why 77",
    "quarantine list": "intake quarantine list",
    "quarantine show": "intake quarantine show 77",
    "quarantine retry": "intake quarantine retry 77",
    "quarantine drop": "intake quarantine drop 77 --reason 'an attack'",
    "outbox list": "intake outbox list --state failed",
    "outbox show": "intake outbox show 45",
    "outbox retry": "intake outbox retry 45",
    "outbox cancel": "intake outbox cancel 45",
    "outbox release": "intake outbox release",
    "agent add": "intake agent add anna@example.com --name Anna --team support",
    "agent address": "intake agent address anna@example.com --send",
    "agent list": "intake agent list",
    "agent set": "intake agent set wei@example.com --shift 'mon-fri 9:00-17:00' --timezone Asia/Shanghai",
    "team list": "intake team list",
    "team show": "intake team show support",
    "agent disable": "intake agent disable anna@example.com",
    "template list": "intake template list",
    "template show": "intake template show acknowledgement --lang zh",
    "template preview": "intake template preview delayed --lang zh --ticket 123 --html > delayed.html",
    "template check": "intake template check",
    "dkim create": "intake dkim create",
    "dkim show": "intake dkim show",
    "dkim check": "intake dkim check",
    "move": "intake move",
    "mailbox list": "intake mailbox list",
    "mailbox reconcile": "intake mailbox reconcile support",
    "apikey create": 'intake apikey create "Wallet app" --per-hour 200',
    "apikey list": "intake apikey list",
    "apikey revoke": "intake apikey revoke 3",
    "brake release": "intake brake release",
    "backup": "intake backup /srv/backup/2026-11-22",
    "restore": "intake restore /srv/backup/2026-11-22",
    "fsck": "intake fsck",
    "erase": "intake erase ann@customer.example",
    "ingest": "intake ingest mail.eml",
    "parse": "intake parse mail.eml --json",
    "poll": "intake poll support",
    "listen": "intake listen",
    "web": "intake web",
    "worker": "intake worker",
    "demo": "intake demo",
}


def show_examples(command: click.Command, name: str) -> None:
    """Give a command, and all below it, the example of its name."""
    if isinstance(command, click.Group):
        for child, below in list(command.commands.items()):
            if f"{name} {child}" in EXAMPLES:
                # One command may stand in two groups, and its example names one of them.
                below = copy(below)
                below.epilog = None
                command.add_command(below, child)
            show_examples(below, f"{name} {child}")
    elif command.epilog is None and name in EXAMPLES:
        command.epilog = f"Example: {EXAMPLES[name]}"
