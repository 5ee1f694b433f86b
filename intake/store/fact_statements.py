"""The questions that facts are answers to, each put for many messages in one statement."""

from datetime import timedelta

from peewee import Field

from intake.desk.effects import MailKind
from intake.desk.ticket import EntryKind
from intake.store.schema.persons import PersonLanguage
from intake.store.schema.tables import THREAD, MessageRef, Outbox, Ticket
from intake.store.schema.tables import Message as Row
from intake.store.statement import SetStatement

# A conversation of Outlook's goes on in as many tickets, the newest of which count.
MOST_IN_THREAD = 5
# A mail that a signature proves is of these days (mail.dkim_verifying.MAX_AGE), and may wait for some more.
ACTED_WITHIN = timedelta(days=10)
# By these rules what an agent asked for was done, unless the reason begins so.
OBEYED, NOT_OBEYED = ("agent_reply", "command_mail"), "not obeyed"
ALERT, CUSTOMER = MailKind.ALERT.value, EntryKind.CUSTOMER.value

SAME = SetStatement(
    "SELECT v.digest, m.id, m.ticket FROM v JOIN message m ON m.id = (SELECT id FROM message "
    "WHERE fingerprint = v.fingerprint AND state = 'done' AND sha256 <> v.digest ORDER BY id LIMIT 1)",
    digest=Row.sha256,
    fingerprint=Row.fingerprint,
)
_BY_ID: dict[str, Field] = {
    "digest": Row.sha256,
    "sender_key": Row.sender_key,
    "message_id": Row.message_id,
    "since": Row.received_at,
}
_OTHERS = (
    "m2.sender_key = v.sender_key AND m2.received_at > v.since AND m2.message_id = v.message_id "
    "AND m2.sha256 <> v.digest"
)
ACTED = SetStatement(
    f"SELECT v.digest FROM v WHERE EXISTS (SELECT 1 FROM message m2 WHERE {_OTHERS} "
    f"AND m2.rule IN {OBEYED} AND m2.reason NOT LIKE '{NOT_OBEYED}%')",
    **_BY_ID,
)
TWIN = SetStatement(
    "SELECT v.digest, m.id, m.ticket, e.text FROM v JOIN message m ON m.id = (SELECT m2.id FROM message m2 "
    f"JOIN entry e2 ON e2.message = m2.id AND e2.kind = '{CUSTOMER}' WHERE {_OTHERS} AND m2.state = 'done' "
    "AND m2.ticket IS NOT NULL ORDER BY m2.id LIMIT 1) "
    f"JOIN entry e ON e.message = m.id AND e.kind = '{CUSTOMER}' ORDER BY e.id",
    **_BY_ID,
)
REFS = SetStatement(
    "SELECT r.message_id, r.direction, r.ticket FROM v CROSS JOIN message_ref r "
    "WHERE r.message_id = v.message_id ORDER BY r.id",
    message_id=MessageRef.message_id,
)
THREADS = SetStatement(
    "SELECT r.message_id, r.ticket FROM v JOIN message_ref r ON r.id IN (SELECT id FROM message_ref "
    f"WHERE message_id = v.message_id AND direction = '{THREAD}' ORDER BY id DESC LIMIT {MOST_IN_THREAD}) "
    "ORDER BY r.id DESC",
    message_id=MessageRef.message_id,
)
TOLD = SetStatement(
    "SELECT p.key, p.language FROM v CROSS JOIN person_language p WHERE p.key = v.key",
    key=PersonLanguage.key,
)
LAST = SetStatement(
    "SELECT v.key, t.language, m.received_at FROM v JOIN message m ON m.id = (SELECT m2.id FROM message m2 "
    "WHERE m2.sender_key = v.key AND m2.ticket IS NOT NULL ORDER BY m2.received_at DESC, m2.id DESC LIMIT 1) "
    "JOIN ticket t ON t.id = m.ticket",
    key=Row.sender_key,
)
ALERTED = SetStatement(
    "SELECT o.ticket, o.created_at FROM v JOIN outbox o ON o.id = "
    f"(SELECT MAX(id) FROM outbox WHERE ticket = v.ticket AND kind = '{ALERT}')",
    ticket=Outbox.ticket,
)
ACKNOWLEDGED = SetStatement(
    "SELECT 1 FROM v WHERE EXISTS (SELECT 1 FROM outbox WHERE ticket = v.ticket "
    f"AND kind = '{MailKind.ACKNOWLEDGEMENT.value}')",
    ticket=Outbox.ticket,
)
LOCK = SetStatement(
    "SELECT pg_advisory_xact_lock(hashtextextended(x.fingerprint, 0)) "
    "FROM (SELECT DISTINCT fingerprint FROM v ORDER BY fingerprint) x",
    fingerprint=Row.fingerprint,
)
RELATED = SetStatement(
    "SELECT t.related, t.id, t.requester FROM v JOIN ticket t ON t.id IN (SELECT id FROM ticket "
    "WHERE related = v.related ORDER BY id DESC LIMIT 100) ORDER BY t.id DESC",
    related=Ticket.related,
)
