"""A strict desk that is answered as its mails ask for it, in each form of reply addresses."""

from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from agent_desk import BORDER, LIN, Domain, StrictDesk
from agent_replies import quoted

from intake.desk import lifecycle
from intake.desk.effects import MailKind, Outgoing
from intake.desk.message import Envelope
from intake.mail.parse import parse
from intake.ports import Arrival
from intake.views import MessageRow

PLUS, CATCHALL, BARE = "plus", "catchall:@reply.desk.example", "bare"
FORMS = (PLUS, CATCHALL, BARE)
STAFF, ANNA = "staff.desk.example", "anna@staff.desk.example"
LIMITS = (
    "command_address = desk@desk.example\nflood_per_address_hour = 0\nautomatic_per_address_hour = 90\n"
    "automatic_per_ticket_burst = 90\nautomatic_per_unverified_day = 90"
)
SIGNING = Domain(STAFF)


@dataclass
class Reply:
    """A reply as a mail program writes it; `ids` and `quote` are what it keeps of what it answers."""

    text: str
    sender: str
    ids: bool = True
    quote: bool = True
    vouched: bool | None = None
    signed: bool = False
    to: str = ""
    subject: str = ""
    forwarded: bool = False


class Desk(StrictDesk):
    """One that is answered as its mails ask for it."""

    def __init__(self, folder: Path, form: str, store: str = "") -> None:
        self.form = form
        super().__init__(folder, f"{LIMITS}\nreply_address = {form}", store)
        self.dns[SIGNING.place] = SIGNING.record

    def arrive(self, raw: bytes, sender: str | None, to: str = "") -> None:
        envelope = Envelope("lmtp", "support", sender, (to or self.address,))
        self.service.receive([Arrival(raw, envelope)])
        while self.service.process_pending(200):
            pass

    def replies(self, mail: Outgoing, reply: Reply) -> None:
        """Somebody answers a mail of the desk's."""
        self.clock.later(minutes=1)
        asked = message_from_bytes(mail.raw, policy=default)
        to = reply.to or parse(mail.raw).reply_to[0].mailbox
        made = EmailMessage()
        made["From"], made["To"] = reply.sender, to
        made["Subject"] = reply.subject or f"Re: {asked['Subject']}"
        made["Date"], made["Message-ID"] = self.clock.now, f"<{self.clock.now.timestamp()}@x.example>"
        if reply.ids:
            made["In-Reply-To"] = str(asked["Message-ID"])
            made["References"] = f"{asked['References'] or ''} {asked['Message-ID']}".strip()
        text = reply.text
        if reply.quote:
            text += (
                f"\n\nOn Thu, 1 Jan 2026 at 09:00, Lumen <{self.address}> wrote:\n\n{quoted(text_of(mail))}"
            )
        made.set_content(text, cte="base64")
        raw = made.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        bare = made["From"].addresses[0]
        if reply.signed:
            raw = SIGNING.sign(raw, STAFF)
        if reply.vouched is not None:
            word = "pass" if reply.vouched else "fail"
            said = f"Authentication-Results: {BORDER}; dmarc={word} header.from={bare.domain}\r\n"
            raw = said.encode() + raw
        self.arrive(raw, bare.addr_spec, to)

    def last(self, *kinds: MailKind, to: str = "") -> Outgoing:
        self.deliver()
        return [one for one in self.sent if one.kind in kinds and (not to or one.rcpt == to)][-1]

    def newest(self) -> MessageRow:
        return self.store.ledger.list_messages(limit=1)[0]

    def answered(self) -> Outgoing:
        """Anna's answer to Lin in ticket 1."""
        anna, ticket = self.store.agents.by_address(self.agent), self.store.tickets.get(1)
        assert anna
        assert ticket
        self.service.act(lifecycle.reply(ticket, anna, "We look.", f"r{self.clock.now}", self.desk.policy))
        return self.last(MailKind.RELAY, to=LIN)

    def notice(self) -> Outgoing:
        """What Anna gets of a mail of Lin's in ticket 1."""
        self.write(LIN, "Re: My coins are late", "And now?", ticket=1)
        return self.last(MailKind.NOTICE, to=self.agent)


def text_of(mail: Outgoing) -> str:
    part = message_from_bytes(mail.raw, policy=default).get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")
