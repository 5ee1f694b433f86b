"""Every place that keeps a text of people's is reached by a redaction: the list comes from the schema."""

from pathlib import Path

from canaries import PHRASE
from pump import Clock, PumpedDesk, letter

from intake.desk.effects import Redact
from intake.desk.tokens import Purpose, address, make
from intake.store.redacted_places import REACHED
from intake.store.schema.fields import Key, Pairs, Strings, TextColumn
from intake.store.schema.tables import TABLES, Audit, Blob, PersonNote

LIN = "lin@customer.example"
OWN_WORDS = "the desk's own words, from a list of them"
NAMES = "who, where or what a thing is called; no text"
ADMINS = "an admin's or a server's word, and no ticket's"
CLEANED = "kept without a secret (`scan.hidden`), by who writes it down"
PUBLISHED = "what editors publish for everybody, once the linter finds nothing that asks for a secret"
TAGS = "tags may hold no secret: one that does is refused"
# Why a column of text is not reached. A column that is new belongs here or in REACHED.
NOT_REACHED = {
    OWN_WORDS: (
        "act_request.kind act_request.plan factor.sealed "
        "agent.language agent.notify agent.shift agent.timezone attachment.content_id "
        "attachment.media_type audit.authority colleague_news.details colleague_news.happened "
        "entry.before entry.evidence entry.kind escalation.target escalation.to_team "
        "file_reading.media_type file_reading.reading file_reading.state held_file.media_type "
        "import_run.kind import_run.state import_run.told imported.kind job_run.name message.channel "
        "message.defects message.outcome message.reason message.rule message.state message_ref.direction "
        "oauth_account.bound outbox.delivery outbox.kind outbox.state page.details page.state "
        "person_language.language promise.policy promise.state promise.target record_due.kind "
        "record_due.why record_row.body record_row.kind record_row.salts secret_find.confidence "
        "secret_find.kind secret_find.part secret_find.state survey.skipped ticket.category "
        "ticket.channel ticket.excused ticket.language ticket.priority ticket.status ticket.team "
        "ticket.withheld "
    ),
    NAMES: (
        "act_request.acting act_request.login act_request.seen_by act_request.settled_by article.author "
        "hold.by hold.lifted_by incident.by incident.closed_by incident_step.by open_request.agreed "
        "open_request.login open_request.who owed_erasure.who sealed_copy.recipient "
        "agent.address agent.name api_key.name api_key.scopes api_request.content approved.made_by "
        "attachment.sha256 audit.who blob.sha256 blocked.made_by canned.author colleague_news.by "
        "entry.author escalation.by escalation.settled_by file_reading.sha256 held_file.sha256 "
        "import_run.by mailbox_state.name mailbox_state.owner message.held_by message.mail_from "
        "message.mailbox message.message_id message.order_keys message.recipients message.sender "
        "message.sha256 message.text_hash meta.name oauth_account.owner outbox.lease_owner "
        "outbox.mail_from outbox.rcpt pace.name pace.process  "
        "participant.address person_note.author preview.sha256 scan.engine scan.sha256 scan.verdict "
        "scan.version sighting.folder sighting.mailbox ticket.mailbox ticket.requester tombstone.digest "
    ),
    ADMINS: (
        "address_state.reason approved.text blocked.reason canned.text mailbox_state.last_error "
        "meta.value oauth_account.access oauth_account.error oauth_account.mark oauth_account.sealed "
        "outbox.error page.error record_checkpoint.note "
    ),
    TAGS: ("ticket.tags "),
    CLEANED: ("act_request.reason hold.authority hold.reason incident_step.note open_request.reason "),
    PUBLISHED: ("article.review_by article.source article.text article.title "),
}


def test_every_column_of_text_is_reached_by_a_redaction_or_holds_no_text_of_people() -> None:
    reached = {f"{model._meta.table_name}.{name}" for model, names in REACHED.items() for name in names}
    left_out = {column for columns in NOT_REACHED.values() for column in columns.split()}
    texts = {
        f"{table._meta.table_name}.{name}"
        for table in TABLES
        for name, column in table._meta.fields.items()
        if isinstance(column, TextColumn | Strings | Pairs) and not isinstance(column, Key)
    }

    assert set() == texts - reached - left_out, "take it into REACHED, or say why it holds no text of people"
    assert set() == (left_out - texts) | (left_out & reached), "no column, or reached after all"


def holding(desk: PumpedDesk) -> list[str]:
    """The tables and columns that hold the phrase."""
    columns = []
    for table in TABLES:
        for name, column in table._meta.fields.items():
            for (value,) in desk.store.db.rows(table.select(column).tuples()):
                text = value if isinstance(value, bytes) else str(value).encode()
                if table is not Blob and b"sausage" in text:
                    columns.append(f"{table._meta.table_name}.{name}")
    return sorted(set(columns))


def test_a_note_about_a_person_and_what_was_searched_for_hold_no_secret_after_a_redaction(
    tmp_path: Path,
) -> None:
    desk = PumpedDesk(tmp_path, "desk.example", Clock())
    desk.write(LIN, "Help", f"My words are {PHRASE}.")
    to = address(
        desk.address, make(desk.desk.keys[0], Purpose.AGENT, 1, 1, desk.clock.now.replace(year=2027))
    )
    for number, command in enumerate((f"#person note {PHRASE}", f"#search {PHRASE}", "#person note sausage")):
        desk.take(letter(desk.agent, to, f"Re: Help {number}", command), sender=desk.agent)
    said = [text for (text,) in desk.store.db.rows(Audit.select(Audit.what).tuples())]
    notes = [text for (text,) in desk.store.db.rows(PersonNote.select(PersonNote.text).tuples())]

    assert "#search [hidden: seed phrase]" in said
    assert not any(PHRASE in text for text in said), "no act holds a secret, redacted or not"
    assert [PHRASE, "sausage"] == notes
    with desk.store.transaction():
        desk.store.apply([Redact(1, "Anna", ("sausage",))], lambda *_: None, desk.clock())
    left = holding(desk)
    desk.close()
    assert [] == left
