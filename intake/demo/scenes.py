"""The scenes of the day, in their order: who writes what, and what everybody then has on the screen."""

from collections.abc import Callable
from email.message import EmailMessage
from hashlib import sha256
from pathlib import Path

from intake.demo import letters
from intake.demo.letters import ANNA, CHLOE, DESK, MARIA, TOM, WANG, WEI, address
from intake.demo.show import Screen
from intake.demo.stage import Stage
from intake.desk.ticket import EntryKind, Status
from intake.testing import wait_until
from intake.views import MessageRow

# Of a checkout.
ARTICLES = Path(__file__).resolve().parents[2] / "examples" / "help"
CASE_MARIA, CASE_WANG, CASE_CHLOE, CASE_TOM = 1, 2, 3, 4


class Play:
    """One performance. A scene may use what an earlier one left in `mails`."""

    def __init__(self, stage: Stage, screen: Screen) -> None:
        self.stage, self.screen = stage, screen
        self.mails: dict[str, EmailMessage] = {}

    def ticket_as_it_is(self, number: int) -> None:
        """Show what the admin's command says of a ticket."""
        self.screen.typed(f"intake ticket show {number}", self.stage.run("ticket", "show", str(number)))

    def why(self, subject: str) -> MessageRow:
        """Show and return what became of a message."""
        row = self.stage.message(subject)
        self.screen.typed(f"intake why {row.id}", self.stage.run("why", str(row.id)))
        return row

    def acknowledged(self, person: str, number: int) -> EmailMessage:
        """Wait for an acknowledgement, show it whole, and check what all of them must have."""
        mail = self.stage.received(address(person), number)
        self.screen.mail(f"What {letters.first_name(person)} receives", mail)
        self.screen.equal("it says that a machine wrote it", "auto-replied", str(mail["Auto-Submitted"]))
        self.screen.check(
            "answering it leads back to the ticket", "+" in str(mail["Reply-To"]), mail["Reply-To"]
        )
        return mail


# More than thanks, of which agents hear later, many in one email.
WORKED = "That worked, thank you! Shall I update my phone as well?"


def opening(play: Play) -> None:
    """The desk starts."""
    stage, screen = play.stage, play.screen
    screen.scene("The desk opens")
    screen.tell("One file says what a desk needs to know. It reads a mailbox and sends through a server:")
    screen.passage("intake.ini", stage.config.read_text(encoding="utf-8"))
    screen.typed("intake run", "")
    number = stage.start_desk()
    screen.facts((("running", f"process {number} and its children"), ("the form", stage.form)))


def staff(play: Play) -> None:
    """Two agents."""
    stage, screen = play.stage, play.screen
    screen.scene("Two people who answer")
    for person in (ANNA, WEI):
        name = person.partition(" <")[0]
        printed = stage.run("agent", "add", address(person), "--name", name)
        screen.typed(f'intake agent add {address(person)} --name "{name}"', printed)
    agents = [agent.address for agent in stage.store.agents.list_agents() if agent.enabled]
    screen.equal("both may answer", [address(ANNA), address(WEI)], sorted(agents))


def articles(play: Play) -> None:
    """What many ask is answered before they ask."""
    stage, screen = play.stage, play.screen
    if not ARTICLES.is_dir():
        # They lie beside the source, and not in the package.
        return
    screen.scene("Help articles")
    screen.tell("Articles are Markdown files. One command checks them and publishes them, all or none:")
    printed = stage.run("faq", "publish", str(ARTICLES))
    screen.typed("intake faq publish examples/help", "\n".join(printed.strip().splitlines()[-3:]))
    for language, title in (("en", "My deposit has not arrived"), ("zh-Hans", "转进来的币没有到账")):
        page = stage.look(f"help/{language}/deposit-missing")
        screen.check(f"anybody can read it at {stage.form}help/{language}/", title in page, page[:200])


def screenshot(play: Play) -> None:
    """A mail with a picture."""
    stage, screen = play.stage, play.screen
    screen.scene("A mail with a screenshot")
    screen.tell("Maria writes to the support address: text, HTML, and a picture between the lines.")
    stage.post(letters.with_screenshot())
    play.mails["maria"] = play.acknowledged(MARIA, CASE_MARIA)
    ticket, entries = stage.ticket(CASE_MARIA)
    play.ticket_as_it_is(CASE_MARIA)
    screen.equal("the ticket is hers", address(MARIA), ticket.requester.mailbox)
    screen.equal(
        "the picture is in it, byte for byte",
        [("screenshot.png", sha256(letters.PICTURE).hexdigest())],
        [(file.name, file.sha256) for file in entries[0].files],
    )
    screen.tell("Anna and Wei are told. This is all they ever need: a mail they can reply to.")
    play.mails["anna"] = stage.received(address(ANNA), CASE_MARIA)
    stage.received(address(WEI), CASE_MARIA)
    screen.mail("Anna's inbox", play.mails["anna"], "magenta")
    screen.check("Wei was told as well", True)
    parts = play.mails["anna"].walk()
    pictures = [part.get_payload(decode=True) for part in parts if part.get_content_maintype() == "image"]
    screen.check("the picture came along", pictures == [letters.PICTURE], len(pictures))


def chinese(play: Play) -> None:
    """A mail in an older charset and another language."""
    stage, screen = play.stage, play.screen
    screen.scene("A mail in Chinese, in GB18030")
    screen.tell("王芳 (Wang Fang) writes from an older client: eight-bit GB18030, no Unicode anywhere.")
    stage.post(letters.chinese())
    mail = play.acknowledged(WANG, CASE_WANG)
    screen.equal("the answer is in her language", "zh-Hans", str(mail["Content-Language"]))
    ticket, entries = stage.ticket(CASE_WANG)
    play.ticket_as_it_is(CASE_WANG)
    screen.equal("her name is right", "王芳", ticket.requester.name)
    screen.equal("the subject is right", "提币二十小时没有到账", ticket.subject)
    screen.check("every character is right", "我昨天从交易所提币到钱包" in entries[0].text, entries[0].text)
    play.mails["wei"] = stage.received(address(WEI), CASE_WANG)


def machines(play: Play) -> None:
    """Mail that no person wrote."""
    stage, screen = play.stage, play.screen
    screen.scene("Machines write too")
    screen.tell("An out-of-office note, and a delivery report about Maria's acknowledgement.")
    before = len(stage.inbox.mails)
    stage.post(letters.out_of_office())
    row = play.why("Automatic reply: Your request")
    screen.equal("the note is kept and opens nothing", ("automatic", None), (row.outcome, row.ticket))
    stage.post(letters.bounce(play.mails["maria"]))
    row = play.why("Delayed Mail (still being retried)")
    screen.equal(
        "the report is found to be about Maria's ticket",
        ("automatic", CASE_MARIA),
        (row.outcome, row.ticket),
    )
    late = [
        mail for mail in stage.inbox.mails[before:] if not {address(ANNA), address(WEI)} & {*mail.recipients}
    ]
    screen.equal("neither is answered: two machines would never stop", [], late)


def broken(play: Play) -> None:
    """A mail that breaks every rule."""
    stage, screen = play.stage, play.screen
    screen.scene("A mail that is broken in six ways")
    raw = letters.broken()
    screen.tell(
        "Bare 8-bit letters in the header, a charset that is a lie, a structure that never ends, "
        "an empty parameter, no date and no Message-ID. As the bytes came:"
    )
    screen.passage("Chloé's mail", raw.decode("ascii", "backslashreplace").replace("\r\n", "\n"), "red")
    stage.post(raw)
    play.acknowledged(CHLOE, CASE_CHLOE)
    screen.tell(
        "No server vouched for the sender, so the acknowledgement repeats none of the mail's own words."
    )
    ticket, entries = stage.ticket(CASE_CHLOE)
    play.ticket_as_it_is(CASE_CHLOE)
    screen.equal(
        "the subject is right", "L'application ne s'ouvre plus depuis la mise à jour", ticket.subject
    )
    screen.check(
        "the text is right",
        "Que dois-je faire ? Merci d'avance, Chloé" in entries[0].text,
        entries[0].text,
    )


def form(play: Play) -> None:
    """The web form."""
    stage, screen = play.stage, play.screen
    screen.scene("A request through the web form")
    screen.tell(f"Tom has no mail client at hand and fills in the form at {stage.form}")
    page = stage.fill_in(
        name="Tom Rivers",
        email=TOM,
        subject="How do I export my history?",
        message="For the tax office. Thanks, Tom",
    )
    screen.passage("The page that follows", page)
    mail = stage.received(TOM, CASE_TOM)
    screen.mail("What Tom receives", mail)
    ticket, _ = stage.ticket(CASE_TOM)
    screen.equal("it is a ticket like any other", (TOM, "form"), (ticket.requester.mailbox, ticket.channel))


def answer(play: Play) -> None:
    """The agent answers from the mail client."""
    stage, screen = play.stage, play.screen
    screen.scene("Anna answers, by replying")
    words = (
        "Hello Maria,\n\nthis is a fault in 4.2, and your money is safe. Please install 4.2.1\nand try again."
    )
    reply = letters.reply(ANNA, play.mails["anna"], words)
    screen.mail("Anna's reply, as her client sends it", letters.read(reply), "magenta")
    stage.post(reply)
    got = play.mails["maria"] = stage.received(address(MARIA), CASE_MARIA, automatic=False)
    screen.mail("What Maria receives", got)
    whole = got.as_string()
    screen.check("it carries Anna's words", "Please install 4.2.1" in letters.body(got), letters.body(got))
    screen.check("and not the quoted notification", "Your reply to this email is sent" not in whole)
    screen.check("Anna's own address stays with us", address(ANNA) not in whole)
    screen.check("it comes from the support address", DESK in str(got["From"]), got["From"])
    ticket, _ = stage.ticket(CASE_MARIA, lambda candidate: candidate.status is Status.PENDING)
    screen.equal(
        "the ticket is Anna's now, and waits for Maria", "Anna Berg", ticket.assignee and ticket.assignee.name
    )


def note(play: Play) -> None:
    """A private remark."""
    stage, screen = play.stage, play.screen
    screen.scene("Wei leaves a private note")
    before = len(stage.inbox.to(address(WANG)))
    reply = letters.reply(
        WEI, play.mails["wei"], "#note\nThe exchange batches withdrawals; ask for the txid.", "foxmail"
    )
    screen.mail("Wei's reply, from a Chinese client", letters.read(reply), "magenta")
    stage.post(reply)
    wait_until(lambda: len(stage.store.tickets.entries(CASE_WANG)) > 1, goal="the note")
    _, entries = stage.ticket(CASE_WANG)
    play.ticket_as_it_is(CASE_WANG)
    notes = [entry.text for entry in entries if entry.kind is EntryKind.NOTE]
    screen.equal(
        "it is kept, without the quoted mail", ["The exchange batches withdrawals; ask for the txid."], notes
    )
    screen.equal("and nothing went to 王芳", before, len(stage.inbox.to(address(WANG))))


def close(play: Play) -> None:
    """Closing with a last word."""
    stage, screen = play.stage, play.screen
    screen.scene("Maria answers, and Anna closes")
    stage.post(letters.reply(MARIA, play.mails["maria"], WORKED))
    ticket, entries = stage.ticket(CASE_MARIA, lambda candidate: candidate.status is Status.OPEN)
    texts = [entry.text.strip() for entry in entries if entry.kind is EntryKind.CUSTOMER]
    screen.equal("her answer is in the same ticket, without the quote", WORKED, texts[-1])
    news = stage.received(address(ANNA), CASE_MARIA)
    reply = letters.reply(ANNA, news, "#close\nYes, please do. All the best!", "outlook")
    screen.mail("Anna's reply: a command on its first line", letters.read(reply), "magenta")
    stage.post(reply)
    closed = play.mails["closed"] = stage.received(address(MARIA), CASE_MARIA, automatic=False)
    screen.mail("What Maria receives", closed)
    screen.check(
        "Maria gets the words, not the command", "#close" not in letters.body(closed), letters.body(closed)
    )
    ticket, entries = stage.ticket(CASE_MARIA, lambda candidate: candidate.status is Status.CLOSED)
    screen.equal("the ticket is closed", "closed", ticket.status.value)
    # Newest first: a mail that says "closed" would stand before Anna's answer.
    newest = next(
        mail for mail in stage.store.outbox.list_mails(ticket=CASE_MARIA) if mail.rcpt == address(MARIA)
    )
    screen.equal("Anna's mail is the last, none says once more that it is closed", "relay", newest.kind)


def reopen(play: Play) -> None:
    """The customer is not done."""
    stage, screen = play.stage, play.screen
    screen.scene("Not quite: Maria writes again")
    stage.post(
        letters.reply(MARIA, play.mails["closed"], "Sorry, one more thing: now the balance shows twice.")
    )
    again = stage.received(address(MARIA), CASE_MARIA)
    screen.mail("What Maria receives", again)
    ticket, _ = stage.ticket(CASE_MARIA, lambda candidate: candidate.status is Status.OPEN)
    screen.equal(
        "the ticket is open again, the same one, still Anna's",
        "Anna Berg",
        ticket.assignee and ticket.assignee.name,
    )
    news = stage.received(address(ANNA), CASE_MARIA)
    stage.post(letters.reply(ANNA, news, "#close\nThat is only the display; it is gone after a restart."))
    stage.received(address(MARIA), CASE_MARIA, automatic=False)
    ticket, _ = stage.ticket(CASE_MARIA, lambda candidate: candidate.status is Status.CLOSED)
    play.ticket_as_it_is(CASE_MARIA)
    screen.equal("and closed again", "closed", ticket.status.value)


def evening(play: Play) -> None:
    """What the day left."""
    stage, screen = play.stage, play.screen
    screen.scene("The evening")
    screen.typed("intake ticket list --status all", stage.run("ticket", "list", "--status", "all"))
    screen.typed("intake message list", stage.run("message", "list"))
    rows = stage.store.ledger.list_messages()
    screen.equal(
        "every mail received has exactly one outcome", [], [row.id for row in rows if not row.outcome]
    )
    screen.equal("four requests, four tickets", 4, len(stage.store.listing.list_tickets()))
    wait_until(
        lambda: all(row.state == "sent" for row in stage.store.outbox.list_mails()), goal="all is sent"
    )
    owed = stage.store.outbox.list_mails()
    screen.equal("every mail owed is sent", {"sent"}, {row.state for row in owed})
    screen.equal("and each went out once", len(owed), len(stage.inbox.mails))


SCENES: tuple[Callable[[Play], None], ...] = (
    opening,
    staff,
    articles,
    screenshot,
    chinese,
    machines,
    broken,
    form,
    answer,
    note,
    close,
    reopen,
    evening,
)
