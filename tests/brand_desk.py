"""One desk for three products: Alpha and Beta are brands, Gamma is the desk's own. Nobody shares a word."""

from dataclasses import replace
from pathlib import Path

from config_files import config_text
from pump import Clock, PumpedDesk, letter

from intake import app
from intake.config import settings as config
from intake.desk.effects import Outgoing
from intake.desk.message import Envelope
from intake.ports import Arrival

BRANDS = ("alpha", "beta")
ALL = (*BRANDS, "gamma")
LIN = "lin@customer.example"
DESK = """agent_authority = token
undo_seconds = 0
signature = gamma signature
colour = #330000
admin = boss@staff.example
status_mails = assigned, waiting, closing, delayed, resolved, reopened, thanks
automatic_per_address_hour = 90
automatic_per_unverified_day = 90
automatic_per_address_day = 900
automatic_per_ticket_burst = 90
flood_per_address_hour = 0
"""


def brand_lines(name: str, more: str = "") -> str:
    return f"""
[brand {name}]
name = {name.title()} Help
address = help@{name}.example
signature = {name} signature
base_url = https://help.{name}.example
colour = #{"003300" if name == "alpha" else "000033"}
templates = {name}
{more}
[mailbox {name}]
type = ingest
brand = {name}
"""


def brands_text(desk: str = DESK, more: str = "", **each: str) -> str:
    """Return the config; `each` are more lines of a brand, by its name."""
    return config_text(
        name="Gamma Desk",
        address="help@gamma.example",
        desk=desk,
        web="base_url = https://help.gamma.example\nport = 0\ncolour = #330000",
        mailbox="type = ingest",
        more="".join(brand_lines(name, each.get(name, "")) for name in BRANDS) + more,
    )


class BrandDesk(PumpedDesk):
    """Its mailboxes are `support` (Gamma's), `alpha` and `beta`; Anna is its agent."""

    def __init__(self, folder: Path, more: str = "", **each: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for name in BRANDS:
            words = folder / name / "mail" / "en" / "words.j2"
            words.parent.mkdir(parents=True, exist_ok=True)
            # Each has words of its own in its mails.
            words.write_text(
                '{% extends "default/mail/en/words.j2" %}\n'
                "{% block acknowledgement_lead %}" + f"The {name} people will read it.{{% endblock %}}\n"
            )
        self.address, self.agent = "help@gamma.example", "anna@staff.example"
        self.config = folder / "intake.ini"
        self.config.write_text(brands_text(more=more, **each))
        self.clock, self.sent = Clock(), list[Outgoing]()
        self.open()
        self.store.agents.add(self.agent, "Anna", (), self.clock())

    def open(self) -> None:
        self.desk = app.build(config.load(self.config, {}))
        self.store = self.desk.store
        self.service = replace(self.desk.service, clock=self.clock)

    def came(self, box: str, raw: bytes, sender: str | None = LIN, to: str = "") -> None:
        """Take in a mail by one of the mailboxes."""
        self.clock.later(seconds=30)
        address = self.desk.policy.mailbox(box).address
        self.service.receive([Arrival(raw, Envelope("lmtp", box, sender, (to or address,)))])
        while self.service.process_pending(200):
            pass

    def asks(self, box: str, sender: str = LIN, subject: str = "My coins", more: str = "") -> int:
        """Have a person open a ticket by a mailbox; return its number."""
        to = self.desk.policy.mailbox(box).address
        self.came(box, letter(sender, to, f"{subject} {self.clock.now:%H%M%S}", extra=more), sender)
        return max(row.ticket or 0 for row in self.store.ledger.list_messages(limit=5))

    def out(self) -> list[Outgoing]:
        """Send what is due; return what went out since the last time."""
        self.deliver()
        sent = list(self.sent)
        self.sent.clear()
        return sent
