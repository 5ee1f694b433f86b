"""A mail in our name that a customer passes on is a report of phishing, and nothing in it can be clicked."""

from email.message import EmailMessage

from intake.desk.guard.domains import leads
from intake.desk.phishing import Suspect, defanged, fanged, shown, suspect
from intake.desk.policy import Policy
from intake.mail.parse import parse

OWN = frozenset({"acmewallet.com"})
POLICY = Policy({}, frozenset({"help@acmewallet.com"}))
INLINE = """Is this you?

---------- Forwarded message ---------
From: {sender}
Date: Mon, 4 May 2026 at 10:00
Subject: Your wallet
To: <lin@customer.example>

{text}
"""


def forward(sender: str, text: str, attached: bool = False) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = (
        "lin@customer.example",
        "help@acmewallet.com",
        "Fwd: Your wallet",
    )
    mail["Message-ID"] = "<1@customer.example>"
    if not attached:
        mail.set_content(INLINE.format(sender=sender, text=text))
        return mail
    mail.set_content("Is this you?")
    inner = EmailMessage()
    inner["From"], inner["To"], inner["Subject"] = sender, "lin@customer.example", "Your wallet"
    inner["Date"], inner["Message-ID"] = "Mon, 04 May 2026 10:00:00 +0000", "<2@evil.example>"
    inner.set_content(text)
    mail.add_attachment(inner)
    return mail


# Sender, text, and the domain that is suspect ("": it does not act as us).
CASES = {
    "its sender looks like ours": ("Support <help@acmewa11et.com>", "Verify at once.", "acmewa11et[.]com"),
    "its sender has our name": ("Acme Wallet <x@evil.net>", "See https://evil.net/a", "evil[.]net"),
    "a link looks like ours": ("Bob <bob@mail.net>", "https://acmewallet.com.evil.net/a", "evil[.]net"),
    "it has our address and leads elsewhere": ("<help@acmewallet.com>", "https://evil.net/x", "evil[.]net"),
    "a bare name looks like ours": ("Bob <bob@mail.net>", "acme-wallet-x.xyz is it", "acme-wallet-x[.]xyz"),
    "a mail of ours": ("Acme Wallet <help@acmewallet.com>", "See https://acmewallet.com/help", ""),
    "a mail of somebody else": ("Bob <bob@shop.net>", "Your order: https://shop.net/1", ""),
    "it only speaks of us": ("Bob <bob@shop.net>", "We take Acme Wallet: https://shop.net/1", ""),
}  # fmt: skip


def test_what_acts_as_us_is_told_from_what_does_not() -> None:
    wrong = {}
    for name, (sender, text, domain) in CASES.items():
        for attached in (False, True):
            message = parse(forward(sender, text, attached).as_bytes())
            there = suspect(message, OWN)
            if (there.domain if there else "") != domain:
                wrong[name, attached] = there
    assert {} == wrong


def test_all_of_it_is_shown_and_nothing_can_be_clicked() -> None:
    wrong = {}
    for name, (sender, text, domain) in CASES.items():
        for attached in (False, True):
            message = parse(forward(sender, text, attached).as_bytes())
            before = message.new_text
            made = shown(message, before, POLICY)
            if not domain and made != before:
                wrong[name, attached] = made
            if domain and (defanged(text) not in made or leads_to(made)):
                wrong[name, attached] = made
    assert {} == wrong


def leads_to(text: str) -> list[str]:
    """What a mail program would make a link of: what `leads` reads, but for hidden stops and schemes."""
    return [lead.shown for lead in leads(text.replace("[.]", " ").replace("hxxp", " "))]


def test_a_text_is_made_harmless_and_comes_back() -> None:
    pairs = {
        "See https://evil.net/a.b?x=1.": "See hxxps://evil[.]net/a[.]b?x=1.",
        "HTTP://EVIL.NET": "hxxp://EVIL[.]NET",
        "write x@evil.net": "write x@evil[.]net",
        "evil.net/x, www.evil.xyz": "evil[.]net/x, www[.]evil[.]xyz",
        "https://evil。net/x": "hxxps://evil[.]net/x",
        "Version 1.2.3 of notes.txt.": "Version 1.2.3 of notes.txt.",
        "No link. None.": "No link. None.",
    }
    assert pairs == {text: defanged(text) for text in pairs}
    assert "https://evil.net/a.b" == fanged("hxxps://evil[.]net/a[.]b")
    assert {"url": "a", "domain": "b"} == Suspect("a", "b", "").fields()
