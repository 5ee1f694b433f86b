"""Mails owed become mails finished: who it is from, how it is answered, what it says.

Only here is it decided which names, addresses and tokens go into which kind of
mail: nothing about agents ever goes to a customer but the name one signs with, and
nothing of an unverified sender's own words goes back to them.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone, tzinfo
from email.utils import format_datetime
from functools import cached_property

from intake.config.brands import Look, Looks
from intake.config.sections import Settings
from intake.desk import partners, tokens
from intake.desk.addresses import MAX_ADDRESS
from intake.desk.commands.fitting import fitting
from intake.desk.effects import Mail, MailKind, Outgoing
from intake.desk.links import Links
from intake.desk.mails import INCIDENT, REPORTING, template_of
from intake.desk.message import Address, Attachment
from intake.desk.policy import Policy
from intake.desk.sensitive.scan import NEVER, hidden
from intake.desk.surveys import SCORES
from intake.desk.ticket import NORMAL, PRIORITIES, Ticket
from intake.mail.outgoing import compose, reply_html, smaller
from intake.rendering import agent_page, enclosing, file_lines, headers_of, listing
from intake.rendering.agent_page import NO_PICTURES, Pictures
from intake.rendering.footing import footed
from intake.rendering.mail_kinds import goes_as_html
from intake.rendering.outgoing_check import OutgoingCheck
from intake.rendering.sayings import in_language, subject_in_language
from intake.rendering.templates import RenderedMail, Renderer, renderer
from intake.rendering.text_listing import shown_list
from intake.rendering.together import together
from intake.rendering.ways_back import WaysBack

# The reader of replies cuts at this line, whatever language stands around it.
DELIMITER = "##- Please type your reply above this line -##"

_WITH_LINK = (MailKind.ACKNOWLEDGEMENT, MailKind.STATUS)

_ANYBODY = Address("")


class Composer:
    """Makes finished mails. `keys` are those of the reply tokens, newest first."""

    def __init__(
        self,
        settings: Settings,
        policy: Policy,
        keys: tuple[bytes, ...],
        unique: Callable[[], str] = lambda: secrets.token_hex(16),
        links: Links | None = None,
        sign: Callable[[bytes, str], bytes] | None = None,
    ) -> None:
        """`unique` returns text nobody can guess, fit for a Message-ID and a boundary.

        `links` makes the links to pages; without it there are none. `sign` puts what proves
        its origin before a finished mail, of which it is told the domain of its From.
        """
        self._links, self._sign = links or Links(), sign
        self._desk, self._policy, self._keys, self._unique = settings.desk, policy, keys, unique
        self.ways = WaysBack(settings.desk, policy, keys)
        self._looks = Looks(settings)
        # The last page that was written, for whom it was asked, and the reference in it.
        self._written: tuple[object, RenderedMail, str] = (None, RenderedMail(), "")

    @cached_property
    def _check(self) -> OutgoingCheck:
        renderers = dict.fromkeys(renderer(*look.templates) for look in self._looks.all())
        return OutgoingCheck(self._keys, renderers, self._policy.languages)

    def _look(self, ticket: Ticket) -> Look:
        """Return what a mail about a ticket shows of the desk: that of the brand it came in by."""
        return self._looks.of(ticket.mailbox)

    def _renderer(self, ticket: Ticket) -> Renderer:
        return renderer(*self._look(ticket).templates)

    def compose(self, mail: Mail, ticket: Ticket, now: datetime) -> Outgoing | None:
        """Return the finished mail, or None when its template has nothing to say.

        `now` is aware; it becomes the Date and the day reply tokens are counted from. Raises
        leaks.Leaking for an answer in which a token of an agent's, or our own notification, was found.
        """
        if mail.kind is MailKind.STATUS and template_of(mail) not in self._desk.status_mails:
            return None
        if ticket.quiet and mail.kind.at_most_once:
            # A machine's ticket, or a rule's word: whatever would write to its requester by itself ends here.
            return None
        if mail.again:
            return self._again(mail, ticket, now)
        mail, ticket = _without_secrets(mail, ticket)
        base = compose.wire_domain(self._policy.mailbox(ticket.mailbox).address)
        token, domain = self.ways.own_token(mail, ticket, now), base.rpartition("@")[2]
        look = self._look(ticket)
        room = self._policy.attach_bytes if mail.kind.to_agent else enclosing.MAX_FILES
        files, too_many = enclosing.fitting(mail.attachments, room)
        left_out = [*mail.left_out, *too_many]
        if not mail.kind.by_agent:
            # A name is text that is shown as well; the file itself is what was sent.
            files = [replace(file, name=_harmless(file.name)) for file in files]
        language = self._language(mail, ticket)
        said, pictures = "", NO_PICTURES
        if mail.kind.by_agent:
            said, files = reply_html.answer(mail.html, mail.text, files)
        if mail.kind.to_agent:
            pictures = agent_page.pictures(files, mail, domain, room - sum(map(_size, files)))
            letter = self._page(mail, ticket, now, language, left_out, pictures, token)
            files = pictures.shown_in(letter.html)
            mine = tokens.reference(token) if token and self._policy.replies.bare else ""
            # Lists and other answers of the desk's have no such line of their own.
            letter = footed(letter, mine if mine not in letter.text else "")
        else:
            letter = self.letter(mail, ticket, now, language, goes_as_html(mail), left_out, said)
            quoted = self.ways.quoted_token(mail, ticket, now)
            letter = footed(letter, tokens.reference(quoted) if quoted else "")
        if not letter.text:
            return None
        message_id = f"{self._unique()}@{domain}"
        if token:
            message_id = tokens.message_id(token, self._unique()[:16], domain)
        headers = (
            compose.mailbox_header("From", self._display(mail, look.name), base),
            compose.mailbox_header("To", self._addressee(mail), mail.to.mailbox),
            compose.mailbox_header("Reply-To", look.name, self.ways.reply_to(mail, ticket, base, now)),
            compose.unstructured("Subject", letter.subject, compose.MAX_SUBJECT + 40),
            f"Date: {format_datetime(now)}",
            compose.message_ids("Message-ID", [message_id]),
            *headers_of.threading(mail, ticket, self._keys[-1], domain),
            headers_of.conversation(mail, ticket, now),
            *headers_of.automatic(mail.kind),
            f"Content-Language: {letter.language or language}",
        )
        raw = compose.message(headers, letter.text, files, f"=_{self._unique()}", letter.html)
        if mail.kind.by_agent:
            self._check.check(raw, letter.subject, letter.text, mail.kind is MailKind.PARTNER)
        if self._sign is not None:
            raw = self._sign(raw, domain)
        return Outgoing(
            mail.kind, self.ways.envelope_sender(mail, ticket, base, now), mail.to.mailbox, message_id, raw
        )

    def _again(self, mail: Mail, ticket: Ticket, now: datetime) -> Outgoing:
        """Return a mail that was refused for its size without its files, and with where they are instead."""
        base = compose.wire_domain(self._policy.mailbox(ticket.mailbox).address)
        domain = base.rpartition("@")[2]
        said: tuple[str, ...] = ()
        if mail.left_out:
            said = (file_lines.refused(mail.left_out), *self._files(mail, ticket, mail.left_out, now))
        language, zone = self._language(mail, ticket), self._zone(mail, ticket)
        lines = [in_language(line, language, zone) for line in said]
        message_id = tokens.renewed(smaller.message_id(mail.again), self._unique()[:16], domain)
        raw = smaller.without_files(mail.again, lines, message_id, f"=_{self._unique()}")
        if self._sign is not None:
            raw = self._sign(raw, domain)
        sender = self.ways.envelope_sender(mail, ticket, base, now)
        return Outgoing(mail.kind, sender, mail.to.mailbox, message_id, raw)

    def _files(self, mail: Mail, ticket: Ticket, left_out: Sequence[str], now: datetime) -> tuple[str, ...]:
        """Return the lines that tell an agent where the files are that do not go with a mail to them."""
        if not mail.kind.to_agent:
            return ()
        links = self._links.at(ticket.mailbox)
        return file_lines.where(left_out, links, ticket.id, mail.agent, now)

    def _page(
        self,
        mail: Mail,
        ticket: Ticket,
        now: datetime,
        language: str,
        left_out: Sequence[str],
        pictures: Pictures,
        token: str,
    ) -> RenderedMail:
        """Return what a mail to an agent says. What several agents are told of one event is written once."""
        # The links to files are the agent's own.
        if mail.kind is MailKind.ANSWER or left_out:
            there = pictures if mail.talk is not None else NO_PICTURES
            return self.letter(mail, ticket, now, language, True, left_out, pictures=there)
        commands = fitting(ticket, mail.agent.id if mail.agent else None)
        alike = replace(mail, to=_ANYBODY, agent=None, dedupe="", attachments=(), draft=0)
        names = pictures.names, pictures.places, tuple(left_out)
        asked = (alike, mail.page, ticket, now, language, self._zone(mail, ticket), commands, names)
        last, letter, theirs = self._written
        mine = tokens.reference(token) if token else ""
        if last != asked:
            letter = self.letter(mail, ticket, now, language, True, left_out, pictures=pictures)
            self._written = asked, letter, mine
        elif theirs != mine:
            text, html = (said.replace(theirs, mine) for said in (letter.text, letter.html))
            letter = replace(letter, text=text, html=html)
        return letter

    def letter(
        self,
        mail: Mail,
        ticket: Ticket,
        now: datetime,
        language: str,
        html: bool,
        left_out: Sequence[str] = (),
        said: str = "",
        pictures: Pictures = NO_PICTURES,
    ) -> RenderedMail:
        """Return what a mail says in `language`; `left_out` are the files that did not fit into it.

        `said` is its text as HTML that was made harmless, `pictures` what of its files an agent is shown.
        """
        zone = self._zone(mail, ticket)
        mail = replace(
            mail,
            text=in_language(mail.text, language, zone),
            quoted=in_language(mail.quoted, language, zone),
            above=in_language(mail.above, language, zone),
        )
        look = self._look(ticket)
        names, more = left_out, dict[str, object](text_html=said)
        if mail.kind.to_agent:
            ticket = replace(ticket, subject=subject_in_language(ticket.subject, language))
            more = agent_page.values(mail, ticket, now, pictures, language)
            lines = self._files(mail, ticket, left_out, now)
            more["brand"] = look.name if look.brand else ""
            more["files"] = [in_language(line, language, zone) for line in lines]
            more["withheld"] = [in_language(line, language, zone) for line in file_lines.held(mail)]
            names = file_lines.named(left_out)
        return self._renderer(ticket).mail(
            template_of(mail),
            language,
            html=html,
            zone=zone,
            colour=look.colour,
            instead=self._desk.language,
            look="page" if mail.kind.to_agent else "letter",
            today=now,
            table=mail.table and shown_list(mail.table, self._reader(mail, ticket, now, language)),
            **{**self._values(mail, ticket, names, now), **more},
        )

    def _reader(self, mail: Mail, ticket: Ticket, now: datetime, language: str) -> listing.Reader:
        """Return for whom a list is made, and how the agent of a mail writes about a ticket in it."""

        def address(number: int, mailbox: str) -> str:
            base = compose.wire_domain(self._policy.mailbox(mailbox).address)
            return self.ways.reply_to(mail, replace(ticket, id=number, mailbox=mailbox), base, now)

        def below(number: int) -> str:
            return self.ways.below(mail, replace(ticket, id=number), now)

        return listing.Reader(language, self._zone(mail, ticket), now, address, DELIMITER, below)

    def _zone(self, mail: Mail, ticket: Ticket) -> tzinfo:
        """Return whose clock a mail tells the time on: its reader's, where their shift or email told it."""
        if mail.kind.to_agent and mail.agent is not None and mail.agent.zone is not None:
            return mail.agent.zone
        if mail.kind.to_agent or ticket.utc_offset is None or mail.to.key != ticket.requester.key:
            zone: tzinfo = self._desk.timezone
            return zone
        return timezone(timedelta(minutes=ticket.utc_offset))

    def _language(self, mail: Mail, ticket: Ticket) -> str:
        own = (self._desk.language, *self._policy.languages)
        theirs = mail.agent.language if mail.agent and mail.kind.to_agent else ""
        # What language a partner reads nobody told us; it is not the customer's because they ask.
        inside = mail.kind.to_agent or mail.kind is MailKind.PARTNER
        wanted = (theirs, *own) if inside else (ticket.language, *own)
        # What a mail claims to be written in must never make up a path.
        known = [language for language in wanted if language in own]
        return self._renderer(ticket).language(template_of(mail), known)

    def _values(
        self, mail: Mail, ticket: Ticket, left_out: Sequence[str], now: datetime
    ) -> dict[str, object]:
        """What templates may use. Text of users is only ever a value, never a template."""
        token = self.ways.agent_token(mail, ticket, now)
        # What somebody sent by mistake must not spread into the mailboxes of others.
        shown = mail.text if mail.kind.by_agent else _harmless(mail.text)
        trusted = mail.quote_subject
        author = mail.author
        survey = self._links.survey(ticket, now) if mail.kind is MailKind.SURVEY else ""
        due = mail.due or (ticket.first_response_due if mail.kind is MailKind.ACKNOWLEDGEMENT else None)
        linked = mail.kind in _WITH_LINK or mail.event in (INCIDENT, REPORTING)
        progress = self._links.progress(ticket, now, mailed=True) if linked else ""
        look = self._look(ticket)
        return {
            "number": ticket.id,
            "subject": self._subject(mail, ticket) if trusted else "",
            "name": _shown(mail.to.name, compose.MAX_NAME) if trusted else "",
            "desk": look.name,
            "event": mail.event,
            "text": shown.strip("\r\n"),
            "hidden": not mail.kind.by_agent and hidden(mail.text) != mail.text,
            "reference": tokens.reference(token) if token else "",
            "undo_seconds": self._policy.undo_seconds,
            "due": due,
            "late": due is not None and due < now,
            "closed": ticket.closed_at or now,
            "author_name": _shown(author.name, compose.MAX_NAME) if author else "",
            "author_address": _shown(author.mailbox, MAX_ADDRESS) if author else "",
            "first": not ticket.message_ids,
            # What a forger makes us send is short: on the page behind the link stands a button for the same.
            "asks_about_theft": self._policy.triage.asks and (trusted or not progress),
            "assignee": ticket.assignee.name if ticket.assignee else "",
            "status": ticket.state,
            "priority": ticket.priority if ticket.priority in PRIORITIES else NORMAL,
            "signature": look.signature,
            "left_out": [_shown(name, 120) for name in left_out],
            "delimiter": DELIMITER,
            "command_address": self.ways.command_address(mail.agent.id, now)
            if mail.kind is MailKind.ANSWER and mail.agent
            else "",
            "progress": progress,
            "scores": {score: f"{survey}?score={score}" for score in SCORES} if survey else {},
        }

    def _subject(self, mail: Mail, ticket: Ticket) -> str:
        subject = compose.bare_subject(_harmless(ticket.subject))
        return partners.subject(subject) if mail.kind is MailKind.PARTNER else subject

    def _display(self, mail: Mail, desk: str) -> str:
        return (
            f"{mail.agent.name} ({desk})" if mail.kind.by_agent and mail.agent and mail.agent.name else desk
        )

    def _addressee(self, mail: Mail) -> str:
        # An unverified sender's name is their own text: they may have put an advertisement there.
        return _harmless(mail.to.name) if mail.quote_subject else ""


def _shown(text: str, most: int) -> str:
    """Return what somebody wrote as it stands in one line of a mail."""
    return compose.clean(_harmless(text), most)


def _harmless(text: str) -> str:
    """Return what somebody wrote without secrets, and with no token that would lead a reply elsewhere."""
    return hidden(tokens.masked(text))


def _without_secrets(mail: Mail, ticket: Ticket) -> tuple[Mail, Ticket]:
    """Return a mail, and its ticket, without what only they tell together; what an agent writes without any
    secret: nobody's phrase is sent to them, nor on to somebody else.

    The HTML beside a text that had one says it too, so the text goes alone.
    """
    if not mail.kind.by_agent:
        return together(mail, ticket)
    text = hidden(mail.text, NEVER)
    files = tuple(replace(file, name=hidden(file.name, NEVER)) for file in mail.attachments)
    return replace(mail, text=text, attachments=files, html=mail.html if text == mail.text else ""), ticket


def _size(file: Attachment) -> int:
    return len(file.content)
