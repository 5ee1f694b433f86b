"""The config of a desk in a test: what each needs, beside the few lines that the test is about."""

# Links to names that are kept for examples (RFC 2606) are asked about only where a test is about that.
EXAMPLES = "allow_hosts = example, example.com, example.net, example.org"
# An agent's token is enough, and an answer leaves at once.
DIRECT = "agent_authority = token\nundo_seconds = 0"


def config_text(
    *,
    name: str = "Desk",
    address: str = "support@desk.example",
    desk: str = DIRECT,
    smtp: str = "host = 127.0.0.1",
    mailbox: str = "type = ingest",
    more: str = "",
    **sections: str,
) -> str:
    """Return the text of a config with one mailbox, `support`.

    `desk`, `smtp` and `mailbox` are the lines of their sections, `sections` those of others, by name;
    `more` stands at the end: whole sections, or further lines of the mailbox.
    """
    parts = {
        # First: many tests put lines in front of a section, which are then of the one before it.
        "guard": EXAMPLES,
        "desk": f"name = {name}\naddress = {address}\n{desk}",
        **sections,
        "smtp": smtp,
        "mailbox support": mailbox,
    }
    return "".join(f"[{section}]\n{lines}\n" for section, lines in parts.items()) + f"{more}\n"


def to_port(port: int) -> str:
    """Return the lines of [smtp] for a server on this machine that speaks no TLS."""
    return f"host = 127.0.0.1\nport = {port}\nsecurity = none\ntimeout = 5"
