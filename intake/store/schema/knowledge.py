"""Articles, and what was done with them. See `intake.store.schema.tables`."""

from datetime import datetime

import peewee
from peewee import AutoField, IntegerField

from intake.store.schema.fields import Key, Moment, TextColumn


class Article(peewee.Model):
    """A revision of an article, whole: `text` is its file. Nothing of it changes but `state`.

    Of those of a slug and language that are no drafts the newest counts. `source` and `review_by` stand in
    the text as well, as `title` and `kind` do: here for those who read the database. `made_of` is the ticket
    that it was made of; when that is erased, so is the text.
    """

    id = AutoField()
    slug: Key[str] = Key()
    language: Key[str] = Key()
    revision = IntegerField()
    sha256: Key[str] = Key()
    title: TextColumn[str] = TextColumn()
    text: TextColumn[str] = TextColumn()
    state: Key[str] = Key()
    kind: Key[str] = Key()
    source: TextColumn[str] = TextColumn(default="")
    review_by: TextColumn[str] = TextColumn(default="")
    agent = IntegerField(null=True, constraints=[peewee.SQL('REFERENCES "agent" ("id")')])
    author: TextColumn[str] = TextColumn()
    made_of = IntegerField(null=True, constraints=[peewee.SQL('REFERENCES "ticket" ("id")')])
    published_at: Moment[datetime] = Moment()

    class Meta:
        table_name = "article"
        indexes = ((("slug", "language", "revision"), True),)


class Citation(peewee.Model):
    """That an agent gave the customer of a ticket an article, and which revision of it they read."""

    id = AutoField()
    ticket = IntegerField(index=True, constraints=[peewee.SQL('REFERENCES "ticket" ("id")')])
    slug: Key[str] = Key(index=True)
    language: Key[str] = Key()
    revision = IntegerField()
    agent = IntegerField(null=True, constraints=[peewee.SQL('REFERENCES "agent" ("id")')])
    at: Moment[datetime] = Moment()

    class Meta:
        table_name = "citation"


class Suggestion(peewee.Model):
    """What was offered: to a ticket or, before there is one, to a `session` of the form (a keyed hash).

    `score` is in thousandths; `mode` shadow, suggest, answer or holdout; `place` form, mail, page or agent.
    Nothing writes it yet.
    """

    id = AutoField()
    ticket = IntegerField(null=True, index=True, constraints=[peewee.SQL('REFERENCES "ticket" ("id")')])
    session: Key[str | None] = Key(null=True, index=True)
    slug: Key[str] = Key()
    language: Key[str] = Key()
    revision = IntegerField()
    score = IntegerField()
    mode: Key[str] = Key()
    place: Key[str] = Key()
    at: Moment[datetime] = Moment()

    class Meta:
        table_name = "suggestion"


class Verdict(peewee.Model):
    """That a revision of an article helped a reader, or for which `reason` it did not.

    Of the reader there is nothing: that a network speaks once a day of an article is counted in `web_hit`,
    by a keyed hash that is gone after that day.
    """

    id = AutoField()
    slug: Key[str] = Key()
    language: Key[str] = Key()
    revision = IntegerField()
    # Empty where it helped.
    reason: Key[str] = Key()
    at: Moment[datetime] = Moment(index=True)

    class Meta:
        table_name = "verdict"


KNOWLEDGE_TABLES = (Article, Citation, Suggestion, Verdict)
