"""Which of our mails a delivery report is about, asked for many reports at once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from intake.desk.effects import MailKind
from intake.desk.facts import SentMail
from intake.desk.tokens import Purpose
from intake.ports import Asked
from intake.store.connection import Connection
from intake.store.schema.tables import Message, Outbox
from intake.store.statement import SetStatement

# Of a long report the first count, and of the answers in a ticket the newest.
MOST_IDS, MOST_ANSWERS = 100, 20
_MAIL = "o.id, o.ticket, o.kind, o.rcpt"
_NAMED = SetStatement(
    f"SELECT v.digest, {_MAIL} FROM v CROSS JOIN outbox o WHERE o.message_id = v.message_id "
    "AND o.ticket IS NOT NULL ORDER BY o.id DESC",
    digest=Message.sha256,
    message_id=Outbox.message_id,
)
_TO = SetStatement(
    f"SELECT v.digest, {_MAIL} FROM v JOIN outbox o ON o.id = "
    "(SELECT MAX(id) FROM outbox WHERE ticket = v.ticket AND rcpt_key = v.rcpt) ORDER BY o.id",
    digest=Message.sha256,
    ticket=Outbox.ticket,
    rcpt=Outbox.rcpt_key,
)
_ANSWERS = SetStatement(
    f"SELECT v.digest, {_MAIL} FROM v JOIN outbox o ON o.id IN (SELECT id FROM outbox "
    f"WHERE ticket = v.ticket AND kind = '{MailKind.RELAY.value}' ORDER BY id DESC LIMIT {MOST_ANSWERS}) "
    "ORDER BY o.id",
    digest=Message.sha256,
    ticket=Outbox.ticket,
)


def reported(db: Connection, asked: Sequence[Asked]) -> dict[str, SentMail]:
    """Return the mails that these reports are about, by the reports' digests.

    The Message-ID that a report names comes first, then the recipient, in the ticket of the envelope
    sender it was returned to. An address that forwards makes a report name another recipient: then it is the
    newest answer of that ticket, where all of them went to one address.
    """
    reports = {ask.message.digest: ask for ask in asked if ask.message.bounce}
    mails = _found(db, _NAMED, _rows(reports, "message_id"))
    tokens = {digest: ask for digest, ask in reports.items() if digest not in mails and by_token(ask)}
    mails |= _found(db, _TO, _rows(tokens, "rcpt"))
    left = {digest: ask for digest, ask in tokens.items() if digest not in mails}
    answers: dict[str, list[SentMail]] = defaultdict(list)
    for digest, *mail in db.each(_ANSWERS, _rows(left, "")) if left else ():
        answers[digest].append(SentMail(*mail))
    for digest, sent in answers.items():
        if len({mail.recipient.lower() for mail in sent}) == 1:
            mails[digest] = sent[-1]
    return mails


def by_token(ask: Asked) -> bool:
    """Whether a report came back to an envelope sender that names its ticket."""
    return ask.token is not None and ask.token.purpose is Purpose.BOUNCE


def _found(db: Connection, statement: SetStatement, rows: Sequence[Mapping[str, Any]]) -> dict[str, SentMail]:
    # Of several the last counts.
    return {digest: SentMail(*mail) for digest, *mail in (db.each(statement, rows) if rows else ())}


def _rows(reports: Mapping[str, Asked], name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for digest, ask in reports.items():
        bounce = ask.message.bounce
        row = {"digest": digest, "ticket": ask.token.ticket if ask.token else 0}
        if bounce is None or not name:
            rows.append(row)
            continue
        values = bounce.about if name == "message_id" else [rcpt.lower() for rcpt in bounce.recipients]
        rows += [{**row, name: value} for value in dict.fromkeys(values[:MOST_IDS])]
    return rows
