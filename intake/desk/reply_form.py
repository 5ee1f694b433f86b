"""How the desk's mails are answered: `[desk] reply_address`. Pure.

What proves what in each stands in docs/reply-addresses.md.

plus       support+TOKEN@example.com, the default
catchall   TOKEN@reply.example.com: every address of that domain comes to a mailbox of the desk
bare       support@example.com: the token stands in the Message-ID and at the foot of the mail
"""

from dataclasses import dataclass

PLUS, BARE, CATCHALL = "plus", "bare", "catchall"


@dataclass(frozen=True, slots=True)
class ReplyForm:
    """One of them; `domain` (lower-cased, A-labels) is that of a CATCHALL, else ""."""

    kind: str = PLUS
    domain: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:@{self.domain}" if self.domain else self.kind

    @property
    def bare(self) -> bool:
        """Whether no address carries a token."""
        return self.kind == BARE

    def address(self, base: str, token: str) -> str:
        """Return where a mail from `base` ("support@example.com") is answered by who holds `token`."""
        if self.bare:
            return base
        if self.domain:
            return f"{token}@{self.domain}"
        local, _, domain = base.rpartition("@")
        return f"{local}+{token}@{domain}"

    def owns(self, key: str) -> bool:
        """Whether an address (lower-cased) is of the domain that is the desk's alone."""
        return bool(self.domain) and key.rpartition("@")[2] == self.domain
