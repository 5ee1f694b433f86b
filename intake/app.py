"""The composition root: settings in, a wired desk out. The only module that sees all of them."""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from intake import refusals
from intake.config.brands import Looks, dkim_domains, servers_of
from intake.config.mailboxes import auth_of
from intake.config.sections import Settings
from intake.config.settings import KEY_FILE
from intake.config.to_policy import policy_of
from intake.desk.facts import Facts
from intake.desk.links import Links
from intake.desk.message import Message
from intake.desk.policy import Policy
from intake.desk.text.said import said
from intake.folders import private_folder
from intake.key_file import keys_there, make_key
from intake.oauth.accounts import Accounts
from intake.oauth.factor_seals import factor_seals
from intake.ports import Arrival, Channel, Post, Received, Session, Store, UserError
from intake.runtime import rspamd
from intake.runtime.clamd import reader_of
from intake.runtime.parse_sandbox import parser
from intake.runtime.previews import Previewer
from intake.service.factors import Factors
from intake.service.service import Service
from intake.service.token_claims import Authenticated, Proof
from intake.service.troubles import Teller
from intake.store import SqlStore, open_store
from intake.store.connection import Connection
from intake.store.files.choosing import files_of
from intake.store.files.leaving import expect_no_files_left
from intake.store.key_marks import agreed, lags
from intake.store.upkeep.begun_elsewhere import expect_not_moved_away, expect_nothing_left_behind

if TYPE_CHECKING:
    from intake.store.upkeep.erasure import Erasing

log = logging.getLogger("intake.app")

# Between sweeps for what no wake-up announced.
SWEEP_SECONDS = 5.0
# While the proof of a mail is looked up.
PROOF_SECONDS = 1.0
# So many messages are decided on in one transaction at most.
BATCH = 50
PROCESSING = said("Processing what was received")


@dataclass(slots=True)
class Desk:
    """A desk, wired. `processor` decides on what was received, beside the channels."""

    settings: Settings
    policy: Policy
    store: Store
    service: Service
    keys: tuple[bytes, ...]
    links: Links
    _command_address: Callable[[int, datetime], str]
    # The same store, for what only a database has: erasure, checks of its files, reports.
    database: SqlStore
    # What is logged in to with tokens instead of a password.
    accounts: Accounts

    def command_address(self, agent: int) -> str:
        """Return the address to which an agent (by id) may write commands; "" where the desk has none."""
        return self._command_address(agent, self.service.clock())

    def session(self) -> Session:
        """Return a new outgoing SMTP session, for all accounts that mail leaves by; it connects when it
        first sends."""
        from intake.channels.smtp import SmtpSession
        from intake.channels.smtp_accounts import SessionOfEach

        made = {
            section.removeprefix("smtp").strip(): SmtpSession(
                smtp, address, access=self.accounts.access(smtp.auth), section=section
            )
            for section, smtp, address in servers_of(self.settings)
        }
        return SessionOfEach(made, self.policy.accounts) if len(made) > 1 else made[""]

    def pager(self) -> Post | None:
        """Return what calls the webhook, None when there is none to call."""
        from intake.channels.webhook import signing_keys, webhook

        page = self.settings.page
        keys = signing_keys(page.secret)
        return webhook(page.webhook, page.token, keys) if page.webhook else None

    def channel(self, name: str, received: Callable[[], None] = lambda: None) -> Channel | None:
        """Return the channel of the mailbox called `name`; None when nothing is to be run for it.

        `received` is called after each batch is durable, to have it processed.
        """
        from intake.channels.opening import open_channel

        def receive(arrivals: Sequence[Arrival]) -> list[Received]:
            got = self.service.receive(arrivals)
            received()
            return got

        access = self.accounts.access(auth_of(self.settings.mailboxes[name]))
        return open_channel(name, self.settings, self.store, receive, access)


def build(
    settings: Settings,
    wake: Callable[[Sequence[int]], None] = lambda ids: None,
    steady: Callable[[datetime], bool] = lambda now: True,
) -> Desk:
    """Wire a desk. `wake` is told outbox ids that became due; losing it loses nothing. `steady` says whether
    the time of day may be believed (intake/runtime/clock_leap.py).

    Creates the data folder, the key file and the tables where they are missing. Raises UserError (with
    its cure) when the database or the folder cannot be used, or signs with other keys than are here.
    """
    from intake.rendering.composer import Composer

    policy = policy_of(settings)
    data: Path = settings.desk.data
    try:
        private_folder(data)
    except OSError as err:
        raise UserError(f"[desk] data: {refusals.told(err)}") from err
    fresh = not keys_there(data)
    expect_not_moved_away(settings.store.url, data)
    files = files_of(settings.store, data)
    if files.remote:
        expect_no_files_left(data)
    keys: tuple[bytes, ...] = ()

    def oldest_key(db: Connection) -> bytes:
        nonlocal keys
        keys = agreed(db, data / KEY_FILE, lambda: keys_there(data), lambda: make_key(data))
        return keys[-1]

    store = open_store(settings.store.url, data, tombstone_key=oldest_key, files=files)
    if not fresh:
        try:
            expect_nothing_left_behind(store.db, settings.store.url, data)
        except BaseException:
            store.close()
            raise
    if lags(store.db, keys):
        log.warning(
            "another machine signs with a newer key than this one has: replies to its mails are not "
            "recognised here. Copy the key file from there, and start again",
            extra={"file": str(data / KEY_FILE)},
        )
    links, sign = links_of(settings, keys), signer_of(settings)
    composer = Composer(settings, policy, keys, links=links, sign=sign)
    service = Service(
        store=store,
        policy=policy,
        keys=keys,
        parse=parser(_parse),
        heard=_heard,
        compose=composer.compose,
        vouched=_vouched,
        authenticated=authenticated(),
        wake=wake,
        steady=steady,
        preview=Previewer(known=store.previews.get),
        look_into=reader_of(settings, store.readings.known),
        tells=_teller(settings, store, sign),
        spam_of=rspamd.asking(settings.scan.rspamd),
        factor=Factors(store.factors, *factor_seals(keys)).standing,
    )
    accounts = Accounts(settings.oauth, store.logins, keys, service.clock)
    commands = composer.ways.command_address
    return Desk(settings, policy, store, service, keys, links, commands, store, accounts)


def _teller(settings: Settings, store: Store, sign: Callable[[bytes, str], bytes] | None) -> Teller:
    from intake.rendering.sayings import in_language

    desk, say = settings.desk, partial(in_language, zone=settings.desk.timezone)
    sender = settings.smtp.account
    return Teller(store, desk.name, desk.address, desk.admin, sign, sender, desk.language, say)


def _parse(raw: bytes) -> Message:
    # What reads mail takes longest to load, and most commands read none.
    from intake.mail.parse import parse

    return parse(raw)


def _heard(message: Message, facts: Facts) -> Message:
    from intake.mail.quotes.answers import heard

    return heard(message, facts)


def _vouched(raw: bytes, message: Message, authserv: str) -> bool | None:
    from intake.mail.authenticity import judged

    return judged(raw, message, authserv)


def authenticated(lookup: Callable[[str], bytes | None] | None = None) -> Authenticated:
    """Return what says by what a sender is authenticated: by our server's word, or by their signature,
    where that covers all that decides.

    `lookup` returns the TXT record of a name; without it the DNS is asked.
    """
    keys: list[Callable[[str], bytes | None]] = [lookup] if lookup else []

    def record(name: str) -> bytes | None:
        if not keys:
            from intake.dkim_keys import DkimKeys

            keys.append(DkimKeys())
        return keys[0](name)

    def check(raw: bytes, message: Message, authserv: str, now: datetime) -> Proof:
        from intake.mail import dkim_verifying, signed_form

        if message.sender is None or not message.one_author:
            return Proof()
        vouched = _vouched(raw, message, authserv) if authserv else None
        if vouched:
            return Proof(f"the word of {authserv}")
        domain = message.sender.domain
        # What our own server found forged is not looked at again: nothing acts on it.
        covers = (
            dkim_verifying.signed_by(raw, domain, now, message.date, record)
            if vouched is None
            else frozenset()
        )
        if not covers:
            return Proof()
        left = signed_form.left_open(raw, covers)
        if left:
            return Proof(
                lacks=said(
                    "The signature of {domain} does not cover {left}, which could have been changed.",
                    domain=domain,
                    left=left,
                )
            )
        return Proof(f"the signature of {domain}", covers)

    return check


def forget(desk: Desk, now: datetime) -> int:
    """Erase what is older than `[desk] retention_days`; return how many tickets. Nothing when that is 0.

    Also does what a hold put off, and finishes an erasure whose traces could not be taken out of the
    database's files. Raises Temporary when something still reads what is to go from there.
    """
    from intake.store.upkeep.erasure import Erasing

    days, erasing = desk.settings.desk.retention_days, Erasing(desk.database.db, desk.database.blobs)
    erasing.erase_owed(desk.keys[-1], now)
    if not days:
        desk.store.upkeep.record_job("erasure", now)
        _finish(erasing)
        return 0
    before = now - timedelta(days=days)
    tickets, messages = erasing.tickets_closed_before(before), erasing.messages_before(before)
    if tickets or messages:
        erasing.erase(tickets, "", messages, desk.keys[-1], "retention", now)
    desk.store.upkeep.record_job("retention", now)
    _finish(erasing)
    return len(tickets)


def _finish(erasing: "Erasing") -> None:
    """Do what an erasure by hand could not, while something read the database or a bucket was away."""
    if erasing.unfinished():
        erasing.scrub()
    else:
        erasing.remove_files()


def signer_of(settings: Settings) -> Callable[[bytes, str], bytes] | None:
    """Return what signs a mail, given it and the domain of its From; None where no key is set.

    Raises UserError when the key cannot be used.
    """
    path = settings.dkim.key_file
    if path is None:
        return None
    from intake.mail.outgoing.dkim_signing import signer

    try:
        return signer(path.read_bytes(), settings.dkim.selector, dkim_domains(settings))
    except OSError as err:
        raise UserError(f"[dkim] key_file: {path} cannot be read: {err.strerror}") from err
    except ValueError as err:
        raise UserError(f"[dkim] key_file: {path}: {err}. `intake dkim create` makes a key.") from err


def links_of(settings: Settings, keys: tuple[bytes, ...]) -> Links:
    """Return what makes links to pages; they are empty where there are no pages to link to."""
    web = settings.web
    if not web.enabled:
        return Links("", keys[0], web.link_days)
    looks = Looks(settings)
    bases = {box: looks.of(box).base_url for box in settings.mailboxes} if settings.brands else {}
    return Links(web.base_url, keys[0], web.link_days, bases)


def get_ready(desk: Desk) -> None:
    """Load now what the first mail would wait for: readers (0.3 s of processor), templates and the queue."""
    from intake.rendering.templates import renderer

    desk.service.parse(b"Subject: -\r\nContent-Type: text/html\r\n\r\n<p>-</p>\r\n")
    for look in Looks(desk.settings).all():
        renderer(*look.templates).load(desk.settings.desk.language)
    try:
        desk.service.wake(())
    except Exception:
        # It is no trouble before there is a mail to send; then it is told.
        log.debug("the job queue cannot be used yet", exc_info=True)


def tell_mistakes(desk: Desk) -> None:
    """Tell the admin of mistakes that this process met in templates of theirs, each once. Never raises."""
    from intake.rendering.templates import renderer

    met = (renderer(*look.templates).mistakes.take() for look in Looks(desk.settings).all())
    for mistake in (mistake for mistakes in met for mistake in mistakes):
        problem = said(
            "A template of yours has a mistake, and the shipped one is used instead. {mistake}. "
            "`intake template check` shows all.",
            mistake=mistake,
        )
        try:
            key = f"template {mistake.path}, line {mistake.line}"
            desk.service.wake(desk.service.tells.met(key, problem, desk.service.clock()))
        except Exception:
            # The log has it, and so have `intake template check` and the next start.
            log.warning("nobody could be told of a mistake in a template", exc_info=True)


class Processor:
    """A thread that processes what was received: at once when nudged, and in any case every few seconds."""

    def __init__(
        self,
        service: Service,
        batch: int = BATCH,
        after: Callable[[], None] = lambda: None,
        ring: Callable[[], None] = lambda: None,
    ) -> None:
        """`after` is called after each round; it must not raise. `ring` is called where several processes
        may decide and there is more to do than this one took: one that is idle is to help."""
        self._service, self._batch, self._after, self._ring = service, batch, after, ring
        self._nudged = threading.Event()

    def nudge(self) -> None:
        """Say that something was received."""
        self._nudged.set()

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set; a nudge then ends the wait for mail at once."""
        try:
            self._work(stop)
        finally:
            self._service.tell_pace(last=True)

    def _work(self, stop: threading.Event) -> None:
        recovered = False
        while not stop.is_set():
            pause = PROOF_SECONDS if self._service.proofs else SWEEP_SECONDS
            self._nudged.wait(pause if recovered else 0)
            self._nudged.clear()
            try:
                if not recovered:
                    self._service.recover()
                    recovered = True
                while not stop.is_set() and self._round():
                    pass
                self._after()
                self._service.went(PROCESSING, None)
            except Exception as err:
                # Nothing is lost: the rows wait in the ledger. Try again with the next sweep.
                self._service.went(PROCESSING, err)
                stop.wait(SWEEP_SECONDS)

    def _round(self) -> int:
        taken = self._service.process_pending(self._batch)
        self._service.tell_pace()
        if taken >= self._batch and self._service.store.ledger.shared:
            try:
                self._ring()
            except Exception:
                # What was taken is done; without the queue the others only come later.
                log.warning(
                    "the job queue could not be reached; other processes help with their next sweep",
                    exc_info=True,
                )
        return taken
