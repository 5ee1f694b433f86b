"""The ways back to the desk that its mails carry: addresses and Message-IDs with tokens, and for whom. Pure.

Only here is it decided which token goes into which kind of mail.
"""

from datetime import datetime

from intake.config.sections import DeskSettings
from intake.desk import tokens
from intake.desk.effects import Mail, MailKind
from intake.desk.links import closing
from intake.desk.page import WHOLE
from intake.desk.policy import Policy
from intake.desk.surveys import OPEN_DAYS
from intake.desk.ticket import NO_TICKET, Ticket
from intake.desk.tokens import Purpose
from intake.mail.outgoing import compose

# How long an agent's own command address works: it stands in an address book, not under a mail.
COMMAND_DAYS = 365
# How long a draft can be confirmed.
CONFIRM_DAYS = 7


class WaysBack:
    """Makes them. `keys` are those of the reply tokens, newest first; times are aware."""

    def __init__(self, desk: DeskSettings, policy: Policy, keys: tuple[bytes, ...]) -> None:
        self._desk, self._policy, self._keys, self._form = desk, policy, keys, policy.replies

    def reply_to(self, mail: Mail, ticket: Ticket, base: str, now: datetime) -> str:
        """Return where a mail about a ticket is answered; `base` is the address it comes from."""
        if mail.kind is MailKind.SURVEY:
            return self._form.address(base, self._of_survey(Purpose.SURVEY, ticket, now))
        if mail.kind is MailKind.PARTNER:
            return self._tokened(Purpose.PARTNER, ticket, mail.question, base, now)
        if not mail.kind.to_agent and ticket.id != NO_TICKET:
            return self._tokened(Purpose.CUSTOMER, ticket, 0, base, now)
        if mail.agent and ticket.id == NO_TICKET:
            return self.command_address(mail.agent.id, now) or base
        token = self.agent_token(mail, ticket, now)
        return self._form.address(base, token) if token else base

    def own_token(self, mail: Mail, ticket: Ticket, now: datetime) -> str:
        """Return the token that the Message-ID of a mail carries: an agent's, or that of a question.

        Where no address carries any, also that of a survey.
        """
        if mail.kind is MailKind.SURVEY:
            return self.quoted_token(mail, ticket, now)
        if mail.kind is not MailKind.PARTNER:
            return self.agent_token(mail, ticket, now)
        expires = tokens.lifetime(now, self._desk.reply_days)
        return tokens.make(self._keys[0], Purpose.PARTNER, ticket.id, mail.question, expires)

    def quoted_token(self, mail: Mail, ticket: Ticket, now: datetime) -> str:
        """Return the token at the foot of a mail to a customer, "" for other mails and other forms.

        Whoever is shown the mail has it, so it is not that of a reply address (tokens.SHOWN).
        """
        if (
            not self._form.bare
            or mail.kind.to_agent
            or mail.kind is MailKind.PARTNER
            or ticket.id == NO_TICKET
        ):
            return ""
        if mail.kind is MailKind.SURVEY:
            return self._of_survey(Purpose.SCORE, ticket, now)
        expires = tokens.lifetime(now, self._desk.reply_days)
        return tokens.make(self._keys[0], Purpose.QUOTED, ticket.id, 0, expires)

    def _of_survey(self, purpose: Purpose, ticket: Ticket, now: datetime) -> str:
        # The number of a closing where others have a person, and as long as the pages take answers.
        expires = tokens.lifetime(now, OPEN_DAYS)
        return tokens.make(self._keys[0], purpose, ticket.id, closing(ticket, now), expires)

    def below(self, mail: Mail, ticket: Ticket, now: datetime) -> str:
        """Return what stands at the end of a mail that an agent begins by a link, "" for nothing: its address
        carries no token, and it answers nothing."""
        token = self.agent_token(mail, ticket, now) if self._form.bare else ""
        return tokens.reference(token) if token else ""

    def agent_token(self, mail: Mail, ticket: Ticket, now: datetime) -> str:
        """Return the token with which the agent whom a mail speaks to answers it; "" for other mails."""
        if not mail.kind.to_agent or mail.agent is None:
            return ""
        if ticket.id == NO_TICKET:
            return self._command_token(mail.agent.id, now)
        if mail.draft:
            expires = tokens.lifetime(now, CONFIRM_DAYS)
            return tokens.make(self._keys[0], Purpose.CONFIRM, ticket.id, mail.draft, expires)
        expires = tokens.lifetime(now, self._desk.reply_days)
        about = mail.kind is MailKind.ALERT and mail.event not in WHOLE
        return tokens.make(
            self._keys[0], Purpose.AGENT, ticket.id, mail.agent.id, expires, note=mail.asked, about=about
        )

    def command_address(self, agent: int, now: datetime) -> str:
        """Return the address to which this agent alone may write commands; "" where there is none: the
        desk has no command address, or its addresses carry no tokens."""
        token = self._command_token(agent, now)
        if not token or self._form.bare:
            return ""
        return self._form.address(compose.wire_domain(self._policy.command_address), token)

    def _command_token(self, agent: int, now: datetime) -> str:
        if not self._policy.command_address:
            return ""
        expires = tokens.lifetime(now, COMMAND_DAYS)
        return tokens.make(self._keys[0], Purpose.COMMAND, NO_TICKET, agent, expires)

    def envelope_sender(self, mail: Mail, ticket: Ticket, base: str, now: datetime) -> str:
        """Null for what answers or informs a customer automatically (RFC 3834 section 3.3).

        Of a mail to an agent it names that agent: what comes back there answers a mail no customer sees.
        """
        if mail.kind.at_most_once:
            return ""
        if mail.kind is MailKind.PARTNER:
            # Reports and automatic answers belong to the question, too.
            return self._tokened(Purpose.PARTNER, ticket, mail.question, base, now)
        agent = mail.agent.id if mail.agent is not None and mail.kind.to_agent else 0
        return self._tokened(Purpose.BOUNCE, ticket, agent, base, now)

    def _tokened(self, purpose: Purpose, ticket: Ticket, person: int, base: str, now: datetime) -> str:
        expires = tokens.lifetime(now, self._desk.reply_days)
        return self._form.address(base, tokens.make(self._keys[0], purpose, ticket.id, person, expires))
